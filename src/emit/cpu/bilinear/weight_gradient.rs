//! (t, s) → W: each weight is the product of two rows, a target neuron's and that of a source neuron it sees.

use pulp::Simd;

use super::{Stretch, cut, lanes, receptive_fields};

/// Target rows that are held in registers at once, at most.
const SIDE: usize = 4;

/// Returns the source rows that are held at once, at most: with four target rows their sums fill the registers.
#[inline(always)]
pub(super) fn others<S: Simd>() -> usize {
    if lanes::<S>() >= 16 { 4 } else { 3 }
}

/// Some target rows.
pub(super) struct WeightGradient<'a>(pub(super) Stretch<'a>);

/// Products of some target rows with some source rows.
#[derive(Clone, Copy)]
pub(super) struct Block<'a> {
    /// Target rows, n numbers each, one after the other.
    pub(super) left: &'a [f32],
    /// All source rows.
    pub(super) right: &'a [f32],
    /// Where a product goes, and the source row it is made of.
    pub(super) list: &'a [(usize, usize)],
    pub(super) n: usize,
    /// Products of one target row.
    pub(super) k: usize,
}

impl WeightGradient<'_> {
    #[inline(always)]
    pub(super) fn make<S: Simd>(self, simd: S) {
        let Stretch { field, operands, first, made } = self.0;
        let ([_, columns, maps], n, k) = (field.target, operands.length, field.seen());
        let mut list = Vec::new();
        for (offset, made) in made.chunks_exact_mut((maps * k).max(1)).enumerate() {
            let (row, column) = (first + offset / columns, offset % columns);
            receptive_fields::seen(field, row, column, &mut list);
            if list.len() < k {
                made.fill(0.0);
            }
            let place = row * columns + column;
            let left = &operands.x[place * maps * n..][..maps * n];
            for (from, to) in cut(list.len(), others::<S>()) {
                for (start, end) in cut(maps, SIDE) {
                    let left = &left[start * n..end * n];
                    let block = Block { left, right: operands.y, list: &list[from..to], n, k };
                    products(simd, block, &mut made[start * k..end * k]);
                }
            }
        }
    }
}

/// Makes the products of the block's target rows, of which `made` holds k each.
#[inline(always)]
pub(super) fn products<S: Simd>(simd: S, block: Block<'_>, made: &mut [f32]) {
    match made.len() / block.k.max(1) {
        1 => sized::<S, 1>(simd, block, made),
        2 => sized::<S, 2>(simd, block, made),
        3 => sized::<S, 3>(simd, block, made),
        4 => sized::<S, 4>(simd, block, made),
        _ => {}
    }
}

#[inline(always)]
fn sized<S: Simd, const I: usize>(simd: S, block: Block<'_>, made: &mut [f32]) {
    match block.list.len() {
        1 => fixed::<S, I, 1>(simd, block, made),
        2 => fixed::<S, I, 2>(simd, block, made),
        3 => fixed::<S, I, 3>(simd, block, made),
        4 => fixed::<S, I, 4>(simd, block, made),
        _ => {}
    }
}

#[inline(always)]
fn fixed<S: Simd, const I: usize, const J: usize>(simd: S, block: Block<'_>, made: &mut [f32]) {
    let n = block.n;
    let Ok(list) = <&[(usize, usize); J]>::try_from(block.list) else { return };
    let left: [&[f32]; I] = std::array::from_fn(|i| &block.left[i * n..][..n]);
    let right: [&[f32]; J] = std::array::from_fn(|j| &block.right[list[j].1 * n..][..n]);
    let mut sums = [[simd.splat_f32s(0.0); J]; I];
    let whole = n / lanes::<S>();
    let (left_whole, left_rest) = split::<S, I>(left);
    let (right_whole, right_rest) = split::<S, J>(right);
    for at in 0..whole {
        let numbers: [S::f32s; J] = std::array::from_fn(|j| right_whole[j][at]);
        for (row, sums) in left_whole.iter().zip(&mut sums) {
            for (sum, number) in sums.iter_mut().zip(numbers) {
                *sum = simd.mul_add_f32s(row[at], number, *sum);
            }
        }
    }
    if !left_rest[0].is_empty() {
        let numbers: [S::f32s; J] = std::array::from_fn(|j| simd.partial_load_f32s(right_rest[j]));
        for (row, sums) in left_rest.iter().zip(&mut sums) {
            let row = simd.partial_load_f32s(row);
            for (sum, number) in sums.iter_mut().zip(numbers) {
                *sum = simd.mul_add_f32s(row, number, *sum);
            }
        }
    }
    for (i, sums) in sums.iter().enumerate() {
        for (sum, &(at, _)) in sums.iter().zip(list) {
            made[i * block.k + at] = simd.reduce_sum_f32s(*sum);
        }
    }
}

/// Splits rows of one length into whole registers and the rest.
#[inline(always)]
fn split<S: Simd, const I: usize>(rows: [&[f32]; I]) -> ([&[S::f32s]; I], [&[f32]; I]) {
    (rows.map(|row| S::as_simd_f32s(row).0), rows.map(|row| S::as_simd_f32s(row).1))
}
