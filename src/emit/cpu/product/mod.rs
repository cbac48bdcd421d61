//! Products of thin matrices, which are most of what a genomic net multiplies: a few genes on one side, a batch on the other.
//! A library's product spends much of its time on such sizes before and after the multiplication; this one packs only what
//! does not lie as it is read, and keeps a block of the result in registers from the first term to the last.
//!
//! Vectors lie along the columns of the result, or, where that is cheaper, along its rows; the result is turned then.
//! Columns are cut into panels of a few registers, rows into strips; a strip of a panel is a tile.

mod library;
mod tile;
mod transpose;

use pulp::{Arch, Simd, WithSimd};

use self::tile::{Panel, Strips};
use self::transpose::{copy, transpose};
use crate::program::Product;

/// Room for what is packed, kept from product to product.
#[derive(Debug, Default)]
pub struct Scratch {
    panel: Vec<f32>,
    made: Vec<f32>,
}

/// Who multiplies two matrices.
#[derive(Debug)]
pub enum Multiplier<'a> {
    /// Tiles of gemc's own.
    Tiles(&'a mut Scratch),
    /// The crate `gemm`.
    Gemm {
        /// Threads.
        threads: usize,
    },
}

impl Product {
    /// Makes the products of pairs of matrices that follow each other; each result is written over. Programs choose who multiplies;
    /// the benchmark `products` compares.
    pub fn multiply(self, by: Multiplier<'_>, operands: (&[f32], &[f32]), out: &mut [f32]) {
        match by {
            Multiplier::Tiles(scratch) => self.by_tiles(operands, out, scratch),
            Multiplier::Gemm { threads } => self.by_library(operands, out, threads),
        }
    }

    /// Makes the products of pairs of matrices that follow each other; each result is written over.
    fn by_tiles(self, (left, right): (&[f32], &[f32]), out: &mut [f32], scratch: &mut Scratch) {
        let Self { rows, inner, columns, .. } = self;
        let pairs = left.chunks_exact((rows * inner).max(1)).zip(right.chunks_exact((inner * columns).max(1)));
        for ((left, right), out) in pairs.zip(out.chunks_exact_mut((rows * columns).max(1))) {
            Arch::new().dispatch(Job { product: self, left, right, out, scratch });
        }
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

struct Job<'a> {
    product: Product,
    left: &'a [f32],
    right: &'a [f32],
    out: &'a mut [f32],
    scratch: &'a mut Scratch,
}

impl WithSimd for Job<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { product, left, right, out, scratch } = self;
        let (lanes, turned) = (lanes::<S>(), product.turned());
        let Scratch { panel, made } = scratch;
        if product.cycles(lanes) <= product.cycles_turned(lanes) {
            along(simd, product, (left, right), (out, product.columns), panel);
            return;
        }
        let apart = turned.columns.next_multiple_of(lanes);
        let made = stretch(made, turned.rows * apart);
        along(simd, turned, (right, left), (made, apart), panel);
        transpose(made, (turned.rows, turned.columns), apart, out, turned.rows);
    }
}

/// Makes a product with vectors along the columns; rows of the result lie `apart` numbers from each other.
#[inline(always)]
fn along<S: Simd>(
    simd: S,
    product: Product,
    (left, right): (&[f32], &[f32]),
    (out, apart): (&mut [f32], usize),
    scratch: &mut Vec<f32>,
) {
    let (lanes, Product { inner, columns, .. }) = (lanes::<S>(), product);
    let registers = columns.div_ceil(lanes);
    for part in 0..Product::panels(registers, lanes) {
        let (start, end) = Product::panel(registers, part, lanes);
        let (first, full) = (start * lanes, (end - start) * lanes);
        let width = full.min(columns - first);
        let lies = width == full && !product.right_turned;
        let (numbers, between) = if lies {
            (&right[first..], columns)
        } else {
            let packed = stretch(scratch, full * inner);
            pack(right, (first, width), product, packed, full);
            (&*packed, full)
        };
        // where the result's rows have room for them, columns beyond the last are written too
        let written = if first + full <= apart { full } else { width };
        let panel = Panel { numbers, apart: between, first, width: written };
        let strips = Strips { product, left, panel, apart };
        match end - start {
            1 => strips.make::<S, 1>(simd, out),
            2 => strips.make::<S, 2>(simd, out),
            3 => strips.make::<S, 3>(simd, out),
            _ => strips.make::<S, 4>(simd, out),
        }
    }
}

/// Packs columns of the right matrix, `first` and those behind it, into rows that are `full` long. Behind them come zeros:
/// what lay there before could be numbers so small that multiplying them takes long.
#[inline(always)]
fn pack(right: &[f32], (first, width): (usize, usize), product: Product, packed: &mut [f32], full: usize) {
    let Product { inner, columns, .. } = product;
    if product.right_turned {
        transpose(&right[first * inner..], (width, inner), inner, packed, full);
    } else {
        let rows = packed.chunks_exact_mut(full).zip(right.chunks_exact(columns));
        rows.for_each(|(to, from)| copy(&from[first..], &mut to[..width]));
    }
    if width < full {
        packed.chunks_exact_mut(full).for_each(|row| row[width..].fill(0.0));
    }
}

/// Returns `length` numbers of `scratch`, whatever they are.
fn stretch(scratch: &mut Vec<f32>, length: usize) -> &mut [f32] {
    if scratch.len() < length {
        scratch.resize(length, 0.0);
    }
    &mut scratch[..length]
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
        let mut scratch = Scratch { panel: vec![f32::NAN; 1 << 14], made: vec![f32::NAN; 1 << 14] };
        let sizes = [1, 2, 3, 5, 8, 11, 13, 16, 17, 22, 31, 32, 48, 63, 64, 65, 80];
        for (rows, columns) in sizes.iter().flat_map(|rows| sizes.map(|columns| (*rows, columns))) {
            for (inner, turned) in [1, 7, 22].into_iter().flat_map(|inner| (0..4).map(move |turned| (inner, turned))) {
                let product =
                    Product { rows, inner, columns, left_turned: turned & 1 != 0, right_turned: turned & 2 != 0 };
                let (left, right) = (numbers(2 * rows * inner), numbers(2 * inner * columns));
                let mut out = vec![f32::NAN; 2 * rows * columns];
                product.by_tiles((&left, &right), &mut out, &mut scratch);
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
        product.by_tiles((&left[220..], &right[220..]), &mut alone, &mut Scratch::default());
        left[..220].fill(f32::NAN);
        product.by_tiles((&left, &right), &mut beside, &mut Scratch::default());
        assert!(beside[..484].iter().all(|number| number.is_nan()));
        assert_eq!(alone, beside[484..]);
    }
}
