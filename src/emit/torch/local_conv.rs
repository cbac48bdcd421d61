//! Sums over receptive fields: by our own kernel on a CPU in single precision, elsewhere by unfolding and stacks of
//! products, which libtorch can differentiate.

use tch::{TchError, Tensor as Live};

use super::by_kernel::{are_plain, by_kernel, length};
use super::ops::size;
use crate::emit::cpu::bilinear;
use crate::plan::{Bilinear, ConvGeometry};

/// Makes one of three sums; see [`Bilinear`] for operands and results.
pub(in crate::emit) fn local_conv(over: Bilinear, field: &ConvGeometry, x: &Live, y: &Live) -> Result<Live, TchError> {
    if !are_plain([x, y]) {
        return unfolded(over, field, x, y);
    }
    let sizes = result(over, field, x.size()[0], length(over, x, y));
    by_kernel(over, [x, y], &sizes, |operands, made, at_once| bilinear::convolve(over, field, operands, made, at_once))
}

fn result(over: Bilinear, field: &ConvGeometry, runs: i64, n: i64) -> Vec<i64> {
    match over {
        Bilinear::Forward => vec![runs, size(field.targets()), n],
        Bilinear::InputGradient => vec![runs, size(field.sources()), n],
        Bilinear::WeightGradient => vec![runs, size(field.places()), size(field.maps()), size(field.seen())],
    }
}

fn unfolded(over: Bilinear, field: &ConvGeometry, x: &Live, y: &Live) -> Result<Live, TchError> {
    let (runs, n) = (x.size()[0], length(over, x, y));
    let (places, maps, k) = (size(field.places()), size(field.maps()), size(field.seen()));
    let made = match over {
        Bilinear::Forward => x.f_reshape([runs * places, maps, k])?.f_bmm(&unfold(field, y, n)?)?,
        Bilinear::WeightGradient => {
            x.f_reshape([runs * places, maps, n])?.f_bmm(&unfold(field, y, n)?.f_transpose(1, 2)?)?
        }
        Bilinear::InputGradient => {
            let weights = x.f_reshape([runs * places, maps, k])?.f_transpose(1, 2)?;
            fold(field, &weights.f_bmm(&y.f_reshape([runs * places, maps, n])?)?, runs, n)?
        }
    };
    made.f_reshape(result(over, field, runs, n))
}

/// Returns for each place the rows of the source neurons that it sees, R · places × K × n.
fn unfold(field: &ConvGeometry, source: &Live, n: i64) -> Result<Live, TchError> {
    let ([rows, columns, maps], side, step) = (field.source.map(size), size(field.size), size(field.stride));
    let margin = size(field.padding);
    let grid = source.f_reshape([-1, rows, columns, maps, n])?;
    let grid = grid.f_constant_pad_nd([0, 0, 0, 0, margin, margin, margin, margin])?;
    let squares = grid.f_unfold(1, side, step)?.f_unfold(2, side, step)?.f_permute([0, 1, 2, 5, 6, 3, 4])?;
    squares.f_reshape([-1, size(field.seen()), n])
}

/// Adds the rows of all squares, R · places × K × n, to the source neurons that they belong to.
fn fold(field: &ConvGeometry, squares: &Live, runs: i64, n: i64) -> Result<Live, TchError> {
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

#[cfg(test)]
mod tests {
    use crate::emit::Threads;
    use tch::Kind;

    use super::*;
    use crate::random::RandomStream;

    fn drawn(purpose: &str, sizes: &[i64]) -> Live {
        let count = usize::try_from(sizes.iter().product::<i64>()).unwrap();
        Live::from_slice(&RandomStream::new(3, purpose).normal(count, 1.0)).view(sizes)
    }

    /// The kernel in single precision against unfolding in double, whatever the field, the length and the threads.
    #[test]
    fn the_kernel_agrees_with_unfolding() {
        let field = |source, target, size, stride, padding| ConvGeometry { source, target, size, stride, padding };
        let fields = [
            field([7, 6, 1], [5, 4, 7], 3, 1, 0),
            field([6, 6, 5], [3, 3, 2], 2, 2, 0),
            field([5, 4, 13], [5, 4, 1], 3, 1, 1),
            field([7, 5, 2], [4, 3, 3], 3, 2, 1),
            field([4, 4, 1], [1, 1, 1], 4, 1, 0),
            field([7, 11, 1], [4, 6, 3], 3, 2, 1),
        ];
        for (threads, field) in [1, 2, 3].into_iter().flat_map(|threads| fields.map(|field| (threads, field))) {
            for n in [1, 3, 8, 16, 19, 33, 64, 100, 150] {
                agree(&field, n, threads);
            }
        }
        Threads::set(1);
    }

    fn agree(field: &ConvGeometry, n: i64, threads: usize) {
        Threads::set(threads);
        let weights = drawn("W", &result(Bilinear::WeightGradient, field, 2, n));
        let (target, source) = (
            drawn("t", &result(Bilinear::Forward, field, 2, n)),
            drawn("s", &result(Bilinear::InputGradient, field, 2, n)),
        );
        for (over, x, y) in [
            (Bilinear::Forward, &weights, &source),
            (Bilinear::WeightGradient, &target, &source),
            (Bilinear::InputGradient, &weights, &target),
        ] {
            let wanted = local_conv(over, field, x, y).unwrap();
            let single = |live: &Live| live.to_kind(Kind::Float);
            let found = local_conv(over, field, &single(x), &single(y)).unwrap();
            let error = (found.to_kind(Kind::Double) - &wanted).abs().max().double_value(&[]);
            let scale = wanted.abs().max().double_value(&[]);
            assert!(error < 1e-5 * scale.max(1.0), "{over:?} {field:?} n = {n}, {threads} threads: {error:e}");
        }
    }

    /// A neuron's sum by its definition: what it sees, weight by weight.
    #[test]
    fn a_neuron_sees_what_its_field_says() {
        let field = ConvGeometry { source: [5, 4, 2], target: [3, 2, 3], size: 3, stride: 2, padding: 1 };
        let (weights, source) = (drawn("W", &[1, 6, 3, 18]), drawn("s", &[1, 40, 4]));
        let found = local_conv(Bilinear::Forward, &field, &weights, &source).unwrap();
        let at = |live: &Live, index: &[i64]| live.double_value(index);
        for (row, column, map, n) in
            (0..3).flat_map(|r| (0..2).flat_map(move |c| (0..3).map(move |m| (r, c, m, (r + c + m) % 4))))
        {
            let mut sum = 0.0;
            for (down, across, from) in (0..3).flat_map(|d| (0..3).flat_map(move |a| (0..2).map(move |f| (d, a, f)))) {
                let (y, x) = (2 * row + down - 1, 2 * column + across - 1);
                if (0..5).contains(&y) && (0..4).contains(&x) {
                    let weight = at(&weights, &[0, row * 2 + column, map, (down * 3 + across) * 2 + from]);
                    sum += weight * at(&source, &[0, (y * 4 + x) * 2 + from, n]);
                }
            }
            assert!((at(&found, &[0, (row * 2 + column) * 3 + map, n]) - sum).abs() < 1e-12);
        }
    }
}
