//! The parameter table: every number that is learned or drawn, named once, with how it starts.

use compact_str::CompactString;

use super::conv_geometry::ConvGeometry;
use super::labels::TensorNames;
use super::sparse_pattern::SparsePattern;
use super::tensor::{Shape, TensorId};
use crate::geometry::Cloud;

/// One row of the parameter table.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name, from the source: `g.O`, `hidden.g.mu`, `pixels->hidden.W`.
    pub name: CompactString,
    /// What its start is drawn under. Two rows with one key start from the same numbers.
    pub key: CompactString,
    /// Its shape; the first dimension is R.
    pub shape: Shape,
    /// How it starts.
    pub start: Init,
    /// Whether training changes it.
    pub learned: bool,
    /// Whether it is the state of the optimizer that belongs to another row.
    pub state: bool,
    /// How fast, in learning rates.
    pub rate: f64,
    /// What its numbers mean, in a few words.
    pub holds: &'static str,
    /// The connections and populations that use it, in the order of the source.
    pub shared_by: Vec<CompactString>,
    /// Of its numbers, those under a mask: nothing is made of them.
    pub masked: u64,
}

impl Parameter {
    /// Tells whether a step changes it.
    pub fn changes(&self) -> bool {
        self.learned || self.state
    }

    /// Returns the number of values of one run that something is made of.
    pub fn used(&self) -> u64 {
        self.count().saturating_sub(self.masked)
    }

    /// Returns the number of values one run has of it.
    pub fn count(&self) -> u64 {
        self.shape.count(super::Sizes { runs: 1, batch: 1 })
    }
}

/// Which pairs of neurons have a weight.
#[derive(Debug, Clone, PartialEq)]
pub enum Extent {
    /// All.
    Whole,
    /// Those within receptive fields.
    Windows(ConvGeometry),
    /// Those that a mask, 1 × `N_s` × `N_t`, joins.
    Mask(TensorId),
    /// Those that are listed.
    SparsePattern(SparsePattern),
}

/// How the numbers of a row start, each run from its own seed.
#[derive(Debug, Clone, PartialEq)]
pub enum Init {
    /// All the same.
    Constant(f64),
    /// Normal with mean 0.
    Normal {
        /// Standard deviation.
        deviation: f64,
    },
    /// A matrix of random contrasts: columns of mean 0 and mean square 1, at right angles to each other.
    Contrasts,
    /// Uniform on [−bound, bound].
    Uniform {
        /// Half the width.
        bound: f64,
    },
    /// atanh of uniform(−1, 1): gene centres that lie evenly once tanh is applied.
    AtanhUniform,
    /// The constant c with which c · `X_s` O `X_tᵀ` has the standard deviation gain · √(2 / `fan_in`), taken from the other
    /// rows' starting values, for each run by itself.
    Gain {
        /// `X_s`, R × `N_s` × G.
        source: TensorId,
        /// O, R × G × G.
        interaction: TensorId,
        /// `X_t`, R × `N_t` × G.
        target: TensorId,
        /// Synapses that one target neuron receives, in the mean.
        fan_in: f64,
        /// How many times that deviation is wanted.
        gain: f64,
        /// Which pairs of neurons have a weight.
        extent: Extent,
    },
    /// atanh of the positions that a cloud's seed draws, the same for each run: positions that lie there once tanh is applied.
    Cloud(Cloud),
}

impl Init {
    /// Returns the tensors that it is taken from.
    pub fn reads(&self) -> impl Iterator<Item = TensorId> + use<> {
        let read = match *self {
            Self::Gain { source, interaction, target, ref extent, .. } => {
                let mask = if let Extent::Mask(mask) = extent { Some(*mask) } else { None };
                [Some(source), Some(interaction), Some(target), mask]
            }
            Self::Constant(_)
            | Self::Normal { .. }
            | Self::Contrasts
            | Self::Uniform { .. }
            | Self::AtanhUniform
            | Self::Cloud(_) => [None; 4],
        };
        read.into_iter().flatten()
    }

    /// Follows tensors to their new places.
    pub(super) fn retarget(&mut self, moved: impl Fn(TensorId) -> TensorId) {
        if let Self::Gain { source, interaction, target, extent, .. } = self {
            let mask = if let Extent::Mask(mask) = extent { Some(mask) } else { None };
            for id in [source, interaction, target].into_iter().chain(mask) {
                *id = moved(*id);
            }
        }
    }
    /// Puts it into words, as in printed plans: `normal(1.0000)`.
    pub fn spelt(&self, names: &TensorNames) -> String {
        match self {
            Self::Constant(value) => format!("{value:.4}"),
            Self::Normal { deviation } => format!("normal({deviation:.4})"),
            Self::Contrasts => "random contrasts".to_owned(),
            Self::Uniform { bound } => format!("uniform({bound:.4})"),
            Self::AtanhUniform => "atanh uniform(1)".to_owned(),
            Self::Cloud(cloud) => format!("atanh of a cloud, seed {}", cloud.seed),
            Self::Gain { source, interaction, target, fan_in, gain, extent } => {
                let within = match extent {
                    Extent::Whole => String::new(),
                    Extent::Windows(_) => " within windows".to_owned(),
                    Extent::Mask(mask) => format!(" under {}", names.tensor(*mask)),
                    Extent::SparsePattern(wires) => format!(" along {} synapses", wires.synapses()),
                };
                let fan_in = (fan_in * 1e4).round() / 1e4;
                let gain = match gain {
                    1.0 => String::new(),
                    gain => format!("{gain:?} "),
                };
                let [source, interaction, target] = [source, interaction, target].map(|id| names.tensor(*id));
                format!("{gain}sqrt(2 / {fan_in}) / deviation({source} {interaction} {target}ᵀ{within})")
            }
        }
    }
}
