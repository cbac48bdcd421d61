//! SHARE: what is computed twice is computed once. Two tensors are the same where their operation and operands are.

use std::collections::hash_map::Entry;
use std::mem::{Discriminant, discriminant};

use rustc_hash::FxHashMap;

use super::super::op::Op;
use super::super::tensor::TensorId;
use super::super::verify::{Operands, Parts};
use super::{Pass, rebuilt};

/// Replaces each tensor by the first that is the same.
pub(super) const SHARE: Pass = Pass { name: "share", run: share };

fn share(parts: Parts) -> Parts {
    // the last tensor with this kind of operation on these operands, and for each the one before it
    let mut last: FxHashMap<(Discriminant<Op>, Operands), TensorId> = FxHashMap::default();
    let mut before: Vec<Option<TensorId>> = vec![None; parts.tensors.len()];
    let mut same: Vec<TensorId> = Vec::with_capacity(parts.tensors.len());
    for (index, tensor) in parts.tensors.iter().enumerate() {
        // a row of the table stands in the plan once, and there may be a hundred thousand
        if matches!(tensor.op, Op::Leaf(_)) {
            same.push(TensorId(index));
            continue;
        }
        let operands = tensor.operands.iter().map(|id| same[id.0]).collect();
        let id = match last.entry((discriminant(&tensor.op), operands)) {
            Entry::Vacant(place) => *place.insert(TensorId(index)),
            Entry::Occupied(mut place) => {
                let mut alike = std::iter::successors(Some(*place.get()), |id| before[id.0]);
                let known = alike.find(|id| parts.tensors[id.0].op == tensor.op);
                known.unwrap_or_else(|| {
                    before[index] = Some(place.insert(TensorId(index)));
                    TensorId(index)
                })
            }
        };
        same.push(id);
    }
    let kept = vec![true; same.len()];
    rebuilt(parts, &same, &kept)
}
