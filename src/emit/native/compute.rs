//! The operations that are computed in Rust: each a loop over numbers that lie where they are, compiled for the widest registers
//! that the processor has (`pulp`).

use pulp::{Arch, Simd, WithSimd};

use super::broadcast::Broadcast;
use super::fuse::{Fused, INPUTS};
use super::maps::{bell, exp, gelu, normal, product, relu, sigmoid, sign, tanh};
use super::sums::{Along, Cut};
use crate::plan::{Function, Op};

/// An operation, with what its operands' sizes decide.
#[derive(Debug, Clone)]
pub(super) enum Compute {
    /// All operands are as large as the result.
    Each(Element),
    /// Several such, one after the other.
    Fused(Fused),
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
    Map(Simple),
    Affine { factor: f32, offset: f32 },
    Pair(Pair),
}

/// A function of one number that has a loop here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Simple {
    Relu,
    Tanh,
    Sigmoid,
    Gelu,
    Normal,
    Exp,
    Square,
    Bell,
    Absolute,
    Sign,
}

/// Arithmetic of two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pair {
    Add,
    Subtract,
    Multiply,
}

impl Compute {
    /// Returns how `op` is computed for operands and a result of these sizes; `None` where that is libtorch's.
    pub(super) fn of(op: &Op, operands: &[&[usize]], result: &[usize]) -> Option<Self> {
        let along = |axis: usize| operands.first().map(|x| Along::new(x, axis));
        let cut = |squares| operands.first().and_then(|x| x.last()).map(|n| Cut::new(squares, *n));
        match (op, element(op), operands) {
            (_, Some(Element::Pair(pair)), [x, y]) if x != y => Some(Self::Pair(pair, Broadcast::new(result, x, y))),
            (_, Some(element), _) => Some(Self::Each(element)),
            (Op::Repeat { .. }, _, [x]) => Some(Self::Repeat(Broadcast::new(result, x, x))),
            (Op::Sum { axis }, ..) => along(*axis).map(Self::Sum),
            (Op::Select { axis, index }, ..) => along(*axis).map(|along| Self::Select(along, *index)),
            (Op::Place { axis, index, .. }, ..) => Some(Self::Place(Along::new(result, *axis), *index)),
            (Op::Softmax { axis }, ..) => along(*axis).map(|along| Self::Softmax { along, log: false }),
            (Op::LogSoftmax { axis }, ..) => along(*axis).map(|along| Self::Softmax { along, log: true }),
            (Op::Pool(squares), ..) => cut(*squares).map(Self::Pool),
            (Op::Spread(squares), ..) => cut(*squares).map(Self::Spread),
            _ => None,
        }
    }

    /// Computes. Operands that there are not are empty.
    pub(super) fn run(&self, operands: [&[f32]; INPUTS], out: &mut [f32]) {
        Arch::new().dispatch(Job { compute: self, operands, out });
    }
}

/// Returns an operation as one on single numbers, if it is one that has a loop here.
// most operations are none
#[allow(clippy::wildcard_enum_match_arm)]
pub(super) fn element(op: &Op) -> Option<Element> {
    match op {
        Op::Map(function) => simple(*function).map(Element::Map),
        Op::Affine { factor, offset } => Some(Element::Affine { factor: single(*factor), offset: single(*offset) }),
        Op::Add => Some(Element::Pair(Pair::Add)),
        Op::Subtract => Some(Element::Pair(Pair::Subtract)),
        Op::Multiply => Some(Element::Pair(Pair::Multiply)),
        _ => None,
    }
}

#[allow(clippy::cast_possible_truncation)]
fn single(number: f64) -> f32 {
    number as f32
}

fn simple(function: Function) -> Option<Simple> {
    match function {
        Function::Relu => Some(Simple::Relu),
        Function::Tanh => Some(Simple::Tanh),
        Function::Sigmoid => Some(Simple::Sigmoid),
        Function::Gelu => Some(Simple::Gelu),
        Function::Normal => Some(Simple::Normal),
        Function::Exp => Some(Simple::Exp),
        Function::Square => Some(Simple::Square),
        Function::Bell => Some(Simple::Bell),
        Function::Absolute => Some(Simple::Absolute),
        Function::Sign => Some(Simple::Sign),
        // these are libtorch's
        Function::Heaviside | Function::Sine | Function::Cosine => None,
    }
}

struct Job<'a> {
    compute: &'a Compute,
    operands: [&'a [f32]; INPUTS],
    out: &'a mut [f32],
}

impl WithSimd for Job<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { compute, operands, out } = self;
        let [x, y, ..] = operands;
        match compute {
            Compute::Each(element) => element.run(x, y, out),
            Compute::Fused(fused) => fused.run(operands, out),
            Compute::Pair(pair, broadcast) => match pair {
                Pair::Add => broadcast.apply(x, y, out, |x, y| x + y),
                Pair::Subtract => broadcast.apply(x, y, out, |x, y| x - y),
                Pair::Multiply => broadcast.apply(x, y, out, product),
            },
            Compute::Repeat(broadcast) => broadcast.apply(x, x, out, |x, _| x),
            Compute::Sum(along) => along.sum(x, out),
            Compute::Select(along, index) => along.select(*index, x, out),
            Compute::Place(along, index) => along.place(*index, x, out),
            Compute::Softmax { along, log } => along.softmax(*log, x, out),
            Compute::Pool(cut) => cut.pool(x, out),
            Compute::Spread(cut) => cut.spread(x, out),
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
            Self::Map(Simple::Relu) => each(x, out, relu),
            Self::Map(Simple::Tanh) => each(x, out, tanh),
            Self::Map(Simple::Sigmoid) => each(x, out, sigmoid),
            Self::Map(Simple::Gelu) => each(x, out, gelu),
            Self::Map(Simple::Normal) => each(x, out, normal),
            Self::Map(Simple::Exp) => each(x, out, exp),
            Self::Map(Simple::Square) => each(x, out, |x| x * x),
            Self::Map(Simple::Bell) => each(x, out, bell),
            Self::Map(Simple::Absolute) => each(x, out, f32::abs),
            Self::Map(Simple::Sign) => each(x, out, sign),
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
