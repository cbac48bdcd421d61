//! What an operation costs: floating-point operations and bytes moved. One rule per operation; the planner and
//! `gemc bench` read it, nothing is timed here.

use std::ops::AddAssign;

use super::op::{Function, Op};
use super::tensor::{Shape, Sizes};

/// A transcendental function's price in floating-point operations, about that of a vectorised exponential.
const TRANSCENDENTAL: u64 = 10;

/// Bytes of one number: training is in single precision.
const NUMBER: u64 = 4;

/// Floating-point operations and bytes read or written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Floating-point operations; a multiplication with its addition counts as two.
    pub flop: u64,
    /// Bytes read and written, each operand once.
    pub bytes: u64,
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        self.flop = self.flop.saturating_add(other.flop);
        self.bytes = self.bytes.saturating_add(other.bytes);
    }
}

impl Cost {
    /// Returns the cost times `factor`.
    #[must_use]
    pub fn times(self, factor: u64) -> Self {
        Self { flop: self.flop.saturating_mul(factor), bytes: self.bytes.saturating_mul(factor) }
    }
}

impl Op {
    /// Returns what one evaluation costs, for operands and a result of these shapes.
    pub fn cost(&self, operands: &[&Shape], result: &Shape, sizes: Sizes) -> Cost {
        let made = result.count(sizes);
        let read = operands.iter().fold(0, |sum: u64, shape| sum.saturating_add(shape.count(sizes)));
        let flop = match self {
            // positions are evaluated once, before the first step
            Self::Sample { .. } | Self::Leaf(_) | Self::Insert { .. } | Self::Positions { .. } => {
                return Cost::default();
            }
            Self::Map(function) => made.saturating_mul(price(*function)),
            Self::Affine { .. } => made.saturating_mul(2),
            Self::Add | Self::Subtract | Self::Multiply => made,
            Self::Sum { .. } => read,
            Self::MatMul { transpose_left, .. } => {
                let inner = operands[0].dims()[if *transpose_left { 1 } else { 2 }].at(sizes) as u64;
                made.saturating_mul(inner).saturating_mul(2)
            }
            Self::Symmetric { .. } | Self::Diagonal => 0,
        };
        Cost { flop, bytes: read.saturating_add(made).saturating_mul(NUMBER) }
    }

    /// Returns what carrying a gradient back to `differentiated` of its operands costs.
    ///
    /// A matrix product needs one product of the same size for each; everything else costs about what it cost forward.
    pub fn backward_cost(&self, forward: Cost, differentiated: usize) -> Cost {
        let products = if matches!(self, Self::MatMul { .. }) { differentiated } else { differentiated.min(1) };
        forward.times(products as u64)
    }
}

fn price(function: Function) -> u64 {
    match function {
        Function::Relu | Function::Square | Function::Reciprocal | Function::Absolute => 1,
        Function::Tanh | Function::Sigmoid | Function::Gelu | Function::Exp => TRANSCENDENTAL,
    }
}
