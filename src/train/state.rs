//! All that training needs to go on as if it had not stopped. What is not here is made again from it: the order of the samples
//! from seeds and step, the net from the plan.

use std::collections::HashMap;

use miette::Diagnostic;
use safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};
use tch::{Tensor as Live, no_grad_guard};
use thiserror::Error;

use super::doubts::DoubtLog;
use super::early_stopping::Score;
use super::samples::as_size;
use super::tensor_file::{live, tensor_file};
use crate::emit::TorchFault;
use crate::run_dir::{SOURCE, SUM, Signal, StoredTensor};

/// The key of a file's header under which the progress is.
const PROGRESS: &str = "train_state";
/// The key of its SHA-256.
const PROGRESS_SUM: &str = "train_state.sha256";
/// What the names of tensors in a file begin with.
const ROW: &str = "row/";
const OPTIMIZER: &str = "optimizer/";
const BEST: &str = "best/";

/// Tensors by name, each [R, …].
pub(super) type NamedRows = Vec<(String, Live)>;

/// Bytes that are no state of training, or the state of another one.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("the state of training {why}")]
#[diagnostic(
    code(run::bad_state),
    help("go on with the model, the seeds and the number of runs that the state was saved with, from the whole file")
)]
pub struct BadState {
    /// What is wrong with it.
    pub(super) why: String,
}

/// The state of training: a value of its own, which shares no memory with the runs that it was taken of.
#[derive(Debug)]
pub struct TrainState {
    pub(super) progress: Progress,
    /// What a step changes, of the runs that are still trained.
    pub(super) steps: StepState,
    /// Every row of the table as it was at each run's best, of all runs.
    pub(super) best: NamedRows,
}

/// What a step changes.
#[derive(Debug)]
pub(super) struct StepState {
    /// Steps made.
    pub(super) step: u64,
    /// Every row of the table.
    pub(super) rows: NamedRows,
    /// What the optimiser remembers, in the order of the learned rows.
    pub(super) optimizer: NamedRows,
}

/// How far the runs are, in numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Progress {
    /// Steps made.
    pub(super) step: u64,
    /// The seeds of all runs. With the step they decide which samples come next.
    pub(super) seeds: Vec<u64>,
    /// The runs that are still trained, counted from 0.
    pub(super) runs: Vec<usize>,
    pub(super) losses: LossSums,
    /// Each run's best accuracy, and how long it has not improved.
    pub(super) scores: Vec<Score>,
    pub(super) evaluations: u64,
    /// The step of the last one; 0 before the first.
    pub(super) evaluated: u64,
    /// Seconds since training began.
    pub(super) seconds: f64,
    /// Those of them that evaluations took.
    pub(super) evaluating: f64,
    /// What the populations received before the first step.
    pub(super) received: Vec<Signal>,
    pub(super) doubts: DoubtLog,
}

/// The losses since the last evaluation, of the runs that are still trained.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct LossSums {
    pub(super) sums: Vec<f64>,
    pub(super) steps: u64,
    /// Whether the losses of the first step were looked at.
    pub(super) first_seen: bool,
}

impl TrainState {
    /// Returns the steps made.
    pub fn step(&self) -> u64 {
        self.progress.step
    }

    /// Returns the step of the last evaluation; 0 before the first.
    pub fn evaluated(&self) -> u64 {
        self.progress.evaluated
    }

    /// Returns the seeds of all runs.
    pub fn seeds(&self) -> &[u64] {
        &self.progress.seeds
    }

    /// Returns every row of the parameter table, [R, …], each run's part as it was at its best.
    pub fn best(&self) -> &[(String, Live)] {
        &self.best
    }

    /// Returns every row of the parameter table, [R, …], of the runs that are still trained.
    pub fn rows(&self) -> &[(String, Live)] {
        &self.steps.rows
    }

