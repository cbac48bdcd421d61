//! The network as meant: names resolved to ids, sizes and attributes known, every rule of the language kept.

use super::ids::{GenomeId, InteractionId, PopId, ProjId};
use crate::span::{Name, Span};

/// A network without faults in itself; whether its wiring holds together is for the next room.
#[derive(Debug, Clone)]
pub struct Model {
    pub(super) name: Name,
    pub(super) settings: Vec<Setting>,
    pub(super) genomes: Vec<Genome>,
    pub(super) interactions: Vec<Interaction>,
    pub(super) populations: Vec<Population>,
    pub(super) projections: Vec<Projection>,
    pub(super) input: PopId,
    pub(super) output: PopId,
}

/// A parameter's value in this compilation.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// The parameter.
    pub name: String,
    /// Its value.
    pub value: Value,
    /// Where the value is from.
    pub origin: Origin,
}

/// Where a parameter's value is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The text's default.
    Default,
    /// Set from outside.
    Set,
    /// A fact of the data set.
    Data,
}

/// A number or truth value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// True or false.
    Bool(bool),
}

/// A set of genes.
#[derive(Debug, Clone)]
pub struct Genome {
    /// Its name.
    pub name: Name,
    /// G.
    pub genes: usize,
}

/// A matrix O over the genes of a genome.
#[derive(Debug, Clone)]
pub struct Interaction {
    /// Its name; a genome's own O has the genome's name.
    pub name: Name,
    /// The genome.
    pub genome: GenomeId,
    /// Which entries are learned.
    pub rule: Rule,
    /// λ of the penalty λ Σ|O|; 0 for none.
    pub sparse: f64,
}

/// Which entries of O are learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// All G².
    Free,
    /// The upper triangle; the lower is its mirror.
    Symmetric,
    /// The diagonal; the rest is 0.
    Diagonal,
    /// None: drawn once.
    Frozen,
}

impl Rule {
    /// Returns how many numbers are learned of an O over `genes` genes, saturating.
    pub fn learned(self, genes: usize) -> usize {
        match self {
            Self::Free => genes.saturating_mul(genes),
            Self::Symmetric => genes.saturating_mul(genes.saturating_add(1)) / 2,
            Self::Diagonal => genes,
            Self::Frozen => 0,
        }
    }
}

/// Neurons of one kind.
#[derive(Debug, Clone)]
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
}

/// How many neurons a population has, and where they lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout {
    /// A line of n neurons.
    Units(usize),
    /// A grid of two or three axes, the last one fastest.
    Grid(Vec<usize>),
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
    /// One learned number a neuron.
    Free,
    /// X b, with one learned number a gene.
    Expressed(GenomeId),
}

/// How a population's X over one genome comes about.
#[derive(Debug, Clone)]
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
    Free,
    /// Drawn once, never learned.
    Random,
    /// exp(−(d / σ)²), with d the distance to the gene's centre.
    Gaussian {
        /// σ at the start.
        sigma: f64,
        /// Whether every axis has its own σ.
        anisotropic: bool,
    },
    /// 1 / (1 + ((p − μ) · σ)²).
    InverseSquare {
        /// Standard deviation of σ's components at the start.
        scale: f64,
    },
}

/// One link from a population to a population.
#[derive(Debug, Clone)]
pub struct Projection {
    /// Where it comes from.
    pub source: PopId,
    /// Where it goes.
    pub target: PopId,
    /// How its weights come about.
    pub encoding: Encoding,
    /// Whether its weights stay as they start.
    pub frozen: bool,
    /// Where the text says so.
    pub span: Span,
}

/// How weights come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// W = c · X O Xᵀ.
    Genes(InteractionId),
    /// W is learned itself.
    Direct,
    /// W = R P: R random and fixed, P learned, b rows.
    Basis(usize),
}

impl Model {
    /// Returns its name.
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// Returns the parameters' values, in the order of the text.
    pub fn settings(&self) -> &[Setting] {
        &self.settings
    }

    /// Returns the genomes.
    pub fn genomes(&self) -> &[Genome] {
        &self.genomes
    }

    /// Returns the interaction matrices.
    pub fn interactions(&self) -> &[Interaction] {
        &self.interactions
    }

    /// Returns the populations.
    pub fn populations(&self) -> &[Population] {
        &self.populations
    }

    /// Returns the projections.
    pub fn projections(&self) -> &[Projection] {
        &self.projections
    }

    /// Returns one genome.
    pub fn genome(&self, id: GenomeId) -> &Genome {
        &self.genomes[id.0]
    }

    /// Returns one interaction matrix.
    pub fn interaction(&self, id: InteractionId) -> &Interaction {
        &self.interactions[id.0]
    }

    /// Returns one population.
    pub fn population(&self, id: PopId) -> &Population {
        &self.populations[id.0]
    }

    /// Returns one projection.
    pub fn projection(&self, id: ProjId) -> &Projection {
        &self.projections[id.0]
    }

    /// Returns the weights that a projection has, saturating.
    pub fn synapses(&self, projection: &Projection) -> u64 {
        let neurons = |id| self.population(id).shape.neurons() as u64;
        neurons(projection.source).saturating_mul(neurons(projection.target))
    }

    /// Returns the population that holds the sample.
    pub fn input(&self) -> PopId {
        self.input
    }

    /// Returns the population that is read.
    pub fn output(&self) -> PopId {
        self.output
    }
}

impl Layout {
    /// Returns N, saturating.
    pub fn neurons(&self) -> usize {
        self.axes().iter().fold(1, |count: usize, axis| count.saturating_mul(*axis))
    }

    /// Returns the lengths of its axes: one for a line.
    pub fn axes(&self) -> &[usize] {
        match self {
            Self::Units(count) => std::slice::from_ref(count),
            Self::Grid(axes) => axes,
        }
    }
}

impl Population {
    /// Returns its identity over a genome, if it expresses it.
    pub fn identity(&self, genome: GenomeId) -> Option<&Identity> {
        self.identities.iter().find(|identity| identity.genome == genome)
    }
}
