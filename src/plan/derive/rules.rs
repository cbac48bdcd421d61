//! One rule for each operation: what its result's gradient passes on to an operand.
#![allow(clippy::wildcard_enum_match_arm)] // `part` names every operation; the two it hands groups to see theirs only

use smallvec::smallvec;

use super::super::builder::Builder;
use super::super::function::Function;
use super::super::op::{Bilinear, Op};
use super::super::tensor::{Shape, Sizes, TensorId};
use super::super::verify::{Operands, Tensor};
use super::{Gradient, gathered, made, maps, times};
use crate::diag::Bug;

/// An operation that a gradient goes back through, to one of its operands.
#[derive(Clone, Copy)]
struct Step<'a> {
    /// The result.
    of: TensorId,
    /// Its shape.
    whole: &'a Shape,
    operands: &'a [TensorId],
    /// Which operand.
    place: usize,
    /// That operand's shape.
    shape: &'a Shape,
}

/// Appends what the gradient of `of` passes on to its operand number `place`; `None` where that is nothing.
pub(super) fn part(
    builder: &mut Builder,
    of: TensorId,
    place: usize,
    gradient: Gradient,
) -> Result<Option<Gradient>, Bug> {
    let Tensor { op, operands, shape, .. } = &builder.tensors[of.0];
    let (op, operands, whole) = (op.clone(), Operands::from_slice(operands), shape.clone());
    let shape = builder.tensors[operands[place].0].shape.clone();
    let step = Step { of, whole: &whole, operands: &operands, place, shape: &shape };
    let part = match op {
        Op::Sample { .. }
        | Op::Labels { .. }
        | Op::Scalar(_)
        | Op::Parameter(_)
        | Op::Positions(_)
        | Op::Codes(_)
        | Op::Mask(_)
        | Op::Constant { .. } => {
            return Ok(None);
        }
        // a gradient passes straight through
        Op::Unary(Function::StraightThroughStep) => gradient,
        Op::Unary(function) => match maps::gradient(builder, function, operands[0], of)? {
            None => return Ok(None),
            Some(derivative) => Gradient::Made(times(builder, gradient, derivative)?),
        },
        Op::Affine { factor, .. } => scaled(builder, gradient, factor)?,
        Op::Add => repeated(builder, step, gradient)?,
        Op::Subtract => {
            let gradient = if place == 0 { gradient } else { scaled(builder, gradient, -1.0)? };
            repeated(builder, step, gradient)?
        }
        Op::Multiply => multiplied(builder, step, gradient)?,
        Op::Divide => divided(builder, step, gradient)?,
        Op::Sum { .. } | Op::Unsqueeze { .. } | Op::Squeeze { .. } | Op::Expand { .. } | Op::Reshape { .. } => {
            laid_out(builder, &op, step, gradient)?
        }
        Op::Select { .. }
        | Op::Pad { .. }
        | Op::Softmax { .. }
        | Op::LogSoftmax { .. }
        | Op::MatMul { .. }
        | Op::BatchedMatMul { .. }
        | Op::Symmetrize { .. }
        | Op::SymmetrizeGrad { .. }
        | Op::Diagonal
        | Op::DiagonalOf
        | Op::Pool(_)
        | Op::PoolGrad(_)
        | Op::LocalConv(..)
        | Op::Sparse(..)
        | Op::Gather(_)
        | Op::Scatter(_) => {
            let gradient = made(builder, gradient, &whole)?;
            Gradient::Made(summed(builder, &op, step, gradient)?)
        }
    };
    Ok(Some(part))
}

