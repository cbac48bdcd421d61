//! One update of Adam on plain numbers.

use pulp::{Arch, Simd, WithSimd};

use crate::parallel;

/// A row's numbers, and what Adam keeps of each; all as long.
pub(in crate::emit) struct Row<'a> {
    /// Changed in place.
    pub(in crate::emit) values: &'a mut [f32],
    /// Gradients.
    pub(in crate::emit) gradient: &'a [f32],
    /// First moments, changed in place.
    pub(in crate::emit) first: &'a mut [f32],
    /// Second moments, changed in place.
    pub(in crate::emit) second: &'a mut [f32],
}

/// What is the same for all numbers of an update.
#[derive(Debug, Clone, Copy)]
pub(in crate::emit) struct Rates {
    /// 1 − β₁ and 1 − β₂.
    pub(in crate::emit) fresh: [f32; 2],
    /// Learning rate / (1 − β₁ᵗ).
    pub(in crate::emit) stride: f32,
    /// √(1 − β₂ᵗ).
    pub(in crate::emit) root: f32,
    /// ε.
    pub(in crate::emit) epsilon: f32,
}

/// Numbers from which on several threads share them out.
const LARGE: usize = 1 << 16;

/// Makes the update, with so many threads; each number's is the same whatever stands beside it.
pub(in crate::emit) fn update(row: Row<'_>, rates: Rates, threads: usize) {
    let count = row.values.len();
    let share = if threads > 1 && count >= LARGE { count.div_ceil(threads) } else { count.max(1) };
    let Row { values, gradient, first, second } = row;
    let moments = first.chunks_mut(share).zip(second.chunks_mut(share));
    let parts = values.chunks_mut(share).zip(gradient.chunks(share)).zip(moments);
    let parts = parts.map(|((values, gradient), (first, second))| Row { values, gradient, first, second });
    parallel::share(parts.collect(), |row| Arch::new().dispatch(Job { row, rates }));
}

struct Job<'a> {
    row: Row<'a>,
    rates: Rates,
}

impl WithSimd for Job<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Rates { fresh: [fresh_first, fresh_second], stride, root, epsilon } = self.rates;
        let Row { values, gradient, first, second } = self.row;
        let moments = first.iter_mut().zip(second);
        for ((value, gradient), (first, second)) in values.iter_mut().zip(gradient).zip(moments) {
            *first += fresh_first * (gradient - *first);
            *second += fresh_second * (gradient * gradient - *second);
            *value -= stride * *first / (second.sqrt() / root + epsilon);
        }
    }
}
