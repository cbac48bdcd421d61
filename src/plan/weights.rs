//! Projections: how weights come about, and what a target receives through them.

use compact_str::CompactString;

use super::builder::{Builder, Row, dotted};
use super::conv_geometry::ConvGeometry;
use super::express::Express;
use super::field_change::FieldChange;
use super::function::Function;
use super::gnetwork::Maker;
use super::op::{Bilinear, Op};
use super::parameter::Init;
use super::sparse_pattern::SparsePattern;
use super::tensor::{Dim, ParameterId, Shape, TensorId};
use crate::check::{self, Encoding, Model, Projection, Share, Weights};
use crate::diag::Bug;
use crate::geometry::Joins;

/// A projection being lowered.
#[derive(Clone, Copy)]
pub(super) struct Link<'a> {
    pub(super) model: &'a Model,
    pub(super) projection: &'a Projection,
    pub(super) field: Option<ConvGeometry>,
    pub(super) name: &'a str,
}

/// Weights that are made, and how a target receives through them.
#[derive(Debug, Clone)]
pub(super) struct Synapses {
    /// Matrices whose sum is W.
    weights: Vec<TensorId>,
    field: Option<ConvGeometry>,
    /// Multiplies what is received.
    scale: Option<Scale>,
    /// The constant c, where it is calibrated.
    constant: Option<ParameterId>,
    /// Which pairs are joined, 1 × `N_s` × `N_t`, where not all are.
    mask: Option<TensorId>,
    /// Whether each task has its own.
    of_tasks: bool,
    /// What tasks have changed of weights within receptive fields.
    changes: Vec<FieldChange>,
}

/// What multiplies that which binary weights bring.
#[derive(Debug, Clone, Copy)]
enum Scale {
    /// A number.
    Number(f64),
    /// The constant c, R × 1 × 1.
    Constant(TensorId),
}

impl Synapses {
    /// Appends the weights of `projection`.
    pub(super) fn new(
        builder: &mut Builder,
        express: &mut Express,
        model: &Model,
        projection: &Projection,
    ) -> Result<Self, Bug> {
        let (source, target) = (model.population(projection.source), model.population(projection.target));
        let name = model.link_name(projection);
        let field = projection.window.map(|window| ConvGeometry::new(window, &source.shape, &target.shape));
        let link = Link { model, projection, field, name: &name };
        let mask = link.mask(builder)?;
        let gain = match projection.encoding {
            Encoding::Genes(interaction) => link.gain(builder, express, interaction, mask)?,
            Encoding::Direct
            | Encoding::Basis(_)
            | Encoding::Subspace(_)
            | Encoding::Sine(_)
            | Encoding::GNetwork(_) => None,
        };
        let made = match projection.encoding {
            Encoding::Genes(interaction) => vec![link.synthesized(builder, express, interaction, gain)?],
            Encoding::Direct => vec![link.direct(builder)?],
            Encoding::Basis(rows) => vec![link.basis(builder, rows)?],
            Encoding::Subspace(dimension) => vec![link.subspace(builder, dimension)?],
            Encoding::Sine(network) => vec![link.sine(builder, network)?],
            Encoding::GNetwork(network) => {
                let ends = [&source.shape, &target.shape];
                Maker { network, name: &name, ends, frozen: projection.frozen }.weights(builder)?
            }
        };
        let weights = link.restrained(builder, made, mask)?;
        let scale = (projection.weights == Weights::Heaviside).then(|| match gain {
            Some(gain) => Scale::Constant(gain),
            None => Scale::Number(link.binary_scale()),
        });
        let calibrated = model.start() == check::Start::Calibrated;
        let constant = gain.filter(|_| calibrated).and_then(|gain| builder.row_of(gain));
        Ok(Self { weights, field, scale, constant, mask, of_tasks: false, changes: Vec::new() })
    }

    /// Returns the constant c, where it is calibrated.
    pub(super) fn constant(&self) -> Option<ParameterId> {
        self.constant
    }

