//! What populations receive: the tensors that a start is calibrated by, and that tell whether a network starts well.

use compact_str::CompactString;

use super::function::Function;
use super::labels::TensorNames;
use super::tensor::{ParameterId, TensorId};

/// What a population receives, at the first tick at which a connection brings something, or at the last tick.
#[derive(Debug, Clone, PartialEq)]
pub struct Received {
    /// The population.
    pub population: CompactString,
    /// The tick, from 1; 0 in a wiring without cycles.
    pub tick: usize,
    /// What the population does with it; nothing for one that passes it on as it is.
    pub activation: Option<Function>,
    /// The sum of what all connections bring, R × N × B, before bias and activation.
    pub total: TensorId,
    /// The same with the bias: what the activation takes.
    pub biased: TensorId,
    /// The standard deviation that connections via genes are calibrated to, all together.
    pub spread: f64,
    /// Connections whose constant is calibrated here, as they bring something for the first time.
    pub grown: Vec<Grown>,
}

/// A connection with a constant that is calibrated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grown {
    /// c, a row of one number a run, to which `part` is proportional.
    pub constant: ParameterId,
    /// What the connection brings, R × N × B.
    pub part: TensorId,
    /// How many times what the calibration finds the constant is.
    pub gain: f64,
    /// Calibrated connections that the population has in all.
    pub among: usize,
}

impl Received {
    /// Returns the tensors that it speaks of.
    pub(super) fn reads(&self) -> impl Iterator<Item = TensorId> {
        [self.total, self.biased].into_iter().chain(self.grown.iter().map(|grown| grown.part))
    }

    /// Follows tensors to their new places.
    pub(super) fn retarget(&mut self, moved: impl Fn(TensorId) -> TensorId) {
        self.total = moved(self.total);
        self.biased = moved(self.biased);
        for grown in &mut self.grown {
            grown.part = moved(grown.part);
        }
    }

    /// Puts its calibration into words, as in printed plans: `pixels->hidden.g.c by hidden.1 to deviation 1.0`.
    pub(super) fn spelt(&self, names: &TensorNames) -> String {
        let one = |grown: &Grown| {
            let gain = match grown.gain {
                1.0 => String::new(),
                gain => format!(" with gain {gain:?}"),
            };
            format!("{} by {}{gain}", names.parameter(grown.constant), names.tensor(grown.part))
        };
        let all: Vec<String> = self.grown.iter().map(one).collect();
        let among = match self.grown.first() {
            Some(first) if first.among > 1 => {
                format!(", {} of the {} of {}", all.len(), first.among, self.population)
            }
            _ => String::new(),
        };
        format!("{} to deviation {:?}{among}", all.join(", "), self.spread)
    }
}
