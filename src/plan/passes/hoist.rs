//! HOIST: within receptive fields O is multiplied into the identities of the end with fewer neurons, once for each neuron and
//! before any window is looked at: pairs(A M, B) = pairs(A, B Mᵀ), for both are Σ A M Bᵀ over the fields' pairs.

use super::super::op::{Op, Over};
use super::super::tensor::TensorId;
use super::super::verify::{Parts, Tensor};
use super::{Aim, Pass};
use crate::diag::Bug;

/// Moves a factor of the target's identities to the source's, where there are fewer of these.
pub(super) const HOIST: Pass = Pass { name: "hoist", run: hoist };

fn hoist(mut parts: Parts, _: Aim) -> Result<Parts, Bug> {
    let old = std::mem::take(&mut parts.tensors);
    let mut tensors: Vec<Tensor> = Vec::with_capacity(old.len());
    let mut place: Vec<TensorId> = Vec::with_capacity(old.len());
    for tensor in &old {
        let mut tensor = tensor.clone();
        if let Some((target, factor, transposed)) = movable(&old, &tensor) {
            let op = Op::MatMul { transpose_left: false, transpose_right: !transposed };
            let operands = vec![place[tensor.operands[1].0], place[factor.0]];
            let shape = op.shape(&[&tensors[operands[0].0].shape, &tensors[operands[1].0].shape], &parts.leaves);
            let id = TensorId(tensors.len());
            let shape = shape.map_err(|why| Bug { pass: "hoist", tensor: id.to_string(), why })?;
            tensors.push(Tensor { op, operands, shape, label: String::new() });
            tensor.operands = vec![place[target.0], id];
        } else {
            tensor.operands.iter_mut().for_each(|id| *id = place[id.0]);
        }
        place.push(TensorId(tensors.len()));
        tensors.push(tensor);
    }
    Ok(parts.moved(tensors, |id| place[id.0]))
}

/// Returns what is left of the target's end, the factor, and whether the factor stands there transposed, where it had better
/// be at the source's end.
fn movable(tensors: &[Tensor], sum: &Tensor) -> Option<(TensorId, TensorId, bool)> {
    let Op::Window(Over::Pairs, field) = sum.op else { return None };
    let end = &tensors[sum.operands[0].0];
    match (&end.op, end.operands.as_slice()) {
        (&Op::MatMul { transpose_left: false, transpose_right }, &[target, factor])
            if field.sources() <= field.targets() =>
        {
            Some((target, factor, transpose_right))
        }
        _ => None,
    }
}
