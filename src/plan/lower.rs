//! [`Wiring`] → [`Plan`]: activity carried along the schedule, the loss, and its gradient by all that is learned.

use super::builder::{Builder, Row};
use super::express::{Express, Reader, Side};
use super::function::Function;
use super::leaf::Start;
use super::op::{Op, Squares};
use super::passes::{Aim, PASSES, RAW, TWICE, run};
use super::tensor::{Dim, Shape, Sizes, TensorId};
use super::verify::{Counts, Parts, Plan};
use super::weights::received;
use crate::check::{Activation, Bias, InteractionId, PopId, Population};
use crate::diag::Bug;
use crate::options::Order;
use crate::wire::Wiring;

/// A wiring being lowered.
struct Lowering<'a> {
    wiring: &'a Wiring,
    builder: Builder,
    express: Express,
}

/// Lowers a wiring to a verified plan as the mathematics is written, with the backward derived from it.
///
/// # Errors
///
/// A [`Bug`], which no model should cause.
pub fn raw(wiring: &Wiring) -> Result<Plan, Bug> {
    run(RAW, forward(wiring)?, Aim { order: Order::Synthesized, sizes: Sizes::SHOWN })
}

/// Lowers a wiring to a verified plan, made cheaper by every pass: products in the `order` that is asked for, the cheapest
/// for batches of `batch` samples.
///
/// # Errors
///
/// A [`Bug`], which no model should cause.
pub fn lower(wiring: &Wiring, order: Order, batch: usize) -> Result<Plan, Bug> {
    run(PASSES, forward(wiring)?, Aim { order, sizes: Sizes { runs: 1, batch } })
}

/// Lowers a wiring to a verified plan of second order. Its loss is half the squared length of the gradient g of what
/// [`lower`]'s plan calls the loss; its gradients are H g, with H that loss's matrix of second derivatives.
///
/// # Errors
///
/// A [`Bug`], which no model should cause.
pub fn steepness(wiring: &Wiring) -> Result<Plan, Bug> {
    run(TWICE, forward(wiring)?, Aim { order: Order::Synthesized, sizes: Sizes::SHOWN })
}

/// Lowers a wiring to a plan without a backward, as the mathematics is written.
fn forward(wiring: &Wiring) -> Result<Parts, Bug> {
    let mut lowering = Lowering { wiring, builder: Builder::default(), express: Express::default() };
    let output = lowering.activity()?;
    let penalty = lowering.penalty()?;
    let losses = lowering.losses(output, penalty)?;
    let Builder { tensors, leaves, .. } = lowering.builder;
    let learned = leaves.iter().filter(|leaf| leaf.learned);
    let counts = counts(wiring, learned.map(super::leaf::Leaf::count).fold(0, u64::saturating_add));
    let name = wiring.model().name().to_owned();
    let parts =
        Parts { name, tensors, leaves, output, penalty, losses, gradients: Vec::new(), choices: Vec::new(), counts };
    parts.check("lower").map(|()| parts)
}

