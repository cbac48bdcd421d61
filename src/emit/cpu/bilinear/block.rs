//! The inner loop of a sum of rows: up to [`ROWS`](super::ROWS) rows of the result in registers, each term's row read once
//! for all of them. A row is made in panels, each as wide as some registers.

use pulp::Simd;

use super::{cut, lanes, registers};

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
    /// Whether the sums are added to what the result holds.
    pub(super) onto: bool,
}

/// Some numbers of every row.
#[derive(Clone, Copy)]
pub(super) struct Panel {
    first: usize,
    /// How many registers they fill; none where a whole row fills less than one.
    registers: usize,
    /// How many of them, at the beginning, belong to the panel before, too: fewer than a register holds.
    again: usize,
}

/// Cuts rows of n numbers into panels. A last one that reached beyond the row's end begins earlier.
#[inline(always)]
pub(super) fn panels<S: Simd>(n: usize) -> Vec<Panel> {
    let (lanes, most) = (lanes::<S>(), registers::<S>());
    let whole = n / lanes;
    let panel = move |(start, end): (usize, usize)| {
        let first = (start * lanes).min(n - (end - start) * lanes);
        Panel { first, registers: end - start, again: start * lanes - first }
    };
    // a short row's last panel is one register, for a wider one does not fit
    let (cuts, last) = if whole < most { (whole, !n.is_multiple_of(lanes)) } else { (n.div_ceil(lanes), false) };
    let last = last.then_some(if whole == 0 { (0, 0) } else { (whole, whole + 1) });
    cut(cuts, most).filter(|(start, end)| start < end).chain(last).map(panel).collect()
}

/// Makes a panel of the result's `count` rows, at most [`ROWS`](super::ROWS), which fill `made`.
#[inline(always)]
pub(super) fn rows<S: Simd>(simd: S, terms: Terms<'_>, panel: Panel, count: usize, made: &mut [f32]) {
    match count {
        1 => sized::<S, 1>(simd, terms, panel, made),
        2 => sized::<S, 2>(simd, terms, panel, made),
        3 => sized::<S, 3>(simd, terms, panel, made),
        4 => sized::<S, 4>(simd, terms, panel, made),
        5 => sized::<S, 5>(simd, terms, panel, made),
        6 => sized::<S, 6>(simd, terms, panel, made),
        _ => {}
    }
}

#[inline(always)]
fn sized<S: Simd, const I: usize>(simd: S, terms: Terms<'_>, panel: Panel, made: &mut [f32]) {
    match panel.registers {
        0 => narrow::<S, I>(simd, terms, made),
        1 => block::<S, I, 1>(simd, terms, panel, made),
        2 => block::<S, I, 2>(simd, terms, panel, made),
        3 => block::<S, I, 3>(simd, terms, panel, made),
        _ => block::<S, I, 4>(simd, terms, panel, made),
    }
}

#[inline(always)]
fn block<S: Simd, const I: usize, const V: usize>(simd: S, terms: Terms<'_>, panel: Panel, made: &mut [f32]) {
    let (n, width) = (terms.n, V * lanes::<S>());
    let mut sums = [[simd.splat_f32s(0.0); V]; I];
    for &(at, row) in terms.list {
        let numbers = S::as_simd_f32s(&terms.rows[row * n + panel.first..][..width]).0;
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
        let made = S::as_mut_simd_f32s(&mut made[i * n + panel.first..][..width]).0;
        if terms.onto {
            add(simd, sums, panel.again, made);
        } else {
            made.copy_from_slice(sums);
        }
    }
}

/// Adds sums to a panel of a result row, but for those that the panel before has added.
#[inline(always)]
fn add<S: Simd>(simd: S, sums: &[S::f32s], again: usize, made: &mut [S::f32s]) {
    for (index, (made, sum)) in made.iter_mut().zip(sums).enumerate() {
        let both = simd.add_f32s(*made, *sum);
        *made = if index > 0 || again == 0 { both } else { simd.select_f32s(from(simd, again), both, *made) };
    }
}

/// Returns which numbers of a register stand at `first` or behind.
#[inline(always)]
#[allow(clippy::cast_possible_truncation)] // a register holds few numbers
fn from<S: Simd>(simd: S, first: usize) -> S::m32s {
    simd.mask_between_m32s(first as u32, lanes::<S>() as u32).mask()
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
        let made = &mut made[i * n..][..n];
        let before = if terms.onto { simd.partial_load_f32s(made) } else { simd.splat_f32s(0.0) };
        simd.partial_store_f32s(made, simd.add_f32s(before, *sum));
    }
}
