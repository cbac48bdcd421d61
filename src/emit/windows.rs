//! Sums over receptive fields: by our own kernel on a CPU in single precision, elsewhere by unfolding and stacks of
//! products, which libtorch can differentiate.

use tch::{Device, Kind, TchError, Tensor as Live};

use super::abi::{numbers, numbers_mut};
use super::kernel::{self, Operands};
use super::ops::size;
use crate::plan::{Field, Over};

/// Makes one of three sums; see [`Over`] for operands and results.
pub(super) fn window(over: Over, field: &Field, x: &Live, y: &Live) -> Result<Live, TchError> {
    let plain = |live: &Live| live.device() == Device::Cpu && live.kind() == Kind::Float && !live.requires_grad();
    if plain(x) && plain(y) { by_kernel(over, field, x, y) } else { unfolded(over, field, x, y) }
}

fn by_kernel(over: Over, field: &Field, x: &Live, y: &Live) -> Result<Live, TchError> {
    let (x, y) = (x.f_contiguous()?, y.f_contiguous()?);
    let (runs, n) = (x.size()[0], length(over, &x, &y));
    let mut made = Live::f_empty(result(over, field, runs, n), (Kind::Float, Device::Cpu))?;
    let threads = usize::try_from(tch::get_num_threads()).unwrap_or(1);
    let each = |live: &Live| (live.numel() / usize::try_from(runs).unwrap_or(1).max(1)).max(1);
    let (of_x, of_y, of_made) = (each(&x), each(&y), each(&made));
    let parts = numbers(&x).chunks_exact(of_x).zip(numbers(&y).chunks_exact(of_y));
    for ((x, y), made) in parts.zip(numbers_mut(&mut made).chunks_exact_mut(of_made)) {
        let operands = Operands { x, y, length: usize::try_from(n).unwrap_or(0) };
        kernel::window(over, field, operands, made, threads);
    }
    Ok(made)
}

/// Returns n: samples of the batch, or genes.
fn length(over: Over, x: &Live, y: &Live) -> i64 {
    let behind = if over == Over::Pairs { x } else { y };
    behind.size().last().copied().unwrap_or(1)
}

fn result(over: Over, field: &Field, runs: i64, n: i64) -> Vec<i64> {
    match over {
        Over::Seen => vec![runs, size(field.targets()), n],
        Over::Seers => vec![runs, size(field.sources()), n],
        Over::Pairs => vec![runs, size(field.places()), size(field.maps()), size(field.seen())],
    }
}

fn unfolded(over: Over, field: &Field, x: &Live, y: &Live) -> Result<Live, TchError> {
    let (runs, n) = (x.size()[0], length(over, x, y));
    let (places, maps, k) = (size(field.places()), size(field.maps()), size(field.seen()));
    let made = match over {
        Over::Seen => x.f_reshape([runs * places, maps, k])?.f_bmm(&unfold(field, y, n)?)?,
        Over::Pairs => x.f_reshape([runs * places, maps, n])?.f_bmm(&unfold(field, y, n)?.f_transpose(1, 2)?)?,
        Over::Seers => {
            let weights = x.f_reshape([runs * places, maps, k])?.f_transpose(1, 2)?;
            fold(field, &weights.f_bmm(&y.f_reshape([runs * places, maps, n])?)?, runs, n)?
        }
    };
    made.f_reshape(result(over, field, runs, n))
}

/// Returns for each place the rows of the source neurons that it sees, R · places × K × n.
fn unfold(field: &Field, source: &Live, n: i64) -> Result<Live, TchError> {
    let ([rows, columns, maps], side, step) = (field.source.map(size), size(field.size), size(field.stride));
    let margin = size(field.padding);
    let grid = source.f_reshape([-1, rows, columns, maps, n])?;
    let grid = grid.f_constant_pad_nd([0, 0, 0, 0, margin, margin, margin, margin])?;
    let squares = grid.f_unfold(1, side, step)?.f_unfold(2, side, step)?.f_permute([0, 1, 2, 5, 6, 3, 4])?;
    squares.f_reshape([-1, size(field.seen()), n])
}

/// Adds the rows of all squares, R · places × K × n, to the source neurons that they belong to.
fn fold(field: &Field, squares: &Live, runs: i64, n: i64) -> Result<Live, TchError> {
    let ([rows, columns, maps], [up, across, _]) = (field.source.map(size), field.target.map(size));
    let (side, step, margin) = (size(field.size), size(field.stride), size(field.padding));
    let squares = squares.f_reshape([runs, up, across, side, side, maps, n])?;
    let sizes = [runs, rows + 2 * margin, columns + 2 * margin, maps, n];
    let grid = Live::f_zeros(sizes, (squares.kind(), squares.device()))?;
    for down in 0..side {
        for right in 0..side {
            let part = squares.f_select(3, down)?.f_select(3, right)?;
            let lines = grid.f_slice(1, down, down + step * (up - 1) + 1, step)?;
            let _ = lines.f_slice(2, right, right + step * (across - 1) + 1, step)?.f_add_(&part)?;
        }
    }
    grid.f_narrow(1, margin, rows)?.f_narrow(2, margin, columns)?.f_reshape([runs, -1, n])
}
