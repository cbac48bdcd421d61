//! Plans made cheaper without changing what they compute: a literal list of passes, verified after each.

mod associate;
mod chain;
mod drop;
mod share;

use super::tensor::{Sizes, TensorId};
use super::verify::{Parts, Plan};
use crate::diag::Bug;
use crate::options::Order;

/// One pass.
#[derive(Clone, Copy)]
pub(super) struct Pass {
    /// Its name, in faults.
    name: &'static str,
    /// What it does.
    run: fn(Parts) -> Parts,
}

/// The passes over forward and backward, in order.
const PASSES: &[Pass] = &[share::SHARE, drop::DROP];

/// Puts the products of a forward plan, from which no backward is derived yet, in order.
pub(super) fn arrange(parts: Parts, order: Order, sizes: Sizes) -> Result<Parts, Bug> {
    let parts = associate::associate(parts, order, sizes);
    parts.check("associate").map(|()| parts)
}

/// Runs all passes over a whole plan.
pub(super) fn optimise(plan: Plan) -> Result<Plan, Bug> {
    PASSES.iter().try_fold(plan, |plan, pass| Plan::verify(pass.name, (pass.run)(plan.into_parts())))
}

/// Rebuilds a plan with only the tensors that are `kept`, where `same` says which earlier tensor stands for each.
fn rebuilt(mut parts: Parts, same: &[TensorId], kept: &[bool]) -> Parts {
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
