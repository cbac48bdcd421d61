//! What operations need besides their operands and never changes: positions, labels, the places of a triangle's entries.

use tch::Tensor as Live;

use super::device::Place;
use super::fault::TorchFault;
use super::ops::size;
use super::walk::Values;
use crate::plan::{Op, Plan};

/// Prepares every operation of a plan that has something to prepare.
pub(super) fn prepare_all(plan: &Plan, place: Place) -> Result<Values, TorchFault> {
    let mut prepared = Values::of(plan);
    for (id, tensor) in plan.numbered() {
        prepared.set(id, prepare(&tensor.op, place)?);
    }
    Ok(prepared)
}

/// Makes what `op` needs besides its operands and never changes: positions, the places of a triangle's entries.
fn prepare(op: &Op, place: Place) -> Result<Option<Live>, TorchFault> {
    if let Op::Positions { axes } = op {
        let values = Live::f_from_slice(&positions(axes))?;
        let values = values.f_view([1, size(axes.iter().product()), size(axes.len())])?;
        return Ok(Some(values.f_to_kind(place.kind)?.f_to_device(place.device)?));
    }
    if let Op::Codes(codes) = op {
        let values = Live::f_from_slice(&codes.values())?;
        let values = values.f_view([1, size(codes.neurons()), size(codes.bits())])?;
        return Ok(Some(values.f_to_kind(place.kind)?.f_to_device(place.device)?));
    }
    if let Op::Symmetric { size } | Op::Triangle { size } = op {
        return Ok(Some(Live::f_from_slice(&triangle(*size))?.f_to_device(place.device)?));
    }
    Ok(None)
}

/// Returns the coordinates of a grid's neurons, neuron by neuron, the last axis fastest.
fn positions(axes: &[usize]) -> Vec<f64> {
    let along = |length: usize, at: usize| if length > 1 { 2.0 * at as f64 / (length - 1) as f64 - 1.0 } else { 0.0 };
    let count: usize = axes.iter().product();
    let mut values = Vec::with_capacity(count * axes.len());
    for neuron in 0..count {
        let mut stride = count;
        for &length in axes {
            stride /= length.max(1);
            values.push(along(length, neuron / stride % length));
        }
    }
    values
}

/// Returns, for each entry of a symmetric matrix row by row, where the upper triangle holds it.
fn triangle(rows: usize) -> Vec<i64> {
    let at = |row: usize, column: usize| {
        let (upper, right) = (row.min(column), row.max(column));
        size(upper * rows - upper * (upper + 1) / 2 + right)
    };
    (0..rows).flat_map(|row| (0..rows).map(move |column| at(row, column))).collect()
}
