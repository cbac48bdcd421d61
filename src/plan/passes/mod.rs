//! Plans made cheaper without changing what they compute: a literal list of passes, verified after each that finds work.
#![allow(clippy::unnecessary_wraps)] // a pass may fail, though few can
#![allow(clippy::wildcard_enum_match_arm)] // a pass knows the operations that it changes

mod constant_fold;
mod cse;
mod dce;
mod distribute;
mod matmul_chain;
mod matmul_order;
mod move_interaction;
mod rewrite;
mod separable_gaussian;
mod sparsify;

use super::builder::Builder;
use super::derive::derive;
use super::draft::PlanDraft;
use super::objective::GRADIENT_NORM;
use super::op::Op;
use super::optimizer::ADAM;
use super::tensor::{Sizes, TensorId};
use super::verify::Plan;
use crate::diag::Bug;
use crate::options::Order;

/// One pass.
#[derive(Clone, Copy)]
pub(super) struct Pass {
    /// Its name, in faults.
    pub(super) name: &'static str,
    /// What it works on: a plan without such an operation stays as it is.
    pub(super) on: fn(&Op) -> bool,
    /// What it does.
    pub(super) run: fn(PlanDraft, Goal) -> Result<PlanDraft, Bug>,
}

/// What a plan is to be cheap for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Goal {
    /// The order of products that is asked for.
    pub(super) order: Order,
    /// R and B.
    pub(super) sizes: Sizes,
}

/// Everything that is done to a forward plan, in order. What comes before DERIVE decides what the backward is made of; what comes
/// after sees forward and backward as one list.
pub(super) const PASSES: &[Pass] = &[
    distribute::DISTRIBUTE,
    separable_gaussian::SEPARABLE_GAUSSIAN,
    move_interaction::MOVE_INTERACTION,
    sparsify::SPARSIFY,
    matmul_order::MATMUL_ORDER,
    DERIVE,
    ADAM,
    constant_fold::CONSTANT_FOLD,
    cse::CSE,
    dce::DCE,
];

/// Nothing but the backward and the update.
pub(super) const RAW: &[Pass] = &[DERIVE, ADAM];

/// The gradient norm in place of the loss, and its backward.
pub(super) const SECOND_ORDER: &[Pass] =
    &[sparsify::SPARSIFY, GRADIENT_NORM, DERIVE, ADAM, constant_fold::CONSTANT_FOLD, cse::CSE, dce::DCE];

/// Appends the backward.
const DERIVE: Pass = Pass { name: "derive", on: |_| true, run: backward };

/// Runs passes over a forward plan, and checks what each has made.
pub(super) fn run(passes: &[Pass], forward: PlanDraft, aim: Goal) -> Result<Plan, Bug> {
    let mut parts = forward;
    let Some((last, before)) = passes.split_last() else { return Plan::verify("lower", parts) };
    for pass in before {
        if parts.tensors.iter().any(|tensor| (pass.on)(&tensor.op)) {
            parts = (pass.run)(parts, aim)?;
            parts.check(pass.name)?;
        }
    }
    Plan::verify(last.name, (last.run)(parts, aim)?)
}

fn backward(mut parts: PlanDraft, _: Goal) -> Result<PlanDraft, Bug> {
    let (tensors, parameters) = (std::mem::take(&mut parts.tensors), std::mem::take(&mut parts.parameters));
    let mut builder = Builder::of(tensors, parameters);
    let learned = builder.learned();
    parts.gradients = derive(&mut builder, parts.losses, &learned)?;
    (parts.tensors, parts.parameters) = (builder.tensors, builder.parameters);
    Ok(parts)
}

/// Counts who reads each tensor: operations, results and starts.
fn uses(parts: &PlanDraft) -> Vec<usize> {
    let mut uses = vec![0; parts.tensors.len()];
    let operands = parts.tensors.iter().flat_map(|tensor| tensor.operands.iter().copied());
    for id in operands.chain(parts.asked()) {
        uses[id.0] += 1;
    }
    uses
}

/// Rebuilds a plan with only the tensors that are `kept`, where `same` says which earlier tensor stands for each.
fn rebuilt(mut parts: PlanDraft, same: &[TensorId], kept: &[bool]) -> PlanDraft {
    let mut place = vec![TensorId(0); parts.tensors.len()];
    let mut tensors = std::mem::take(&mut parts.tensors);
    let (mut index, mut next) = (0, 0);
    tensors.retain_mut(|tensor| {
        let stays = same[index].0 == index && kept[index];
        if stays {
            tensor.operands.iter_mut().for_each(|id| *id = place[same[id.0].0]);
            place[index] = TensorId(next);
            next += 1;
        }
        index += 1;
        stays
    });
    parts.moved(tensors, |id| place[same[id.0].0])
}