/// The rules of operations that lay numbers out in another way, or add them up along an axis. One gradient for all stays one.
fn laid_out(builder: &mut Builder, op: &Op, step: Step<'_>, gradient: Gradient) -> Result<Gradient, Bug> {
    if let (Gradient::Uniform(_), false) = (gradient, matches!(op, Op::Expand { .. })) {
        return Ok(gradient);
    }
    let gradient = made(builder, gradient, step.whole)?;
    let part = match *op {
        Op::Sum { axis } => {
            let inserted = builder.push(Op::Unsqueeze { axis }, &[gradient], "")?;
            builder.push(Op::Expand { axis, length: step.shape.dims()[axis] }, &[inserted], "")
        }
        Op::Unsqueeze { axis } => builder.push(Op::Squeeze { axis }, &[gradient], ""),
        Op::Squeeze { axis } => builder.push(Op::Unsqueeze { axis }, &[gradient], ""),
        Op::Reshape { .. } => builder.push(Op::Reshape { shape: Box::new(step.shape.clone()) }, &[gradient], ""),
        _ => gathered(builder, gradient, step.shape),
    };
    part.map(Gradient::Made)
}

/// The rules of operations whose gradient is a sum of products.
fn summed(builder: &mut Builder, op: &Op, step: Step<'_>, gradient: TensorId) -> Result<TensorId, Bug> {
    let (op, operands): (Op, Operands) = match *op {
        Op::Softmax { axis } => return softmax(builder, axis, step.of, gradient),
        Op::LogSoftmax { axis } => return log_softmax(builder, axis, step.operands[0], gradient),
        Op::MatMul { transpose_left, transpose_right } => {
            let ([transpose_left, transpose_right], operands) =
                product([transpose_left, transpose_right], step, gradient);
            (Op::MatMul { transpose_left, transpose_right }, operands)
        }
        Op::BatchedMatMul { transpose_left, transpose_right } => {
            let ([transpose_left, transpose_right], operands) =
                product([transpose_left, transpose_right], step, gradient);
            (Op::BatchedMatMul { transpose_left, transpose_right }, operands)
        }
        Op::LocalConv(over, ref field) => {
            let (over, operands) = other(over, step, gradient);
            (Op::LocalConv(over, field.clone()), operands)
        }
        Op::Sparse(over, ref wires) => {
            let (over, operands) = other(over, step, gradient);
            (Op::Sparse(over, wires.clone()), operands)
        }
        Op::Gather(ref wires) => (Op::Scatter(wires.clone()), smallvec![gradient]),
        Op::Scatter(ref wires) => (Op::Gather(wires.clone()), smallvec![gradient]),
        Op::Select { axis, index } => {
            let length = step.shape.dims()[axis].at(Sizes { runs: 1, batch: 1 });
            (Op::Pad { axis, index, length }, smallvec![gradient])
        }
        Op::Pad { axis, index, .. } => (Op::Select { axis, index }, smallvec![gradient]),
        Op::Symmetrize { size } => (Op::SymmetrizeGrad { size }, smallvec![gradient]),
        Op::SymmetrizeGrad { size } => (Op::Symmetrize { size }, smallvec![gradient]),
        Op::Diagonal => (Op::DiagonalOf, smallvec![gradient]),
        Op::DiagonalOf => (Op::Diagonal, smallvec![gradient]),
        Op::Pool(squares) => (Op::PoolGrad(squares), smallvec![gradient]),
        Op::PoolGrad(squares) => (Op::Pool(squares), smallvec![gradient]),
        _ => (op.clone(), smallvec![gradient]),
    };
    builder.push(op, &operands, "")
}

/// δ · y, added up where the operand was repeated.
fn multiplied(builder: &mut Builder, step: Step<'_>, gradient: Gradient) -> Result<Gradient, Bug> {
    let other = step.operands[1 - step.place];
    // one gradient for all times a factor that is repeated would be too small
    let gradient = if builder.tensors[other.0].shape == *step.whole {
        gradient
    } else {
        Gradient::Made(made(builder, gradient, step.whole)?)
    };
    let product = times(builder, gradient, other)?;
    gathered(builder, product, step.shape).map(Gradient::Made)
}

