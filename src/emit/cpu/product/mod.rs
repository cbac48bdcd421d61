//! Products of thin matrices, which are most of what a genomic net multiplies: a few genes on one side, a batch on the other.
//! A library's product spends much of its time on such sizes before and after the multiplication; this one packs only what
//! does not lie as it is read, and keeps a block of the result in registers from the first term to the last.
//!
//! Vectors lie along the columns of the result, or, where that is cheaper, along its rows; the result is turned then.
//! Columns are cut into panels of a few registers, rows into strips; a strip of a panel is a tile.

mod library;
mod panels;
mod tile;
mod transpose;

use pulp::{Arch, Simd, WithSimd};

use self::panels::Packed;
use crate::emit::threads::side_by_side;
use crate::program::Product;

/// Multiply-adds from which on several threads share the rows of a result.
const LARGE: usize = 1 << 16;
/// The crate `gemm` makes results of so few numbers in other ways, with other digits, and a single row or column too.
const FEW: usize = 16 * 16;

/// Room for what is packed, kept from product to product, for each thread.
#[derive(Debug, Default)]
pub struct Scratch {
    threads: Vec<Packed>,
}

/// Who multiplies two matrices.
#[derive(Debug)]
pub enum Multiplier<'a> {
    /// Tiles of gemc's own.
    Tiles(&'a mut Scratch),
    /// The crate `gemm`.
    Gemm,
}

/// Some rows of a product.
struct Part<'a> {
    /// The whole of it.
    product: Product,
    /// The first of the rows.
    first: usize,
    left: &'a [f32],
    right: &'a [f32],
    /// Their part of the result.
    out: &'a mut [f32],
}

impl Product {
    /// Makes the products of pairs of matrices that follow each other, with `threads` threads; each result is written over. Each number
    /// is made by one thread, which changes no digit of it. Programs choose who multiplies; the benchmark `products` compares.
    pub fn multiply(self, mut by: Multiplier<'_>, (left, right): (&[f32], &[f32]), out: &mut [f32], threads: usize) {
        let Self { rows, inner, columns, .. } = self;
        let share = self.share(threads);
        let pairs = left.chunks_exact((rows * inner).max(1)).zip(right.chunks_exact((inner * columns).max(1)));
        for ((left, right), out) in pairs.zip(out.chunks_exact_mut((rows * columns).max(1))) {
            let parts = out.chunks_mut((share * columns).max(1)).enumerate();
            let parts = parts.map(|(part, out)| Part { product: self, first: part * share, left, right, out });
            match &mut by {
                Multiplier::Gemm => side_by_side(parts, Part::by_library),
                Multiplier::Tiles(Scratch { threads }) => {
                    threads.resize_with(threads.len().max(rows.div_ceil(share)), Packed::default);
                    side_by_side(parts.zip(threads), |(part, packed)| part.by_tiles(packed));
                }
            }
        }
    }

    /// Returns how many rows each thread makes.
    fn share(self, threads: usize) -> usize {
        let Self { rows, inner, columns, .. } = self;
        if rows.saturating_mul(inner).saturating_mul(columns) < LARGE || columns == 1 {
            return rows.max(1);
        }
        let last = |share: usize| if rows.is_multiple_of(share) { share } else { rows % share };
        let alike = |share: &usize| last(*share) > 1 && last(*share) * columns > FEW;
        (rows.div_ceil(threads.max(1))..rows).find(alike).unwrap_or(rows)
    }
}

/// Returns how many numbers of single precision a register of this processor holds.
pub fn lanes_here() -> usize {
    Arch::new().dispatch(Lanes)
}

/// The question how many numbers a register of this processor holds.
struct Lanes;

impl WithSimd for Lanes {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> usize {
        lanes::<S>()
    }
}

/// Returns how many numbers a register holds.
#[inline(always)]
fn lanes<S: Simd>() -> usize {
    size_of::<S::f32s>() / size_of::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that are neither small nor alike.
    fn numbers(count: usize) -> Vec<f32> {
        (0..count).map(|at| ((at * 37 + 11) % 101) as f32 / 50.0 - 1.0).collect()
    }

    /// Number by number, in double precision.
    fn plainly(product: Product, left: &[f32], right: &[f32]) -> Vec<f64> {
        let Product { rows, inner, columns, left_turned, right_turned } = product;
        let left =
            |row: usize, at: usize| f64::from(left[if left_turned { at * rows + row } else { row * inner + at }]);
        let right = |at: usize, column: usize| {
            f64::from(right[if right_turned { column * inner + at } else { at * columns + column }])
        };
        let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        places.map(|(row, column)| (0..inner).map(|at| left(row, at) * right(at, column)).sum()).collect()
    }

    /// Every number of rows and columns up to beyond the largest tile, both ways each matrix may lie; for all pairs of
    /// runs, and whatever lay in the scratch and the result before.
    #[test]
    fn products_are_what_sums_say() {
        let mut scratch = Scratch { threads: vec![Packed::dirty()] };
        let sizes = [1, 2, 3, 5, 8, 11, 13, 16, 17, 22, 31, 32, 48, 63, 64, 65, 80];
        for (rows, columns) in sizes.iter().flat_map(|rows| sizes.map(|columns| (*rows, columns))) {
            for (inner, turned) in [1, 7, 22].into_iter().flat_map(|inner| (0..4).map(move |turned| (inner, turned))) {
                let product =
                    Product { rows, inner, columns, left_turned: turned & 1 != 0, right_turned: turned & 2 != 0 };
                let (left, right) = (numbers(2 * rows * inner), numbers(2 * inner * columns));
                let mut out = vec![f32::NAN; 2 * rows * columns];
                product.multiply(Multiplier::Tiles(&mut scratch), (&left, &right), &mut out, 1);
                let each = left.chunks(rows * inner).zip(right.chunks(inner * columns)).zip(out.chunks(rows * columns));
                for ((left, right), out) in each {
                    let wanted = plainly(product, left, right);
                    let near = |(out, wanted): (&f32, f64)| (f64::from(*out) - wanted).abs() < 1e-5;
                    assert!(out.iter().zip(wanted).all(near), "{product:?}");
                }
            }
        }
    }

    /// A run's result does not depend on what other runs there are, not even where one is not a number.
    #[test]
    fn runs_are_apart() {
        let product = Product { rows: 22, inner: 10, columns: 22, left_turned: false, right_turned: true };
        let (mut left, right) = (numbers(440), numbers(440));
        let (mut alone, mut beside) = (vec![0.0; 484], vec![0.0; 968]);
        let mut scratch = Scratch::default();
        product.multiply(Multiplier::Tiles(&mut scratch), (&left[220..], &right[220..]), &mut alone, 1);
        left[..220].fill(f32::NAN);
        product.multiply(Multiplier::Tiles(&mut scratch), (&left, &right), &mut beside, 1);
        assert!(beside[..484].iter().all(|number| number.is_nan()));
        assert_eq!(alone, beside[484..]);
    }
}
