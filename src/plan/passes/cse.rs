//! CSE: what is computed twice is computed once. Two tensors are the same where their operation and operands are.

use std::hash::BuildHasher;
use std::mem::{discriminant, replace};

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::super::draft::PlanDraft;
use super::super::op::Op;
use super::super::tensor::TensorId;
use super::super::verify::{Operands, Tensor};
use super::{Goal, Pass, rebuilt};
use crate::diag::Bug;

/// Replaces each tensor by the first that is the same.
pub(super) const CSE: Pass = Pass { name: "cse", on: |_| true, run: cse };

/// Readers of one tensor that are looked through one by one.
const FEW: usize = 16;

fn cse(parts: PlanDraft, _: Goal) -> Result<PlanDraft, Bug> {
    let ids = || (0..parts.tensors.len()).map(TensorId).collect();
    let known = FxHashMap::default();
    let mut seen = Known { tensors: &parts.tensors, same: ids(), reader: ids(), before: ids(), many: known };
    for (index, tensor) in parts.tensors.iter().enumerate() {
        // a row of the table stands in the plan once
        if !matches!(tensor.op, Op::Parameter(_)) {
            seen.same[index] = seen.first(TensorId(index), tensor);
        }
    }
    let same = seen.same;
    let kept = vec![true; same.len()];
    Ok(rebuilt(parts, &same, &kept))
}

/// The tensors that differ from all before them. Each is found by its newest operand, most of whose readers stand near it in
/// the list and in memory; by hash only where it has many.
struct Known<'a> {
    tensors: &'a [Tensor],
    /// Which one stands for each tensor.
    same: Vec<TensorId>,
    /// For each tensor the last one whose newest operand it is; itself where there is none.
    reader: Vec<TensorId>,
    /// For each of these the one before it; the operand itself where there is none.
    before: Vec<TensorId>,
    /// All others by hash, or where several have one hash by a number after it.
    many: FxHashMap<u64, TensorId>,
}

impl Known<'_> {
    /// Returns the first tensor that is the same as `tensor`, which may be `id`, its own.
    fn first(&mut self, id: TensorId, tensor: &Tensor) -> TensorId {
        let operands = self.operands(tensor);
        let Some(newest) = operands.iter().copied().max() else { return self.first_of_many(id, tensor, &operands) };
        let (mut other, mut count) = (self.reader[newest.0], 0);
        while other != newest {
            if self.is_same(other, tensor, &operands) {
                return other;
            }
            other = self.before[other.0];
            count += 1;
        }
        if count == FEW {
            return self.first_of_many(id, tensor, &operands);
        }
        self.before[id.0] = replace(&mut self.reader[newest.0], id);
        id
    }

    fn first_of_many(&mut self, id: TensorId, tensor: &Tensor, operands: &Operands) -> TensorId {
        let mut hash = FxBuildHasher.hash_one((discriminant(&tensor.op), operands));
        loop {
            let other = *self.many.entry(hash).or_insert(id);
            if other == id || self.is_same(other, tensor, operands) {
                return other;
            }
            hash = hash.wrapping_add(1);
        }
    }

    fn is_same(&self, other: TensorId, tensor: &Tensor, operands: &Operands) -> bool {
        let other = &self.tensors[other.0];
        other.op == tensor.op && self.operands(other) == *operands
    }

    fn operands(&self, tensor: &Tensor) -> Operands {
        tensor.operands.iter().map(|id| self.same[id.0]).collect()
    }
}
