//! SHARE: what is computed twice is computed once. Two tensors are the same where their operation and operands are.

use std::collections::HashMap;
use std::mem::{Discriminant, discriminant};

use super::super::op::Op;
use super::super::tensor::TensorId;
use super::super::verify::Parts;
use super::{Aim, Pass, rebuilt};
use crate::diag::Bug;

/// Replaces each tensor by the first that is the same.
pub(super) const SHARE: Pass = Pass { name: "share", run: share };

fn share(parts: Parts, _: Aim) -> Result<Parts, Bug> {
    let mut first: HashMap<(Discriminant<Op>, Vec<TensorId>), Vec<TensorId>> = HashMap::new();
    let mut same: Vec<TensorId> = Vec::with_capacity(parts.tensors.len());
    for (index, tensor) in parts.tensors.iter().enumerate() {
        // a row of the table stands in the plan once, and there may be a hundred thousand
        if matches!(tensor.op, Op::Leaf(_)) {
            same.push(TensorId(index));
            continue;
        }
        let operands = tensor.operands.iter().map(|id| same[id.0]).collect();
        let alike = first.entry((discriminant(&tensor.op), operands)).or_default();
        let known = alike.iter().find(|id| parts.tensors[id.0].op == tensor.op).copied();
        let id = known.unwrap_or(TensorId(index));
        if known.is_none() {
            alike.push(id);
        }
        same.push(id);
    }
    let kept = vec![true; same.len()];
    Ok(rebuilt(parts, &same, &kept))
}
