//! What an operation costs: floating-point operations and bytes moved. One rule per operation; the planner and
//! `gemc bench` read it, nothing is timed here.

use std::ops::AddAssign;

use smallvec::SmallVec;

use super::function::Function;
use super::op::{Bilinear, Op};
use super::tensor::{Shape, Sizes, TensorId};
use super::verify::Plan;

/// A transcendental function's price in floating-point operations, about that of a vectorised exponential.
const TRANSCENDENTAL: u64 = 10;

/// Bytes of one number: training is in single precision.
pub(super) const NUMBER: u64 = 4;

/// What one byte moved costs, in floating-point operations: about a core's arithmetic over its share of the memory's speed.
pub(super) const BYTE: u64 = 4;

/// What an operation of a sum over listed pairs costs, in operations of a product of matrices. It stands for the rows that are
/// fetched from all over memory, a synapse each, and for what is done once a synapse. Measured by `gemc bench --slowest`, as the
/// ratio of GFLOP/s, on one thread with AVX-512 in clouds of 500 to 3,000 neurons: 2 where what is read stays in the nearer caches
/// and 64 samples or more stand behind a neuron, 4 for 24 genes behind a neuron, 4 and more for a million synapses.
pub(super) const IRREGULAR: u64 = 4;

/// Bytes that are moved for a single number somewhere in memory: a line of the cache.
const LINE: u64 = 64;

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

impl Op {
    /// Returns what one evaluation costs, for operands and a result of these shapes.
    pub fn cost(&self, operands: &[&Shape], result: &Shape, sizes: Sizes) -> Cost {
        let made = result.count(sizes);
        let read = operands.iter().fold(0, |sum: u64, shape| sum.saturating_add(shape.count(sizes)));
        let flop = match self {
            // the batch is given, views touch nothing; positions, labels and masks are made before the first step
            Self::Sample { .. }
            | Self::Labels { .. }
            | Self::Scalar(_)
            | Self::Parameter(_)
            | Self::Unsqueeze { .. }
            | Self::Squeeze { .. }
            | Self::Expand { .. }
            | Self::Select { .. }
            | Self::Reshape { .. }
            | Self::Positions(_)
            | Self::Codes(_)
            | Self::Mask(_) => return Cost::default(),
            Self::Constant { .. } | Self::Pad { .. } | Self::Symmetrize { .. } | Self::Diagonal | Self::DiagonalOf => 0,
            Self::Unary(function) => made.saturating_mul(price(*function)),
            Self::Affine { .. } => made.saturating_mul(2),
            Self::Add | Self::Subtract | Self::Multiply | Self::Divide | Self::PoolGrad(_) => made,
            Self::Sum { .. } | Self::Pool(_) | Self::SymmetrizeGrad { .. } => read,
            Self::Softmax { .. } | Self::LogSoftmax { .. } => made.saturating_mul(TRANSCENDENTAL + 3),
            Self::MatMul { transpose_left, .. } | Self::BatchedMatMul { transpose_left, .. } => {
                let inner = operands[0].dims()[if *transpose_left { 1 } else { 2 }].at(sizes) as u64;
                made.saturating_mul(inner).saturating_mul(2)
            }
            Self::LocalConv(over, field) => {
                let weights = (field.targets() as u64).saturating_mul(field.seen() as u64);
                weighed(*over, weights, operands, sizes)
            }
            Self::Sparse(over, wires) => weighed(*over, wires.synapses() as u64, operands, sizes),
            Self::Gather(_) => return Cost { flop: 0, bytes: made.saturating_mul(NUMBER + LINE) },
            Self::Scatter(_) => {
                let numbers = read.saturating_mul(NUMBER + LINE);
                return Cost { flop: 0, bytes: numbers.saturating_add(made.saturating_mul(NUMBER)) };
            }
        };
        Cost { flop, bytes: read.saturating_add(made).saturating_mul(NUMBER) }
    }
}

impl Op {
    /// Weighs what the operation costs, in floating-point operations of a product of matrices.
    pub(super) fn price(&self, cost: Cost) -> u64 {
        let weight = if matches!(self, Self::Sparse(..)) { IRREGULAR } else { 1 };
        cost.flop.saturating_mul(weight).saturating_add(cost.bytes.saturating_mul(BYTE))
    }
}

/// Two operations for each weight and each number that stands behind a neuron: a sample of the batch, or a gene.
fn weighed(over: Bilinear, weights: u64, operands: &[&Shape], sizes: Sizes) -> u64 {
    let behind = match over {
        Bilinear::WeightGradient => operands[0],
        Bilinear::Forward | Bilinear::InputGradient => operands[1],
    };
    let behind = behind.dims()[2].at(sizes) as u64;
    weights.saturating_mul(sizes.runs as u64).saturating_mul(behind).saturating_mul(2)
}

fn price(function: Function) -> u64 {
    match function {
        Function::StopGradient => 0,
        Function::Relu | Function::Square | Function::SquareRoot | Function::Absolute | Function::Sign => 1,
        Function::StraightThroughStep => 2,
        Function::Lorentzian => 3,
        Function::Tanh
        | Function::Sine
        | Function::Cosine
        | Function::Sigmoid
        | Function::Gelu
        | Function::Exp
        | Function::ExpMinusOne
        | Function::Normal => TRANSCENDENTAL,
    }
}

impl Plan {
    /// Returns what computing one tensor costs.
    pub fn cost(&self, id: TensorId, sizes: Sizes) -> Cost {
        let tensor = self.tensor(id);
        let operands: SmallVec<[&Shape; 2]> = tensor.operands.iter().map(|id| &self.tensor(*id).shape).collect();
        tensor.op.cost(&operands, &tensor.shape, sizes)
    }

    /// Returns what one evaluation costs.
    pub fn forward_cost(&self, sizes: Sizes) -> Cost {
        self.cost_of(&self.inference_outputs(), sizes)
    }

    /// Returns what a training step costs without the update: forward, and backward to everything that is learned.
    pub fn step_cost(&self, sizes: Sizes) -> Cost {
        self.cost_of(&self.training_outputs(), sizes)
    }

    /// Returns what a training step is weighed as where forms of a plan are compared: floating-point operations, those that
    /// are dearer than others counted several times, and some for each byte.
    pub fn step_price(&self, sizes: Sizes) -> u64 {
        let price = |id: TensorId| self.tensor(id).op.price(self.cost(id, sizes));
        self.spent(&self.training_outputs()).map(price).fold(0, u64::saturating_add)
    }

    /// Returns what is spent in each step to make `wanted`: what never changes is not counted.
    fn cost_of(&self, wanted: &[TensorId], sizes: Sizes) -> Cost {
        self.spent(wanted).fold(Cost::default(), |mut sum, id| {
            sum += self.cost(id, sizes);
            sum
        })
    }

    /// Returns the tensors that are made in each step for `wanted`.
    fn spent(&self, wanted: &[TensorId]) -> impl Iterator<Item = TensorId> {
        let (needed, changing) = (self.needed(wanted), self.changing());
        let ids = self.numbered().map(|(id, _)| id);
        ids.filter(move |id| needed[id.index()] && changing[id.index()])
    }
}
