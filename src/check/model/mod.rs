//! The network as meant: names resolved to ids, sizes and attributes known, every rule of the language kept.

mod generators;
mod ids;
mod population;
mod show;
mod window;

pub use generators::{GNetwork, SineNetwork};
pub use ids::{GenomeId, InteractionId, PopId, ProjId};
pub use population::{Activation, Bias, Expression, Genes, Identity, Layout, Pool, Population};
pub use window::{Share, Window};

use crate::geometry::Mask;
use crate::span::{Name, Span};

/// A network without faults in itself; whether its wiring holds together is for the next room.
#[derive(Debug, Clone)]
pub struct Model {
    pub(in crate::check) name: Name,
    pub(in crate::check) settings: Vec<Setting>,
    pub(in crate::check) genomes: Vec<Genome>,
    pub(in crate::check) interactions: Vec<Interaction>,
    pub(in crate::check) populations: Vec<Population>,
    pub(in crate::check) projections: Vec<Projection>,
    pub(in crate::check) input: PopId,
    pub(in crate::check) intake: Intake,
    pub(in crate::check) output: PopId,
    pub(in crate::check) ticks: Option<usize>,
    pub(in crate::check) start: Start,
}

/// How the constants c of connections via genes start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// So that what connections via genes bring to a population spreads by 1 over a batch of training samples.
    Calibrated,
    /// So that weights spread by √(2 / fan-in).
    FanIn,
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
#[derive(Debug, Clone, PartialEq)]
pub struct Interaction {
    /// Its name; a genome's own O has the genome's name.
    pub name: Name,
    /// The genome.
    pub genome: GenomeId,
    /// Which entries are learned.
    pub rule: Rule,
    /// λ of the penalty λ Σ|O|; 0 for none.
    pub sparse: f64,
    /// How fast O is learned, in learning rates.
    pub rate: f64,
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
    /// Two factors, G × r and r × G, whose product O is.
    Rank(usize),
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
            Self::Rank(rank) => rank.saturating_mul(genes).saturating_mul(2),
            Self::Frozen => 0,
        }
    }
}

/// How the input takes a sample's numbers: as (x − mean) / deviation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Intake {
    /// What is taken away.
    pub mean: f64,
    /// What the rest is divided by, greater than 0.
    pub deviation: f64,
}

impl Intake {
    /// As they are.
    pub const PLAIN: Self = Self { mean: 0.0, deviation: 1.0 };
}

/// One link from a population to a population.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    /// Where it comes from.
    pub source: PopId,
    /// Where it goes.
    pub target: PopId,
    /// How its weights come about.
    pub encoding: Encoding,
    /// The receptive fields, where not every neuron reaches every other.
    pub window: Option<Window>,
    /// The pairs of neurons that are joined, where not all are.
    pub mask: Option<Mask>,
    /// The weights that it has, saturating.
    pub synapses: u64,
    /// What a weight may be.
    pub weights: Weights,
    /// Synthesized weights start with this multiple of the usual deviation, √(2 / fan-in).
    pub gain: f64,
    /// Whether an earlier one joins the same ends by the same encoding, in another manner.
    pub again: bool,
    /// Whether an earlier one joins the same ends by another encoding that has a matrix of the same name.
    pub namesake: bool,
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
    /// A small network makes W of the labels of the two neurons.
    GNetwork(GNetwork),
    /// W = W0 + R θ: W0 and R random and fixed, θ learned, one for all connections of the same dimension.
    Subspace(usize),
    /// W = W0 + β φ(α) for each chunk of weights: W0 and φ random and fixed, α and β learned.
    Sine(SineNetwork),
}

/// What a weight may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Weights {
    /// Any number.
    Real,
    /// 1 where the number that is made is above 0, else 0.
    Heaviside,
    /// The number that is made where it is above 0, else 0.
    Nonnegative,
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
        projection.synapses
    }

    /// Tells whether any projection has receptive fields.
    pub fn has_windows(&self) -> bool {
        self.projections.iter().any(|projection| projection.window.is_some())
    }

    /// Returns the population that holds the sample.
    pub fn input(&self) -> PopId {
        self.input
    }

    /// Returns how the input takes a sample's numbers.
    pub fn intake(&self) -> Intake {
        self.intake
    }

    /// Returns how many ticks the text asks for.
    pub fn ticks(&self) -> Option<usize> {
        self.ticks
    }

    /// Returns how the constants c of connections start.
    pub fn start(&self) -> Start {
        self.start
    }

    /// Returns the population that is read.
    pub fn output(&self) -> PopId {
        self.output
    }
}
