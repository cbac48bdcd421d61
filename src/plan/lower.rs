//! [`Wiring`] → [`Plan`]: every population's activity, the loss, and its gradient by all that is learned.

use rustc_hash::FxHashMap;

use super::builder::Builder;
use super::express::{Express, Reader};
use super::function::Function;
use super::op::Op;
use super::passes::{Goal, PASSES, RAW, TWICE, run};
use super::received::Received;
use super::tensor::{Sizes, TensorId};
use super::verify::{Counts, Plan, PlanDraft};
use super::weights::Synapses;
use crate::check::{Bias, InteractionId, PopId, ProjId};
use crate::diag::Bug;
use crate::options::Order;
use crate::wire::Wiring;

/// A wiring being lowered.
pub(super) struct Lowering<'a> {
    pub(super) wiring: &'a Wiring,
    pub(super) builder: Builder,
    pub(super) express: Express,
    /// Weights that are made, by projection, and what has been received through them of which activity.
    pub(super) synapses: Vec<Option<Synapses>>,
    pub(super) received: FxHashMap<(ProjId, TensorId), TensorId>,
    /// What populations receive when it is calibrated, or looked at.
    pub(super) arrivals: Vec<Received>,
    /// Biases that are made.
    pub(super) biases: FxHashMap<PopId, Option<TensorId>>,
}

/// Lowers a wiring to a verified plan as the mathematics is written, with the backward derived from it.
///
/// # Errors
///
/// A [`Bug`], which no model should cause.
pub fn lower_unoptimized(wiring: &Wiring) -> Result<Plan, Bug> {
    run(RAW, forward(wiring)?, Goal { order: Order::Synthesized, sizes: Sizes::SHOWN })
}

/// Lowers a wiring to a verified plan, made cheaper by every pass: products in the `order` that is asked for, the cheapest
/// for batches of `batch` samples.
///
/// # Errors
///
/// A [`Bug`], which no model should cause.
pub fn lower(wiring: &Wiring, order: Order, batch: usize) -> Result<Plan, Bug> {
    run(PASSES, forward(wiring)?, Goal { order, sizes: Sizes { runs: 1, batch } })
}

/// Lowers a wiring to a verified plan of second order. Its loss is half the squared length of the gradient g of what
/// [`lower`]'s plan calls the loss; its gradients are H g, with H that loss's matrix of second derivatives.
///
/// # Errors
///
/// A [`Bug`], which no model should cause.
pub fn steepness(wiring: &Wiring) -> Result<Plan, Bug> {
    run(TWICE, forward(wiring)?, Goal { order: Order::Cheapest, sizes: Sizes::SHOWN })
}

/// Lowers a wiring to a plan without a backward, as the mathematics is written.
fn forward(wiring: &Wiring) -> Result<PlanDraft, Bug> {
    let model = wiring.model();
    let mut lowering = Lowering {
        wiring,
        builder: Builder::default(),
        express: Express::default(),
        synapses: vec![None; model.projections().len()],
        received: FxHashMap::default(),
        arrivals: Vec::new(),
        biases: FxHashMap::default(),
    };
    let output = lowering.activity()?;
    let penalty = lowering.penalty()?;
    let losses = lowering.losses(output, penalty)?;
    let Lowering { builder: Builder { tensors, parameters, .. }, arrivals: received, .. } = lowering;
    let learned = parameters.iter().filter(|parameter| parameter.learned);
    let counts = counts(wiring, learned.map(super::parameter::Parameter::used).fold(0, u64::saturating_add));
    let name = wiring.model().name().to_owned();
    let (gradients, choices) = (Vec::new(), Vec::new());
    let parts = PlanDraft { name, tensors, parameters, output, penalty, losses, gradients, choices, received, counts };
    parts.check_table("lower")?;
    parts.check("lower").map(|()| parts)
}

impl Lowering<'_> {
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
