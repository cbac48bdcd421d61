//! The nouns of a plan: ids that print, dimensions that may be open (runs, batch), shapes.

use std::fmt;

use smallvec::SmallVec;

/// One value of the plan; prints as `t7`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TensorId(pub(super) usize);

/// One row of the parameter table; prints as `p3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParameterId(pub(super) usize);

impl TensorId {
    /// Returns its position in [`Plan::tensors`](super::Plan::tensors).
    pub fn index(self) -> usize {
        self.0
    }
}

impl ParameterId {
    /// Returns its position in [`Plan::parameters`](super::Plan::parameters).
    pub fn index(self) -> usize {
        self.0
    }
}

impl fmt::Display for TensorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "t{}", self.0)
    }
}

impl fmt::Display for ParameterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p{}", self.0)
    }
}

/// The sizes that a plan parameters open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// R, runs trained at once.
    pub runs: usize,
    /// B, samples a batch, or tasks a batch.
    pub batch: usize,
}

impl Sizes {
    /// One run, 64 samples: the sizes for which costs are shown.
    pub const SHOWN: Self = Self { runs: 1, batch: 64 };
}

/// One dimension of a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dim {
    /// R, runs trained at once.
    Runs,
    /// B, samples a batch, or tasks a batch.
    Batch,
    /// That many samples for each of the batch, k · B: sample s of all tasks, then sample s + 1 of all.
    Samples(usize),
    /// A size known at compile time.
    Size(usize),
}

impl Dim {
    /// Returns the number once R and B are known.
    pub fn at(self, sizes: Sizes) -> usize {
        match self {
            Self::Runs => sizes.runs,
            Self::Batch => sizes.batch,
            Self::Samples(each) => each.saturating_mul(sizes.batch),
            Self::Size(size) => size,
        }
    }

    /// Makes the dimension of `each` samples for each of the batch.
    pub fn samples(each: usize) -> Self {
        if each == 1 { Self::Batch } else { Self::Samples(each) }
    }

    /// Tells whether it grows with the batch.
    pub fn is_batched(self) -> bool {
        matches!(self, Self::Batch | Self::Samples(_))
    }
}

impl fmt::Display for Dim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Runs => f.write_str("R"),
            Self::Batch => f.write_str("B"),
            Self::Samples(each) => write!(f, "{each}·B"),
            Self::Size(size) => write!(f, "{size}"),
        }
    }
}

/// A tensor's dimensions, outermost first; prints as `[R, B, 784]`.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Shape(Dims);

impl Clone for Shape {
    // dimensions are plain bytes, copied at once rather than one by one
    fn clone(&self) -> Self {
        Self::new(self.dims())
    }
}

/// The dimensions of a shape; up to three stand in place.
pub(super) type Dims = SmallVec<[Dim; 3]>;

impl Shape {
    /// Makes a shape from its dimensions.
    pub fn new(dims: impl AsRef<[Dim]>) -> Self {
        Self(Dims::from_slice(dims.as_ref()))
    }

    /// Returns the shape with its dimensions changed by `change`.
    pub(super) fn with(&self, change: impl FnOnce(&mut Dims)) -> Self {
        let mut shape = self.clone();
        change(&mut shape.0);
        shape
    }

    /// Makes `[R, sizes…]`, the shape of what every run has of its own.
    pub fn per_run(sizes: &[usize]) -> Self {
        Self(std::iter::once(Dim::Runs).chain(sizes.iter().copied().map(Dim::Size)).collect())
    }

    /// Makes a shape whose sizes are all known.
    pub fn fixed(sizes: &[usize]) -> Self {
        Self(sizes.iter().copied().map(Dim::Size).collect())
    }

    /// Returns the dimensions.
    pub fn dims(&self) -> &[Dim] {
        &self.0
    }

    /// Tells whether it grows with the batch.
    pub fn is_batched(&self) -> bool {
        self.0.iter().any(|dim| dim.is_batched())
    }

    /// Returns how many dimensions there are.
    pub fn rank(&self) -> usize {
        self.0.len()
    }

    /// Returns the sizes once R and B are known.
    pub fn at(&self, sizes: Sizes) -> Vec<usize> {
        self.0.iter().map(|dim| dim.at(sizes)).collect()
    }

    /// Returns the number of elements once R and B are known; saturates rather than overflows.
    pub fn count(&self, sizes: Sizes) -> u64 {
        self.0.iter().fold(1, |count: u64, dim| count.saturating_mul(dim.at(sizes) as u64))
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dims: Vec<String> = self.0.iter().map(Dim::to_string).collect();
        write!(f, "[{}]", dims.join(", "))
    }
}
