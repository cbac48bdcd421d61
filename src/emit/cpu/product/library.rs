//! Products that are not thin: a library's.

use super::Part;
use crate::emit::ffi::{Matrix, multiply};
use crate::program::Product;

impl Part<'_> {
    pub(super) fn by_library(self) {
        let Self { product: Product { rows, inner, columns, left_turned, right_turned }, first, left, right, out } =
            self;
        let left = Matrix { numbers: left, turned: left_turned };
        let right = Matrix { numbers: right, turned: right_turned };
        multiply([rows, inner, columns], [left, right], (first, out));
    }
}

#[cfg(test)]
mod tests {
    use super::super::Multiplier;
    use super::*;

    /// Numbers that are neither small nor alike.
    fn numbers(count: usize) -> Vec<f32> {
        (0..count).map(|at| ((at * 37 + 11) % 101) as f32 / 50.0 - 1.0).collect()
    }

    /// Where each of three matrices lies, counted in numbers from the start of its memory.
    fn lying(product: Product, threads: usize, at: [usize; 3]) -> Vec<f32> {
        let Product { rows, inner, columns, .. } = product;
        let moved = |count: usize, by: usize| -> Vec<f32> { vec![0.0; by].into_iter().chain(numbers(count)).collect() };
        let (left, right) = (moved(rows * inner, at[0]), moved(inner * columns, at[1]));
        let mut out = vec![f32::NAN; rows * columns + at[2]];
        product.multiply(Multiplier::Gemm, (&left[at[0]..], &right[at[1]..]), &mut out[at[2]..], threads);
        out.split_off(at[2])
    }

    /// Sizes of all shapes that a library treats as cases of their own, both ways each matrix may lie: right to rounding, and
    /// the same digits with any number of threads and wherever the numbers lie.
    #[test]
    fn no_digit_depends_on_threads_or_places() {
        let sizes = [
            [1, 600, 90],
            [90, 700, 1],
            [3, 2, 5],
            [40, 5, 33],
            [17, 1030, 16],
            [150, 130, 64],
            [97, 1030, 33],
            [64, 96, 300],
        ];
        for ([rows, inner, columns], turned) in sizes.into_iter().flat_map(|sizes| (0..4).map(move |t| (sizes, t))) {
            let product = Product { rows, inner, columns, left_turned: turned & 1 != 0, right_turned: turned & 2 != 0 };
            let alone = lying(product, 1, [0; 3]);
            let (left, right) = (numbers(rows * inner), numbers(inner * columns));
            for (row, column) in (0..rows).step_by(7).flat_map(|row| (0..columns).step_by(5).map(move |at| (row, at))) {
                let term = |at: usize| {
                    let left = left[if product.left_turned { at * rows + row } else { row * inner + at }];
                    let right = right[if product.right_turned { column * inner + at } else { at * columns + column }];
                    f64::from(left) * f64::from(right)
                };
                let (wanted, found) = ((0..inner).map(term).sum::<f64>(), f64::from(alone[row * columns + column]));
                // Higham's bound of a sum of n products, in any order: n u Σ |products|, u half a unit of the last place
                let unit = inner as f64 * f64::from(f32::EPSILON) / 2.0;
                let most = unit * (0..inner).map(|at| term(at).abs()).sum::<f64>();
                assert!((found - wanted).abs() <= most, "{product:?}: {found}, not {wanted}");
            }
            for (threads, at) in
                [(2, [0; 3]), (3, [1, 2, 3]), (7, [0; 3]), (32, [0; 3]), (1, [1, 0, 0]), (1, [0, 3, 0]), (1, [0, 0, 5])]
            {
                assert_eq!(lying(product, threads, at), alone, "{product:?}, {threads} threads, at {at:?}");
            }
        }
    }
}
