//! What populations receive before the first step, as `run.json` keeps it.

use serde::{Deserialize, Serialize};

/// What a population receives from the first samples before the first step; each number for each run, with six digits, `None`
/// where it is not finite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// The population.
    pub population: String,
    /// The tick, from 1; 0 in a wiring without cycles.
    pub tick: usize,
    /// Mean over neurons and samples.
    pub mean: Vec<Option<f64>>,
    /// Standard deviation over neurons and samples.
    pub sd: Vec<Option<f64>>,
    /// Root mean square, over neurons, of the standard deviation over samples.
    pub between_samples: Vec<Option<f64>>,
    /// Share of neurons and samples for which the activation has a gradient.
    pub active: Vec<Option<f64>>,
    /// Share of neurons whose activation has no gradient for any sample.
    pub dead: Vec<Option<f64>>,
}

impl Signal {
    /// Returns the same of these runs alone.
    #[must_use]
    pub fn select(&self, runs: &[usize]) -> Self {
        let of = |all: &[Option<f64>]| runs.iter().filter_map(|run| all.get(*run).copied()).collect();
        Self {
            population: self.population.clone(),
            tick: self.tick,
            mean: of(&self.mean),
            sd: of(&self.sd),
            between_samples: of(&self.between_samples),
            active: of(&self.active),
            dead: of(&self.dead),
        }
    }
}
