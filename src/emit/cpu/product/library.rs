//! Products that are not thin: a library's.

use std::cell::RefCell;

use super::Part;
use crate::emit::ffi::{Matrix, Rows, multiply};
use crate::program::Product;

/// Rows whose length is a multiple of this, 1 KiB, clash: the library keeps a block of the result, or reads one of the left
/// matrix, in a few columns of many rows, whose numbers then compete for the same places in the cache nearest to a processor.
/// That is up to ten times as slow.
const CLASH: usize = 256;
/// Numbers that such rows are kept apart by, a line of the cache, in a copy,
const APART: usize = 16;
/// and how many rows are made at once, so that they are copied from and to a cache.
const STRIP: usize = 64;

/// Room for strips of the left matrix and of the result.
#[derive(Debug, Default)]
struct Room {
    left: Vec<f32>,
    out: Vec<f32>,
}

thread_local! {
    /// That of this thread, kept from product to product.
    static ROOM: RefCell<Room> = RefCell::default();
}

impl Product {
    /// Tells whether rows of the left matrix clash.
    fn left_clashes(self) -> bool {
        !self.left_turned && self.inner > 0 && self.inner.is_multiple_of(CLASH)
    }

    /// Tells whether rows of the result clash.
    fn out_clashes(self) -> bool {
        self.columns.is_multiple_of(CLASH)
    }
}

impl Part<'_> {
    pub(super) fn by_library(self) {
        let Self { product, first, left, right, out } = self;
        let Product { rows, inner, columns, left_turned, right_turned } = product;
        if out.len() > columns && (product.left_clashes() || product.out_clashes()) {
            return ROOM.with_borrow_mut(|room| room.by_strips(Part { product, first, left, right, out }));
        }
        let left = Matrix::dense(left, [rows, inner], left_turned);
        let right = Matrix::dense(right, [inner, columns], right_turned);
        multiply([rows, inner, columns], [left, right], Rows { first, numbers: out, step: columns });
    }
}

impl Room {
    /// Makes a product strip by strip: rows that clash lie further apart here.
    fn by_strips(&mut self, part: Part<'_>) {
        let Part { product, mut first, left, right, out: mut rest } = part;
        while !rest.is_empty() {
            let rows = rest.len() / product.columns;
            // a single last row would be made in another way, with other digits
            let some = if rows <= STRIP + 1 { rows } else { STRIP };
            let (now, after) = rest.split_at_mut(some * product.columns);
            self.strip(Part { product, first, left, right, out: now });
            (first, rest) = (first + some, after);
        }
    }

    fn strip(&mut self, Part { product, first, left, right, out }: Part<'_>) {
        let Product { rows, inner, columns, left_turned, right_turned } = product;
        let right = Matrix::dense(right, [inner, columns], right_turned);
        let some = out.len() / columns;
        let (rows, first, left) = if product.left_clashes() {
            let step = inner + APART;
            let copy = spread(&mut self.left, some, step);
            for (to, from) in copy.chunks_exact_mut(step).zip(left[first * inner..].chunks_exact(inner)) {
                to[..inner].copy_from_slice(from);
            }
            (some, 0, Matrix { numbers: copy, turned: false, step })
        } else {
            (rows, first, Matrix::dense(left, [rows, inner], left_turned))
        };
        if !product.out_clashes() {
            return multiply([rows, inner, columns], [left, right], Rows { first, numbers: out, step: columns });
        }
        let step = columns + APART;
        let copy = spread(&mut self.out, some, step);
        multiply([rows, inner, columns], [left, right], Rows { first, numbers: &mut *copy, step });
        for (to, from) in out.chunks_exact_mut(columns).zip(copy.chunks_exact(step)) {
            to.copy_from_slice(&from[..columns]);
        }
    }
}

/// Returns room for some rows, taken from what is kept.
fn spread(kept: &mut Vec<f32>, rows: usize, step: usize) -> &mut [f32] {
    kept.resize(kept.len().max(rows * step), 0.0);
    &mut kept[..rows * step]
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
            [131, 40, 256],
            [66, 1030, 512],
            [129, 512, 40],
            [65, 768, 256],
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
