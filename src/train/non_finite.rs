//! Losses come in; the first run whose loss is not a finite number goes out, and the fault that says so.

use miette::Diagnostic;
use tch::{Device, Kind, Tensor as Live};
use thiserror::Error;

use crate::emit::TorchFault;

/// A run's loss is no finite number.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("the loss of run {run} (seed {seed}) is not finite at step {step}: {culprit}")]
#[diagnostic(
    code(run::not_finite),
    help("a smaller `--lr` is the usual remedy; the run directory keeps the best genome before it")
)]
pub struct NotFinite {
    /// The run, counted from 0.
    pub run: usize,
    /// Its seed.
    pub seed: u64,
    /// The step, counted from 1.
    pub step: u64,
    /// The first tensor that is not finite, in the plan's words.
    pub culprit: String,
}

/// Why a step failed.
#[derive(Debug, Error, Diagnostic)]
pub enum StepFault {
    /// The loss went bad.
    #[error(transparent)]
    #[diagnostic(transparent)]
    NotFinite(#[from] NotFinite),
    /// libtorch refuses.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Torch(#[from] TorchFault),
}

/// Reads a short tensor back as numbers.
pub(super) fn numbers(live: &Live) -> Result<Vec<f64>, TorchFault> {
    let live = live.f_detach()?.f_to_device(Device::Cpu)?.f_to_kind(Kind::Double)?.f_contiguous()?;
    let mut numbers = vec![0.0; live.numel()];
    live.f_copy_data(&mut numbers, live.numel())?;
    Ok(numbers)
}

/// Returns the place of the first run whose loss is not finite.
pub(super) fn first_bad(losses: &[f64]) -> Option<usize> {
    losses.iter().position(|loss| !loss.is_finite())
}
