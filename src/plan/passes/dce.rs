//! DCE: what nobody reads is not computed. Rows of the table stay, and so does what a row's start is taken from.

use super::super::op::Op;
use super::super::tensor::TensorId;
use super::super::verify::PlanDraft;
use super::{Goal, Pass, rebuilt};
use crate::diag::Bug;

/// Removes tensors that no result needs.
pub(super) const DCE: Pass = Pass { name: "dce", on: |_| true, run: dce };

fn dce(parts: PlanDraft, _: Goal) -> Result<PlanDraft, Bug> {
    let mut kept: Vec<bool> = parts.tensors.iter().map(|tensor| matches!(tensor.op, Op::Parameter(_))).collect();
    parts.asked().for_each(|id| kept[id.0] = true);
    mark(&parts, &mut kept);
    let same: Vec<TensorId> = (0..kept.len()).map(TensorId).collect();
    Ok(rebuilt(parts, &same, &kept))
}

/// Marks what the marked ones are made of: operands come earlier, so one pass from the end finds all.
fn mark(parts: &PlanDraft, kept: &mut [bool]) {
    for (index, tensor) in parts.tensors.iter().enumerate().rev() {
        if kept[index] {
            for id in &tensor.operands {
                kept[id.0] = true;
            }
        }
    }
}
