//! A list of tensors rewritten within its own memory: what is read and left out makes room for what is written, so that a
//! pass over millions of tensors asks for no second list.

use super::super::tensor::TensorId;
use super::super::verify::{PlanDraft, Tensor};

/// A list that is read and written from its beginning at once.
pub(super) struct Rewrite {
    tensors: Vec<Tensor>,
    /// How many are written; as a rule no more than are read.
    written: usize,
    /// Where each one that is read is found.
    place: Vec<TensorId>,
    /// How far the list has been read.
    read: usize,
}

impl Rewrite {
    /// Takes the tensors of a plan, to be given back by [`Rewrite::finish`].
    pub(super) fn of(parts: &mut PlanDraft) -> Self {
        let tensors = std::mem::take(&mut parts.tensors);
        let place = Vec::with_capacity(tensors.len());
        Self { tensors, written: 0, place, read: 0 }
    }

    /// Returns the next tensor, its operands where they are found now, and all that is written.
    pub(super) fn next(&mut self) -> Option<(&mut Tensor, &[Tensor])> {
        let (before, rest) = self.tensors.split_at_mut(self.read);
        let tensor = rest.first_mut()?;
        tensor.operands.iter_mut().for_each(|id| *id = self.place[id.0]);
        Some((tensor, &before[..self.written]))
    }

    /// Writes the next tensor; returns where it is found.
    pub(super) fn keep(&mut self) -> TensorId {
        let id = TensorId(self.written);
        if self.written != self.read {
            self.tensors.swap(self.written, self.read);
        }
        self.written += 1;
        self.leave(id);
        id
    }

    /// Leaves the next tensor out: `other` stands for it.
    pub(super) fn leave(&mut self, other: TensorId) {
        self.place.push(other);
        self.read += 1;
    }

    /// Writes a new tensor; returns where it is found.
    pub(super) fn write(&mut self, tensor: Tensor) -> TensorId {
        if self.written < self.read {
            self.tensors[self.written] = tensor;
        } else {
            // nothing was left out
            self.tensors.insert(self.written, tensor);
            self.read += 1;
        }
        self.written += 1;
        TensorId(self.written - 1)
    }

    /// Lets `other` stand for the tensor that was read last.
    pub(super) fn replace(&mut self, other: TensorId) {
        if let Some(place) = self.place.last_mut() {
            *place = other;
        }
    }

    /// Returns where a tensor that has been read is found.
    pub(super) fn place(&self, id: TensorId) -> TensorId {
        self.place[id.0]
    }

    /// Returns what is written.
    pub(super) fn written(&mut self) -> &mut [Tensor] {
        &mut self.tensors[..self.written]
    }

    /// Returns the plan with the list that is written.
    pub(super) fn finish(mut self, parts: PlanDraft) -> PlanDraft {
        self.tensors.truncate(self.written);
        parts.moved(self.tensors, |id| self.place[id.0])
    }
}
