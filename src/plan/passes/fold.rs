//! FOLD: numbers that are known when a plan is made are worked out then. Factors of factors become one factor; a factor of
//! a whole tensor becomes one of its sum; what is the same number everywhere, and what is multiplied by 1, is computed no more.
//! What never changes from step to step needs no pass: a net makes it once, and a printed plan says `once`.

use super::super::op::Op;
use super::super::tensor::TensorId;
use super::super::verify::{Parts, Tensor};
use super::{Aim, Pass, uses};
use crate::diag::Bug;

/// Works out what can be.
pub(super) const FOLD: Pass = Pass { name: "fold", run: fold };

fn fold(mut parts: Parts, _: Aim) -> Result<Parts, Bug> {
    let uses = uses(&parts);
    let old = std::mem::take(&mut parts.tensors);
    let mut folding = Folding { tensors: Vec::with_capacity(old.len()), place: Vec::with_capacity(old.len()) };
    for tensor in old {
        let single = tensor.operands.first().is_some_and(|id| uses[id.0] == 1);
        let id = folding.folded(tensor, single);
        folding.place.push(id);
    }
    let Folding { tensors, place } = folding;
    Ok(parts.moved(tensors, |id| place[id.0]))
}

struct Folding {
    tensors: Vec<Tensor>,
    place: Vec<TensorId>,
}

impl Folding {
    /// Appends a tensor in its simplest form; returns it, or an earlier one that it is the same as. `single` says that
    /// nobody else reads its first operand.
    fn folded(&mut self, mut tensor: Tensor, single: bool) -> TensorId {
        tensor.operands.iter_mut().for_each(|id| *id = self.place[id.0]);
        match tensor.op {
            Op::Affine { factor, offset } => self.affine(tensor, factor, offset),
            Op::Sum { .. } if single => self.sum(tensor),
            _ => self.push(tensor),
        }
    }

    /// a (b x + c) + d = a b x + (a c + d), and of one number the number.
    #[allow(clippy::float_cmp)]
    fn affine(&mut self, mut tensor: Tensor, factor: f64, offset: f64) -> TensorId {
        let inner = &self.tensors[tensor.operands[0].0];
        match inner.op {
            _ if (factor, offset) == (1.0, 0.0) && (tensor.label.is_empty() || tensor.label == inner.label) => {
                return tensor.operands[0];
            }
            Op::Affine { factor: b, offset: c } => {
                tensor.op = Op::Affine { factor: factor * b, offset: factor * c + offset };
                tensor.operands.clone_from(&inner.operands);
            }
            Op::Fill { value, ref shape } => {
                tensor.op = Op::Fill { value: factor * value + offset, shape: shape.clone() };
                tensor.operands.clear();
            }
            _ => {}
        }
        self.push(tensor)
    }

    /// Σ a x = a Σ x.
    fn sum(&mut self, mut tensor: Tensor) -> TensorId {
        let inner = &self.tensors[tensor.operands[0].0];
        let Op::Affine { factor, offset: 0.0 } = inner.op else { return self.push(tensor) };
        tensor.operands.clone_from(&inner.operands);
        let label = std::mem::take(&mut tensor.label);
        let shape = tensor.shape.clone();
        let sum = self.push(tensor);
        let scaled = Tensor { op: Op::Affine { factor, offset: 0.0 }, operands: [sum].as_slice().into(), shape, label };
        self.affine(scaled, factor, 0.0)
    }

    fn push(&mut self, tensor: Tensor) -> TensorId {
        self.tensors.push(tensor);
        TensorId(self.tensors.len() - 1)
    }
}