/// Of y = a / b: δ / b by a, −δ · y / b by b, added up where the operand was repeated.
fn divided(builder: &mut Builder, step: Step<'_>, gradient: Gradient) -> Result<Gradient, Bug> {
    let gradient = made(builder, gradient, step.whole)?;
    let quotient = builder.push(Op::Divide, &[gradient, step.operands[1]], "")?;
    let part = if step.place == 0 {
        quotient
    } else {
        let product = builder.push(Op::Multiply, &[quotient, step.of], "")?;
        builder.scale(-1.0, product)?
    };
    gathered(builder, part, step.shape).map(Gradient::Made)
}

fn scaled(builder: &mut Builder, gradient: Gradient, factor: f64) -> Result<Gradient, Bug> {
    match gradient {
        Gradient::Uniform(value) => Ok(Gradient::Uniform(value * factor)),
        Gradient::Made(id) => builder.scale(factor, id).map(Gradient::Made),
    }
}

/// Passes a gradient on to an operand that broadcasting may have repeated.
fn repeated(builder: &mut Builder, step: Step<'_>, gradient: Gradient) -> Result<Gradient, Bug> {
    if step.whole == step.shape {
        return Ok(gradient);
    }
    let gradient = made(builder, gradient, step.whole)?;
    gathered(builder, gradient, step.shape).map(Gradient::Made)
}

/// y ∘ (δ − Σ δ ∘ y).
fn softmax(builder: &mut Builder, axis: usize, y: TensorId, gradient: TensorId) -> Result<TensorId, Bug> {
    let weighted = builder.push(Op::Multiply, &[gradient, y], "")?;
    let sum = builder.push(Op::Sum { axis }, &[weighted], "")?;
    let mean = builder.push(Op::Unsqueeze { axis }, &[sum], "")?;
    let rest = builder.push(Op::Subtract, &[gradient, mean], "")?;
    builder.push(Op::Multiply, &[y, rest], "")
}

/// δ − softmax(x) · Σ δ.
fn log_softmax(builder: &mut Builder, axis: usize, x: TensorId, gradient: TensorId) -> Result<TensorId, Bug> {
    let parts = builder.push(Op::Softmax { axis }, &[x], "")?;
    let sum = builder.push(Op::Sum { axis }, &[gradient], "")?;
    let sum = builder.push(Op::Unsqueeze { axis }, &[sum], "")?;
    let shared = builder.push(Op::Multiply, &[parts, sum], "")?;
    builder.push(Op::Subtract, &[gradient, shared], "")
}

/// The gradient of one of three factors is made of the other two: see [`Bilinear`].
fn other(over: Bilinear, step: Step<'_>, gradient: TensorId) -> (Bilinear, Operands) {
    let (x, y) = (step.operands[0], step.operands[1]);
    match (over, step.place) {
        (Bilinear::Forward, 0) => (Bilinear::WeightGradient, smallvec![gradient, y]),
        (Bilinear::Forward, _) => (Bilinear::InputGradient, smallvec![x, gradient]),
        (Bilinear::WeightGradient, 0) => (Bilinear::Forward, smallvec![gradient, y]),
        (Bilinear::WeightGradient, _) => (Bilinear::InputGradient, smallvec![gradient, x]),
        (Bilinear::InputGradient, 0) => (Bilinear::WeightGradient, smallvec![y, gradient]),
        (Bilinear::InputGradient, _) => (Bilinear::Forward, smallvec![x, gradient]),
    }
}

/// With Y = A B: δA = δY Bᵀ, δB = Aᵀ δY; a factor that is transposed first gets its gradient transposed.
fn product([left_turned, right_turned]: [bool; 2], step: Step<'_>, gradient: TensorId) -> ([bool; 2], Operands) {
    let (left, right) = (step.operands[0], step.operands[1]);
    match (step.place, left_turned, right_turned) {
        (0, false, turned) => ([false, !turned], smallvec![gradient, right]),
        (0, true, turned) => ([turned, true], smallvec![right, gradient]),
        (_, turned, false) => ([!turned, false], smallvec![left, gradient]),
        (_, turned, true) => ([true, turned], smallvec![gradient, left]),
    }
}
