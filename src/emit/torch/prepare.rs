//! What operations need besides their operands and never changes: positions, labels, masks, joined pairs, the places of a
//! triangle's entries.

use tch::Tensor as Live;

use super::Values;
use super::ops::size;
use super::sparse;
use crate::emit::device::Place;
use crate::emit::fault::TorchFault;
use crate::plan::{Op, Plan, SparsePattern};

/// Prepares every operation of a plan that has something to prepare.
pub(in crate::emit) fn prepare_all(plan: &Plan, place: Place) -> Result<Values, TorchFault> {
    let mut prepared = Values::of(plan);
    // several operations, and all ticks, go along the same pairs
    let mut known: Vec<(&SparsePattern, Live)> = Vec::new();
    for (id, tensor) in plan.numbered() {
        let (Op::Sparse(_, wires) | Op::Gather(wires) | Op::Scatter(wires)) = &tensor.op else {
            prepared.set(id, prepare(&tensor.op, place)?);
            continue;
        };
        if !known.iter().any(|(other, _)| *other == wires) {
            known.push((wires, sparse::ends(wires)?.f_to_device(place.device)?));
        }
        let ends = known.iter().find(|(other, _)| *other == wires);
        prepared.set(id, ends.map(|(_, ends)| ends.shallow_clone()));
    }
    Ok(prepared)
}

/// Makes what `op` needs besides its operands and never changes: positions, masks, the places of a triangle's entries.
fn prepare(op: &Op, place: Place) -> Result<Option<Live>, TorchFault> {
    if let Op::Positions(space) = op {
        let values = Live::f_from_slice(&space.positions())?;
        let values = values.f_view([1, size(space.neurons()), size(space.dims())])?;
        return Ok(Some(values.f_to_kind(place.kind)?.f_to_device(place.device)?));
    }
    if let Op::Mask(wires) = op {
        let ([sources, targets], row) = (wires.ends().map(size), wires.ends()[1]);
        let mut joined = vec![0_u8; wires.ends()[0] * row];
        wires.joins().each(|source, target| joined[source * row + target] = 1);
        let values = Live::f_from_slice(&joined)?.f_view([1, sources, targets])?;
        return Ok(Some(values.f_to_device(place.device)?.f_to_kind(place.kind)?));
    }
    if let Op::Codes(codes) = op {
        let values = Live::f_from_slice(&codes.values())?;
        let values = values.f_view([1, size(codes.neurons()), size(codes.bits())])?;
        return Ok(Some(values.f_to_kind(place.kind)?.f_to_device(place.device)?));
    }
    if let Op::Symmetrize { size } | Op::SymmetrizeGrad { size } = op {
        return Ok(Some(Live::f_from_slice(&triangle(*size))?.f_to_device(place.device)?));
    }
    Ok(None)
}

/// Returns, for each entry of a symmetric matrix row by row, where the upper triangle holds it.
fn triangle(rows: usize) -> Vec<i64> {
    let at = |row: usize, column: usize| {
        let (upper, right) = (row.min(column), row.max(column));
        size(upper * rows - upper * (upper + 1) / 2 + right)
    };
    (0..rows).flat_map(|row| (0..rows).map(move |column| at(row, column))).collect()
}
