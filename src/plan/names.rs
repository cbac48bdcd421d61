//! Names of operations in words, for printed plans, faults and the bench.

use super::labels::TensorNames;
use super::op::{Bilinear, Op, SampleSet, Scalar};
use super::tensor::TensorId;
use super::verify::Plan;

impl Op {
    /// Returns the operation's name: `matrix product`, `conv`, `relu`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sample { set: SampleSet::Batch(1), .. } => "input samples",
            Self::Sample { set: SampleSet::Batch(_), .. } => "input query samples",
            Self::Sample { set: SampleSet::Support(_), .. } => "input support samples",
            Self::Labels { set: SampleSet::Batch(1), .. } => "input labels",
            Self::Labels { set: SampleSet::Batch(_), .. } => "input query labels",
            Self::Labels { set: SampleSet::Support(_), .. } => "input support labels",
            Self::Scalar(Scalar::LearningRate) => "input learning rate",
            Self::Scalar(Scalar::Step) => "input step",
            Self::Constant { .. } => "constant",
            Self::Parameter(_) => "parameter",
            Self::Positions(_) => "positions",
            Self::Mask(_) => "mask",
            Self::Codes(_) => "labels of neurons",
            Self::Unary(function) => function.name(),
            Self::Affine { .. } => "affine",
            Self::Add => "add",
            Self::Subtract => "subtract",
            Self::Multiply => "multiply",
            Self::Divide => "divide",
            Self::Sum { .. } => "sum",
            Self::Unsqueeze { .. } => "unsqueeze",
            Self::Squeeze { .. } => "squeeze",
            Self::Expand { .. } => "expand",
            Self::Select { .. } => "select",
            Self::Pad { .. } => "pad",
            Self::Reshape { .. } => "reshape",
            Self::Softmax { .. } => "softmax",
            Self::LogSoftmax { .. } => "log softmax",
            Self::MatMul { .. } => "matrix product",
            Self::BatchedMatMul { .. } => "batched matrix product",
            Self::Symmetrize { .. } => "symmetrize",
            Self::SymmetrizeGrad { .. } => "symmetrize gradient",
            Self::Diagonal => "diagonal",
            Self::DiagonalOf => "diagonal of",
            Self::Pool(_) => "pool",
            Self::PoolGrad(_) => "pool gradient",
            Self::LocalConv(over, _) => over.of_conv(),
            Self::Sparse(over, _) => over.of_sparse(),
            Self::Gather(_) => "gather",
            Self::Scatter(_) => "scatter",
        }
    }
}

impl Bilinear {
    /// Returns the name of the sum over receptive fields.
    pub fn of_conv(self) -> &'static str {
        match self {
            Self::Forward => "conv",
            Self::WeightGradient => "conv weight gradient",
            Self::InputGradient => "conv input gradient",
        }
    }

    /// Returns the name of the sum over listed pairs: sparse · dense, sampled dense · dense, sparseᵀ · dense.
    pub fn of_sparse(self) -> &'static str {
        match self {
            Self::Forward => "spmm",
            Self::WeightGradient => "sddmm",
            Self::InputGradient => "spmm transposed",
        }
    }
}

impl Plan {
    /// Returns a tensor in words, for faults: its name in the printed plan, and the operation where it is only a step.
    pub fn words(&self, id: TensorId) -> String {
        let (names, tensor) = (TensorNames::new(self), self.tensor(id));
        let name = names.tensor(id);
        if tensor.label.is_empty() { format!("`{name}` ({})", tensor.op.name()) } else { format!("`{name}`") }
    }
}
