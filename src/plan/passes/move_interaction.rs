//! `MOVE_INTERACTION`: within receptive fields O is multiplied into the identities of the end with fewer neurons, once for each neuron and
//! before any window is looked at: pairs(A M, B) = pairs(A, B Mᵀ), for both are Σ A M Bᵀ over the fields' pairs.

use compact_str::CompactString;

use super::super::draft::PlanDraft;
use super::super::op::{Bilinear, Op};
use super::super::tensor::TensorId;
use super::super::verify::Tensor;
use super::{Goal, Pass};
use crate::diag::Bug;

/// Moves a factor of the target's identities to the source's, where there are fewer of these.
pub(super) const MOVE_INTERACTION: Pass = Pass {
    name: "move_interaction",
    on: |op| matches!(op, Op::LocalConv(Bilinear::WeightGradient, _)),
    run: move_interaction,
};

fn move_interaction(mut parts: PlanDraft, _: Goal) -> Result<PlanDraft, Bug> {
    let moves: Vec<Option<Move>> = parts.tensors.iter().map(|tensor| movable(&parts.tensors, tensor)).collect();
    if moves.iter().all(Option::is_none) {
        return Ok(parts);
    }
    let mut tensors: Vec<Tensor> = Vec::with_capacity(parts.tensors.len());
    let mut place: Vec<TensorId> = Vec::with_capacity(parts.tensors.len());
    for (mut tensor, moving) in std::mem::take(&mut parts.tensors).into_iter().zip(moves) {
        tensor.operands.iter_mut().for_each(|id| *id = place[id.0]);
        if let Some(Move { target, factor, transposed }) = moving {
            let op = Op::MatMul { transpose_left: false, transpose_right: !transposed };
            let operands = [tensor.operands[1], place[factor.0]];
            let shape = op.shape(&[&tensors[operands[0].0].shape, &tensors[operands[1].0].shape], &parts.parameters);
            let id = TensorId(tensors.len());
            let shape = shape.map_err(|why| Bug { pass: "move_interaction", tensor: id.to_string(), why })?;
            tensors.push(Tensor { op, operands: operands.as_slice().into(), shape, label: CompactString::default() });
            tensor.operands = [place[target.0], id].as_slice().into();
        }
        place.push(TensorId(tensors.len()));
        tensors.push(tensor);
    }
    Ok(parts.moved(tensors, |id| place[id.0]))
}

/// A factor that had better be at the source's end.
struct Move {
    /// What is left of the target's end.
    target: TensorId,
    factor: TensorId,
    /// Whether the factor stands there transposed.
    transposed: bool,
}

/// Returns what is to be moved where a tensor sums over receptive fields.
fn movable(tensors: &[Tensor], sum: &Tensor) -> Option<Move> {
    let Op::LocalConv(Bilinear::WeightGradient, field) = &sum.op else { return None };
    let end = &tensors[sum.operands[0].0];
    match (&end.op, end.operands.as_slice()) {
        (&Op::MatMul { transpose_left: false, transpose_right }, &[target, factor])
            if field.sources() <= field.targets() =>
        {
            Some(Move { target, factor, transposed: transpose_right })
        }
        _ => None,
    }
}
