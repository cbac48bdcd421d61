//! Which tensors have the numbers of another one, in the same order: those that only name axes otherwise.

use super::Target;
use crate::plan::{Op, Plan, TensorId};

/// Returns for each tensor the one whose numbers it has: itself, unless its operation only names axes otherwise. Kernels that
/// are written for a plan compute such operations where they are read, so there each tensor is its own.
pub(super) fn owners(plan: &Plan, target: Target) -> Vec<TensorId> {
    let mut owners: Vec<TensorId> = Vec::with_capacity(plan.tensors().len());
    for (id, tensor) in plan.numbered() {
        let shares = match target {
            Target::Cpu { .. } => matches!(tensor.op, Op::Unsqueeze { .. } | Op::Squeeze { .. } | Op::Reshape { .. }),
            Target::Torch => tensor.op.is_view() && !matches!(tensor.op, Op::Parameter(_)),
            Target::Cuda => false,
        };
        let owner = tensor.operands.first().filter(|_| shares).map_or(id, |operand| owners[operand.index()]);
        owners.push(owner);
    }
    owners
}
