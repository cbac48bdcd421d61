//! `CONSTANT_FOLD`: numbers that are known when a plan is made are worked out then. Factors of factors become one factor; a factor of
//! a whole tensor becomes one of its sum; what is the same number everywhere, and what is multiplied by 1, is computed no more.
//! What never changes from step to step needs no pass: a net makes it once, and a printed plan says `once`.

use rustc_hash::FxHashMap;

use super::super::draft::PlanDraft;
use super::super::function::Function;
use super::super::op::Op;
use super::super::tensor::TensorId;
use super::super::verify::{Operands, Tensor};
use super::rewrite::Rewrite;
use super::{Goal, Pass};
use crate::diag::Bug;

/// Works out what can be.
pub(super) const CONSTANT_FOLD: Pass =
    Pass { name: "constant_fold", on: |op| matches!(op, Op::Affine { .. }), run: constant_fold };

fn constant_fold(mut parts: PlanDraft, _: Goal) -> Result<PlanDraft, Bug> {
    let readers = readers(&parts);
    let sums: Vec<bool> = parts.tensors.iter().map(|tensor| matches!(tensor.op, Op::Sum { .. })).collect();
    let mut list = Rewrite::of(&mut parts);
    // factors that a sum takes over from its operand
    let mut factors: FxHashMap<usize, f64> = FxHashMap::default();
    for (index, reader) in readers.into_iter().enumerate() {
        let Some((tensor, written)) = list.next() else { break };
        if let Some(factor) = factors.remove(&index) {
            let (shape, label) = (tensor.shape.clone(), std::mem::take(&mut tensor.label));
            let op = Op::Affine { factor, offset: 0.0 };
            scale_sum(&mut list, Tensor { op, operands: Operands::new(), shape, label });
        } else if let Some(same) = simplify(tensor, written) {
            list.leave(same);
        } else if let (Op::Affine { factor, offset: 0.0 }, Reader::Only(reader)) = (&tensor.op, reader)
            && sums[reader]
        {
            factors.insert(reader, *factor);
            let whole = tensor.operands[0];
            list.leave(whole);
        } else {
            list.keep();
        }
    }
    Ok(list.finish(parts))
}

/// Who reads a tensor.
#[derive(Clone, Copy)]
enum Reader {
    Nobody,
    /// One tensor, by its place, once.
    Only(usize),
    /// More than one, or a result or start.
    Others,
}

/// Returns who reads each tensor.
fn readers(parts: &PlanDraft) -> Vec<Reader> {
    let mut readers = vec![Reader::Nobody; parts.tensors.len()];
    for (index, tensor) in parts.tensors.iter().enumerate() {
        for id in &tensor.operands {
            let reader = &mut readers[id.0];
            *reader = if matches!(reader, Reader::Nobody) { Reader::Only(index) } else { Reader::Others };
        }
    }
    parts.asked().for_each(|id| readers[id.0] = Reader::Others);
    readers
}

/// Puts a factor, with what it is added to or made of, in its simplest form; returns the earlier tensor that it is the same
/// as, if it is. a (b x + c) + d = a b x + (a c + d), and of one number the number.
#[allow(clippy::float_cmp)]
fn simplify(tensor: &mut Tensor, written: &[Tensor]) -> Option<TensorId> {
    if tensor.op == Op::Unary(Function::StopGradient) {
        return tensor.operands.first().copied();
    }
    let Op::Affine { factor, offset } = tensor.op else { return None };
    let inner = &written[tensor.operands[0].0];
    match inner.op {
        _ if (factor, offset) == (1.0, 0.0) && (tensor.label.is_empty() || tensor.label == inner.label) => {
            return Some(tensor.operands[0]);
        }
        Op::Affine { factor: b, offset: c } => {
            tensor.op = Op::Affine { factor: factor * b, offset: factor * c + offset };
            tensor.operands.clone_from(&inner.operands);
        }
        Op::Constant { value, ref shape } => {
            tensor.op = Op::Constant { value: factor * value + offset, shape: shape.clone() };
            tensor.operands.clear();
        }
        _ => {}
    }
    None
}

/// Writes the next tensor, a sum without the factor of what it sums, and that factor of the sum: Σ a x = a Σ x.
fn scale_sum(list: &mut Rewrite, mut scaled: Tensor) {
    scaled.operands.push(list.keep());
    if simplify(&mut scaled, list.written()).is_none() {
        let id = list.write(scaled);
        list.replace(id);
    }
}