    /// Appends the weights once more for each task, R × `N_s` × `N_t` × B, and goes on with these; returns them.
    pub(super) fn repeat_for_tasks(&mut self, builder: &mut Builder) -> Result<TensorId, Bug> {
        let whole = builder.sum(std::mem::take(&mut self.weights))?;
        let beside = builder.push(Op::Unsqueeze { axis: 3 }, &[whole], "")?;
        let repeated = builder.push(Op::Expand { axis: 3, length: Dim::Batch }, &[beside], "")?;
        self.adapt(repeated);
        Ok(repeated)
    }

    /// Returns which pairs are joined, where not all are.
    pub(super) fn mask(&self) -> Option<TensorId> {
        self.mask
    }

    /// Returns the receptive fields, where there are some.
    pub(super) fn field(&self) -> Option<ConvGeometry> {
        self.field
    }

    /// Goes on with weights within receptive fields that each task has changed once more.
    pub(super) fn change(&mut self, change: FieldChange) {
        self.changes.push(change);
    }

    /// Goes on with other weights of each task.
    pub(super) fn adapt(&mut self, weights: TensorId) {
        (self.weights, self.of_tasks) = (vec![weights], true);
    }

    /// Appends what a target receives of `active`, R × `N_s` × B, as R × `N_t` × B.
    pub(super) fn carry(&self, builder: &mut Builder, active: TensorId, label: &str) -> Result<TensorId, Bug> {
        let whole = |last: bool| if last { label } else { "" };
        let mut sum: Option<TensorId> = None;
        for (index, weights) in self.weights.iter().enumerate() {
            let last = index + 1 == self.weights.len() && self.scale.is_none();
            let own = whole(last && sum.is_none());
            let part = match self.field {
                None if self.of_tasks => carry_each(builder, *weights, active, own)?,
                None => builder.product_of(*weights, active, own)?,
                Some(field) => {
                    builder.push(Op::LocalConv(Bilinear::Forward, Box::new(field)), &[*weights, active], own)?
                }
            };
            sum = Some(match sum {
                None => part,
                Some(sum) => builder.push(Op::Add, &[sum, part], whole(last))?,
            });
        }
        let missing = || Bug { pass: "lower", tensor: label.to_owned(), why: "has no weights".to_owned() };
        let mut received = sum.ok_or_else(missing)?;
        for change in &self.changes {
            let brought = change.carry(builder, active)?;
            received = builder.push(Op::Subtract, &[received, brought], "")?;
        }
        match self.scale {
            None => Ok(received),
            Some(Scale::Number(factor)) => builder.push(Op::Affine { factor, offset: 0.0 }, &[received], label),
            Some(Scale::Constant(constant)) => builder.push(Op::Multiply, &[received, constant], label),
        }
    }
}

/// Appends what a target receives through the weights of each task.
fn carry_each(builder: &mut Builder, weights: TensorId, active: TensorId, label: &str) -> Result<TensorId, Bug> {
    let reshape = |dims: &[Dim]| Op::Reshape { shape: Box::new(Shape::new(dims)) };
    let dims = builder.tensors[active.index()].shape.dims();
    let (sources, samples) = (dims[1], dims[2]);
    let each = Dim::Size(if let Dim::Samples(each) = samples { each } else { 1 });
    let beside = builder.push(reshape(&[Dim::Runs, sources, each, Dim::Batch]), &[active], "")?;
    let product = Op::BatchedMatMul { transpose_left: true, transpose_right: false };
    let received = builder.push(product, &[weights, beside], "")?;
    let targets = builder.tensors[received.index()].shape.dims()[1];
    builder.push(reshape(&[Dim::Runs, targets, samples]), &[received], label)
}

