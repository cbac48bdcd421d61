//! `run.json`: everything that a run was made of, and what came of it.

use std::path::Path;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::fault::RECORD;
use super::kept::{KeptFault, hexadecimal};
use super::outcome::RunOutcome;
use super::snapshot_steps::SnapshotSteps;
use super::stored::{Damaged, bounded};
use super::train_config::TrainConfig;
use crate::options::Facts;

/// What computed the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// gemc.
    pub gemc: String,
    /// The commit that gemc was built from, with `-dirty` where its files were changed; `None` where that is not known.
    #[serde(default)]
    pub commit: Option<String>,
    /// libtorch.
    pub libtorch: String,
}

/// Where runs started from that did not start from their seeds alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartedFrom {
    /// The folder of the run whose genome they took.
    pub run: String,
    /// SHA-256 of that genome's rows.
    pub genome: String,
    /// Which of its runs all of them took, counted from 0; `None` where each took that of its own number.
    pub which: Option<usize>,
    /// The rows that they took.
    pub rows: Vec<String>,
}

/// The contents of `run.json`. A field is never renamed or given another unit; new ones may be added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The model's name.
    pub model: String,
    /// The model's parameters that were set, as text.
    pub settings: IndexMap<String, String>,
    /// The protocol.
    pub recipe: TrainConfig,
    /// The seed of each run.
    pub seeds: Vec<u64>,
    /// The data set's name.
    pub data: String,
    /// Its hash.
    pub data_hash: String,
    /// Whether published sums prove the files to be what the name says; absent in runs of before this was looked at.
    #[serde(default)]
    pub data_proven: Option<bool>,
    /// The sizes of its samples, as the model was compiled for them; absent in runs of before they were kept.
    #[serde(default)]
    pub facts: Option<Facts>,
    /// Zeros on each side of a sample that make it fill the input.
    #[serde(default)]
    pub padding: usize,
    /// How classes were split, where tasks were made of them and it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<String>,
    /// Whether each class that was trained on became four, by rotations.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rotations: bool,
    /// Whose genome the runs started from, where they did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<StartedFrom>,
    /// Rows of the parameter table, or genomes, that stayed as they started, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub freeze: Vec<String>,
    /// The size of the validation split; 0 where runs are evaluated on the test split.
    #[serde(default)]
    pub held_out: Option<usize>,
    /// In which order weights were made and used: `auto`, `synthesize` or `factored`.
    #[serde(default)]
    pub weights: String,
    /// Hash of the lowered graph.
    pub graph: String,
    /// What computed the run.
    pub versions: Versions,
    /// `cpu` or `cuda:N`.
    pub device: String,
    /// Threads of libtorch.
    pub threads: usize,
    /// Numbers of single precision in a register of the processor; absent in runs of before this was kept.
    #[serde(default)]
    pub lanes: Option<usize>,
    /// When training began, in seconds since 1970, where event files for TensorBoard are written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tensorboard: Option<f64>,
    /// After which steps snapshots of the learned rows are written, where they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshots: Option<SnapshotSteps>,
    /// Learned numbers of one run.
    pub parameters: u64,
    /// Synapses and biases of one run.
    pub uncompressed: u64,
    /// How it stands, and the results.
    #[serde(flatten)]
    pub outcome: RunOutcome,
}

/// Bytes of a record at most: that of 4,096 runs has a tenth of it.
const MOST_RECORD: u64 = 32 << 20;
/// Runs that are trained at once, at most.
const MOST_RUNS: usize = 4_096;
/// The sizes of a sample, at most.
const MOST_SIDE: usize = 1 << 16;

impl Manifest {
    /// Reads `run.json` of the run in `folder`.
    ///
    /// # Errors
    ///
    /// Names the field that is missing, or that no run can have.
    pub fn read(folder: &Path) -> Result<Self, KeptFault> {
        let file = folder.join(RECORD);
        let bytes = bounded(&file, MOST_RECORD)?;
        let damaged =
            |found: String, expected: &str| Damaged { path: file.clone(), found, expected: expected.to_owned() };
        let record: Self = serde_json::from_slice(&bytes)
            .map_err(|why| damaged(format!("{why}"), "the record that gemc writes of a run"))?;
        match record.misfit() {
            None => Ok(record),
            Some((found, expected)) => Err(damaged(found, &expected).into()),
        }
    }

    /// Returns the hash of what the run was made of: the `model`'s text, its settings, the seeds and the data; what it started from and
    /// what was frozen, where there is such.
    pub fn source(&self, model: &str) -> String {
        let Self { settings, seeds, data, data_hash, facts, padding, .. } = self;
        // these are strings and numbers, which always become JSON
        let mut rest = serde_json::to_string(&(settings, seeds, data, data_hash, facts, padding)).unwrap_or_default();
        if let Some(StartedFrom { genome, which, rows, .. }) = &self.from {
            rest += &serde_json::to_string(&("from", genome, which, rows)).unwrap_or_default();
        }
        if !self.freeze.is_empty() {
            rest += &serde_json::to_string(&("freeze", &self.freeze)).unwrap_or_default();
        }
        hexadecimal(Sha256::new().chain_update(model).chain_update([0]).chain_update(rest))
    }

    /// Writes the parameters that were set: `genes=5 sigma=0.2`.
    pub fn settings_line(&self) -> String {
        let settings: Vec<String> = self.settings.iter().map(|(name, value)| format!("{name}={value}")).collect();
        settings.join(" ")
    }

    /// Returns the first thing that no run can have, and what it would have to be.
    fn misfit(&self) -> Option<(String, String)> {
        let said = |found: String, expected: &str| Some((found, expected.to_owned()));
        if self.seeds.is_empty() || self.seeds.len() > MOST_RUNS || self.seeds.len() != self.recipe.runs {
            let found = format!("it has {} seeds of {} runs", self.seeds.len(), self.recipe.runs);
            return said(found, "a seed for each run, of 1 to 4,096");
        }
        if let Err(wrong) = self.recipe.check(u32::MAX as usize) {
            return said(format!("{} is {}", wrong.name, wrong.found), &wrong.wanted);
        }
        let sides = self.facts.iter().flat_map(|facts| [facts.height, facts.width, facts.channels, facts.classes]);
        if let Some(side) = sides.into_iter().find(|side| !(1..=MOST_SIDE).contains(side)) {
            return said(format!("a size of its samples is {side}"), "1 to 65,536");
        }
        let reached = self.outcome.best_accuracy.iter().flatten().find(|accuracy| !(0.0..=1.0).contains(*accuracy));
        reached.and_then(|accuracy| said(format!("an accuracy is {accuracy}"), "a fraction between 0 and 1"))
    }
}
