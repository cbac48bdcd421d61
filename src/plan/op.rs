//! The closed list of operations.

use super::codes::Codes;
use super::conv_geometry::ConvGeometry;
use super::function::Function;
use super::sparse_pattern::SparsePattern;
use super::tensor::{Dim, ParameterId, Shape};
use crate::geometry::Space;

/// One operation. Arithmetic broadcasts as `NumPy`'s does: equal dimensions, or a 1 against anything. The list is closed
/// under differentiation: the gradient of each is made of others. What is large and rare stands in a box, since a plan may hold
/// millions.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    /// Samples as the input population shows them: R × N × k · B.
    Sample {
        /// N.
        neurons: usize,
        /// Which samples.
        set: SampleSet,
    },
    /// What answers to them are weighed by: R × C × k · B, the set's weight for the right class of each sample, else 0.
    Labels {
        /// C.
        classes: usize,
        /// Which samples.
        set: SampleSet,
    },
    /// A number that a step is given; its shape is one axis of length 1.
    Scalar(Scalar),
    /// A row of the parameter table.
    Parameter(ParameterId),
    /// Where neurons lie, 1 × N × dims.
    Positions(Space),
    /// Which pairs of neurons are joined, 1 × `N_s` × `N_t`: 1 where they are, else 0.
    Mask(SparsePattern),
    /// Labels of a grid's neurons, 1 × N × bits, each bit −1 or 1.
    Codes(Codes),
    /// One number everywhere.
    Constant {
        /// The number.
        value: f64,
        /// The shape.
        shape: Box<Shape>,
    },
    /// An element-by-element function.
    Unary(Function),
    /// factor · x + offset.
    Affine {
        /// Multiplies.
        factor: f64,
        /// Is added.
        offset: f64,
    },
    /// x + y.
    Add,
    /// x − y.
    Subtract,
    /// x · y, element by element.
    Multiply,
    /// x / y, element by element.
    Divide,
    /// Sum over one axis, which disappears.
    Sum {
        /// The axis, from 0.
        axis: usize,
    },
    /// A new axis of length 1.
    Unsqueeze {
        /// Where it will stand, from 0.
        axis: usize,
    },
    /// An axis of length 1 disappears.
    Squeeze {
        /// The axis, from 0.
        axis: usize,
    },
    /// An axis of length 1 is repeated.
    Expand {
        /// The axis, from 0.
        axis: usize,
        /// Its new length.
        length: Dim,
    },
    /// One place of an axis, which is then of length 1.
    Select {
        /// The axis, from 0.
        axis: usize,
        /// The place, from 0.
        index: usize,
    },
    /// An axis of length 1 becomes one place of a longer one, which is 0 elsewhere: the adjoint of [`Op::Select`].
    Pad {
        /// The axis, from 0.
        axis: usize,
        /// The place, from 0.
        index: usize,
        /// The axis' new length.
        length: usize,
    },
    /// The same numbers in the same order, in other dimensions; R and B stay.
    Reshape {
        /// The new shape.
        shape: Box<Shape>,
    },
    /// eˣ divided by its sum over one axis.
    Softmax {
        /// The axis, from 0.
        axis: usize,
    },
    /// The logarithm of [`Op::Softmax`].
    LogSoftmax {
        /// The axis, from 0.
        axis: usize,
    },
    /// Products of matrices, one for each run.
    MatMul {
        /// Whether the left one is transposed first.
        transpose_left: bool,
        /// Whether the right one is transposed first.
        transpose_right: bool,
    },
    /// Products of matrices, one for each run and each of the batch, which lie side by side: R × a × b × B.
    BatchedMatMul {
        /// Whether the left ones are transposed first.
        transpose_left: bool,
        /// Whether the right ones are transposed first.
        transpose_right: bool,
    },
    /// The symmetric matrix whose upper triangle, row by row, is the operand.
    Symmetrize {
        /// Rows.
        size: usize,
    },
    /// The upper triangle, row by row, of a matrix plus its mirror, the diagonal once: the adjoint of
    /// [`Op::Symmetrize`].
    SymmetrizeGrad {
        /// Rows.
        size: usize,
    },
    /// The matrix whose diagonal is the operand and that is 0 elsewhere.
    Diagonal,
    /// The diagonal of a matrix: the adjoint of [`Op::Diagonal`].
    DiagonalOf,
    /// Means over squares of one map: R × N × n → R × N / size² × n.
    Pool(Squares),
    /// Every neuron of a square gets its share of the mean: the adjoint of [`Op::Pool`].
    PoolGrad(Squares),
    /// One of three sums over receptive fields; see [`Bilinear`].
    LocalConv(Bilinear, Box<ConvGeometry>),
    /// The same three sums over listed pairs of neurons, with W of R × S; see [`Bilinear`].
    Sparse(Bilinear, SparsePattern),
    /// Of a matrix for each run, R × `N_s` × `N_t`, the numbers of the joined pairs: R × S.
    Gather(SparsePattern),
    /// A matrix for each run that holds the numbers of the joined pairs, and is 0 elsewhere: the adjoint of [`Op::Gather`].
    Scatter(SparsePattern),
}