impl Link<'_> {
    /// Returns the neurons at the two ends.
    pub(super) fn ends(&self) -> [usize; 2] {
        let neurons = |id| self.model.population(id).shape.neurons();
        [neurons(self.projection.source), neurons(self.projection.target)]
    }

    /// Returns how many synapses a target neuron receives, in the mean.
    pub(super) fn fan_in(&self) -> f64 {
        let [sources, targets] = self.ends();
        match (self.field, &self.projection.mask) {
            (Some(field), _) => field.seen() as f64,
            (None, None) => sources as f64,
            (None, Some(_)) => self.projection.synapses as f64 / targets.max(1) as f64,
        }
    }

    /// Appends the mask, 1 × `N_s` × `N_t`, where there is one.
    fn mask(&self, builder: &mut Builder) -> Result<Option<TensorId>, Bug> {
        let Some(mask) = self.projection.mask.clone() else { return Ok(None) };
        let space = |id| self.model.population(id).shape.space();
        let ends = [space(self.projection.source), space(self.projection.target)];
        let label = dotted(self.name, "mask");
        let wires = SparsePattern::new(Joins { mask, ends }, self.projection.synapses);
        builder.push(Op::Mask(wires), &[], &label).map(Some)
    }

    /// Returns what the weights are called, if nothing more is done to them.
    pub(super) fn label(&self) -> CompactString {
        let finished = self.projection.weights == Weights::Real && self.projection.mask.is_none();
        if finished { dotted(self.name, "W") } else { CompactString::default() }
    }

    /// Appends what the weights may be, and the mask over them.
    fn restrained(
        &self,
        builder: &mut Builder,
        made: Vec<TensorId>,
        mask: Option<TensorId>,
    ) -> Result<Vec<TensorId>, Bug> {
        if mask.is_none() && self.projection.weights == Weights::Real {
            return Ok(made);
        }
        let made = builder.sum(made)?;
        let label = dotted(self.name, "W");
        let own = if mask.is_some() { "" } else { &label };
        let weights = match self.projection.weights {
            Weights::Real => made,
            Weights::Heaviside => builder.map(Function::StraightThroughStep, made, own)?,
            Weights::Nonnegative => builder.map(Function::Relu, made, own)?,
        };
        let weights = match mask {
            None => weights,
            Some(mask) => builder.push(Op::Multiply, &[weights, mask], &label)?,
        };
        Ok(vec![weights])
    }

    pub(super) fn row(&self, part: &str, sizes: &[usize], start: Init, holds: &'static str) -> Row {
        let (name, shape) = (dotted(self.name, part), Shape::per_run(sizes));
        Row { name, shape, start, learned: !self.projection.frozen, rate: 1.0, holds }
    }

    /// Appends weights that are learned themselves: `N_s` × `N_t`, or K for each target neuron, or for each target map.
    fn direct(&self, builder: &mut Builder) -> Result<TensorId, Bug> {
        let start = Init::Uniform { bound: 1.0 / self.fan_in().max(1.0).sqrt() };
        let shared = self.projection.window.is_some_and(|window| window.share == Share::Maps);
        let [rows, columns] = self.ends();
        match self.field {
            None => {
                let row = builder.parameter(self.row("W", &[rows, columns], start, "W"), self.name)?;
                if self.projection.mask.is_some() {
                    let pairs = (rows as u64).saturating_mul(columns as u64);
                    builder.mask(row, pairs.saturating_sub(self.projection.synapses));
                }
                Ok(row)
            }
            Some(field) if shared => {
                let sizes = [field.maps(), field.seen()];
                let kernel = builder.parameter(self.row("W", &sizes, start, "one kernel a map"), self.name)?;
                let kernel = builder.push(Op::Unsqueeze { axis: 1 }, &[kernel], "")?;
                let length = Dim::Size(field.places());
                builder.push(Op::Expand { axis: 1, length }, &[kernel], "")
            }
            Some(field) => {
                let sizes = [field.places(), field.maps(), field.seen()];
                builder.parameter(self.row("W", &sizes, start, "one kernel a neuron"), self.name)
            }
        }
    }
}
