//! One rule for each operation: what its result's slope passes on to an operand.
#![allow(clippy::wildcard_enum_match_arm)] // `part` names every operation; the two it hands groups to see theirs only

use smallvec::smallvec;

use super::super::builder::Builder;
use super::super::function::Function;
use super::super::op::{Op, Over};
use super::super::tensor::{Shape, Sizes, TensorId};
use super::super::verify::{Operands, Tensor};
use super::{Slope, gathered, made, maps, times};
use crate::diag::Bug;

/// An operation that a slope goes back through, to one of its operands.
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

/// Appends what the slope of `of` passes on to its operand number `place`; `None` where that is nothing.
pub(super) fn part(builder: &mut Builder, of: TensorId, place: usize, slope: Slope) -> Result<Option<Slope>, Bug> {
    let Tensor { op, operands, shape, .. } = &builder.tensors[of.0];
    let (op, operands, whole) = (op.clone(), Operands::from_slice(operands), shape.clone());
    let shape = builder.tensors[operands[place].0].shape.clone();
    let step = Step { of, whole: &whole, operands: &operands, place, shape: &shape };
    let part = match op {
        Op::Sample { .. }
        | Op::Labels { .. }
        | Op::Leaf(_)
        | Op::Positions(_)
        | Op::Codes(_)
        | Op::Mask(_)
        | Op::Fill { .. } => {
            return Ok(None);
        }
        // a gradient passes straight through
        Op::Map(Function::Heaviside) => slope,
        Op::Map(function) => match maps::slope(builder, function, operands[0], of)? {
            None => return Ok(None),
            Some(steepness) => Slope::Made(times(builder, slope, steepness)?),
        },
        Op::Affine { factor, .. } => scaled(builder, slope, factor)?,
        Op::Add => repeated(builder, step, slope)?,
        Op::Subtract => {
            let slope = if place == 0 { slope } else { scaled(builder, slope, -1.0)? };
            repeated(builder, step, slope)?
        }
        Op::Multiply => multiplied(builder, step, slope)?,
        Op::Sum { .. } | Op::Insert { .. } | Op::Remove { .. } | Op::Repeat { .. } | Op::Reshape { .. } => {
            laid_out(builder, &op, step, slope)?
        }
        Op::Select { .. }
        | Op::Place { .. }
        | Op::Softmax { .. }
        | Op::LogSoftmax { .. }
        | Op::MatMul { .. }
        | Op::Symmetric { .. }
        | Op::Triangle { .. }
        | Op::Diagonal
        | Op::DiagonalOf
        | Op::Pool(_)
        | Op::Spread(_)
        | Op::Window(..)
        | Op::Joined(..)
        | Op::Gather(_)
        | Op::Scatter(_) => {
            let slope = made(builder, slope, &whole)?;
            Slope::Made(summed(builder, &op, step, slope)?)
        }
    };
    Ok(Some(part))
}

/// The rules of operations that lay numbers out in another way, or add them up along an axis. One slope for all stays one.
fn laid_out(builder: &mut Builder, op: &Op, step: Step<'_>, slope: Slope) -> Result<Slope, Bug> {
    if let (Slope::Uniform(_), false) = (slope, matches!(op, Op::Repeat { .. })) {
        return Ok(slope);
    }
    let slope = made(builder, slope, step.whole)?;
    let part = match *op {
        Op::Sum { axis } => {
            let inserted = builder.push(Op::Insert { axis }, &[slope], "")?;
            builder.push(Op::Repeat { axis, length: step.shape.dims()[axis] }, &[inserted], "")
        }
        Op::Insert { axis } => builder.push(Op::Remove { axis }, &[slope], ""),
        Op::Remove { axis } => builder.push(Op::Insert { axis }, &[slope], ""),
        Op::Reshape { .. } => builder.push(Op::Reshape { shape: Box::new(step.shape.clone()) }, &[slope], ""),
        _ => gathered(builder, slope, step.shape),
    };
    part.map(Slope::Made)
}