/// Samples that a step is given, k for each of the batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SampleSet {
    /// Those by which the loss is computed: the batch, one for each, or the query samples of tasks. Each weighs 1 / (k · B).
    Batch(usize),
    /// Those that a task is learned from. Each weighs 1 / k.
    Support(usize),
}

impl SampleSet {
    /// Returns k, how many there are for each of the batch.
    pub fn each(self) -> usize {
        match self {
            Self::Batch(each) | Self::Support(each) => each,
        }
    }

    /// Returns what the label of one weighs.
    pub fn weight(self, batch: usize) -> f64 {
        let count = match self {
            Self::Batch(each) => each.saturating_mul(batch),
            Self::Support(each) => each,
        };
        1.0 / count.max(1) as f64
    }

    /// Ends the names of what is of it: with nothing for a batch of single samples.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Batch(1) => "",
            Self::Batch(_) => ".query",
            Self::Support(_) => ".support",
        }
    }
}

/// A number that a step is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scalar {
    /// The learning rate.
    LearningRate,
    /// The number of the update, from 1.
    Step,
}

/// A grid whose rows and columns are cut into squares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Squares {
    /// Rows, columns and maps of the whole grid.
    pub grid: [usize; 3],
    /// Side of a square.
    pub size: usize,
}

/// What a sum over receptive fields, or over any joined pairs of neurons, makes. With W (R × places × maps × K), t (R × target neurons × n) and s (R × source
/// neurons × n), and s\[p, k\] the source neuron that place p sees at k, all three are gradients of one number,
/// Σ W\[p, o, k\] · t\[p o, n\] · s\[p, k, n\]: by t, by W and by s. So each one's gradients are the other two. Of pairs that a
/// list names, each has a weight of its own, and the number is Σ W\[pair\] · t\[its target, n\] · s\[its source, n\].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bilinear {
    /// (W, s) → t: Σ over k, what the target receives.
    Forward,
    /// (t, s) → W: Σ over n, how target and source go together.
    WeightGradient,
    /// (W, t) → s: Σ over the places that see a source neuron, and over maps.
    InputGradient,
}

impl Op {
    /// Returns how many operands it takes.
    pub fn arity(&self) -> usize {
        match self {
            Self::Sample { .. }
            | Self::Labels { .. }
            | Self::Scalar(_)
            | Self::Parameter(_)
            | Self::Positions(_)
            | Self::Mask(_)
            | Self::Codes(_)
            | Self::Constant { .. } => 0,
            Self::Add
            | Self::Subtract
            | Self::Multiply
            | Self::Divide
            | Self::MatMul { .. }
            | Self::BatchedMatMul { .. }
            | Self::LocalConv(..)
            | Self::Sparse(..) => 2,
            Self::Unary(_)
            | Self::Affine { .. }
            | Self::Sum { .. }
            | Self::Unsqueeze { .. }
            | Self::Squeeze { .. }
            | Self::Expand { .. }
            | Self::Select { .. }
            | Self::Pad { .. }
            | Self::Reshape { .. }
            | Self::Softmax { .. }
            | Self::LogSoftmax { .. }
            | Self::Symmetrize { .. }
            | Self::SymmetrizeGrad { .. }
            | Self::Diagonal
            | Self::DiagonalOf
            | Self::Pool(_)
            | Self::PoolGrad(_)
            | Self::Gather(_)
            | Self::Scatter(_) => 1,
        }
    }

    /// Tells whether it only looks at its operand's numbers in another way, without touching any.
    pub fn is_view(&self) -> bool {
        matches!(
            self,
            Self::Unsqueeze { .. }
                | Self::Squeeze { .. }
                | Self::Expand { .. }
                | Self::Select { .. }
                | Self::Parameter(_)
        )
    }

    /// Tells whether each number of its result is a sum of many.
    pub fn is_reduction(&self) -> bool {
        matches!(self, Self::Sum { .. } | Self::MatMul { .. } | Self::BatchedMatMul { .. } | Self::LocalConv(..))
    }

    /// Tells whether it makes something of the batch by itself.
    pub fn reads_batch(&self) -> bool {
        let filled = matches!(self, Self::Constant { shape, .. } if shape.is_batched());
        let given = matches!(self, Self::Sample { .. } | Self::Labels { .. });
        given || filled || matches!(self, Self::Expand { length, .. } if length.is_batched())
    }
}
