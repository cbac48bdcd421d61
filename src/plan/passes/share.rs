//! SHARE: what is computed twice is computed once. Two tensors are the same where their operation and operands are.

use std::collections::hash_map::Entry;
use std::hash::BuildHasher;
use std::mem::discriminant;

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::super::op::Op;
use super::super::tensor::TensorId;
use super::super::verify::{Operands, Parts, Tensor};
use super::{Aim, Pass, rebuilt};
use crate::diag::Bug;

/// Replaces each tensor by the first that is the same.
pub(super) const SHARE: Pass = Pass { name: "share", run: share };

fn share(parts: Parts, _: Aim) -> Result<Parts, Bug> {
    let tensors = &parts.tensors;
    // the last tensor with a hash, and for each the one before it
    let mut last: FxHashMap<u64, TensorId> = FxHashMap::with_capacity_and_hasher(tensors.len(), FxBuildHasher);
    let mut before: Vec<Option<TensorId>> = vec![None; tensors.len()];
    let mut same: Vec<TensorId> = Vec::with_capacity(tensors.len());
    for (index, tensor) in tensors.iter().enumerate() {
        // a row of the table stands in the plan once, and there may be a hundred thousand
        if matches!(tensor.op, Op::Leaf(_)) {
            same.push(TensorId(index));
            continue;
        }
        let operands = |tensor: &Tensor| tensor.operands.iter().map(|id| same[id.0]).collect::<Operands>();
        let own = operands(tensor);
        let newest = last.entry(FxBuildHasher.hash_one((discriminant(&tensor.op), &own)));
        let id = match newest {
            Entry::Vacant(place) => *place.insert(TensorId(index)),
            Entry::Occupied(mut place) => {
                let mut alike = std::iter::successors(Some(*place.get()), |id| before[id.0]);
                let is_same = |id: &TensorId| tensors[id.0].op == tensor.op && operands(&tensors[id.0]) == own;
                alike.find(is_same).unwrap_or_else(|| {
                    before[index] = Some(place.insert(TensorId(index)));
                    TensorId(index)
                })
            }
        };
        same.push(id);
    }
    let kept = vec![true; same.len()];
    Ok(rebuilt(parts, &same, &kept))
}