impl Lowering<'_> {
    /// Appends every population's activity, in the order of the schedule; returns the output's.
    fn activity(&mut self) -> Result<TensorId, Bug> {
        let model = self.wiring.model();
        let mut active = vec![TensorId(0); model.populations().len()];
        for &id in self.wiring.schedule() {
            let population = model.population(id);
            active[id.index()] = if id == model.input() {
                let neurons = population.shape.neurons();
                self.builder.push(Op::Sample { neurons }, &[], population.name.as_str())?
            } else if let Some(pool) = population.pool {
                let grid = model.population(pool.source).shape.grid();
                let squares = Squares { grid, size: pool.size };
                self.builder.push(Op::Pool(squares), &[active[pool.source.index()]], population.name.as_str())?
            } else {
                let received = self.received(id, &active)?;
                self.respond(id, population, received)?
            };
        }
        Ok(active[model.output().index()])
    }

    /// Appends the sum of what a population receives, R × N × B.
    fn received(&mut self, id: PopId, active: &[TensorId]) -> Result<TensorId, Bug> {
        let model = self.wiring.model();
        let mut sum = None;
        for projection in self.wiring.incoming(id).iter().map(|id| model.projection(*id)) {
            let active = active[projection.source.index()];
            let part = received(&mut self.builder, &mut self.express, model, projection, active)?;
            sum = Some(match sum {
                None => part,
                Some(sum) => self.builder.push(Op::Add, &[sum, part], "")?,
            });
        }
        sum.ok_or_else(|| Bug { pass: "lower", tensor: id.to_string(), why: "receives nothing".to_owned() })
    }

    /// Appends bias and activation.
    fn respond(&mut self, id: PopId, population: &Population, received: TensorId) -> Result<TensorId, Bug> {
        let name = population.name.as_str();
        let biased = match self.bias(id, population)? {
            None => received,
            Some(bias) => self.builder.push(Op::Add, &[received, bias], "")?,
        };

        let function = match population.activation {
            Activation::Identity => {
                name.clone_into(&mut self.builder.tensors[biased.index()].label);
                return Ok(biased);
            }
            Activation::Relu => Function::Relu,
            Activation::Tanh => Function::Tanh,
            Activation::Sigmoid => Function::Sigmoid,
            Activation::Gelu => Function::Gelu,
        };
        self.builder.map(function, biased, name)
    }

    /// Appends a population's bias, R × N × 1.
    fn bias(&mut self, id: PopId, population: &Population) -> Result<Option<TensorId>, Bug> {
        let (model, reader) = (self.wiring.model(), Reader { name: population.name.as_str(), frozen: false });
        let neurons = population.shape.neurons();
        let row = |part: &str, size: usize, holds| Row {
            name: format!("{}.{part}", population.name),
            sizes: vec![size],
            start: Start::Constant(0.0),
            learned: true,
            holds,
        };
        match population.bias {
            Bias::None => Ok(None),
            Bias::Free => {
                let leaf = self.builder.leaf(row("bias", neurons, "the bias"), reader.name)?;
                self.builder.push(Op::Insert { axis: 2 }, &[leaf], "").map(Some)
            }
            Bias::PerMap => {
                let [rows, columns, maps] = population.shape.grid();
                let leaf = self.builder.leaf(row("bias", maps, "one bias a map"), reader.name)?;
                let leaf = self.builder.push(Op::Insert { axis: 1 }, &[leaf], "")?;
                let length = Dim::Size(rows.saturating_mul(columns));
                let places = self.builder.push(Op::Repeat { axis: 1, length }, &[leaf], "")?;
                let shape = Shape::per_run(&[neurons, 1]);
                self.builder.push(Op::Reshape { shape }, &[places], "").map(Some)
            }
            Bias::Expressed(genome) => {
                let wanted = (id, genome, Side::In);
                let identity = self.express.identity(&mut self.builder, model, wanted, reader)?;
                let (part, genes) = (format!("{}.b", model.genome(genome).name), model.genome(genome).genes);
                let leaf = self.builder.leaf(row(&part, genes, "one bias a gene"), reader.name)?;
                let leaf = self.builder.push(Op::Insert { axis: 2 }, &[leaf], "")?;
                self.builder.product(identity, leaf, &format!("{}.bias", population.name)).map(Some)
            }
        }
    }

    /// Appends each run's loss, [R]: the mean over the batch of −Σ label · log softmax(answer), and the penalty.
    fn losses(&mut self, output: TensorId, penalty: Option<TensorId>) -> Result<TensorId, Bug> {
        let classes = self.wiring.model().population(self.wiring.model().output()).shape.neurons();
        let builder = &mut self.builder;
        let labels = builder.push(Op::Labels { classes }, &[], "labels")?;
        let sure = builder.push(Op::LogSoftmax { axis: 1 }, &[output], "")?;
        let right = builder.push(Op::Multiply, &[sure, labels], "")?;
        let whole = builder.total(right, "")?;
        match penalty {
            None => builder.push(Op::Affine { factor: -1.0, offset: 0.0 }, &[whole], "loss"),
            Some(penalty) => builder.push(Op::Subtract, &[penalty, whole], "loss"),
        }
    }

    /// Appends Σ λ Σ|O| over the interactions that ask for it, one number a run.
    fn penalty(&mut self) -> Result<Option<TensorId>, Bug> {
        let model = self.wiring.model();
        let mut sum = None;
        for (index, interaction) in model.interactions().iter().enumerate().filter(|(_, o)| o.sparse > 0.0) {
            let reader = Reader { name: "penalty", frozen: false };
            let genes = self.express.interaction(&mut self.builder, model, InteractionId(index), reader)?;
            let size = self.builder.map(Function::Absolute, genes, "")?;
            let whole = self.builder.total(size, "")?;
            let part = self.builder.scale(interaction.sparse, whole)?;
            sum = Some(match sum {
                None => part,
                Some(sum) => self.builder.push(Op::Add, &[sum, part], "penalty")?,
            });
        }
        Ok(sum)
    }
}

/// Counts synapses and biases of the network that is grown.
fn counts(wiring: &Wiring, parameters: u64) -> Counts {
    let model = wiring.model();
    let synapses = model.projections().iter().map(|link| model.synapses(link)).fold(0, u64::saturating_add);
    let with_bias = model.populations().iter().filter(|population| population.bias != Bias::None);
    let biases = with_bias.map(|population| population.shape.neurons() as u64).fold(0, u64::saturating_add);
    Counts { parameters, synapses, uncompressed: synapses.saturating_add(biases) }
}