    /// Returns a copy.
    ///
    /// # Errors
    ///
    /// What libtorch refuses: memory.
    pub fn copied(&self) -> Result<Self, TorchFault> {
        let Self { progress, steps, best } = self;
        Ok(Self { progress: progress.clone(), steps: steps.copied()?, best: copied(best)? })
    }

    /// Returns the state of these runs alone, counted from 0 in the given order: what it would be had the others never been.
    ///
    /// # Errors
    ///
    /// What libtorch refuses: memory, or a run that there is not.
    pub fn select(&self, runs: &[usize]) -> Result<Self, TorchFault> {
        let Self { progress, steps, best } = self;
        let place = |run: &usize| progress.runs.iter().position(|trained| trained == run);
        let places: Vec<usize> = runs.iter().filter_map(place).collect();
        let StepState { step, rows, optimizer } = steps;
        let (rows, optimizer) = (selected(rows, &places)?, selected(optimizer, &places)?);
        let steps = StepState { step: *step, rows, optimizer };
        Ok(Self { progress: progress.select(runs, &places), steps, best: selected(best, runs)? })
    }

    /// Returns it as a safetensors file.
    ///
    /// # Errors
    ///
    /// What libtorch refuses: memory.
    pub fn to_bytes(&self) -> Result<Vec<u8>, TorchFault> {
        self.to_file(HashMap::new())
    }

    /// Returns it as a safetensors file whose header holds these notes, too.
    pub(super) fn to_file(&self, mut notes: HashMap<String, String>) -> Result<Vec<u8>, TorchFault> {
        let Self { progress, steps: StepState { rows, optimizer, .. }, best } = self;
        let parts = [(ROW, rows), (OPTIMIZER, optimizer), (BEST, best)];
        let all = parts
            .into_iter()
            .flat_map(|(prefix, rows)| rows.iter().map(move |(name, row)| (format!("{prefix}{name}"), row)));
        let text = serde_json::to_string(progress).map_err(|error| TorchFault::bug(&error.to_string()))?;
        notes.insert(PROGRESS_SUM.to_owned(), StoredTensor::sum_of_text(&text));
        notes.insert(PROGRESS.to_owned(), text);
        tensor_file(all, notes).map_err(|why| TorchFault::bug(&why))
    }

    /// Reads a checkpoint of what has this hash.
    pub(super) fn of_source(bytes: &[u8], source: &str) -> Result<Self, BadState> {
        let state = Self::from_bytes(bytes)?;
        let about = SafeTensors::read_metadata(bytes).ok().and_then(|(_, about)| about.metadata().clone());
        match about.and_then(|notes| notes.get(SOURCE).cloned()) {
            Some(noted) if noted == source => Ok(state),
            _ => Err(bad("is of another model, other settings, seeds or data than the files beside it".to_owned())),
        }
    }

    /// Reads what [`TrainState::to_bytes`] has written.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BadState> {
        let broken = |why: &dyn std::fmt::Display| bad(format!("cannot be read: {why}"));
        let (_, about) = SafeTensors::read_metadata(bytes).map_err(|why| broken(&why))?;
        let file = SafeTensors::deserialize(bytes).map_err(|why| broken(&why))?;
        let note = |key: &str| about.metadata().as_ref().and_then(|notes| notes.get(key));
        let text = note(PROGRESS).ok_or_else(|| bad(format!("lacks `{PROGRESS}` in its header")))?;
        if note(PROGRESS_SUM).is_none_or(|noted| *noted != StoredTensor::sum_of_text(text)) {
            return Err(bad("was altered: the sum of its numbers is another".to_owned()));
        }
        let progress: Progress = serde_json::from_str(text).map_err(|why| broken(&why))?;
        progress.check()?;
        let mut tensors: Vec<StoredTensor<'_>> = file.iter().map(|(name, view)| StoredTensor { name, view }).collect();
        if note(SUM).is_none_or(|noted| *noted != StoredTensor::sum(&tensors)) {
            return Err(bad("was cut off or altered: the sum of its tensors is another".to_owned()));
        }
        tensors.sort_by_key(|tensor| tensor.name);
        let mut parts = [ROW, OPTIMIZER, BEST].map(|prefix| (prefix, NamedRows::new()));
        for tensor in &tensors {
            let part = parts.iter_mut().find_map(|(prefix, rows)| Some((tensor.name.strip_prefix(*prefix)?, rows)));
            let (name, rows) = part.ok_or_else(|| bad(format!("holds `{}`, which no state has", tensor.name)))?;
            rows.push((name.to_owned(), number_tensor(name, tensor)?));
        }
        let [(_, rows), (_, optimizer), (_, best)] = parts;
        Ok(Self { steps: StepState { step: progress.step, rows, optimizer }, progress, best })
    }
}

