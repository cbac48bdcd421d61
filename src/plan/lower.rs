//! [`Wiring`] → [`Plan`]: weights synthesized as `W = c · X_s O X_tᵀ`, activity carried along the schedule.

use super::builder::{Builder, Row};
use super::express::{Express, Reader, Side};
use super::leaf::Start;
use super::op::{Function, Op};
use super::tensor::TensorId;
use super::verify::{Counts, Parts, Plan};
use crate::check::{Activation, Bias, Encoding, InteractionId, PopId, Population, Projection};
use crate::diag::Bug;
use crate::wire::Wiring;

/// A wiring being lowered.
struct Lowering<'a> {
    wiring: &'a Wiring,
    builder: Builder,
    express: Express,
}

/// Lowers a wiring to a verified plan.
///
/// # Errors
///
/// A [`Bug`], which no model should cause.
pub fn lower(wiring: &Wiring) -> Result<Plan, Bug> {
    let mut lowering = Lowering { wiring, builder: Builder::default(), express: Express::default() };
    let output = lowering.activity()?;
    let penalty = lowering.penalty()?;
    let Builder { tensors, leaves, .. } = lowering.builder;
    let learned = leaves.iter().filter(|leaf| leaf.learned);
    let counts = counts(wiring, learned.map(super::leaf::Leaf::count).fold(0, u64::saturating_add));
    let name = wiring.model().name().to_owned();
    Plan::verify("lower", Parts { name, tensors, leaves, output, penalty, counts })
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
            } else {
                let received = self.received(id, &active)?;
                self.respond(id, population, received)?
            };
        }
        Ok(active[model.output().index()])
    }

    /// Appends the sum of what a population receives, R × B × N.
    fn received(&mut self, id: PopId, active: &[TensorId]) -> Result<TensorId, Bug> {
        let model = self.wiring.model();
        let mut sum = None;
        for projection in self.wiring.incoming(id).iter().map(|id| model.projection(*id)) {
            let weights = self.weights(projection)?;
            let part = self.builder.product(active[projection.source.index()], weights, false, "")?;
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

    /// Appends a population's bias, R × 1 × N.
    fn bias(&mut self, id: PopId, population: &Population) -> Result<Option<TensorId>, Bug> {
        let (model, reader) = (self.wiring.model(), Reader { name: population.name.as_str(), frozen: false });
        let row = |part: &str, size, holds| Row {
            name: format!("{}.{part}", population.name),
            sizes: vec![size],
            start: Start::Constant(0.0),
            learned: true,
            holds,
        };
        match population.bias {
            Bias::None => Ok(None),
            Bias::Free => {
                let leaf = self.builder.leaf(row("bias", population.shape.neurons(), "the bias"), reader.name)?;
                self.builder.push(Op::Insert { axis: 1 }, &[leaf], "").map(Some)
            }
            Bias::PerMap => {
                let why = "a bias for each map".to_owned();
                Err(Bug { pass: "lower", tensor: id.to_string(), why })
            }
            Bias::Expressed(genome) => {
                let wanted = (id, genome, Side::In);
                let identity = self.express.identity(&mut self.builder, model, wanted, reader)?;
                let part = format!("{}.b", model.genome(genome).name);
                let leaf = self.builder.leaf(row(&part, model.genome(genome).genes, "one bias a gene"), reader.name)?;
                let genes = self.builder.push(Op::Insert { axis: 1 }, &[leaf], "")?;
                self.builder.product(genes, identity, true, &format!("{}.bias", population.name)).map(Some)
            }
        }
    }

    /// Appends a projection's weights, `R × N_s × N_t`.
    fn weights(&mut self, projection: &Projection) -> Result<TensorId, Bug> {
        let model = self.wiring.model();
        let (source, target) = (model.population(projection.source), model.population(projection.target));
        let (rows, columns) = (source.shape.neurons(), target.shape.neurons());
        let link = format!("{}->{}", source.name, target.name);
        let row = |part: &str, sizes: &[usize], start, learned, holds| Row {
            name: format!("{link}.{part}"),
            sizes: sizes.to_vec(),
            start,
            learned: learned && !projection.frozen,
            holds,
        };
        match projection.encoding {
            Encoding::Genes(interaction) => self.synthesized(projection, interaction, &link),
            Encoding::Direct => {
                let start = Start::Uniform { bound: 1.0 / (rows as f64).sqrt() };
                self.builder.leaf(row("W", &[rows, columns], start, true, "W"), &link)
            }
            Encoding::Basis(size) => {
                let drawn = Start::Normal { deviation: 1.0 / (size as f64).sqrt() };
                let learned = Start::Normal { deviation: (2.0 / rows as f64).sqrt() };
                let basis = self.builder.leaf(row("R", &[rows, size], drawn, false, "R, drawn once"), &link)?;
                let parts = self.builder.leaf(row("P", &[size, columns], learned, true, "P"), &link)?;
                self.builder.product(basis, parts, false, &format!("{link}.W"))
            }
        }
    }

    /// Appends c · `X_s` O `X_tᵀ`, the constant multiplied into O, which is the smallest of the three.
    fn synthesized(
        &mut self,
        projection: &Projection,
        interaction: InteractionId,
        link: &str,
    ) -> Result<TensorId, Bug> {
        let model = self.wiring.model();
        let genome = model.interaction(interaction).genome;
        let reader = Reader { name: link, frozen: projection.frozen };
        let builder = &mut self.builder;
        let sent = self.express.identity(builder, model, (projection.source, genome, Side::Out), reader)?;
        let genes = self.express.interaction(builder, model, interaction, reader)?;
        let received = self.express.identity(builder, model, (projection.target, genome, Side::In), reader)?;
        let fan_in = model.population(projection.source).shape.neurons();
        let gain = Row {
            name: format!("{link}.{}.c", model.interaction(interaction).name),
            sizes: vec![1, 1],
            start: Start::Gain { source: sent, interaction: genes, target: received, fan_in },
            learned: false,
            holds: "the constant c",
        };
        let gain = builder.leaf(gain, link)?;
        let scaled = builder.push(Op::Multiply, &[genes, gain], "")?;
        let left = builder.product(sent, scaled, false, "")?;
        builder.product(left, received, true, &format!("{link}.W"))
    }

    /// Appends Σ λ Σ|O| over the interactions that ask for it, one number a run.
    fn penalty(&mut self) -> Result<Option<TensorId>, Bug> {
        let model = self.wiring.model();
        let mut sum = None;
        for (index, interaction) in model.interactions().iter().enumerate().filter(|(_, o)| o.sparse > 0.0) {
            let reader = Reader { name: "penalty", frozen: false };
            let genes = self.express.interaction(&mut self.builder, model, InteractionId(index), reader)?;
            let size = self.builder.map(Function::Absolute, genes, "")?;
            let rows = self.builder.push(Op::Sum { axis: 2 }, &[size], "")?;
            let whole = self.builder.push(Op::Sum { axis: 1 }, &[rows], "")?;
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
