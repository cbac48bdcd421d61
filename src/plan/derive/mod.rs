//! The backward, derived at compile time: more plan, made of the same operations, so that it prints, is verified and can be
//! derived again. Reverse accumulation (Griewank, Walther 2008, ch. 3): from the loss back, each tensor's slope is the sum of
//! what its users pass on.

mod maps;
mod rules;

use compact_str::CompactString;

use super::builder::Builder;
use super::op::Op;
use super::tensor::{Dim, Shape, TensorId};
use crate::diag::Bug;

/// The slope of the loss by one tensor.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Slope {
    /// The same number for each element.
    Uniform(f64),
    /// A tensor of the same shape.
    Made(TensorId),
}

/// Appends the slopes of the sum over runs of `loss`, [R], by each of `wrt`, and returns them, each of the shape of what it
/// is a slope by.
pub(super) fn derive(builder: &mut Builder, loss: TensorId, wrt: &[TensorId]) -> Result<Vec<TensorId>, Bug> {
    let moved = moved(builder, loss, wrt);
    let mut slopes: Vec<Option<Slope>> = vec![None; loss.0 + 1];
    slopes[loss.0] = Some(Slope::Uniform(1.0));
    for index in (0..=loss.0).rev().filter(|index| moved[*index]) {
        let Some(slope) = slopes[index] else { continue };
        name(builder, TensorId(index), slope, loss);
        for place in 0..builder.tensors[index].operands.len() {
            let operand = builder.tensors[index].operands[place];
            if moved[operand.0]
                && let Some(part) = rules::part(builder, TensorId(index), place, slope)?
            {
                slopes[operand.0] = Some(sum(builder, slopes[operand.0], part)?);
            }
        }
    }
    let slope = |id: &TensorId| {
        let slope = slopes.get(id.0).copied().flatten().unwrap_or(Slope::Uniform(0.0));
        let shape = builder.tensors[id.0].shape.clone();
        made(builder, slope, &shape)
    };
    wrt.iter().map(slope).collect()
}

/// Tells for each tensor up to `loss` whether it changes when one of `wrt` does.
fn moved(builder: &Builder, loss: TensorId, wrt: &[TensorId]) -> Vec<bool> {
    let mut moved = vec![false; loss.0 + 1];
    for id in wrt.iter().filter(|id| id.0 <= loss.0) {
        moved[id.0] = true;
    }
    for index in 0..=loss.0 {
        moved[index] |= builder.tensors[index].operands.iter().any(|id| moved[id.0]);
    }
    moved
}

/// Calls a finished slope after what it is a slope by.
fn name(builder: &mut Builder, of: TensorId, slope: Slope, loss: TensorId) {
    if let Slope::Made(id) = slope
        && id > loss
        && !builder.tensors[of.0].label.is_empty()
        && builder.tensors[id.0].label.is_empty()
    {
        builder.tensors[id.0].label = CompactString::from_iter(["∂ ", builder.tensors[of.0].label.as_str()]);
    }
}

fn sum(builder: &mut Builder, first: Option<Slope>, second: Slope) -> Result<Slope, Bug> {
    match (first, second) {
        (None, slope) => Ok(slope),
        (Some(Slope::Uniform(a)), Slope::Uniform(b)) => Ok(Slope::Uniform(a + b)),
        (Some(Slope::Made(a)), Slope::Made(b)) => builder.push(Op::Add, &[a, b], "").map(Slope::Made),
        (Some(Slope::Made(id)), Slope::Uniform(offset)) | (Some(Slope::Uniform(offset)), Slope::Made(id)) => {
            builder.push(Op::Affine { factor: 1.0, offset }, &[id], "").map(Slope::Made)
        }
    }
}

/// Returns a slope as a tensor of `shape`.
fn made(builder: &mut Builder, slope: Slope, shape: &Shape) -> Result<TensorId, Bug> {
    match slope {
        Slope::Made(id) => Ok(id),
        Slope::Uniform(value) => builder.push(Op::Fill { value, shape: Box::new(shape.clone()) }, &[], ""),
    }
}

/// Returns slope · x, element by element.
fn times(builder: &mut Builder, slope: Slope, x: TensorId) -> Result<TensorId, Bug> {
    match slope {
        Slope::Uniform(1.0) => Ok(x),
        Slope::Uniform(factor) => builder.scale(factor, x),
        Slope::Made(id) => builder.push(Op::Multiply, &[id, x], ""),
    }
}

/// Appends sums over the axes along which `operand` was repeated to give `whole`.
fn gathered(builder: &mut Builder, slope: TensorId, operand: &Shape) -> Result<TensorId, Bug> {
    let mut slope = slope;
    for (axis, dim) in operand.dims().iter().enumerate() {
        if *dim == Dim::Size(1) && builder.tensors[slope.0].shape.dims().get(axis) != Some(dim) {
            let rows = builder.push(Op::Sum { axis }, &[slope], "")?;
            slope = builder.push(Op::Insert { axis }, &[rows], "")?;
        }
    }
    Ok(slope)
}
