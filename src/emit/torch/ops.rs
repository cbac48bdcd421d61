//! The table of operations: one line of libtorch for each, or one call of a file of its own.

use tch::{TchError, Tensor as Live};

use super::{Frame, local_conv, pools, sparse};
use crate::plan::{Function, Op, Shape};

/// Applies `op`. `None` where it is no computation, or where operands are missing, which a verified plan excludes.
pub(in crate::emit) fn apply(
    op: &Op,
    operands: &[&Live],
    prepared: Option<&Live>,
    frame: Frame,
) -> Option<Result<Live, TchError>> {
    let result = match (op, operands, prepared) {
        (Op::Positions(_) | Op::Mask(_) | Op::Codes(_), [], Some(prepared)) => Ok(prepared.shallow_clone()),
        (Op::Constant { value, shape }, [], _) => Live::f_full(lengths(shape, frame), *value, frame.place.options()),
        (Op::Unary(function), [x], _) => map(*function, x),
        (Op::Affine { factor, offset }, [x], _) => affine(x, *factor, *offset),
        (Op::Add, [x, y], _) => x.f_add(y),
        (Op::Subtract, [x, y], _) => x.f_sub(y),
        (Op::Multiply, [x, y], _) => x.f_mul(y),
        (Op::Divide, [x, y], _) => x.f_div(y),
        (Op::Sum { axis }, [x], _) => x.f_sum_dim_intlist(size(*axis), false, None),
        (Op::Unsqueeze { axis }, [x], _) => x.f_unsqueeze(size(*axis)),
        (Op::Squeeze { axis }, [x], _) => x.f_squeeze_dim(size(*axis)),
        (Op::Expand { axis, length }, [x], _) => repeat(x, *axis, length.at(frame.sizes)),
        (Op::Select { axis, index }, [x], _) => x.f_narrow(size(*axis), size(*index), 1),
        (Op::Pad { axis, index, length }, [x], _) => place(x, *axis, *index, *length),
        (Op::Reshape { shape }, [x], _) => x.f_reshape(lengths(shape, frame)),
        (Op::Softmax { axis }, [x], _) => x.f_softmax(size(*axis), None),
        (Op::LogSoftmax { axis }, [x], _) => x.f_log_softmax(size(*axis), None),
        (Op::MatMul { transpose_left, transpose_right }, [x, y], _) => product(x, *transpose_left, y, *transpose_right),
        (Op::BatchedMatMul { transpose_left, transpose_right }, [x, y], _) => {
            side_by_side(x, *transpose_left, y, *transpose_right)
        }
        (Op::Symmetrize { size: rows }, [x], Some(places)) => {
            x.f_index_select(1, places).and_then(|x| x.f_view([-1, size(*rows), size(*rows)]))
        }
        (Op::SymmetrizeGrad { size: rows }, [x], Some(places)) => triangle(x, *rows, places),
        (Op::Diagonal, [x], _) => x.f_diag_embed(0, -2, -1),
        (Op::DiagonalOf, [x], _) => x.f_diagonal(0, -2, -1),
        (Op::Pool(squares), [x], _) => pools::pool(*squares, x),
        (Op::PoolGrad(squares), [x], _) => pools::spread(*squares, x),
        (Op::LocalConv(over, field), [x, y], _) => local_conv::local_conv(*over, field, x, y),
        (Op::Sparse(over, wires), [x, y], Some(ends)) => sparse::sparse(*over, wires, ends, [x, y]),
        (Op::Gather(wires), [x], Some(ends)) => sparse::gather(wires, ends, x),
        (Op::Scatter(wires), [x], Some(ends)) => sparse::scatter(wires, ends, x),
        _ => return None,
    };
    Some(result)
}

fn lengths(shape: &Shape, frame: Frame) -> Vec<i64> {
    shape.at(frame.sizes).into_iter().map(size).collect()
}

fn repeat(x: &Live, axis: usize, length: usize) -> Result<Live, TchError> {
    let mut lengths = x.size();
    if let Some(place) = lengths.get_mut(axis) {
        *place = size(length);
    }
    x.f_expand(lengths, false)
}

