//! One rule for each operation: what its result's slope passes on to an operand.

use super::super::builder::Builder;
use super::super::op::{Op, Over};
use super::super::tensor::{Shape, TensorId};
use super::{Slope, gathered, made, maps, times};
use crate::diag::Bug;

/// Appends what the slope of `of` passes on to its operand number `place`; `None` where that is nothing.
pub(super) fn part(builder: &mut Builder, of: TensorId, place: usize, slope: Slope) -> Result<Option<Slope>, Bug> {
    let (op, operands) = (builder.tensors[of.0].op.clone(), builder.tensors[of.0].operands.clone());
    let operand = operands[place];
    let shape = builder.tensors[operand.0].shape.clone();
    match op {
        Op::Sample { .. } | Op::Labels { .. } | Op::Leaf(_) | Op::Positions { .. } | Op::Fill { .. } => Ok(None),
        Op::Map(function) => {
            let Some(steepness) = maps::slope(builder, function, operand, of)? else { return Ok(None) };
            times(builder, slope, steepness).map(Slope::Made).map(Some)
        }
        Op::Affine { factor, .. } => scaled(builder, slope, factor).map(Some),
        Op::Add => repeated(builder, of, slope, &shape).map(Some),
        Op::Subtract => {
            let slope = if place == 0 { slope } else { scaled(builder, slope, -1.0)? };
            repeated(builder, of, slope, &shape).map(Some)
        }
        Op::Multiply => {
            let product = times(builder, slope, operands[1 - place])?;
            let full = if builder.tensors[product.0].shape == builder.tensors[of.0].shape {
                product
            } else {
                spread(builder, of, slope, operands[1 - place])?
            };
            gathered(builder, full, &shape).map(Slope::Made).map(Some)
        }
        other => linear(builder, &other, of, &operands, place, slope).map(Some),
    }
}

/// The rules of operations that move and add numbers.
fn linear(
    builder: &mut Builder,
    op: &Op,
    of: TensorId,
    operands: &[TensorId],
    place: usize,
    slope: Slope,
) -> Result<Slope, Bug> {
    let shape = builder.tensors[operands[place].0].shape.clone();
    if let (Slope::Uniform(_), Op::Sum { .. } | Op::Insert { .. } | Op::Remove { .. } | Op::Reshape { .. }) =
        (slope, op)
    {
        return Ok(slope);
    }
    let whole = builder.tensors[of.0].shape.clone();
    let slope = made(builder, slope, &whole)?;
    let mut one = |op: Op| builder.push(op, &[slope], "");
    let part = match *op {
        Op::Sum { axis } => {
            let inserted = one(Op::Insert { axis })?;
            builder.push(Op::Repeat { axis, length: shape.dims()[axis] }, &[inserted], "")
        }
        Op::Insert { axis } => one(Op::Remove { axis }),
        Op::Remove { axis } => one(Op::Insert { axis }),
        Op::Repeat { .. } => gathered(builder, slope, &shape),
        Op::Reshape { .. } => one(Op::Reshape { shape }),
        Op::Symmetric { size } => one(Op::Triangle { size }),
        Op::Triangle { size } => one(Op::Symmetric { size }),
        Op::Diagonal => one(Op::DiagonalOf),
        Op::DiagonalOf => one(Op::Diagonal),
        Op::Pool(squares) => one(Op::Spread(squares)),
        Op::Spread(squares) => one(Op::Pool(squares)),
        Op::Softmax { axis } => softmax(builder, axis, of, slope),
        Op::LogSoftmax { axis } => log_softmax(builder, axis, operands[0], slope),
        Op::Window(over, field) => {
            let (over, pair) = window(over, operands, place, slope);
            builder.push(Op::Window(over, field), &pair, "")
        }
        Op::MatMul { transpose_left, transpose_right } => {
            let (op, pair) = product([transpose_left, transpose_right], operands, place, slope);
            builder.push(op, &pair, "")
        }
        _ => Err(Bug { pass: "derive", tensor: of.to_string(), why: format!("{op:?} has no rule") }),
    };
    part.map(Slope::Made)
}

fn scaled(builder: &mut Builder, slope: Slope, factor: f64) -> Result<Slope, Bug> {
    match slope {
        Slope::Uniform(value) => Ok(Slope::Uniform(value * factor)),
        Slope::Made(id) => builder.scale(factor, id).map(Slope::Made),
    }
}

/// Passes on the slope of `of` to an operand of `shape` that broadcasting may have repeated.
fn repeated(builder: &mut Builder, of: TensorId, slope: Slope, shape: &Shape) -> Result<Slope, Bug> {
    let whole = builder.tensors[of.0].shape.clone();
    if whole == *shape {
        return Ok(slope);
    }
    let slope = made(builder, slope, &whole)?;
    gathered(builder, slope, shape).map(Slope::Made)
}

/// Appends slope · x in the shape of `of`, where x alone is smaller.
fn spread(builder: &mut Builder, of: TensorId, slope: Slope, x: TensorId) -> Result<TensorId, Bug> {
    let whole = builder.tensors[of.0].shape.clone();
    let slope = made(builder, slope, &whole)?;
    builder.push(Op::Multiply, &[slope, x], "")
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
fn window(over: Over, operands: &[TensorId], place: usize, slope: TensorId) -> (Over, [TensorId; 2]) {
    let (x, y) = (operands[0], operands[1]);
    match (over, place) {
        (Over::Seen, 0) => (Over::Pairs, [slope, y]),
        (Over::Seen, _) => (Over::Seers, [x, slope]),
        (Over::Pairs, 0) => (Over::Seen, [slope, y]),
        (Over::Pairs, _) => (Over::Seers, [slope, x]),
        (Over::Seers, 0) => (Over::Pairs, [y, slope]),
        (Over::Seers, _) => (Over::Seen, [x, slope]),
    }
}

/// With Y = A B: δA = δY Bᵀ, δB = Aᵀ δY; a factor that is transposed first gets its slope transposed.
fn product(
    [transpose_left, transpose_right]: [bool; 2],
    operands: &[TensorId],
    place: usize,
    slope: TensorId,
) -> (Op, [TensorId; 2]) {
    let matmul = |transpose_left, transpose_right| Op::MatMul { transpose_left, transpose_right };
    let (left, right) = (operands[0], operands[1]);
    match (place, transpose_left, transpose_right) {
        (0, false, transposed) => (matmul(false, !transposed), [slope, right]),
        (0, true, transposed) => (matmul(transposed, true), [right, slope]),
        (_, transposed, false) => (matmul(!transposed, false), [left, slope]),
        (_, transposed, true) => (matmul(true, transposed), [slope, left]),
    }
}
