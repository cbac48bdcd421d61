//! The inner loop of a sum of rows: up to [`ROWS`](super::ROWS) rows of the result in registers, each term's row read once
//! for all of them.

use pulp::Simd;

use super::{lanes, registers};

/// Sums of rows: result row i = Σ over (at, row) in `list` of `weights[at + i · apart]` · row.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a> {
    /// Where the first result row's weight is, and which row it multiplies.
    pub(super) list: &'a [(usize, usize)],
    pub(super) weights: &'a [f32],
    /// Distance between the weights of neighbouring result rows.
    pub(super) apart: usize,
    /// All rows, n numbers each.
    pub(super) rows: &'a [f32],
    pub(super) n: usize,
}

/// Makes the result rows that fill `made`.
#[inline(always)]
pub(super) fn rows<S: Simd>(simd: S, terms: Terms<'_>, made: &mut [f32]) {
    match made.len() / terms.n.max(1) {
        1 => wide::<S, 1>(simd, terms, made),
        2 => wide::<S, 2>(simd, terms, made),
        3 => wide::<S, 3>(simd, terms, made),
        4 => wide::<S, 4>(simd, terms, made),
        5 => wide::<S, 5>(simd, terms, made),
        6 => wide::<S, 6>(simd, terms, made),
        _ => {}
    }
}

/// Goes along the rows in blocks of some registers. The last block of a row may overlap the one before: it makes the same
/// numbers again.
#[inline(always)]
fn wide<S: Simd, const I: usize>(simd: S, terms: Terms<'_>, made: &mut [f32]) {
    let (n, lanes) = (terms.n, lanes::<S>());
    if n < lanes {
        return narrow::<S, I>(simd, terms, made);
    }
    let whole = n / lanes;
    if whole < registers::<S>() {
        sized::<S, I>(simd, terms, (0, whole), made);
        if !n.is_multiple_of(lanes) {
            block::<S, I, 1>(simd, terms, n - lanes, made);
        }
        return;
    }
    for (start, end) in super::cut(n.div_ceil(lanes), registers::<S>()) {
        let first = (start * lanes).min(n - (end - start) * lanes);
        sized::<S, I>(simd, terms, (first, end - start), made);
    }
}

/// Makes a block of so many registers from `first` on.
#[inline(always)]
fn sized<S: Simd, const I: usize>(simd: S, terms: Terms<'_>, (first, count): (usize, usize), made: &mut [f32]) {
    match count {
        1 => block::<S, I, 1>(simd, terms, first, made),
        2 => block::<S, I, 2>(simd, terms, first, made),
        3 => block::<S, I, 3>(simd, terms, first, made),
        _ => block::<S, I, 4>(simd, terms, first, made),
    }
}

#[inline(always)]
fn block<S: Simd, const I: usize, const V: usize>(simd: S, terms: Terms<'_>, first: usize, made: &mut [f32]) {
    let (n, width) = (terms.n, V * lanes::<S>());
    let mut sums = [[simd.splat_f32s(0.0); V]; I];
    for &(at, row) in terms.list {
        let numbers = S::as_simd_f32s(&terms.rows[row * n + first..][..width]).0;
        let Ok(numbers) = <&[S::f32s; V]>::try_from(numbers) else { return };
        let weights = &terms.weights[at..=at + (I - 1) * terms.apart];
        for (i, sums) in sums.iter_mut().enumerate() {
            let weight = simd.splat_f32s(weights[i * terms.apart]);
            for (sum, number) in sums.iter_mut().zip(numbers) {
                *sum = simd.mul_add_f32s(weight, *number, *sum);
            }
        }
    }
    for (i, sums) in sums.iter().enumerate() {
        let place = S::as_mut_simd_f32s(&mut made[i * n + first..][..width]).0;
        place.copy_from_slice(sums);
    }
}

/// Rows shorter than a register.
#[inline(always)]
fn narrow<S: Simd, const I: usize>(simd: S, terms: Terms<'_>, made: &mut [f32]) {
    let n = terms.n;
    let mut sums = [simd.splat_f32s(0.0); I];
    for &(at, row) in terms.list {
        let numbers = simd.partial_load_f32s(&terms.rows[row * n..][..n]);
        for (i, sum) in sums.iter_mut().enumerate() {
            *sum = simd.mul_add_f32s(simd.splat_f32s(terms.weights[at + i * terms.apart]), numbers, *sum);
        }
    }
    for (i, sum) in sums.iter().enumerate() {
        simd.partial_store_f32s(&mut made[i * n..][..n], *sum);
    }
}