/// Lays zeros before and behind the one place of an axis.
fn place(x: &Live, axis: usize, index: usize, length: usize) -> Result<Live, TchError> {
    // libtorch counts paddings from the last axis
    let behind = x.dim().saturating_sub(axis + 1);
    let mut margins = vec![0; 2 * behind];
    margins.extend([size(index), size(length - index - 1)]);
    x.f_constant_pad_nd(margins)
}

/// Adds every entry of a matrix to its place in the upper triangle.
fn triangle(x: &Live, rows: usize, places: &Live) -> Result<Live, TchError> {
    let whole = x.f_reshape([-1, size(rows * rows)])?;
    let entries = size(rows * (rows + 1) / 2);
    let zeros = Live::f_zeros([whole.size()[0], entries], (x.kind(), x.device()))?;
    zeros.f_index_add(1, places, &whole)
}

fn map(function: Function, x: &Live) -> Result<Live, TchError> {
    match function {
        Function::Relu => x.f_relu(),
        Function::Tanh => x.f_tanh(),
        Function::Sine => x.f_sin(),
        Function::Cosine => x.f_cos(),
        Function::Sigmoid => x.f_sigmoid(),
        Function::Gelu => x.f_gelu("none"),
        Function::Normal => x.f_special_ndtr(),
        Function::Exp => x.f_exp(),
        Function::Square => x.f_square(),
        Function::SquareRoot => x.f_sqrt(),
        Function::ExpMinusOne => x.f_expm1(),
        Function::Lorentzian => x.f_square()?.f_add_scalar_(1.0)?.f_reciprocal(),
        Function::Absolute => x.f_abs(),
        Function::Sign => x.f_sign(),
        Function::StraightThroughStep => step(x),
        Function::StopGradient => x.f_detach(),
    }
}

/// Returns 1 where x > 0, else 0, and no number where x is none. What libtorch records passes a gradient straight through.
fn step(x: &Live) -> Result<Live, TchError> {
    let step = x.f_detach()?.f_clamp(0.0, 1.0)?.f_ceil()?;
    if x.requires_grad() { step.f_add(&x.f_sub(&x.f_detach()?)?) } else { Ok(step) }
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

/// Multiplies matrices that lie side by side, R × a × b × B.
fn side_by_side(x: &Live, transpose_x: bool, y: &Live, transpose_y: bool) -> Result<Live, TchError> {
    let stack = |live: &Live, transposed: bool| {
        let (rows, columns) = if transposed { (2, 1) } else { (1, 2) };
        live.f_permute([0, 3, rows, columns])
    };
    stack(x, transpose_x)?.f_matmul(&stack(y, transpose_y)?)?.f_permute([0, 2, 3, 1])
}

/// Returns a length as libtorch counts it; lengths beyond 2⁶³ cannot be allocated anyway.
pub(in crate::emit) fn size(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Frame, Live, Op, apply};
    use crate::emit::device::Place;
    use crate::plan::Sizes;

    #[test]
    fn products_transpose_either_side() {
        let x = Live::from_slice(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).view([1, 2, 3]);
        let y = Live::from_slice(&[1.0, -1.0, 2.0, 0.5, 3.0, -2.0]).view([1, 3, 2]);
        let wanted = x.matmul(&y);
        let turned = |live: &Live| live.transpose(1, 2).contiguous();
        for (transpose_left, transpose_right) in [(false, false), (false, true), (true, false), (true, true)] {
            let left = if transpose_left { turned(&x) } else { x.shallow_clone() };
            let right = if transpose_right { turned(&y) } else { y.shallow_clone() };
            let frame = Frame { sizes: Sizes { runs: 1, batch: 1 }, place: Place::CPU };
            let found = apply(&Op::MatMul { transpose_left, transpose_right }, &[&left, &right], None, frame);
            assert_eq!(found.unwrap().unwrap(), wanted);
        }
    }
}
