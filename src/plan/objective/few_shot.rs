//! Few-shot learning by gradient steps (MAML; Finn, Abbeel, Levine 2017; rates learned as in Meta-SGD, Li et al. 2017, one for each
//! connection, as logarithms): W ← W − η ∂L/∂W on the support samples of each task, and the loss on its query samples. What
//! is learned is learned through these steps, second derivatives included.

use compact_str::format_compact;

use super::super::activity::Carried;
use super::super::builder::{Row, dotted};
use super::super::derive::derive;
use super::super::field_change::FieldChange;
use super::super::function::Function;
use super::super::lower::{Lowering, NetworkWeights};
use super::super::op::{Op, SampleSet};
use super::super::parameter::Init;
use super::super::tensor::{Shape, TensorId};
use super::Objective;
use super::classification::{cross_entropy, penalty};
use crate::check::{ProjId, Weights};
use crate::diag::Bug;
use crate::options::{Adapt, FewShot};

/// The inner rate at the start.
const RATE: f64 = 0.1;

/// A connection that learns tasks.
struct Adapted {
    link: ProjId,
    /// W of each task, R × `N_s` × `N_t` × B; nothing within receptive fields, where changes are kept instead.
    weights: Option<TensorId>,
    /// Which pairs are joined, 1 × `N_s` × `N_t`, where not all are.
    mask: Option<TensorId>,
    /// η, R × 1 × 1 × 1.
    rate: TensorId,
}

/// Appends the network on support samples, once for each inner step, and on query samples; returns what it answers to these.
pub(in crate::plan) fn few_shot(lowering: &mut Lowering, few_shot: FewShot) -> Result<Objective, Bug> {
    let (support, query) = (SampleSet::Support(few_shot.support()), SampleSet::Batch(few_shot.query()));
    let mut weights = lowering.weights();
    let steps = if few_shot.adapt == Adapt::None { 0 } else { few_shot.inner_steps };
    if steps > 0 {
        let samples = lowering.samples(support)?;
        let mut adapted = adapted(lowering, &mut weights, few_shot.adapt)?;
        for step in 0..steps {
            let (output, carried) = lowering.forward(&mut weights, samples, &format!(" at step {step}"))?;
            let losses = cross_entropy(lowering, output, support, None)?;
            let pass = SupportPass { losses, carried, step, first_order: few_shot.first_order };
            learn(lowering, &mut weights, &mut adapted, &pass)?;
        }
    }
    let samples = lowering.samples(query)?;
    let (output, _) = lowering.forward(&mut weights, samples, "")?;
    let penalty = penalty(lowering)?;
    let losses = cross_entropy(lowering, output, query, penalty)?;
    Ok(Objective { output, penalty, losses })
}

/// Appends weights of each task, and rates, of the connections that learn.
fn adapted(lowering: &mut Lowering, weights: &mut NetworkWeights, adapt: Adapt) -> Result<Vec<Adapted>, Bug> {
    let mut adapted = Vec::new();
    for link in (0..weights.synapses.len()).map(ProjId) {
        let model = lowering.wiring.model();
        let projection = model.projection(link);
        if !adapt.includes(projection.frozen, projection.target == model.output()) {
            continue;
        }
        lowering.make_weights(weights, link)?;
        let missing = || Bug { pass: "lower", tensor: link.to_string(), why: "has no weights".to_owned() };
        let synapses = weights.synapses[link.index()].as_mut().ok_or_else(missing)?;
        let own = match synapses.field() {
            None => Some(synapses.repeat_for_tasks(&mut lowering.builder)?),
            Some(_) => None,
        };
        let mask = synapses.mask();
        adapted.push(Adapted { link, weights: own, mask, rate: rate(lowering, link)? });
    }
    Ok(adapted)
}