impl StepState {
    /// Returns a copy.
    ///
    /// # Errors
    ///
    /// What libtorch refuses: memory.
    pub(super) fn copied(&self) -> Result<Self, TorchFault> {
        Ok(Self { step: self.step, rows: copied(&self.rows)?, optimizer: copied(&self.optimizer)? })
    }
}

impl Progress {
    /// Returns that of these runs alone, which are trained at these `places`.
    fn select(&self, runs: &[usize], places: &[usize]) -> Self {
        let trained = (0..runs.len()).filter(|run| self.runs.contains(&runs[*run])).collect();
        let LossSums { sums, steps, first_seen } = &self.losses;
        let sums = places.iter().filter_map(|place| sums.get(*place).copied()).collect();
        Self {
            seeds: runs.iter().filter_map(|run| self.seeds.get(*run).copied()).collect(),
            runs: trained,
            losses: LossSums { sums, steps: *steps, first_seen: *first_seen },
            scores: runs.iter().filter_map(|run| self.scores.get(*run).copied()).collect(),
            received: self.received.iter().map(|signal| signal.select(runs)).collect(),
            doubts: self.doubts.select(runs),
            ..self.clone()
        }
    }

    /// Checks that there is one of everything for each run.
    fn check(&self) -> Result<(), BadState> {
        let (all, trained) = (self.seeds.len(), self.runs.len());
        let in_order = self.runs.is_sorted_by(|one, other| one < other) && self.runs.iter().all(|run| *run < all);
        let whole = all > 0 && in_order && self.scores.len() == all && self.doubts.runs() == all;
        if whole && self.losses.sums.len() == trained { Ok(()) } else { Err(bad("is of no number of runs".to_owned())) }
    }
}

/// Says what is wrong with a state.
pub(super) fn bad(why: String) -> BadState {
    BadState { why }
}

/// Makes a tensor of what a file holds, which must be finite numbers.
fn number_tensor(name: &str, tensor: &StoredTensor<'_>) -> Result<Live, BadState> {
    let kind = tensor.view.dtype();
    if ![Dtype::F32, Dtype::F64].contains(&kind) {
        return Err(bad(format!("holds {kind} in `{name}`, expected F32 or F64")));
    }
    match tensor.first_not_finite() {
        None => live(&tensor.view).map_err(|why| bad(format!("cannot be read: {why}"))),
        Some(index) => Err(bad(format!("holds number {index} of `{name}`, which is not finite"))),
    }
}

fn copied(rows: &[(String, Live)]) -> Result<NamedRows, TorchFault> {
    let _guard = no_grad_guard();
    rows.iter().map(|(name, row)| Ok((name.clone(), row.f_detach_copy()?))).collect()
}

fn selected(rows: &[(String, Live)], runs: &[usize]) -> Result<NamedRows, TorchFault> {
    let _guard = no_grad_guard();
    let index: Vec<i64> = runs.iter().copied().map(as_size).collect();
    let index = Live::f_from_slice(&index)?;
    let select =
        |(name, row): &(String, Live)| Ok((name.clone(), row.f_index_select(0, &index.f_to_device(row.device())?)?));
    rows.iter().map(select).collect()
}
