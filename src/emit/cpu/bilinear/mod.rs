//! Sums over receptive fields, and over listed pairs of neurons, on a CPU in single precision, without unfolding anything:
//! each source neuron is a row of numbers, one for each sample or gene, and stays where it is.
//!
//! Three operations share one scheme. Numbers that stand side by side go through vector registers (`pulp` picks the widest
//! that the processor has), several rows of the result are held in registers at once, and threads share out rows of
//! the grid whose result is made, so that each number is made by one thread in one order: the result does not
//! depend on the number of threads.
#![allow(clippy::inline_always)] // only what is inlined into the dispatched call is compiled for its registers

mod block;
mod forward;
mod input_gradient;
mod receptive_fields;
mod sparse;
mod weight_gradient;

use pulp::{Arch, Simd, WithSimd};

pub(in crate::emit) use self::sparse::{gather, scatter, sparse};

use self::forward::Forward;
use self::input_gradient::InputGradient;
use self::weight_gradient::WeightGradient;
use crate::emit::threads::side_by_side;
use crate::plan::{Bilinear, ConvGeometry};

/// Rows of a result that are held in registers at once, at most.
const ROWS: usize = 6;

/// The two operands, row after row, and the length n of a row of numbers.
#[derive(Debug, Clone, Copy)]
pub(in crate::emit) struct Operands<'a> {
    /// The left one.
    pub(in crate::emit) x: &'a [f32],
    /// The right one.
    pub(in crate::emit) y: &'a [f32],
    /// n.
    pub(in crate::emit) length: usize,
}

/// Makes the results of all runs in `made`, with `threads` threads; operands and results of the runs follow each other.
/// Slices must have the sizes of their shapes.
pub(in crate::emit) fn convolve(
    over: Bilinear,
    field: &ConvGeometry,
    operands: Operands<'_>,
    made: &mut [f32],
    (runs, threads): (usize, usize),
) {
    for_each_run(operands, made, runs, |operands, made| conv(over, field, operands, made, threads));
}

/// Has `work` make the result of each run.
fn for_each_run(operands: Operands<'_>, made: &mut [f32], runs: usize, work: impl Fn(Operands<'_>, &mut [f32])) {
    let Operands { x, y, length } = operands;
    let each = |numbers: usize| (numbers / runs.max(1)).max(1);
    let parts = x.chunks_exact(each(x.len())).zip(y.chunks_exact(each(y.len())));
    let of_made = each(made.len());
    for ((x, y), made) in parts.zip(made.chunks_exact_mut(of_made)) {
        work(Operands { x, y, length }, made);
    }
}

/// Makes the result of one run.
fn conv(over: Bilinear, field: &ConvGeometry, operands: Operands<'_>, made: &mut [f32], threads: usize) {
    // rows of the grid whose neurons the result belongs to, and the numbers that one of them has
    let rows = match over {
        Bilinear::Forward | Bilinear::WeightGradient => field.target[0],
        Bilinear::InputGradient => field.source[0],
    };
    let each = made.len() / rows.max(1);
    let share = rows.div_ceil(threads.max(1)).max(1);
    let work = |(part, made): (usize, &mut [f32])| {
        let first = part * share;
        let stretch = Stretch { field, operands, first, made };
        Arch::new().dispatch(Job { over, stretch });
    };
    side_by_side(made.chunks_mut((each * share).max(1)).enumerate(), work);
}

/// Some rows of the result's grid.
struct Stretch<'a> {
    field: &'a ConvGeometry,
    operands: Operands<'a>,
    /// The first of the rows.
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
            Bilinear::Forward => Forward(self.stretch).make(simd),
            Bilinear::WeightGradient => WeightGradient(self.stretch).make(simd),
            Bilinear::InputGradient => InputGradient(self.stretch).make(simd),
        }
    }
}

/// Returns how many numbers a register holds.
#[inline(always)]
fn lanes<S: Simd>() -> usize {
    size_of::<S::f32s>() / size_of::<f32>()
}

/// Returns the registers that one row of a block takes: wide processors have twice as many.
#[inline(always)]
fn registers<S: Simd>() -> usize {
    if lanes::<S>() >= 16 { 4 } else { 2 }
}

/// Cuts `count` things into the fewest parts of at most `most`, as even as can be; returns their ends, each with its start.
fn cut(count: usize, most: usize) -> impl Iterator<Item = (usize, usize)> {
    let parts = count.div_ceil(most.max(1)).max(1);
    (0..parts).map(move |part| (count * part / parts, count * (part + 1) / parts))
}

#[cfg(test)]
mod tests {
    use pulp::{Scalar128b, Scalar256b, Scalar512b};

    use super::*;
    use crate::random::RandomStream;

    const FIELDS: [ConvGeometry; 3] = [
        ConvGeometry { source: [7, 6, 1], target: [5, 4, 7], size: 3, stride: 1, padding: 0 },
        ConvGeometry { source: [6, 6, 5], target: [3, 3, 2], size: 2, stride: 2, padding: 0 },
        ConvGeometry { source: [7, 5, 2], target: [4, 3, 3], size: 3, stride: 2, padding: 1 },
    ];

    /// Makes one run's result through registers of a given width.
    fn through<S: Simd>(
        simd: S,
        over: Bilinear,
        field: &ConvGeometry,
        operands: Operands<'_>,
        count: usize,
    ) -> Vec<f32> {
        let mut made = vec![f32::NAN; count];
        Job { over, stretch: Stretch { field, operands, first: 0, made: &mut made } }.with_simd(simd);
        made
    }

    fn alike(over: Bilinear, field: &ConvGeometry, operands: Operands<'_>, count: usize) {
        let mut own = vec![f32::NAN; count];
        convolve(over, field, operands, &mut own, (1, 1));
        let others = [
            through(Scalar128b, over, field, operands, count),
            through(Scalar256b, over, field, operands, count),
            through(Scalar512b, over, field, operands, count),
        ];
        for (other, bits) in others.iter().zip([128, 256, 512]) {
            let near = |(one, other): (&f32, &f32)| (one - other).abs() < 1e-4;
            assert!(own.iter().zip(other).all(near), "{over:?} {field:?} n = {}, {bits} bits", operands.length);
        }
    }

    /// A processor has one width of registers; the code for all of them is the same and tested for each.
    #[test]
    #[allow(clippy::cast_possible_truncation)] // drawn numbers are small
    fn every_width_of_registers_makes_the_same_sums() {
        for (field, n) in FIELDS.iter().flat_map(|field| [1, 5, 16, 19, 33, 64, 70, 100, 150].map(|n| (field, n))) {
            let drawn = |purpose: &str, count: usize| -> Vec<f32> {
                RandomStream::new(3, purpose).normal(count, 1.0).iter().map(|number| *number as f32).collect()
            };
            let counts = [field.targets() * n, field.sources() * n, field.places() * field.maps() * field.seen()];
            let [target, source, weights] =
                [("t", counts[0]), ("s", counts[1]), ("W", counts[2])].map(|(name, count)| drawn(name, count));
            let operands = |x, y| Operands { x, y, length: n };
            alike(Bilinear::Forward, field, operands(&weights, &source), counts[0]);
            alike(Bilinear::InputGradient, field, operands(&weights, &target), counts[1]);
            alike(Bilinear::WeightGradient, field, operands(&target, &source), counts[2]);
        }
    }
}