/// Appends η = eʳ, R × 1 × 1 × 1, of the learned row r.
fn rate(lowering: &mut Lowering, link: ProjId) -> Result<TensorId, Bug> {
    let (model, builder) = (lowering.wiring.model(), &mut lowering.builder);
    let name = model.link_name(model.projection(link));
    let row = Row {
        name: dotted(&name, "rate"),
        shape: Shape::per_run(&[]),
        start: Init::Constant(RATE.ln()),
        learned: true,
        rate: 1.0,
        holds: "ln η, of the inner rate",
    };
    let row = builder.parameter(row, &name)?;
    let rate = builder.map(Function::Exp, row, "")?;
    (1..4).try_fold(rate, |rate, axis| builder.push(Op::Unsqueeze { axis }, &[rate], ""))
}

/// The network on the support samples.
struct SupportPass {
    /// Each run's sum over tasks, [R].
    losses: TensorId,
    /// What connections have carried.
    carried: Vec<Carried>,
    /// The number of the step, from 0.
    step: usize,
    first_order: bool,
}

/// Appends a step of all connections that learn, and goes on with what it makes.
fn learn(
    lowering: &mut Lowering,
    weights: &mut NetworkWeights,
    adapted: &mut [Adapted],
    pass: &SupportPass,
) -> Result<(), Bug> {
    let within = |carried: &&Carried| adapted.iter().any(|own| own.link == carried.link && own.weights.is_none());
    let fields: Vec<Carried> = pass.carried.iter().filter(within).copied().collect();
    let matrices = adapted.iter().filter_map(|own| own.weights);
    let wrt: Vec<TensorId> = matrices.chain(fields.iter().map(|carried| carried.part)).collect();
    let gradients = derive(&mut lowering.builder, pass.losses, &wrt)?;
    let (of_matrices, of_fields) = gradients.split_at(wrt.len() - fields.len());
    let steps = adapted.iter_mut().filter_map(|own| own.weights.map(|weights| (own, weights)));
    for ((own, before), gradient) in steps.zip(of_matrices) {
        let moved = moved(lowering, own, (before, *gradient), pass)?;
        own.weights = Some(moved);
        weights.synapses[own.link.index()].iter_mut().for_each(|synapses| synapses.adapt(moved));
    }
    for (carried, gradient) in fields.iter().zip(of_fields) {
        let Some(own) = adapted.iter().find(|own| own.link == carried.link) else { continue };
        let rate = lowering.builder.push(Op::Squeeze { axis: 3 }, &[own.rate], "")?;
        let [sent, gradient] = [carried.active, *gradient];
        let [sent, gradient] = if pass.first_order { stopped(lowering, [sent, gradient])? } else { [sent, gradient] };
        if let Some(synapses) = &mut weights.synapses[carried.link.index()]
            && let Some(field) = synapses.field()
        {
            synapses.change(FieldChange { field, sent, gradient, rate });
        }
    }
    Ok(())
}

fn stopped(lowering: &mut Lowering, tensors: [TensorId; 2]) -> Result<[TensorId; 2], Bug> {
    let mut stop = |id: TensorId| lowering.builder.map(Function::StopGradient, id, "");
    Ok([stop(tensors[0])?, stop(tensors[1])?])
}

/// Appends W − η ∂L/∂W, under masks on joined pairs alone, and cut off at 0 where weights are not negative.
fn moved(
    lowering: &mut Lowering,
    own: &Adapted,
    (before, mut gradient): (TensorId, TensorId),
    pass: &SupportPass,
) -> Result<TensorId, Bug> {
    let (model, builder) = (lowering.wiring.model(), &mut lowering.builder);
    let projection = model.projection(own.link);
    if pass.first_order {
        gradient = builder.map(Function::StopGradient, gradient, "")?;
    }
    if let Some(mask) = own.mask {
        let mask = builder.push(Op::Unsqueeze { axis: 3 }, &[mask], "")?;
        gradient = builder.push(Op::Multiply, &[gradient, mask], "")?;
    }
    let change = builder.push(Op::Multiply, &[gradient, own.rate], "")?;
    let label = format_compact!("{}.W at step {}", model.link_name(projection), pass.step + 1);
    let negative = projection.weights == Weights::Nonnegative;
    let moved = builder.push(Op::Subtract, &[before, change], if negative { "" } else { &label })?;
    if negative { builder.map(Function::Relu, moved, &label) } else { Ok(moved) }
}
