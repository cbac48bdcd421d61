//! Populations as meant: how many neurons, where they lie, what they do, and what they express.

use super::{GenomeId, PopId};
use crate::geometry::{Cloud, Space};
use crate::span::{Name, Span};

/// Neurons of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Population {
    /// Its name.
    pub name: Name,
    /// How many neurons, and where they lie.
    pub shape: Layout,
    /// What a neuron does with the sum it receives.
    pub activation: Activation,
    /// What is added to that sum.
    pub bias: Bias,
    /// Its identity over each genome that it expresses.
    pub identities: Vec<Identity>,
    /// What its activity is pooled from, where it is not made of connections.
    pub pool: Option<Pool>,
    /// Whether it is a cloud whose positions are learned.
    pub learned_positions: bool,
}

/// A population's activity is the mean of its source's over squares of neurons of one map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool {
    /// The population that is pooled, a grid.
    pub source: PopId,
    /// Side of a square, in neurons; it divides the source's height and width.
    pub size: usize,
}

/// How many neurons a population has, and where they lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout {
    /// A line of n neurons.
    Units(usize),
    /// A grid of two or three axes, the last one fastest.
    Grid(Vec<usize>),
    /// Neurons at drawn places.
    Cloud(Cloud),
}

/// A neuron's response to the sum it receives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// x
    Identity,
    /// max(x, 0)
    Relu,
    /// tanh x
    Tanh,
    /// 1 / (1 + e⁻ˣ)
    Sigmoid,
    /// x Φ(x)
    Gelu,
}

/// What is added to the sum a neuron receives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bias {
    /// Nothing.
    None,
    /// One parameter for each neuron.
    Free,
    /// One parameter for each map: for all neurons of a grid that differ only in row and column.
    PerMap,
    /// X b, with one parameter for each gene.
    Expressed(GenomeId),
}

/// How a population's X over one genome comes about.
#[derive(Debug, Clone, PartialEq)]
pub struct Identity {
    /// The genome.
    pub genome: GenomeId,
    /// The form of X.
    pub expression: Expression,
    /// Whether what is sent and what is received have an X each.
    pub split: bool,
    /// Where the text says so.
    pub span: Span,
}

/// The form of X, N × G.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Expression {
    /// X itself is learned.
    Free {
        /// Whether each gene's mean over the population is taken away.
        centred: bool,
        /// How fast, in learning rates.
        rate: f64,
    },
    /// Drawn once, never learned.
    Random {
        /// What is done to what is drawn.
        genes: Genes,
    },
    /// exp(−(d / σ)²), with d the distance to the gene's centre.
    Gaussian {
        /// σ at the start.
        sigma: f64,
        /// Whether every axis has its own σ.
        anisotropic: bool,
        /// Whether each gene's mean over the population is taken away.
        centred: bool,
        /// How fast centres and widths are learned, in learning rates.
        rate: f64,
    },
    /// 1 / (1 + ((p − μ) · σ)²).
    InverseSquare {
        /// Standard deviation of σ's components at the start.
        scale: f64,
        /// Whether each gene's mean over the population is taken away.
        centred: bool,
        /// How fast μ and σ are learned, in learning rates.
        rate: f64,
    },
    /// The mean of the pooled population's identities, over the same squares as its activity.
    Pooled,
}

/// What is done to an identity that is drawn once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Genes {
    /// Nothing.
    AsDrawn,
    /// Each gene's mean over the population is taken away.
    Centred,
    /// The genes are contrasts of the neurons: of mean 0, at right angles to each other.
    Contrasts,
}

impl Expression {
    /// Tells whether each gene's mean over the population is taken away.
    pub fn is_centred(self) -> bool {
        match self {
            Self::Free { centred, .. } | Self::Gaussian { centred, .. } | Self::InverseSquare { centred, .. } => {
                centred
            }
            Self::Random { genes } => genes == Genes::Centred,
            Self::Pooled => false,
        }
    }

    /// Returns how fast its numbers are learned, in learning rates.
    pub fn rate(self) -> f64 {
        match self {
            Self::Free { rate, .. } | Self::Gaussian { rate, .. } | Self::InverseSquare { rate, .. } => rate,
            Self::Random { .. } | Self::Pooled => 1.0,
        }
    }
}

impl Layout {
    /// Returns N, saturating.
    pub fn neurons(&self) -> usize {
        self.axes().iter().fold(1, |count: usize, axis| count.saturating_mul(*axis))
    }

    /// Returns the lengths of its axes: one for a line or a cloud.
    pub fn axes(&self) -> &[usize] {
        match self {
            Self::Units(count) => std::slice::from_ref(count),
            Self::Grid(axes) => axes,
            Self::Cloud(cloud) => std::slice::from_ref(&cloud.neurons),
        }
    }

    /// Returns where its neurons lie.
    pub fn space(&self) -> Space {
        match self {
            Self::Units(count) => Space::Grid(vec![*count]),
            Self::Grid(axes) => Space::Grid(axes.clone()),
            Self::Cloud(cloud) => Space::Cloud(*cloud),
        }
    }

    /// Returns rows, columns and maps: a grid of two axes has one map, a line or a cloud one row and one map.
    pub fn grid(&self) -> [usize; 3] {
        match *self.axes() {
            [rows, columns, maps] => [rows, columns, maps],
            [rows, columns] => [rows, columns, 1],
            [columns] => [1, columns, 1],
            _ => [1, self.neurons(), 1],
        }
    }
}

impl Population {
    /// Returns its identity over a genome, if it expresses it.
    pub fn identity(&self, genome: GenomeId) -> Option<&Identity> {
        self.identities.iter().find(|identity| identity.genome == genome)
    }
}
