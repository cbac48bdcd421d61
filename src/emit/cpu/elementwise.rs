//! The operations that are computed in Rust: each a loop over numbers that lie where they are, compiled for the widest registers
//! that the processor has (`pulp`).

use pulp::{Arch, Simd, WithSimd};

use super::broadcast::Broadcast;
use super::loops::{INPUTS, ReadyLoop};
use super::reductions::{Along, Cut};
use super::vector_math::{
    cosine, exp, exp_minus_one, far, gelu, lorentzian, normal, product, relu, sigmoid, sign, sine, step, tanh,
};
use crate::emit::threads::side_by_side;
use crate::plan::{Function, Op};

/// Numbers of a result from which on several threads share them out.
const LARGE: usize = 1 << 14;

/// An operation, with what its operands' sizes decide.
#[derive(Debug, Clone)]
pub(super) enum Compute {
    /// All operands are as large as the result.
    Each(Element),
    /// Several such, one after the other.
    Fused(ReadyLoop),
    /// Operands are repeated.
    Pair(Pair, Broadcast),
    Repeat(Broadcast),
    Sum(Along),
    Select(Along, usize),
    Place(Along, usize),
    Softmax {
        along: Along,
        log: bool,
    },
    Pool(Cut),
    Spread(Cut),
}

/// An operation on single numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Element {
    Map(Function),
    Affine { factor: f32, offset: f32 },
    Pair(Pair),
}

/// Arithmetic of two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pair {
    Add,
    Subtract,
    Multiply,
    Divide,
}

impl Compute {
    /// Returns how `op` is computed for operands and a result of these sizes; `None` where that is libtorch's.
    pub(super) fn of(op: &Op, operands: &[&[usize]], result: &[usize]) -> Option<Self> {
        let along = |axis: usize| operands.first().map(|x| Along::new(x, axis));
        let cut = |squares| operands.first().and_then(|x| x.last()).map(|n| Cut::new(squares, *n));
        match (op, element(op), operands) {
            (_, Some(Element::Pair(pair)), [x, y]) if x != y => Some(Self::Pair(pair, Broadcast::new(result, x, y))),
            (_, Some(element), _) => Some(Self::Each(element)),
            (Op::Expand { .. }, _, [x]) => Some(Self::Repeat(Broadcast::new(result, x, x))),
            (Op::Sum { axis }, ..) => along(*axis).map(Self::Sum),
            (Op::Select { axis, index }, ..) => along(*axis).map(|along| Self::Select(along, *index)),
            (Op::Pad { axis, index, .. }, ..) => Some(Self::Place(Along::new(result, *axis), *index)),
            (Op::Softmax { axis }, ..) => along(*axis).map(|along| Self::Softmax { along, log: false }),
            (Op::LogSoftmax { axis }, ..) => along(*axis).map(|along| Self::Softmax { along, log: true }),
            (Op::Pool(squares), ..) => cut(*squares).map(Self::Pool),
            (Op::PoolGrad(squares), ..) => cut(*squares).map(Self::Spread),
            _ => None,
        }
    }

    /// Computes with `threads` threads. Each number is made by one of them, so that they change no digit. Operands that there
    /// are not are empty.
    pub(super) fn run(&self, operands: [&[f32]; INPUTS], out: &mut [f32], threads: usize) {
        if threads < 2 || out.len() < LARGE {
            Arch::new().dispatch(Job { compute: self, operands, out, first: 0 });
            return;
        }
        let share = out.len().div_ceil(threads).next_multiple_of(self.unit());
        let parts = out.chunks_mut(share).enumerate().map(|(part, out)| (part * share, out));
        side_by_side(parts, |(first, out)| {
            Arch::new().dispatch(Job { compute: self, operands, out, first });
        });
    }

    /// Returns how many numbers of the result are made together: parts have this length.
    fn unit(&self) -> usize {
        let unit = match self {
            Self::Each(_) | Self::Fused(_) => 1,
            Self::Pair(_, broadcast) | Self::Repeat(broadcast) => broadcast.stretch(),
            Self::Sum(along) | Self::Select(along, _) => along.inner,
            Self::Place(along, _) | Self::Softmax { along, .. } => along.length * along.inner,
            Self::Pool(cut) => cut.row_of_squares() / cut.square(),
            Self::Spread(cut) => cut.row_of_squares(),
        };
        unit.max(1)
    }
}

