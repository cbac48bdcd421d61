//! What depends on what: which tensors a result needs, which change from step to step, and which with the batch.

use super::op::Op;
use super::tensor::TensorId;
use super::verify::{Plan, Tensor};

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
}
