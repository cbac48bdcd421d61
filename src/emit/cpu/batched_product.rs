//! Products of small matrices that lie side by side, a × b × B: number by number the same for all of the batch, which fills vectors.

use pulp::{Arch, Simd, WithSimd};

use crate::emit::threads::side_by_side;
use crate::program::{BatchedProduct, Product};

/// Numbers of the batch that are gone through at once.
const STRETCH: usize = 16;
/// Columns of the result that are summed up at once.
const COLUMNS: usize = 5;
/// Multiplications from which on several threads share the rows.
const LARGE: usize = 1 << 16;

impl BatchedProduct {
    /// Makes the products of all runs. Each number is made by one thread, which changes no digit of it.
    pub(super) fn multiply(self, (left, right): (&[f32], &[f32]), out: &mut [f32], threads: usize) {
        let Self { product: Product { rows, inner, columns, .. }, batch } = self;
        let (of_left, of_right, of_out) = (rows * inner * batch, inner * columns * batch, rows * columns * batch);
        let runs = left.chunks_exact(of_left.max(1)).zip(right.chunks_exact(of_right.max(1)));
        for ((left, right), out) in runs.zip(out.chunks_exact_mut(of_out.max(1))) {
            let work = |(first, out): (usize, &mut [f32])| {
                Arch::new().dispatch(Job { of: self, left, right, first, out });
            };
            let threads = if of_out * inner < LARGE { 1 } else { threads.clamp(1, rows) };
            if threads == 1 {
                work((0, out));
                continue;
            }
            let share = rows.div_ceil(threads);
            let parts = out.chunks_mut(share * columns * batch).enumerate();
            side_by_side(parts.map(|(part, out)| (part * share, out)), work);
        }
    }
}

/// Some rows of one run's results.
struct Job<'a> {
    of: BatchedProduct,
    left: &'a [f32],
    right: &'a [f32],
    /// The first of the rows.
    first: usize,
    out: &'a mut [f32],
}

impl WithSimd for Job<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { of: BatchedProduct { product, batch }, left, right, first, out } = self;
        let columns = product.columns;
        for (row, out) in out.chunks_exact_mut((columns * batch).max(1)).enumerate() {
            Line { product, batch, left, right, row: first + row }.make_all(out);
        }
    }
}

/// One row of the results.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) product: Product,
    pub(super) batch: usize,
    pub(super) left: &'a [f32],
    pub(super) right: &'a [f32],
    pub(super) row: usize,
}

impl Line<'_> {
    /// Returns where the numbers of the left matrices begin that are term `k` of the row.
    #[inline(always)]
    fn left_at(self, k: usize) -> usize {
        let Product { rows, inner, left_turned, .. } = self.product;
        (if left_turned { k * rows + self.row } else { self.row * inner + k }) * self.batch
    }

    /// Returns the same of a column of the right ones.
    #[inline(always)]
    fn right_at(self, k: usize, column: usize) -> usize {
        let Product { inner, columns, right_turned, .. } = self.product;
        (if right_turned { column * inner + k } else { k * columns + column }) * self.batch
    }

    /// Makes the row, columns × B.
    #[inline(always)]
    pub(super) fn make_all(self, out: &mut [f32]) {
        let columns = self.product.columns;
        for column in (0..columns).step_by(COLUMNS) {
            match columns - column {
                1 => self.make::<1>(column, out),
                2 => self.make::<2>(column, out),
                3 => self.make::<3>(column, out),
                4 => self.make::<4>(column, out),
                _ => self.make::<COLUMNS>(column, out),
            }
        }
    }

    /// Makes C columns from `column` on.
    #[inline(always)]
    fn make<const C: usize>(self, column: usize, out: &mut [f32]) {
        let whole = self.batch - self.batch % STRETCH;
        for start in (0..whole).step_by(STRETCH) {
            self.stretch::<C>(column, start, out);
        }
        for place in whole..self.batch {
            for column in column..column + C {
                let terms = (0..self.product.inner)
                    .map(|k| self.left[self.left_at(k) + place] * self.right[self.right_at(k, column) + place]);
                out[column * self.batch + place] = terms.sum();
            }
        }
    }

    /// Makes C columns of STRETCH matrices from `start` on; sums stay in registers.
    #[inline(always)]
    fn stretch<const C: usize>(self, column: usize, start: usize, out: &mut [f32]) {
        let mut sums = [[0.0_f32; STRETCH]; C];
        for k in 0..self.product.inner {
            let at = self.left_at(k) + start;
            let left = &self.left[at..at + STRETCH];
            for (place, sums) in sums.iter_mut().enumerate() {
                let at = self.right_at(k, column + place) + start;
                let right = &self.right[at..at + STRETCH];
                for (sum, (left, right)) in sums.iter_mut().zip(left.iter().zip(right)) {
                    *sum = left.mul_add(*right, *sum);
                }
            }
        }
        for (place, sums) in sums.iter().enumerate() {
            let at = (column + place) * self.batch + start;
            out[at..at + STRETCH].copy_from_slice(sums);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(count: usize) -> Vec<f32> {
        (0..count).map(|at| ((at * 37 + 11) % 101) as f32 / 50.0 - 1.0).collect()
    }

    /// Every number of columns up to beyond a block, batches that fill vectors and others, both ways a matrix may lie, and threads.
    #[test]
    fn products_side_by_side_are_what_sums_say() {
        for (rows, columns, batch) in [(3, 1, 32), (7, 5, 32), (4, 6, 17), (5, 11, 1), (2, 8, 40), (90, 40, 48)] {
            for turned in 0..4 {
                let (left_turned, right_turned) = (turned & 1 != 0, turned & 2 != 0);
                let inner = 9;
                let product = Product { rows, inner, columns, left_turned, right_turned };
                let (left, right) = (numbers(2 * rows * inner * batch), numbers(2 * inner * columns * batch));
                let of = BatchedProduct { product, batch };
                let made = |threads: usize| {
                    let mut out = vec![f32::NAN; 2 * rows * columns * batch];
                    of.multiply((&left, &right), &mut out, threads);
                    out
                };
                let out = made(1);
                assert_eq!(out, made(3), "{of:?}");
                for (at, made) in out.iter().enumerate() {
                    let (run, at) = (at / (rows * columns * batch), at % (rows * columns * batch));
                    let (row, column, place) = (at / batch / columns, at / batch % columns, at % batch);
                    let of_left = |k: usize| if left_turned { k * rows + row } else { row * inner + k };
                    let of_right = |k: usize| if right_turned { column * inner + k } else { k * columns + column };
                    let term = |k: usize| {
                        let left = left[(run * rows * inner + of_left(k)) * batch + place];
                        f64::from(left) * f64::from(right[(run * inner * columns + of_right(k)) * batch + place])
                    };
                    let wanted: f64 = (0..inner).map(term).sum();
                    assert!((f64::from(*made) - wanted).abs() < 1e-5, "{of:?}");
                }
            }
        }
    }
}
