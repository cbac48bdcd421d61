//! Projections: how weights come about, and what a target receives through them.

use super::builder::{Builder, Row, frozen};
use super::express::{Express, Reader, Side};
use super::field::Field;
use super::gnetwork::Maker;
use super::leaf::Start;
use super::op::{Op, Over};
use super::tensor::{Dim, Shape, TensorId};
use crate::check::{Encoding, InteractionId, Model, Projection, Share};
use crate::diag::Bug;

/// A projection being lowered.
#[derive(Clone, Copy)]
pub(super) struct Link<'a> {
    model: &'a Model,
    projection: &'a Projection,
    field: Option<Field>,
    name: &'a str,
}

/// Appends what the target of `projection` receives of `active`, R × `N_s` × B, as R × `N_t` × B.
pub(super) fn received(
    builder: &mut Builder,
    express: &mut Express,
    model: &Model,
    projection: &Projection,
    active: TensorId,
) -> Result<TensorId, Bug> {
    let (source, target) = (model.population(projection.source), model.population(projection.target));
    let name = model.link_name(projection);
    let field = projection.window.map(|window| Field::new(window, &source.shape, &target.shape));
    let link = Link { model, projection, field, name: &name };
    // matrices whose sum is W
    let weights = match projection.encoding {
        Encoding::Genes(interaction) => vec![link.synthesized(builder, express, interaction)?],
        Encoding::Direct => vec![link.direct(builder)?],
        Encoding::Basis(rows) => vec![link.basis(builder, rows)?],
        Encoding::Subspace(dimension) => vec![link.subspace(builder, dimension)?],
        Encoding::GNetwork(network) => {
            let ends = [&source.shape, &target.shape];
            Maker { network, name: &name, ends, frozen: projection.frozen }.weights(builder)?
        }
    };
    let mut sum: Option<TensorId> = None;
    for weights in weights {
        let part = match field {
            None => builder.product_of(weights, active, "")?,
            Some(field) => builder.push(Op::Window(Over::Seen, field), &[weights, active], "")?,
        };
        sum = Some(match sum {
            None => part,
            Some(sum) => builder.push(Op::Add, &[sum, part], "")?,
        });
    }
    sum.ok_or_else(|| Bug { pass: "lower", tensor: name.clone(), why: "has no weights".to_owned() })
}

