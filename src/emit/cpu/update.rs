//! Adam's update of a row and its moments on plain numbers, in place.

use pulp::{Arch, Simd, WithSimd};

use crate::emit::threads::side_by_side;
use crate::program::AdamUpdate;

/// What is the same for all numbers of an update.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rates {
    /// 1 − β₁ and 1 − β₂.
    fresh: [f32; 2],
    /// Learning rate / (1 − β₁ᵗ).
    stride: f32,
    /// √(1 − β₂ᵗ).
    root: f32,
    /// ε.
    epsilon: f32,
}

impl Rates {
    /// Takes the numbers of an update, and those that change with the step.
    #[allow(clippy::cast_possible_truncation)] // single precision is what a program computes with
    pub(super) fn new(update: &AdamUpdate, stride: f32, root: f32) -> Self {
        Self { fresh: [update.first as f32, update.second as f32], stride, root, epsilon: update.epsilon as f32 }
    }
}

/// Numbers from which on several threads share them out.
const LARGE: usize = 1 << 14;

/// A part of a row, of its moments, and of its gradient; all as long.
type Part<'a> = ([&'a mut [f32]; 3], &'a [f32]);

/// Updates a row and its two moments, with `threads` threads; each number's update is the same whatever stands beside it.
pub(super) fn adam([values, first, second]: [&mut [f32]; 3], gradient: &[f32], rates: Rates, threads: usize) {
    let count = values.len();
    let share = if threads > 1 && count >= LARGE { count.div_ceil(threads) } else { count.max(1) };
    let moments = first.chunks_mut(share).zip(second.chunks_mut(share));
    let parts = values.chunks_mut(share).zip(gradient.chunks(share)).zip(moments);
    let parts = parts.map(|((values, gradient), (first, second))| ([values, first, second], gradient));
    side_by_side(parts, |part| Arch::new().dispatch(Job { part, rates }));
}

struct Job<'a> {
    part: Part<'a>,
    rates: Rates,
}

impl WithSimd for Job<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Rates { fresh: [fresh_first, fresh_second], stride, root, epsilon } = self.rates;
        let ([values, first, second], gradients) = self.part;
        let moments = first.iter_mut().zip(second);
        for ((value, gradient), (first, second)) in values.iter_mut().zip(gradients).zip(moments) {
            *first += fresh_first * (gradient - *first);
            *second += fresh_second * (gradient * gradient - *second);
            *value -= stride * *first / (second.sqrt() / root + epsilon);
        }
    }
}
