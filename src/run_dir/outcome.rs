//! What came of a run, and how it stands: the part of `run.json` that changes while it trains.

use serde::{Deserialize, Serialize};

use super::signal::Signal;

/// How a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It trains, or was killed while it did: then nobody holds its folder.
    Running,
    /// It went as far as it was asked to.
    Finished,
    /// It was asked to stop.
    Interrupted,
    /// A fault ended it.
    Failed,
    /// Its loss, or one of its numbers, became infinite or no number at all.
    Diverged,
}

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stopped {
    /// Every run's accuracy stopped improving.
    Converged,
    /// All steps were made.
    Length,
    /// The user asked for it: Ctrl-C.
    Interrupted,
    /// Another program asked for it: SIGTERM.
    Terminated,
    /// The terminal went away: SIGHUP.
    Hangup,
}

impl Stopped {
    /// Tells whether someone asked for the end.
    pub fn was_asked_for(self) -> bool {
        match self {
            Self::Interrupted | Self::Terminated | Self::Hangup => true,
            Self::Converged | Self::Length => false,
        }
    }

    /// Returns how a run stands that has ended so.
    pub fn state(self) -> State {
        if self.was_asked_for() { State::Interrupted } else { State::Finished }
    }
}

/// The fault that ended a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// Its code, such as `run::not_finite`.
    pub code: String,
    /// What it says.
    pub message: String,
}

/// Why a run may not learn, as `run.json` holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Its code, such as `run::at_chance`.
    pub code: String,
    /// The run, counted from 0.
    pub run: usize,
    /// Steps made when it was noticed.
    pub step: u64,
    /// What it says.
    pub message: String,
}

/// What came of a run so far; `None` where there is nothing yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunOutcome {
    /// How it stands; absent in runs of before it was kept.
    #[serde(default)]
    pub state: Option<State>,
    /// Each run's best accuracy on all held-out samples, a fraction; `None` before its first evaluation.
    pub best_accuracy: Vec<Option<f64>>,
    /// The step at which each run was at its best.
    pub best_step: Vec<Option<u64>>,
    /// Mean of the best accuracies.
    pub mean: Option<f64>,
    /// Their sample standard deviation; `None` for a single run.
    pub sd: Option<f64>,
    /// The accuracy up to which guessing can come by chance; `None` where there are too few samples to tell.
    #[serde(default)]
    pub chance: Option<f64>,
    /// Steps made.
    pub steps: u64,
    /// Seconds, evaluations included.
    pub seconds: f64,
    /// Milliseconds a step, evaluations not included.
    pub ms_per_step: Option<f64>,
    /// Why it ended; `None` while it has not, and where a fault ended it.
    pub stopped: Option<Stopped>,
    /// The fault that ended it.
    #[serde(default)]
    pub error: Option<Trouble>,
    /// What each population received before the first step; absent in runs of before this was looked at.
    #[serde(default)]
    pub received: Vec<Signal>,
    /// What is amiss with the runs, each told once a run.
    #[serde(default)]
    pub warnings: Vec<Warning>,
    /// Files of the folder that could not be written, or not as they should be.
    #[serde(default)]
    pub missing: Vec<String>,
}

impl RunOutcome {
    /// Returns what runs have come to before the first step: nothing.
    pub fn none(runs: usize) -> Self {
        Self {
            state: Some(State::Running),
            best_accuracy: vec![None; runs],
            best_step: vec![None; runs],
            mean: None,
            sd: None,
            chance: None,
            steps: 0,
            seconds: 0.0,
            ms_per_step: None,
            stopped: None,
            error: None,
            received: Vec::new(),
            warnings: Vec::new(),
            missing: Vec::new(),
        }
    }

    /// Returns the runs, counted from 0, that are no better at their best than guessing could be.
    pub fn at_chance(&self) -> Vec<usize> {
        let Some(chance) = self.chance else { return Vec::new() };
        let runs = self.best_accuracy.iter().enumerate();
        runs.filter(|(_, best)| best.is_some_and(|best| best <= chance)).map(|(run, _)| run).collect()
    }
}