/// Returns an operation as one on single numbers, if it is one that has a loop here.
// most operations are none
#[allow(clippy::wildcard_enum_match_arm)]
pub(super) fn element(op: &Op) -> Option<Element> {
    match op {
        Op::Unary(function) => Some(Element::Map(*function)),
        Op::Affine { factor, offset } => Some(Element::Affine { factor: single(*factor), offset: single(*offset) }),
        Op::Add => Some(Element::Pair(Pair::Add)),
        Op::Subtract => Some(Element::Pair(Pair::Subtract)),
        Op::Multiply => Some(Element::Pair(Pair::Multiply)),
        Op::Divide => Some(Element::Pair(Pair::Divide)),
        _ => None,
    }
}

#[allow(clippy::cast_possible_truncation)]
fn single(number: f64) -> f32 {
    number as f32
}

struct Job<'a> {
    compute: &'a Compute,
    operands: [&'a [f32]; INPUTS],
    /// Some of the result's numbers.
    out: &'a mut [f32],
    /// The first of them.
    first: usize,
}

impl WithSimd for Job<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { compute, operands, out, first } = self;
        let [x, y, ..] = operands;
        // numbers that go one by one with the result's
        let length = out.len();
        let beside = |numbers: &[f32]| if numbers.is_empty() { 0..0 } else { first..first + length };
        match compute {
            Compute::Each(element) => element.run(&x[beside(x)], &y[beside(y)], out),
            Compute::Fused(fused) => fused.run(operands.map(|numbers| &numbers[beside(numbers)]), out),
            Compute::Pair(pair, broadcast) => match pair {
                Pair::Add => broadcast.apply((x, y), (first, out), |x, y| x + y),
                Pair::Subtract => broadcast.apply((x, y), (first, out), |x, y| x - y),
                Pair::Multiply => broadcast.apply((x, y), (first, out), product),
                Pair::Divide => broadcast.apply((x, y), (first, out), |x, y| x / y),
            },
            Compute::Repeat(broadcast) => broadcast.apply((x, x), (first, out), |x, _| x),
            Compute::Sum(along) => along.sum(&x[first * along.length..], out),
            Compute::Select(along, index) => along.select(*index, &x[first * along.length..], out),
            Compute::Place(along, index) => along.place(*index, &x[first / along.length.max(1)..], out),
            Compute::Softmax { along, log } => along.softmax(*log, &x[first..], out),
            Compute::Pool(cut) => cut.pool(&x[first * cut.square()..][..out.len() * cut.square()], out),
            Compute::Spread(cut) => cut.spread(&x[first / cut.square()..], out),
        }
    }
}

impl Element {
    /// Computes number by number.
    #[inline(always)]
    pub(super) fn run(self, x: &[f32], y: &[f32], out: &mut [f32]) {
        match self {
            Self::Affine { factor, offset } => each(x, out, |x| factor * x + offset),
            Self::Pair(Pair::Add) => both(x, y, out, |x, y| x + y),
            Self::Pair(Pair::Subtract) => both(x, y, out, |x, y| x - y),
            Self::Pair(Pair::Multiply) => both(x, y, out, product),
            Self::Pair(Pair::Divide) => both(x, y, out, |x, y| x / y),
            Self::Map(Function::Relu) => each(x, out, relu),
            Self::Map(Function::Tanh) => each(x, out, tanh),
            Self::Map(Function::Sigmoid) => each(x, out, sigmoid),
            Self::Map(Function::Gelu) => each(x, out, gelu),
            Self::Map(Function::Normal) => each(x, out, normal),
            Self::Map(Function::Exp) => each(x, out, exp),
            Self::Map(Function::Square) => each(x, out, |x| x * x),
            Self::Map(Function::SquareRoot) => each(x, out, f32::sqrt),
            Self::Map(Function::ExpMinusOne) => each(x, out, exp_minus_one),
            Self::Map(Function::Lorentzian) => each(x, out, lorentzian),
            Self::Map(Function::Absolute) => each(x, out, f32::abs),
            Self::Map(Function::Sign) => each(x, out, sign),
            Self::Map(Function::StraightThroughStep) => each(x, out, step),
            Self::Map(Function::StopGradient) => each(x, out, |x| x),
            Self::Map(Function::Sine) => {
                each(x, out, sine);
                far(x, out, f64::sin);
            }
            Self::Map(Function::Cosine) => {
                each(x, out, cosine);
                far(x, out, f64::cos);
            }
        }
    }
}