impl Link<'_> {
    /// Returns the neurons at the two ends.
    fn ends(&self) -> [usize; 2] {
        let neurons = |id| self.model.population(id).shape.neurons();
        [neurons(self.projection.source), neurons(self.projection.target)]
    }

    /// Returns how many synapses a target neuron receives.
    fn fan_in(&self) -> usize {
        self.field.map_or(self.ends()[0], |field| field.seen())
    }

    fn row(&self, part: &str, sizes: &[usize], start: Start, holds: &'static str) -> Row {
        let (name, sizes) = (format!("{}.{part}", self.name), sizes.to_vec());
        Row { name, sizes, start, learned: !self.projection.frozen, holds }
    }

    /// Appends weights that are learned themselves: `N_s` × `N_t`, or K for each target neuron, or for each target map.
    fn direct(&self, builder: &mut Builder) -> Result<TensorId, Bug> {
        let start = Start::Uniform { bound: 1.0 / (self.fan_in() as f64).sqrt() };
        let shared = self.projection.window.is_some_and(|window| window.share == Share::Maps);
        let [rows, columns] = self.ends();
        match self.field {
            None => builder.leaf(self.row("W", &[rows, columns], start, "W"), self.name),
            Some(field) if shared => {
                let sizes = [field.maps(), field.seen()];
                let kernel = builder.leaf(self.row("W", &sizes, start, "one kernel a map"), self.name)?;
                let kernel = builder.push(Op::Insert { axis: 1 }, &[kernel], "")?;
                let length = Dim::Size(field.places());
                builder.push(Op::Repeat { axis: 1, length }, &[kernel], "")
            }
            Some(field) => {
                let sizes = [field.places(), field.maps(), field.seen()];
                builder.leaf(self.row("W", &sizes, start, "one kernel a neuron"), self.name)
            }
        }
    }

    /// Appends R P.
    fn basis(&self, builder: &mut Builder, size: usize) -> Result<TensorId, Bug> {
        let [rows, columns] = self.ends();
        let drawn = Start::Normal { deviation: 1.0 / (size as f64).sqrt() };
        let learned = Start::Normal { deviation: (2.0 / rows as f64).sqrt() };
        let basis = Row { learned: false, ..self.row("R", &[rows, size], drawn, "R, drawn once") };
        let basis = builder.leaf(basis, self.name)?;
        let parts = builder.leaf(self.row("P", &[size, columns], learned, "P"), self.name)?;
        builder.product(basis, parts, &format!("{}.W", self.name))
    }

    /// Appends W0 + R θ: of all connections of so many dimensions, θ is one.
    fn subspace(&self, builder: &mut Builder, dimension: usize) -> Result<TensorId, Bug> {
        let [rows, columns] = self.ends();
        let spread = (2.0 / rows as f64).sqrt();
        let drawn = |deviation: f64| Start::Normal { deviation };
        let fixed = |row: Row| Row { learned: false, ..row };
        let start = fixed(self.row("W0", &[rows, columns], drawn(spread), "W0, drawn once"));
        let start = builder.leaf(start, self.name)?;
        let (weights, deviation) = (rows.saturating_mul(columns), spread / (dimension as f64).sqrt());
        let basis = fixed(self.row("R", &[weights, dimension], drawn(deviation), "R, drawn once"));
        let basis = builder.leaf(basis, self.name)?;
        let common = Row {
            name: format!("subspace({dimension}).theta"),
            sizes: vec![dimension],
            start: Start::Constant(0.0),
            learned: true,
            holds: "θ",
        };
        let common = builder.leaf(if self.projection.frozen { frozen(common) } else { common }, self.name)?;
        let common = builder.push(Op::Insert { axis: 2 }, &[common], "")?;
        let moved = builder.product(basis, common, "")?;
        let moved = builder.push(Op::Reshape { shape: Shape::per_run(&[rows, columns]) }, &[moved], "")?;
        builder.push(Op::Add, &[start, moved], &format!("{}.W", self.name))
    }

    /// Appends c · `X_s` O `X_tᵀ`, or within windows c · `Y_r Oᵀ X_rᵀ` for each target neuron. The constant is multiplied
    /// into O, the smallest of the three; within windows, O into the end with fewer neurons, before it is unfolded.
    fn synthesized(
        &self,
        builder: &mut Builder,
        express: &mut Express,
        interaction: InteractionId,
    ) -> Result<TensorId, Bug> {
        let (model, projection) = (self.model, self.projection);
        let genome = model.interaction(interaction).genome;
        let reader = Reader { name: self.name, frozen: projection.frozen };
        let sent = express.identity(builder, model, (projection.source, genome, Side::Out), reader)?;
        let genes = express.interaction(builder, model, interaction, reader)?;
        let received = express.identity(builder, model, (projection.target, genome, Side::In), reader)?;
        let gain = Row {
            name: format!("{}.{}.c", self.name, model.interaction(interaction).name),
            sizes: vec![1, 1],
            start: Start::Gain {
                source: sent,
                interaction: genes,
                target: received,
                fan_in: self.fan_in(),
                field: self.field,
            },
            learned: false,
            holds: "the constant c",
        };
        let gain = builder.leaf(gain, self.name)?;
        let scaled = builder.push(Op::Multiply, &[genes, gain], "")?;
        let label = format!("{}.W", self.name);
        let [sources, targets] = self.ends();
        match self.field {
            None => {
                let left = builder.product(sent, scaled, "")?;
                builder.product_with(left, received, &label)
            }
            Some(field) if sources <= targets => {
                let sent = builder.product(sent, scaled, "")?;
                builder.push(Op::Window(Over::Pairs, field), &[received, sent], &label)
            }
            Some(field) => {
                let received = builder.product_with(received, scaled, "")?;
                builder.push(Op::Window(Over::Pairs, field), &[received, sent], &label)
            }
        }
    }
}