/// The rules of operations whose slope is a sum of products.
fn summed(builder: &mut Builder, op: &Op, step: Step<'_>, slope: TensorId) -> Result<TensorId, Bug> {
    let (op, operands): (Op, Operands) = match *op {
        Op::Softmax { axis } => return softmax(builder, axis, step.of, slope),
        Op::LogSoftmax { axis } => return log_softmax(builder, axis, step.operands[0], slope),
        Op::MatMul { transpose_left, transpose_right } => product([transpose_left, transpose_right], step, slope),
        Op::Window(over, ref field) => {
            let (over, operands) = other(over, step, slope);
            (Op::Window(over, field.clone()), operands)
        }
        Op::Joined(over, ref wires) => {
            let (over, operands) = other(over, step, slope);
            (Op::Joined(over, wires.clone()), operands)
        }
        Op::Gather(ref wires) => (Op::Scatter(wires.clone()), smallvec![slope]),
        Op::Scatter(ref wires) => (Op::Gather(wires.clone()), smallvec![slope]),
        Op::Select { axis, index } => {
            let length = step.shape.dims()[axis].at(Sizes { runs: 1, batch: 1 });
            (Op::Place { axis, index, length }, smallvec![slope])
        }
        Op::Place { axis, index, .. } => (Op::Select { axis, index }, smallvec![slope]),
        Op::Symmetric { size } => (Op::Triangle { size }, smallvec![slope]),
        Op::Triangle { size } => (Op::Symmetric { size }, smallvec![slope]),
        Op::Diagonal => (Op::DiagonalOf, smallvec![slope]),
        Op::DiagonalOf => (Op::Diagonal, smallvec![slope]),
        Op::Pool(squares) => (Op::Spread(squares), smallvec![slope]),
        Op::Spread(squares) => (Op::Pool(squares), smallvec![slope]),
        _ => (op.clone(), smallvec![slope]),
    };
    builder.push(op, &operands, "")
}

/// δ · y, added up where the operand was repeated.
fn multiplied(builder: &mut Builder, step: Step<'_>, slope: Slope) -> Result<Slope, Bug> {
    let other = step.operands[1 - step.place];
    // one slope for all times a factor that is repeated would be too small
    let slope = if builder.tensors[other.0].shape == *step.whole {
        slope
    } else {
        Slope::Made(made(builder, slope, step.whole)?)
    };
    let product = times(builder, slope, other)?;
    gathered(builder, product, step.shape).map(Slope::Made)
}

fn scaled(builder: &mut Builder, slope: Slope, factor: f64) -> Result<Slope, Bug> {
    match slope {
        Slope::Uniform(value) => Ok(Slope::Uniform(value * factor)),
        Slope::Made(id) => builder.scale(factor, id).map(Slope::Made),
    }
}

/// Passes a slope on to an operand that broadcasting may have repeated.
fn repeated(builder: &mut Builder, step: Step<'_>, slope: Slope) -> Result<Slope, Bug> {
    if step.whole == step.shape {
        return Ok(slope);
    }
    let slope = made(builder, slope, step.whole)?;
    gathered(builder, slope, step.shape).map(Slope::Made)
}

/// y ∘ (δ − Σ δ ∘ y).
fn softmax(builder: &mut Builder, axis: usize, y: TensorId, slope: TensorId) -> Result<TensorId, Bug> {
    let weighted = builder.push(Op::Multiply, &[slope, y], "")?;
    let sum = builder.push(Op::Sum { axis }, &[weighted], "")?;
    let mean = builder.push(Op::Insert { axis }, &[sum], "")?;
    let rest = builder.push(Op::Subtract, &[slope, mean], "")?;
    builder.push(Op::Multiply, &[y, rest], "")
}

/// δ − softmax(x) · Σ δ.
fn log_softmax(builder: &mut Builder, axis: usize, x: TensorId, slope: TensorId) -> Result<TensorId, Bug> {
    let parts = builder.push(Op::Softmax { axis }, &[x], "")?;
    let sum = builder.push(Op::Sum { axis }, &[slope], "")?;
    let sum = builder.push(Op::Insert { axis }, &[sum], "")?;
    let shared = builder.push(Op::Multiply, &[parts, sum], "")?;
    builder.push(Op::Subtract, &[slope, shared], "")
}

/// The slope of one of three factors is made of the other two: see [`Over`].
fn other(over: Over, step: Step<'_>, slope: TensorId) -> (Over, Operands) {
    let (x, y) = (step.operands[0], step.operands[1]);
    match (over, step.place) {
        (Over::Seen, 0) => (Over::Pairs, smallvec![slope, y]),
        (Over::Seen, _) => (Over::Seers, smallvec![x, slope]),
        (Over::Pairs, 0) => (Over::Seen, smallvec![slope, y]),
        (Over::Pairs, _) => (Over::Seers, smallvec![slope, x]),
        (Over::Seers, 0) => (Over::Pairs, smallvec![y, slope]),
        (Over::Seers, _) => (Over::Seen, smallvec![x, slope]),
    }
}

/// With Y = A B: δA = δY Bᵀ, δB = Aᵀ δY; a factor that is transposed first gets its slope transposed.
fn product([left_turned, right_turned]: [bool; 2], step: Step<'_>, slope: TensorId) -> (Op, Operands) {
    let matmul = |transpose_left, transpose_right| Op::MatMul { transpose_left, transpose_right };
    let (left, right) = (step.operands[0], step.operands[1]);
    match (step.place, left_turned, right_turned) {
        (0, false, turned) => (matmul(false, !turned), smallvec![slope, right]),
        (0, true, turned) => (matmul(turned, true), smallvec![right, slope]),
        (_, turned, false) => (matmul(!turned, false), smallvec![left, slope]),
        (_, turned, true) => (matmul(true, turned), smallvec![slope, left]),
    }
}