#[inline(always)]
fn each(x: &[f32], out: &mut [f32], of: impl Fn(f32) -> f32) {
    out.iter_mut().zip(x).for_each(|(out, x)| *out = of(*x));
}

#[inline(always)]
fn both(x: &[f32], y: &[f32], out: &mut [f32], of: impl Fn(f32, f32) -> f32) {
    out.iter_mut().zip(x.iter().zip(y)).for_each(|(out, (x, y))| *out = of(*x, *y));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Squares;

    /// An operation, and the sizes of its operands and its result.
    type Case = (Op, &'static [&'static [usize]], &'static [usize]);

    /// Numbers that are neither small nor alike.
    fn numbers(count: usize) -> Vec<f32> {
        (0..count).map(|at| ((at * 37 + 11) % 1009) as f32 / 500.0 - 1.0).collect()
    }

    fn made(op: &Op, operands: &[&[usize]], result: &[usize], threads: usize) -> Vec<f32> {
        let compute = Compute::of(op, operands, result).unwrap();
        let drawn: Vec<Vec<f32>> = operands.iter().map(|sizes| numbers(sizes.iter().product())).collect();
        let mut slices: [&[f32]; INPUTS] = [&[]; INPUTS];
        slices.iter_mut().zip(&drawn).for_each(|(slice, numbers)| *slice = numbers);
        let mut out = vec![f32::NAN; result.iter().product()];
        compute.run(slices, &mut out, threads);
        out
    }

    /// Every kind of operation, with a result that several threads share.
    #[test]
    fn threads_change_no_digit() {
        let squares = Squares { grid: [60, 60, 3], size: 2 };
        let cases: [Case; 14] = [
            (Op::Unary(Function::Sine), &[&[1, 70_001, 3]], &[1, 70_001, 3]),
            (Op::Affine { factor: 0.3, offset: 0.1 }, &[&[1, 70_001]], &[1, 70_001]),
            (Op::Add, &[&[1, 900, 77], &[1, 900, 77]], &[1, 900, 77]),
            (Op::Add, &[&[1, 900, 177], &[1, 900, 1]], &[1, 900, 177]),
            (Op::Multiply, &[&[1, 900, 7, 20], &[1, 900, 1, 20]], &[1, 900, 7, 20]),
            (Op::Multiply, &[&[1, 700, 128], &[1, 1, 1]], &[1, 700, 128]),
            (Op::Multiply, &[&[1, 700, 128], &[1, 1, 128]], &[1, 700, 128]),
            (Op::Sum { axis: 2 }, &[&[1, 70_001, 33]], &[1, 70_001]),
            (Op::Sum { axis: 1 }, &[&[5, 3, 20_000]], &[5, 20_000]),
            (Op::Select { axis: 1, index: 2 }, &[&[900, 3, 100]], &[900, 1, 100]),
            (Op::Pad { axis: 1, index: 2, length: 3 }, &[&[900, 1, 50]], &[900, 3, 50]),
            (Op::Softmax { axis: 1 }, &[&[50, 30, 70]], &[50, 30, 70]),
            (Op::Pool(squares), &[&[1, 10_800, 64]], &[1, 2_700, 64]),
            (Op::PoolGrad(squares), &[&[1, 2_700, 64]], &[1, 10_800, 64]),
        ];
        for (op, operands, result) in cases {
            let one = made(&op, operands, result, 1);
            assert!(one.iter().all(|number| number.is_finite()), "{op:?}");
            for threads in [2, 3, 5] {
                assert_eq!(made(&op, operands, result, threads), one, "{op:?}, {threads} threads");
            }
        }
    }
}
