//! How a net is trained: the numbers of the protocol, the paper's where nothing else is asked for, all checked before use.

use miette::Diagnostic;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::options::{FewShot, USUAL_TASKS, usual_batch};

/// The numbers of a training protocol.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainConfig {
    /// B, samples a batch.
    pub batch: usize,
    /// Steps at most.
    pub length: u64,
    /// Adam's learning rate.
    pub lr: f64,
    /// The seed of run 0; run k has `seed` + k.
    pub seed: u64,
    /// R, runs trained at once.
    pub runs: usize,
    /// Steps between two evaluations.
    pub eval_every: u64,
    /// Evaluations in a row without an improvement after which a run stops; without it, a run goes its whole length.
    pub patience: Option<u64>,
    /// What counts as an improvement: more than this over the best accuracy so far, as a fraction.
    pub min_delta: f64,
    /// How the learning rate changes on the way.
    #[serde(default)]
    pub schedule: LrSchedule,
    /// How tasks are learned, where the network is trained to learn such; `batch` then counts tasks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub few_shot: Option<FewShot>,
}

/// How the learning rate changes from the first step to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LrSchedule {
    /// Not at all.
    #[default]
    Constant,
    /// Half a cosine from the full rate down to 0 (Loshchilov, Hutter 2017, without restarts).
    Cosine,
}

impl Default for TrainConfig {
    /// The paper's protocol for perceptrons: batches of 64, at most 30,000 of them, all held-out images every 1,000, an end
    /// when accuracy has not improved by more than 0.005 over twenty evaluations in a row, and a rate that falls along a
    /// cosine: what the paper leaves open was chosen on a validation split.
    fn default() -> Self {
        Self {
            batch: usual_batch(false),
            length: 30_000,
            lr: 0.01,
            seed: 0,
            runs: 1,
            eval_every: 1_000,
            patience: Some(20),
            min_delta: 0.005,
            schedule: LrSchedule::Cosine,
            few_shot: None,
        }
    }
}

/// Epochs of a model with receptive fields.
pub const EPOCHS: u64 = 200;

/// A number of the protocol with which nothing can be trained.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("{name} is {found}, must be {wanted}")]
#[diagnostic(code(run::bad_recipe), help("give another value with `{option}`{example}"))]
pub struct BadConfig {
    /// Which number.
    pub name: &'static str,
    /// What it is.
    pub found: String,
    /// What it must be.
    pub wanted: String,
    /// The option that sets it.
    pub option: &'static str,
    /// A value that will do, with a colon before it, where one is known.
    pub example: String,
}

impl TrainConfig {
    /// Returns the protocol by which a model is usually trained on `samples` samples: one with receptive fields, `windows`,
    /// by the paper's for LeNet-5, 200 epochs in batches of 128, evaluated after each, with a rate that falls along a
    /// cosine; any other by that of perceptrons.
    pub fn usual(windows: bool, samples: usize) -> Self {
        let perceptron = Self::default();
        if !windows {
            return perceptron;
        }
        let recipe = Self { batch: usual_batch(true), lr: 0.006, patience: None, ..perceptron };
        recipe.for_epochs(EPOCHS, samples)
    }

    /// Returns the protocol by which a network is usually trained to learn tasks: batches of 32 tasks, 40,000 of them, an evaluation
    /// every 250, a rate that falls along a cosine.
    pub fn usual_few_shot(few_shot: FewShot) -> Self {
        Self {
            batch: USUAL_TASKS,
            length: 40_000,
            lr: 0.005,
            eval_every: 250,
            patience: None,
            few_shot: Some(few_shot),
            ..Self::default()
        }
    }

    /// Returns the protocol for a whole number of epochs, evaluated after each; the last partial batch of each is dropped.
    #[must_use]
    pub fn for_epochs(self, epochs: u64, samples: usize) -> Self {
        let each = ((samples / self.batch.max(1)) as u64).max(1);
        Self { length: epochs.saturating_mul(each), eval_every: each, ..self }
    }

    /// Returns the learning rate of `step`, counted from 0.
    pub fn rate(&self, step: u64) -> f64 {
        match self.schedule {
            LrSchedule::Constant => self.lr,
            LrSchedule::Cosine => {
                let way = step.min(self.length) as f64 / self.length.max(1) as f64;
                0.5 * self.lr * (1.0 + (std::f64::consts::PI * way).cos())
            }
        }
    }

    /// Returns the seed of each run.
    pub fn seeds(&self) -> Vec<u64> {
        (0_u64..).take(self.runs).map(|run| self.seed.wrapping_add(run)).collect()
    }

    /// Checks every number; `samples` is the size of the training set.
    ///
    /// # Errors
    ///
    /// Names the first number with which nothing can be trained.
    pub fn check(&self, samples: usize) -> Result<(), BadConfig> {
        let one = || "at least 1".to_owned();
        let rule = |holds: bool, name, found: String, wanted: String, option| {
            if holds { Ok(()) } else { Err(BadConfig { name, found, wanted, option, example: String::new() }) }
        };
        rule(self.batch > 0, "the batch", self.batch.to_string(), one(), "--batch")?;
        let most = format!("at most {samples}, the training set");
        let fits = self.batch <= samples || self.few_shot.is_some();
        rule(fits, "the batch", self.batch.to_string(), most, "--batch").map_err(|fault| {
            let example =
                format!(": `--batch {}`, or {samples} for all samples at once", usual_batch(false).min(samples));
            BadConfig { example, ..fault }
        })?;
        rule(self.length > 0, "the length", self.length.to_string(), "at least 1 step".to_owned(), "--steps")?;
        let rate = self.lr > 0.0 && self.lr.is_finite();
        rule(rate, "the learning rate", self.lr.to_string(), "above 0".to_owned(), "--lr")?;
        rule(self.runs > 0, "the number of runs", self.runs.to_string(), one(), "--runs")?;
        let every = self.eval_every;
        rule(every > 0, "the evaluation interval", every.to_string(), "at least 1 step".to_owned(), "--eval-every")?;
        let patience = self.patience.unwrap_or(1);
        rule(patience > 0, "the patience", patience.to_string(), one(), "--patience")?;
        let improvement = (0.0..=1.0).contains(&self.min_delta);
        let fraction = "a fraction between 0 and 1".to_owned();
        rule(improvement, "the minimum improvement", self.min_delta.to_string(), fraction, "--min-delta")
    }
}
