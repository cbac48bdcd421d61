//! Means over squares of a grid, and their adjoint. Rows, columns and everything behind them are what libtorch calls an image
//! with channels last, for which its pooling is fast and copies nothing.

use tch::{TchError, Tensor as Live};

use super::ops::size;
use crate::plan::Squares;

/// R × N × n → R × N / size² × n.
pub(super) fn pool(squares: Squares, x: &Live) -> Result<Live, TchError> {
    let Squares { grid: [rows, columns, maps], size: side } = squares;
    let [runs, _, behind] = lengths(x);
    let image = x.f_reshape([runs, size(rows), size(columns), size(maps) * behind])?.f_permute([0, 3, 1, 2])?;
    let side = size(side);
    let pooled = image.f_avg_pool2d([side, side], [side, side], [0, 0], false, true, None)?;
    pooled.f_permute([0, 2, 3, 1])?.f_reshape([runs, -1, behind])
}

/// R × N / size² × n → R × N × n.
pub(super) fn spread(squares: Squares, x: &Live) -> Result<Live, TchError> {
    let Squares { grid: [rows, columns, maps], size: side } = squares;
    let ([runs, _, behind], inner) = (lengths(x), size(maps) * lengths(x)[2]);
    let (up, across, side) = (size(rows / side.max(1)), size(columns / side.max(1)), size(side));
    let shares = x.f_div_scalar((side * side) as f64)?.f_reshape([runs, up, 1, across, 1, inner])?;
    shares.f_expand([runs, up, side, across, side, inner], false)?.f_reshape([runs, -1, behind])
}

fn lengths(x: &Live) -> [i64; 3] {
    <[i64; 3]>::try_from(x.size()).unwrap_or([1, 1, 1])
}
