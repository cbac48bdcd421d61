//! The table of operations: one line of libtorch for each, after what it can prepare once has been prepared.

use tch::{TchError, Tensor as Live};

use super::device::Place;
use super::fault::TorchFault;
use crate::plan::{Function, Op, Plan, TensorId};

/// Returns the name people know a tensor by: its label, or its id and operation.
pub fn words(plan: &Plan, id: TensorId) -> String {
    let tensor = plan.tensor(id);
    if tensor.label.is_empty() { format!("{id} ({})", name(&tensor.op)) } else { format!("`{}`", tensor.label) }
}

fn name(op: &Op) -> &'static str {
    match op {
        Op::Sample { .. } => "sample",
        Op::Leaf(_) => "leaf",
        Op::Positions { .. } => "positions",
        Op::Map(function) => function.name(),
        Op::Affine { .. } => "affine",
        Op::Add => "add",
        Op::Subtract => "subtract",
        Op::Multiply => "multiply",
        Op::Sum { .. } => "sum",
        Op::Insert { .. } => "insert",
        Op::MatMul { .. } => "matrix product",
        Op::Symmetric { .. } => "symmetric",
        Op::Diagonal => "diagonal",
    }
}

/// Makes what `op` needs besides its operands and never changes: positions, the places of a triangle's entries.
pub(super) fn prepare(op: &Op, place: Place) -> Result<Option<Live>, TorchFault> {
    match op {
        Op::Positions { axes } => {
            let values =
                Live::f_from_slice(&positions(axes))?.f_view([1, size(axes.iter().product()), size(axes.len())])?;
            Ok(Some(values.f_to_kind(place.kind)?.f_to_device(place.device)?))
        }
        Op::Symmetric { size } => Ok(Some(Live::f_from_slice(&triangle(*size))?.f_to_device(place.device)?)),
        Op::Sample { .. }
        | Op::Leaf(_)
        | Op::Map(_)
        | Op::Affine { .. }
        | Op::Add
        | Op::Subtract
        | Op::Multiply
        | Op::Sum { .. }
        | Op::Insert { .. }
        | Op::MatMul { .. }
        | Op::Diagonal => Ok(None),
    }
}

/// Applies `op`. `None` where it is no computation, or where operands are missing, which a verified plan excludes.
pub(super) fn apply(op: &Op, operands: &[&Live], prepared: Option<&Live>) -> Option<Result<Live, TchError>> {
    let result = match (op, operands, prepared) {
        (Op::Positions { .. }, [], Some(positions)) => Ok(positions.shallow_clone()),
        (Op::Map(function), [x], _) => map(*function, x),
        (Op::Affine { factor, offset }, [x], _) => affine(x, *factor, *offset),
        (Op::Add, [x, y], _) => x.f_add(y),
        (Op::Subtract, [x, y], _) => x.f_sub(y),
        (Op::Multiply, [x, y], _) => x.f_mul(y),
        (Op::Sum { axis }, [x], _) => x.f_sum_dim_intlist(size(*axis), false, None),
        (Op::Insert { axis }, [x], _) => x.f_unsqueeze(size(*axis)),
        (Op::MatMul { transpose_left, transpose_right }, [x, y], _) => product(x, *transpose_left, y, *transpose_right),
        (Op::Symmetric { size: rows }, [x], Some(places)) => {
            x.f_index_select(1, places).and_then(|x| x.f_view([-1, size(*rows), size(*rows)]))
        }
        (Op::Diagonal, [x], _) => x.f_diag_embed(0, -2, -1),
        _ => return None,
    };
    Some(result)
}

fn map(function: Function, x: &Live) -> Result<Live, TchError> {
    match function {
        Function::Relu => x.f_relu(),
        Function::Tanh => x.f_tanh(),
        Function::Sigmoid => x.f_sigmoid(),
        Function::Gelu => x.f_gelu("none"),
        Function::Exp => x.f_exp(),
        Function::Square => x.f_square(),
        Function::Reciprocal => x.f_reciprocal(),
        Function::Absolute => x.f_abs(),
    }
}

#[allow(clippy::float_cmp)]
fn affine(x: &Live, factor: f64, offset: f64) -> Result<Live, TchError> {
    match (factor, offset) {
        (-1.0, 0.0) => x.f_neg(),
        (_, 0.0) => x.f_mul_scalar(factor),
        (1.0, _) => x.f_add_scalar(offset),
        // the product is nobody else's, so the sum may take its place
        _ => x.f_mul_scalar(factor).and_then(|mut product| product.f_add_scalar_(offset)),
    }
}

/// Multiplies stacks of matrices. One run needs no case of its own: a stack of one was measured as fast as `mm`.
fn product(x: &Live, transpose_x: bool, y: &Live, transpose_y: bool) -> Result<Live, TchError> {
    match (transpose_x, transpose_y) {
        (false, false) => x.f_bmm(y),
        (false, true) => x.f_bmm(&y.f_transpose(1, 2)?),
        (true, false) => x.f_transpose(1, 2)?.f_bmm(y),
        (true, true) => x.f_transpose(1, 2)?.f_bmm(&y.f_transpose(1, 2)?),
    }
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

/// Returns a length as libtorch counts it; lengths beyond 2⁶³ cannot be allocated anyway.
pub(super) fn size(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Live, Op, apply};

    /// No lowered plan transposes the left one today, so no model's gradient covers it.
    #[test]
    fn products_transpose_either_side() {
        let x = Live::from_slice(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).view([1, 2, 3]);
        let y = Live::from_slice(&[1.0, -1.0, 2.0, 0.5, 3.0, -2.0]).view([1, 3, 2]);
        let wanted = x.matmul(&y);
        let turned = |live: &Live| live.transpose(1, 2).contiguous();
        for (transpose_left, transpose_right) in [(false, false), (false, true), (true, false), (true, true)] {
            let left = if transpose_left { turned(&x) } else { x.shallow_clone() };
            let right = if transpose_right { turned(&y) } else { y.shallow_clone() };
            let found = apply(&Op::MatMul { transpose_left, transpose_right }, &[&left, &right], None);
            assert_eq!(found.unwrap().unwrap(), wanted);
        }
    }
}
