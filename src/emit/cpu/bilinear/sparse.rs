//! The same sums over listed pairs of neurons. Each weight stands beside the others of its target; a sum goes from synapse to
//! synapse, with the numbers that stand behind a neuron in vector registers. Threads share out neurons, about as many synapses
//! to each.

use pulp::{Arch, Simd, WithSimd};

use super::block::{Panel, Terms, panels, rows};
use super::weight_gradient::{Block, others, products};
use super::{Operands, cut, for_each_run};
use crate::emit::threads::side_by_side;
use crate::plan::{Bilinear, SparsePattern};

/// Operations below which a second thread costs more than it saves.
const SMALL: usize = 1 << 15;

/// Makes the results of all runs in `made`, with `threads` threads; operands and results of the runs follow each other.
/// Slices must have the sizes of their shapes.
pub(in crate::emit) fn sparse(
    over: Bilinear,
    pattern: &SparsePattern,
    operands: Operands<'_>,
    made: &mut [f32],
    (runs, threads): (usize, usize),
) {
    let worth = pattern.synapses().saturating_mul(operands.length) / SMALL;
    let threads = threads.min(worth).max(1);
    for_each_run(operands, made, runs, |operands, made| share(over, pattern, operands, made, threads));
}

/// Makes the result of one run.
fn share(over: Bilinear, pattern: &SparsePattern, operands: Operands<'_>, made: &mut [f32], threads: usize) {
    let mut stretches = Vec::with_capacity(threads);
    let (mut first, mut rest) = (0, made);
    for end in pattern.cut(over, threads) {
        let numbers = match over {
            Bilinear::Forward | Bilinear::InputGradient => (end - first) * operands.length,
            Bilinear::WeightGradient => (first..end).map(|target| pattern.incoming(target).len()).sum(),
        };
        let (made, others) = rest.split_at_mut(numbers);
        stretches.push(Stretch { pattern, operands, first, made });
        (first, rest) = (end, others);
    }
    side_by_side(stretches, |stretch: Stretch<'_>| Arch::new().dispatch(Job { over, stretch }));
}

/// Some neurons that the result belongs to.
struct Stretch<'a> {
    pattern: &'a SparsePattern,
    operands: Operands<'a>,
    /// The first of the neurons.
    first: usize,
    /// Their part of the result.
    made: &'a mut [f32],
}

struct Job<'a> {
    over: Bilinear,
    stretch: Stretch<'a>,
}

impl WithSimd for Job<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match self.over {
            Bilinear::Forward => self.stretch.seen(simd),
            Bilinear::WeightGradient => self.stretch.pairs(simd),
            Bilinear::InputGradient => self.stretch.seers(simd),
        }
    }
}

impl Stretch<'_> {
    /// (W, s) → t.
    #[inline(always)]
    fn seen<S: Simd>(self, simd: S) {
        let Self { pattern, operands, first, made } = self;
        let (sources, mut list, panels) = (pattern.sources(), Vec::new(), panels::<S>(operands.length));
        for (target, made) in (first..).zip(made.chunks_exact_mut(operands.length.max(1))) {
            list.clear();
            list.extend(pattern.incoming(target).map(|synapse| (synapse, sources[synapse] as usize)));
            sum(simd, operands, (&list, &panels), made);
        }
    }

    /// (W, t) → s.
    #[inline(always)]
    fn seers<S: Simd>(self, simd: S) {
        let Self { pattern, operands, first, made } = self;
        let (mut list, panels) = (Vec::new(), panels::<S>(operands.length));
        for (source, made) in (first..).zip(made.chunks_exact_mut(operands.length.max(1))) {
            list.clear();
            list.extend(pattern.outgoing(source).iter().map(|[synapse, target]| (*synapse as usize, *target as usize)));
            sum(simd, operands, (&list, &panels), made);
        }
    }

    /// (t, s) → W.
    #[inline(always)]
    fn pairs<S: Simd>(self, simd: S) {
        let Self { pattern, operands: Operands { x, y, length: n }, first, made } = self;
        let (sources, mut list) = (pattern.sources(), Vec::new());
        let (mut target, mut rest) = (first, made);
        while !rest.is_empty() {
            let synapses = pattern.incoming(target);
            let (made, after) = rest.split_at_mut(synapses.len());
            list.clear();
            list.extend(sources[synapses].iter().map(|source| *source as usize).enumerate());
            let left = &x[target * n..][..n];
            // a block of one target's: none where there is no synapse
            for (from, to) in cut(list.len(), others::<S>()).filter(|(from, to)| from < to) {
                products(simd, Block { left, right: y, list: &list[from..to], n, k: made.len() }, made);
            }
            (target, rest) = (target + 1, after);
        }
    }
}

#[inline(always)]
fn sum<S: Simd>(simd: S, operands: Operands<'_>, (list, panels): (&[(usize, usize)], &[Panel]), made: &mut [f32]) {
    let Operands { x: weights, y, length: n } = operands;
    for &panel in panels {
        rows(simd, Terms { list, weights, apart: 1, rows: y, n, onto: false }, panel, 1, made);
    }
}

/// Takes the numbers of the joined pairs out of the matrices of all runs, row by row.
pub(in crate::emit) fn gather(pattern: &SparsePattern, matrices: &[f32], made: &mut [f32]) {
    let [sources, targets] = pattern.ends();
    let each = (sources * targets).max(1);
    for (matrix, made) in matrices.chunks_exact(each).zip(made.chunks_exact_mut(pattern.synapses().max(1))) {
        for (source, row) in matrix.chunks_exact(targets.max(1)).enumerate() {
            for [synapse, target] in pattern.outgoing(source) {
                made[*synapse as usize] = row[*target as usize];
            }
        }
    }
}

/// Puts the numbers of the joined pairs of all runs back among zeros, row by row.
pub(in crate::emit) fn scatter(pattern: &SparsePattern, numbers: &[f32], made: &mut [f32]) {
    let [sources, targets] = pattern.ends();
    let each = (sources * targets).max(1);
    for (made, numbers) in made.chunks_exact_mut(each).zip(numbers.chunks_exact(pattern.synapses().max(1))) {
        for (source, row) in made.chunks_exact_mut(targets.max(1)).enumerate() {
            row.fill(0.0);
            for [synapse, target] in pattern.outgoing(source) {
                row[*target as usize] = numbers[*synapse as usize];
            }
        }
    }
}
