//! What lives when: which tensors a result needs, which change from step to step, and how much memory is held at most.

use super::op::Op;
use super::tensor::{Sizes, TensorId};
use super::verify::{Plan, Tensor};

/// Bytes of one number: training is in single precision.
const NUMBER: u64 = 4;

impl Plan {
    /// Tells for each tensor whether `wanted` is made of it, or is it.
    pub fn needed(&self, wanted: &[TensorId]) -> Vec<bool> {
        let mut needed = vec![false; self.tensors().len()];
        for id in wanted {
            needed[id.index()] = true;
        }
        for (id, tensor) in self.numbered().rev() {
            if needed[id.index()] {
                tensor.operands.iter().for_each(|operand| needed[operand.index()] = true);
            }
        }
        needed
    }

    /// Tells for each tensor whether it depends on the batch or on anything that is learned.
    pub fn changing(&self) -> Vec<bool> {
        let learned = |tensor: &Tensor| matches!(tensor.op, Op::Parameter(id) if self.parameters()[id.index()].learned);
        self.made_of(|tensor| tensor.op.reads_batch() || learned(tensor))
    }

    /// Tells for each tensor whether it depends on the batch.
    pub fn batched(&self) -> Vec<bool> {
        self.made_of(|tensor| tensor.op.reads_batch())
    }

    /// Tells for each tensor whether it is a `source`, or made of one.
    fn made_of(&self, source: impl Fn(&Tensor) -> bool) -> Vec<bool> {
        let mut made: Vec<bool> = Vec::with_capacity(self.tensors().len());
        for tensor in self.tensors() {
            let inherited = tensor.operands.iter().any(|id| made[id.index()]);
            made.push(source(tensor) || inherited);
        }
        made
    }

    /// Returns the bytes that making `wanted` holds at most, each tensor let go after its last use, the table not counted.
    pub fn held_bytes(&self, wanted: &[TensorId], sizes: Sizes) -> u64 {
        let needed = self.needed(wanted);
        let owner = self.owners();
        let mut last = vec![0; self.tensors().len()];
        for (id, tensor) in self.numbered().filter(|(id, _)| needed[id.index()]) {
            tensor.operands.iter().for_each(|operand| last[owner[operand.index()]] = id.index());
        }
        for id in wanted {
            last[owner[id.index()]] = usize::MAX;
        }
        let bytes = |index: usize| self.tensors()[index].shape.count(sizes).saturating_mul(NUMBER);
        let mut ends: Vec<Vec<usize>> = vec![Vec::new(); self.tensors().len()];
        let (mut held, mut most) = (0_u64, 0_u64);
        for index in (0..needed.len()).filter(|index| needed[*index]) {
            if owner[index] == index && !self.tensors()[index].op.is_view() {
                held = held.saturating_add(bytes(index));
                if let Some(end) = ends.get_mut(last[index]) {
                    end.push(index);
                }
            }
            most = most.max(held);
            for ended in std::mem::take(&mut ends[index]) {
                held = held.saturating_sub(bytes(ended));
            }
        }
        most
    }

    /// Returns for each tensor the one whose numbers it looks at: itself, unless it is a view.
    fn owners(&self) -> Vec<usize> {
        let mut owner: Vec<usize> = Vec::with_capacity(self.tensors().len());
        for (id, tensor) in self.numbered() {
            let own = match tensor.operands.first() {
                Some(operand) if tensor.op.is_view() => owner[operand.index()],
                _ => id.index(),
            };
            owner.push(own);
        }
        owner
    }
}
