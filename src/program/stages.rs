//! What is made when: once before the first step, once for each evaluation, and in every step.

use super::{Program, Request, Target};
use crate::plan::{Op, Plan, Sizes, TensorId};

impl Program {
    /// Makes the program of a training step: losses and gradients.
    pub fn step(plan: &Plan, sizes: Sizes, target: Target) -> Self {
        let given = Self::known_in_steps(plan);
        Self::new(plan, &Request { wanted: &plan.training_outputs(), given: &given, sizes, target })
    }

    /// Makes the program of one batch of an evaluation, for which weights are made beforehand.
    pub fn inference(plan: &Plan, sizes: Sizes, target: Target) -> Self {
        let mut given = Self::known_in_steps(plan);
        for id in Self::weights(plan) {
            given[id.index()] = true;
        }
        Self::new(plan, &Request { wanted: &[plan.output()], given: &given, sizes, target })
    }

    /// Returns the tensors that never change and that something else, or a result, is made from.
    pub fn constants(plan: &Plan) -> Vec<TensorId> {
        let results: Vec<TensorId> = plan.inference_outputs().into_iter().chain(plan.training_outputs()).collect();
        frontier(plan, &plan.changing(), &results)
    }

    /// Returns the tensors that do not depend on the batch, and from which the output is made: weights above all.
    pub fn weights(plan: &Plan) -> Vec<TensorId> {
        frontier(plan, &plan.batched(), &[plan.output()])
    }

    /// Tells for each tensor whether it is known before the first step: rows of the parameter table, and constants.
    pub fn known_in_steps(plan: &Plan) -> Vec<bool> {
        let mut known: Vec<bool> = plan.tensors().iter().map(|tensor| matches!(tensor.op, Op::Parameter(_))).collect();
        for id in Self::constants(plan) {
            known[id.index()] = true;
        }
        known
    }
}

/// Returns the tensors that are not `moving` and that something moving, or one of the results, is made from.
fn frontier(plan: &Plan, moving: &[bool], results: &[TensorId]) -> Vec<TensorId> {
    let needed = plan.needed(results);
    let is_still = |id: &TensorId| !moving[id.index()];
    let users = plan.numbered().filter(|(id, _)| needed[id.index()] && !is_still(id));
    let read = users.flat_map(|(_, tensor)| tensor.operands.iter().copied());
    let mut wanted: Vec<TensorId> = read.chain(results.iter().copied()).filter(is_still).collect();
    wanted.sort_unstable();
    wanted.dedup();
    wanted
}
