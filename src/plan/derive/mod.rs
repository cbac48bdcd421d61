//! The backward, derived at compile time: more plan, made of the same operations, so that it prints, is verified and can be
//! derived again. Reverse accumulation (Griewank, Walther 2008, ch. 3): from the loss back, each tensor's gradient is the sum of
//! what its users pass on.

mod maps;
mod rules;

use compact_str::CompactString;

use super::builder::Builder;
use super::op::Op;
use super::tensor::{Dim, Shape, TensorId};
use crate::diag::Bug;

/// The gradient of the loss by one tensor.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Gradient {
    /// The same number for each element.
    Uniform(f64),
    /// A tensor of the same shape.
    Made(TensorId),
}

/// Appends the gradients of the sum over runs of `loss`, [R], by each of `wrt`, and returns them, each of the shape of what it
/// is a gradient by.
pub(super) fn derive(builder: &mut Builder, loss: TensorId, wrt: &[TensorId]) -> Result<Vec<TensorId>, Bug> {
    let moved = moved(builder, loss, wrt);
    let mut gradients: Vec<Option<Gradient>> = vec![None; loss.0 + 1];
    gradients[loss.0] = Some(Gradient::Uniform(1.0));
    for index in (0..=loss.0).rev().filter(|index| moved[*index]) {
        let Some(gradient) = gradients[index] else { continue };
        name(builder, TensorId(index), gradient, loss);
        for place in 0..builder.tensors[index].operands.len() {
            let operand = builder.tensors[index].operands[place];
            if moved[operand.0]
                && let Some(part) = rules::part(builder, TensorId(index), place, gradient)?
            {
                gradients[operand.0] = Some(sum(builder, gradients[operand.0], part)?);
            }
        }
    }
    let gradient = |id: &TensorId| {
        let gradient = gradients.get(id.0).copied().flatten().unwrap_or(Gradient::Uniform(0.0));
        let shape = builder.tensors[id.0].shape.clone();
        made(builder, gradient, &shape)
    };
    wrt.iter().map(gradient).collect()
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

/// Calls a finished gradient after what it is a gradient by.
fn name(builder: &mut Builder, of: TensorId, gradient: Gradient, loss: TensorId) {
    if let Gradient::Made(id) = gradient
        && id > loss
        && !builder.tensors[of.0].label.is_empty()
        && builder.tensors[id.0].label.is_empty()
    {
        builder.tensors[id.0].label = CompactString::from_iter(["∂ ", builder.tensors[of.0].label.as_str()]);
    }
}

fn sum(builder: &mut Builder, first: Option<Gradient>, second: Gradient) -> Result<Gradient, Bug> {
    match (first, second) {
        (None, gradient) => Ok(gradient),
        (Some(Gradient::Uniform(a)), Gradient::Uniform(b)) => Ok(Gradient::Uniform(a + b)),
        (Some(Gradient::Made(a)), Gradient::Made(b)) => builder.push(Op::Add, &[a, b], "").map(Gradient::Made),
        (Some(Gradient::Made(id)), Gradient::Uniform(offset))
        | (Some(Gradient::Uniform(offset)), Gradient::Made(id)) => {
            builder.push(Op::Affine { factor: 1.0, offset }, &[id], "").map(Gradient::Made)
        }
    }
}

/// Returns a gradient as a tensor of `shape`.
fn made(builder: &mut Builder, gradient: Gradient, shape: &Shape) -> Result<TensorId, Bug> {
    match gradient {
        Gradient::Made(id) => Ok(id),
        Gradient::Uniform(value) => builder.push(Op::Constant { value, shape: Box::new(shape.clone()) }, &[], ""),
    }
}

/// Returns gradient · x, element by element.
fn times(builder: &mut Builder, gradient: Gradient, x: TensorId) -> Result<TensorId, Bug> {
    match gradient {
        Gradient::Uniform(1.0) => Ok(x),
        Gradient::Uniform(factor) => builder.scale(factor, x),
        Gradient::Made(id) => builder.push(Op::Multiply, &[id, x], ""),
    }
}

/// Appends sums over the axes along which `operand` was repeated to give `whole`.
fn gathered(builder: &mut Builder, gradient: TensorId, operand: &Shape) -> Result<TensorId, Bug> {
    let mut gradient = gradient;
    for (axis, dim) in operand.dims().iter().enumerate() {
        if *dim == Dim::Size(1) && builder.tensors[gradient.0].shape.dims().get(axis) != Some(dim) {
            let rows = builder.push(Op::Sum { axis }, &[gradient], "")?;
            gradient = builder.push(Op::Unsqueeze { axis }, &[rows], "")?;
        }
    }
    Ok(gradient)
}
