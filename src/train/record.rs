//! `run.json`: everything that a run was made of, and what came of it.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::recipe::Recipe;
use super::run::{Outcome, Stopped};
use crate::options::Facts;

/// What computed the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// gemc.
    pub gemc: String,
    /// libtorch.
    pub libtorch: String,
}

/// The contents of `run.json`. A field is never renamed or given another unit; new ones may be added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The model's name.
    pub model: String,
    /// The model's parameters that were set, as text.
    pub settings: IndexMap<String, String>,
    /// The protocol.
    pub recipe: Recipe,
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
    /// Training samples that were set aside and judged by in place of the held-out ones.
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
    /// Learned numbers of one run.
    pub parameters: u64,
    /// Synapses and biases of one run.
    pub uncompressed: u64,
    /// The results.
    #[serde(flatten)]
    pub outcome: Outcome,
}

impl Outcome {
    /// Returns what a run came to before its first evaluation: nothing.
    pub fn none(runs: usize) -> Self {
        Self {
            best_accuracy: vec![0.0; runs],
            best_step: vec![0; runs],
            mean: 0.0,
            sd: 0.0,
            steps: 0,
            seconds: 0.0,
            ms_per_step: 0.0,
            stopped: Stopped::Interrupted,
        }
    }
}
