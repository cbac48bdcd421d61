//! A panel of some columns, strip by strip: as many rows of the result as registers hold are summed at once.

use pulp::Simd;

use super::lanes;
use super::panels::Lying;
use super::transpose::copy;
use crate::program::Product;

/// Numbers of the largest tile.
const LARGEST: usize = 24 * 16;

/// Some columns of the right matrix, a whole number of registers wide.
#[derive(Clone, Copy)]
pub(super) struct Panel<'a> {
    pub(super) numbers: &'a [f32],
    /// Numbers from one of its rows to the next.
    pub(super) apart: usize,
    /// The result's column that its first one makes.
    pub(super) first: usize,
    /// Columns that are written.
    pub(super) width: usize,
}

/// All rows of a panel's product.
#[derive(Clone, Copy)]
pub(super) struct Strips<'a> {
    pub(super) product: Product,
    pub(super) left: Lying<'a>,
    pub(super) panel: Panel<'a>,
    /// Numbers from one row of the result to the next.
    pub(super) apart: usize,
}

impl Strips<'_> {
    /// Makes the panel's columns of the result; the panel is V registers wide.
    #[inline(always)]
    pub(super) fn make<S: Simd, const V: usize>(self, simd: S, out: &mut [f32]) {
        let rows = self.product.rows;
        let parts = rows.div_ceil(most::<S>(V));
        let mut spare = [0.0_f32; LARGEST];
        for part in 0..parts {
            let (start, end) = (rows * part / parts, rows * (part + 1) / parts);
            let out = &mut out[start * self.apart + self.panel.first..];
            match end - start {
                1 => self.tile::<S, 1, V>(simd, start, out, &mut spare),
                2 => self.tile::<S, 2, V>(simd, start, out, &mut spare),
                3 => self.tile::<S, 3, V>(simd, start, out, &mut spare),
                4 => self.tile::<S, 4, V>(simd, start, out, &mut spare),
                5 => self.tile::<S, 5, V>(simd, start, out, &mut spare),
                6 => self.tile::<S, 6, V>(simd, start, out, &mut spare),
                7 if V < 4 => self.tile::<S, 7, V>(simd, start, out, &mut spare),
                8 if V < 4 => self.tile::<S, 8, V>(simd, start, out, &mut spare),
                9 if V < 3 => self.tile::<S, 9, V>(simd, start, out, &mut spare),
                10 if V < 3 => self.tile::<S, 10, V>(simd, start, out, &mut spare),
                11 if V < 3 => self.tile::<S, 11, V>(simd, start, out, &mut spare),
                _ if V < 3 => self.tile::<S, 12, V>(simd, start, out, &mut spare),
                _ => {}
            }
        }
    }

    /// Makes I rows from `row` on; `out` begins where the first of them does. The sums must only ever be named by constant
    /// places, else they leave the registers.
    #[inline(always)]
    fn tile<S: Simd, const I: usize, const V: usize>(self, simd: S, row: usize, out: &mut [f32], spare: &mut [f32]) {
        let Self { product, left, panel, apart } = self;
        let mut sums = [[simd.splat_f32s(0.0); V]; I];
        let terms = panel.numbers.chunks(panel.apart).take(product.inner);
        if product.left_turned {
            for (numbers, from) in terms.zip(left.numbers[row..].chunks(left.apart)) {
                let (Some(numbers), Some(from)) = (registers::<S, V>(numbers), from.first_chunk::<I>()) else { return };
                for (sums, factor) in sums.iter_mut().zip(from) {
                    add(simd, sums, numbers, *factor);
                }
            }
        } else {
            let mut rows = [left.numbers; I];
            for (i, row_of) in rows.iter_mut().enumerate() {
                *row_of = &left.numbers[(row + i) * left.apart..][..product.inner];
            }
            for (at, numbers) in terms.enumerate() {
                let Some(numbers) = registers::<S, V>(numbers) else { return };
                for (sums, row) in sums.iter_mut().zip(&rows) {
                    add(simd, sums, numbers, row[at]);
                }
            }
        }
        let full = V * lanes::<S>();
        if panel.width == full {
            store::<S, I, V>(simd, &sums, out, apart);
        } else {
            store::<S, I, V>(simd, &sums, spare, full);
            for (from, to) in spare.chunks_exact(full).take(I).zip(out.chunks_mut(apart)) {
                copy(from, &mut to[..panel.width]);
            }
        }
    }
}

/// Returns how many rows a tile has at most: what registers hold beside the panel's row and a factor.
#[inline(always)]
fn most<S: Simd>(registers: usize) -> usize {
    match (lanes::<S>() >= 16, registers) {
        (true, 1 | 2) => 12,
        (true, 3) => 8,
        (false, 1) => 10,
        (true, _) | (false, 2) => 6,
        (false, _) => 4,
    }
}

#[inline(always)]
fn registers<S: Simd, const V: usize>(numbers: &[f32]) -> Option<&[S::f32s; V]> {
    S::as_simd_f32s(numbers.get(..V * lanes::<S>())?).0.first_chunk::<V>()
}

#[inline(always)]
fn add<S: Simd, const V: usize>(simd: S, sums: &mut [S::f32s; V], numbers: &[S::f32s; V], factor: f32) {
    let factor = simd.splat_f32s(factor);
    for (sum, number) in sums.iter_mut().zip(numbers) {
        *sum = simd.mul_add_f32s(factor, *number, *sum);
    }
}

/// Writes a tile; numbers too small for full precision become 0, as whoever reads them would take long over them.
#[inline(always)]
fn store<S: Simd, const I: usize, const V: usize>(simd: S, sums: &[[S::f32s; V]; I], out: &mut [f32], apart: usize) {
    let (zero, smallest) = (simd.splat_f32s(0.0), simd.splat_f32s(f32::MIN_POSITIVE));
    for (i, sums) in sums.iter().enumerate() {
        let to = &mut out[i * apart..][..V * lanes::<S>()];
        let Some(to) = S::as_mut_simd_f32s(to).0.first_chunk_mut::<V>() else { return };
        for (to, sum) in to.iter_mut().zip(sums) {
            let small = simd.less_than_f32s(simd.abs_f32s(*sum), smallest);
            *to = simd.select_f32s(small, zero, *sum);
        }
    }
}
