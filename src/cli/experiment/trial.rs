//! A trial in which nothing is left to be found wrong: what is trained as one program, and the address that its content gives it.

use std::path::Path;

use indexmap::IndexMap;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::arguments::Protocol;
use crate::cli::args::CompileArgs;
use crate::cli::data_paths::task_facts;
use crate::cli::exit::Failure;
use crate::cli::model::{quietly, task_options};
use crate::cli::source;
use crate::compile::Stages;
use crate::run_dir::{Needs, SnapshotSteps, TrainConfig};

/// The version of the digits: it grows whenever the same run gives others.
const NUMBERS: u32 = 1;

/// A model with one value of everything, for all of its seeds.
#[derive(Debug)]
pub(super) struct Trial {
    /// Counted from 1, in the order of the recipe.
    pub(super) number: usize,
    /// What it is called in figures, together with others.
    pub(super) label: String,
    /// What tells it from the others of its label: `genes=3 lr=0.01`.
    pub(super) varied: String,
    /// The path of the model, as a command finds it.
    pub(super) model: String,
    /// Options of `gemc train`, as arguments.
    pub(super) options: Vec<String>,
    /// The same, read.
    pub(super) args: CompileArgs,
    pub(super) protocol: Protocol,
    pub(super) config: TrainConfig,
    /// The size of the validation split; 0 where there is none.
    pub(super) held_out: usize,
    pub(super) data: String,
    /// Bytes of the samples.
    pub(super) data_bytes: u64,
    /// Parameters of one run.
    pub(super) parameters: u64,
    /// Synapses and biases of one run.
    pub(super) uncompressed: u64,
    /// SHA-256 of all that its results depend on, in hexadecimal.
    pub(super) key: String,
}

/// What a trial starts from: SHA-256 of the genome's rows, and the names of those that are taken.
pub(super) type TrialStart = (Option<String>, Option<Vec<String>>);

/// All that the results of a trial depend on.
#[derive(Serialize)]
pub(super) struct Content<'a> {
    pub(super) graph: &'a str,
    pub(super) data: &'a str,
    pub(super) data_hash: &'a str,
    pub(super) config: &'a TrainConfig,
    pub(super) held_out: usize,
    pub(super) split: Option<&'static str>,
    pub(super) rotations: bool,
    pub(super) weights: &'a String,
    /// The genome that it starts from, and which rows of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) start: Option<TrialStart>,
    /// After which steps it keeps snapshots: a run that has none is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) snapshots: Option<SnapshotSteps>,
}

impl Content<'_> {
    /// Returns its address: SHA-256, in hexadecimal.
    pub(super) fn key(&self, version: &str) -> String {
        // these are strings and numbers, which always become JSON
        let text = serde_json::to_string(&(NUMBERS, version, self)).unwrap_or_default();
        let sum = Sha256::new_with_prefix(text).finalize();
        sum.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
    }
}

/// Returns a label, and what tells a trial from the others of that label.
pub(super) fn full_name(label: &str, varied: &str) -> String {
    if varied.is_empty() { label.to_owned() } else { format!("{label} {varied}") }
}

impl Trial {
    /// Returns its label, and what tells it from the others of that label.
    pub(super) fn name(&self) -> String {
        full_name(&self.label, &self.varied)
    }

    /// Returns the model's parameters that are set.
    pub(super) fn settings(&self) -> IndexMap<String, String> {
        self.args.model.set.iter().cloned().collect()
    }

    /// Compiles its model.
    pub(super) fn compiled(&self) -> Result<Stages, Failure> {
        let source = source::find(Path::new(&self.model)).map_err(|report| Failure::text(&self.model, report))?;
        let facts = task_facts(&self.data, self.args.few_shot.wanted())?;
        quietly(&source, &task_options(&self.args, facts))
    }

    /// Returns the bytes that training takes, of what its model compiles to.
    pub(super) fn memory(&self, stages: &Stages) -> u64 {
        Needs::of(&stages.plan, &self.config, self.data_bytes.saturating_mul(2)).total()
    }

    /// Returns the arguments of the command that trains it in `folder`.
    pub(super) fn train(&self, folder: &Path, threads: Option<usize>) -> Vec<String> {
        let mut line = vec!["train".to_owned(), self.model.clone()];
        line.extend(self.options.iter().cloned());
        line.extend(self.args.model.set.iter().map(|(name, value)| format!("--set={name}={value}")));
        let asked = self.args.training.threads.is_some();
        line.extend(threads.filter(|_| !asked).map(|threads| format!("--threads={threads}")));
        if self.held_out > 0 && self.args.training.hold_out.is_none() {
            line.push(format!("--validation={}", self.held_out));
        }
        line.push(format!("--run-dir={}", folder.display()));
        line
    }

    /// Returns the arguments of the command that goes on with it.
    pub(super) fn resume(&self, folder: &Path) -> Vec<String> {
        let mut line = vec!["resume".to_owned(), folder.display().to_string()];
        let every = self.args.training.checkpoint_every;
        line.extend(every.map(|seconds| format!("--checkpoint-every={seconds}")));
        line.extend(self.data_dir());
        line
    }

    /// Returns the arguments of the command that measures it on the test samples.
    pub(super) fn evaluate(&self, folder: &Path) -> Vec<String> {
        let mut line = vec!["eval".to_owned(), folder.display().to_string(), "--format=json".to_owned()];
        line.extend(self.data_dir());
        line
    }

    fn data_dir(&self) -> Option<String> {
        self.args.training.data_dir.as_ref().map(|folder| format!("--data-dir={}", folder.display()))
    }
}
