//! What the evaluations said of each run: its best accuracy, whether it still counts, when it stopped.

use serde::{Deserialize, Serialize};

use crate::run_dir::TrainConfig;

/// One evaluation of one run: a line of `metrics.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// The run, counted from 0.
    pub run: usize,
    /// Steps made.
    pub step: u64,
    /// Mean training loss since the evaluation before.
    pub loss: f64,
    /// Accuracy on all held-out samples, a fraction.
    pub accuracy: f64,
    /// Seconds since training began.
    pub seconds: f64,
}

/// One run's standing.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Score {
    /// The best accuracy, and the step at which it was found; `None` before the first evaluation.
    pub(super) best: Option<(f64, u64)>,
    /// Evaluations in a row without an improvement.
    pub(super) without: u64,
}

impl Score {
    /// Notes an evaluation; tells whether it is a new best.
    ///
    /// An accuracy that is better, but by no more than `min_delta`, is a new best and no improvement.
    pub(super) fn note(&mut self, accuracy: f64, step: u64, recipe: &TrainConfig) -> bool {
        let best = self.best.map_or(f64::NEG_INFINITY, |(best, _)| best);
        self.without = if accuracy > best + recipe.min_delta { 0 } else { self.without + 1 };
        let better = accuracy > best;
        if better {
            self.best = Some((accuracy, step));
        }
        better
    }

    /// Tells whether the run goes on.
    pub(super) fn counts(&self, recipe: &TrainConfig) -> bool {
        recipe.patience.is_none_or(|patience| self.without < patience)
    }
}

/// Returns the mean and the sample standard deviation; a single number has none.
pub fn mean_and_deviation(values: &[f64]) -> (f64, Option<f64>) {
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (values.len() > 1).then(|| (squares / (count - 1.0)).sqrt()))
}
