//! [`Wiring`] → [`Plan`]: every population's activity, the loss, and its gradient by all that is learned.

use rustc_hash::FxHashMap;

use super::activity::ANSWERS;
use super::builder::Builder;
use super::draft::PlanDraft;
use super::express::Express;
use super::frozen::freeze;
use super::objective::{self, Objective};
use super::passes::{Goal, PASSES, RAW, SECOND_ORDER, run};
use super::received::Received;
use super::tensor::{Sizes, TensorId};
use super::verify::{Counts, Plan};
use super::weights::Synapses;
use crate::check::{Bias, Encoding, PopId, Projection};
use crate::diag::Bug;
use crate::options::{FewShot, Order};
use crate::wire::Wiring;

/// A wiring being lowered.
pub(super) struct Lowering<'a> {
    pub(super) wiring: &'a Wiring,
    pub(super) builder: Builder,
    pub(super) express: Express,
    /// What populations receive when it is calibrated, or looked at.
    pub(super) arrivals: Vec<Received>,
    /// The standard deviation that answers are calibrated to.
    pub(super) answers: f64,
}

/// The weights and biases by which a network is computed, each there from its first use on.
pub(super) struct NetworkWeights {
    /// By projection.
    pub(super) synapses: Vec<Option<Synapses>>,
    /// Whether anything was received through each yet.
    pub(super) used: Vec<bool>,
    pub(super) biases: FxHashMap<PopId, Option<TensorId>>,
}

/// Lowers a wiring to a verified plan as the mathematics is written, with the backward derived from it.
///
/// # Errors
///
/// A [`Bug`], which no model should cause.
pub fn lower_unoptimized(wiring: &Wiring, few_shot: Option<FewShot>) -> Result<Plan, Bug> {
    run(RAW, forward(wiring, few_shot)?, Goal { order: Order::Synthesized, sizes: Sizes::SHOWN })
}

/// Lowers a wiring to a verified plan, made cheaper by every pass: products in the `order` that is asked for, the cheapest
/// for batches of `batch` samples, or tasks where the network learns such.
///
/// # Errors
///
/// A [`Bug`], which no model should cause.
pub fn lower(wiring: &Wiring, order: Order, batch: usize, few_shot: Option<FewShot>) -> Result<Plan, Bug> {
    let sizes = Sizes { runs: 1, batch };
    let forward = forward(wiring, few_shot)?;
    let is_gnetwork = |link: &Projection| matches!(link.encoding, Encoding::GNetwork(_));
    if order != Order::Cheapest || !wiring.model().projections().iter().any(is_gnetwork) {
        return run(PASSES, forward, Goal { order, sizes });
    }
    // the two products of a g-network share the gradient by their sum, which the prices of single chains do not count
    let plan = run(PASSES, forward.clone(), Goal { order, sizes })?;
    let made = run(PASSES, forward, Goal { order: Order::Synthesized, sizes })?;
    Ok(if made.step_price(sizes) < plan.step_price(sizes) { made } else { plan })
}

/// Lowers a wiring to a verified plan of second order. Its loss is half the squared length of the gradient g of what
/// [`lower`]'s plan calls the loss; its gradients are H g, with H that loss's matrix of second derivatives.
///
/// # Errors
///
/// A [`Bug`], which no model should cause.
pub fn lower_gradient_norm(wiring: &Wiring) -> Result<Plan, Bug> {
    run(SECOND_ORDER, forward(wiring, None)?, Goal { order: Order::Cheapest, sizes: Sizes::SHOWN })
}

/// Lowers a wiring to a plan without a backward, as the mathematics is written.
fn forward(wiring: &Wiring, few_shot: Option<FewShot>) -> Result<PlanDraft, Bug> {
    let (builder, express) = (Builder::default(), Express::default());
    // what is learned in a task has to outweigh what was answered before
    let answers = if few_shot.is_some() { 1.0 } else { ANSWERS };
    let mut lowering = Lowering { wiring, builder, express, arrivals: Vec::new(), answers };
    let Objective { output, penalty, losses } = match few_shot {
        None => objective::classification(&mut lowering)?,
        Some(few_shot) => objective::few_shot(&mut lowering, few_shot)?,
    };
    let Lowering { builder: Builder { tensors, mut parameters, .. }, arrivals: received, .. } = lowering;
    freeze(wiring, &mut parameters);
    let learned = parameters.iter().filter(|parameter| parameter.learned);
    let counts = counts(wiring, learned.map(super::parameter::Parameter::used).fold(0, u64::saturating_add));
    let name = wiring.model().name().to_owned();
    let (gradients, updates, choices) = (Vec::new(), Vec::new(), Vec::new());
    let parts =
        PlanDraft { name, tensors, parameters, output, penalty, losses, gradients, updates, choices, received, counts };
    parts.check_table("lower")?;
    parts.check("lower").map(|()| parts)
}

impl Lowering<'_> {
    /// Returns weights of which none is made yet.
    pub(super) fn weights(&self) -> NetworkWeights {
        let projections = self.wiring.model().projections().len();
        NetworkWeights {
            synapses: vec![None; projections],
            used: vec![false; projections],
            biases: FxHashMap::default(),
        }
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::plan::SampleSet;

    const TEXT: &str = "
model m {
    genome g(3)
    population a = units(5) { g: gaussian }
    population b = units(4) { g: gaussian, activation: tanh, bias: free }
    population c = units(2) { g: free }
    connect a -> b -> c via g
    input a
    output c
}";

    #[test]
    fn a_network_is_computed_again_for_other_samples_by_the_weights_that_are_there() {
        let stages = crate::compile::stages("m.gem", TEXT, &crate::options::Options::default()).unwrap();
        let (builder, express) = (Builder::default(), Express::default());
        let mut lowering =
            Lowering { wiring: &stages.wiring, builder, express, arrivals: Vec::new(), answers: ANSWERS };
        let mut weights = lowering.weights();
        let samples = lowering.samples(SampleSet::Batch(1)).unwrap();
        let (first, _) = lowering.forward(&mut weights, samples, "").unwrap();
        let (tensors, rows, arrivals) =
            (lowering.builder.tensors.len(), lowering.builder.parameters.len(), lowering.arrivals.clone());
        let others = lowering.builder.scale(2.0, samples).unwrap();
        let (second, _) = lowering.forward(&mut weights, others, "").unwrap();
        let appended: Vec<&str> = lowering.builder.tensors[tensors..].iter().map(|tensor| tensor.op.name()).collect();
        assert_eq!(appended, ["affine", "matrix product", "add", "tanh", "matrix product"]);
        assert_ne!(first, second);
        assert_eq!((lowering.builder.parameters.len(), &lowering.arrivals), (rows, &arrivals));
        // the same samples by the same weights are made anew by operations that are merged later
        let (third, _) = lowering.forward(&mut weights, samples, "").unwrap();
        let [one, other] = [first, third].map(|id| &lowering.builder.tensors[id.index()]);
        assert_eq!((&one.op, &one.shape), (&other.op, &other.shape));
    }
}
