//! The options of training as types; their doc comments are the help that users read.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum, ValueHint};

use super::args::{CompileArgs, ModelArgs};
use super::few_shot::{ClassArgs, FewShotArgs};
use super::parse::{
    Sweep, batch, device, epochs, every, hold_out, improvement, patience, rate, runs, seconds, seed, snapshots, steps,
    sweep, threads,
};
use super::stage::On;
use crate::run_dir::SnapshotSteps;

/// `gemc train`.
#[derive(Debug, Args)]
pub(super) struct TrainVerb {
    /// The model file; a shipped model is found by its name alone
    #[arg(value_hint = ValueHint::FilePath)]
    file: PathBuf,
    #[command(flatten)]
    model: ModelArgs,
    /// The data set; `gemc data list` names them
    #[arg(id = "train", long = "data", value_name = "DATA", required = true)]
    data: String,
    #[command(flatten)]
    training: TrainArgs,
    #[command(flatten)]
    few_shot: FewShotArgs,
    #[command(flatten)]
    classes: ClassArgs,
}

impl TrainVerb {
    /// Returns the same as arguments of `compile`.
    pub(super) fn as_compile(&self) -> CompileArgs {
        let Self { file, model, data, training, few_shot, classes } = self;
        let (file, model, training) = (file.clone(), model.clone(), training.clone());
        let (few_shot, classes) = (few_shot.clone(), classes.clone());
        CompileArgs {
            file,
            model,
            data: None,
            emit: None,
            target: On::Cpu,
            out: None,
            train: Some(data.clone()),
            training,
            few_shot,
            classes,
        }
    }
}

/// How to train. The paper's protocol fills in what is not given.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Training")]
#[group(requires = "train", multiple = true)]
pub(super) struct TrainArgs {
    /// Search for data in this folder first
    #[arg(long, value_name = "PATH", value_hint = ValueHint::DirPath)]
    pub(super) data_dir: Option<PathBuf>,
    /// Validation split: evaluate on N of the training samples, which are not trained on, instead of the test samples
    #[arg(long = "validation", alias = "hold-out", value_name = "N", conflicts_with = "few_shot", allow_negative_numbers = true, value_parser = hold_out)]
    pub(super) hold_out: Option<u32>,
    /// Train for at most N batches
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = steps, conflicts_with = "epochs")]
    pub(super) steps: Option<u64>,
    /// Train for at most N epochs
    #[arg(long, value_name = "N", conflicts_with = "few_shot", allow_negative_numbers = true, value_parser = epochs)]
    pub(super) epochs: Option<u64>,
    /// Batch size, in samples, or in tasks for few-shot learning
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = batch)]
    pub(super) batch: Option<u32>,
    /// The learning rate of Adam
    #[arg(long, value_name = "RATE", allow_negative_numbers = true, value_parser = rate)]
    pub(super) lr: Option<f64>,
    /// Learning-rate schedule
    #[arg(long, value_enum, value_name = "SCHEDULE")]
    pub(super) schedule: Option<Rate>,
    /// Seed of all random numbers
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = seed)]
    pub(super) seed: Option<u64>,
    /// Train N runs at once, with the seeds SEED, SEED + 1, …
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = runs)]
    pub(super) runs: Option<u32>,
    /// Train the model once for each value of a parameter: NAME=1..30, NAME=5,10,20
    #[arg(long, value_name = "NAME=VALUES", value_parser = sweep)]
    pub(super) sweep: Option<Sweep>,
    /// Start from the genome of this run: all rows that the model has too, or those named after a colon, `RUN:g.O,hidden.g`
    #[arg(long, value_name = "RUN[:NAME,…]", value_hint = ValueHint::DirPath)]
    pub(super) from: Option<PathBuf>,
    /// Do not train these rows of the parameter table, or all rows of a genome; separated by commas, may be repeated
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(super) freeze: Vec<String>,
    /// Device: `auto`, `cpu`, `cuda` or `cuda:N`
    #[arg(long, value_name = "DEVICE", value_parser = device)]
    pub(super) device: Option<String>,
    /// Number of CPU threads
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = threads)]
    pub(super) threads: Option<u16>,
    /// Evaluate every N batches
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = every)]
    pub(super) eval_every: Option<u64>,
    /// Early stopping: stop after N evaluations in a row without improvement
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = patience)]
    pub(super) patience: Option<u64>,
    /// Early stopping: the smallest gain in accuracy that counts as an improvement, from 0 to 1
    #[arg(long, value_name = "DELTA", allow_negative_numbers = true, value_parser = improvement)]
    pub(super) min_delta: Option<f64>,
    /// Run directory, which must be new or empty [default: runs/MODEL-1, -2, …]
    #[arg(long, value_name = "PATH", value_hint = ValueHint::DirPath)]
    pub(super) run_dir: Option<PathBuf>,
    /// Go on with the run of the same command in `--run-dir`, where there is one; else begin it
    #[arg(long, requires = "run_dir", conflicts_with = "sweep")]
    pub(super) resume: bool,
    /// Also write TensorBoard's event files, into the folder `tensorboard` of the run directory
    #[arg(long)]
    pub(super) tensorboard: bool,
    /// Keep the learned parameters of steps 1, 2, 5, 10, 20, 50, … (`log`) or of every N steps, and of the first and the last, in the folder `snapshots` of the run directory
    #[arg(long, value_name = "log|N", allow_negative_numbers = true, value_parser = snapshots)]
    pub(super) snapshots: Option<SnapshotSteps>,
    /// Write a checkpoint every N seconds, and when the run is stopped [default: 10]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = seconds)]
    pub(super) checkpoint_every: Option<f64>,
    /// Show no progress
    #[arg(long)]
    pub(super) quiet: bool,
}

/// How the learning rate changes on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Rate {
    Constant,
    Cosine,
}

/// Splits `RUN:g.O,hidden.g`; what is a folder as it stands names no rows.
pub(super) fn start_of(asked: &Path) -> (PathBuf, Option<Vec<String>>) {
    let text = asked.to_string_lossy();
    match text.rsplit_once(':') {
        Some((path, names)) if !asked.is_dir() => {
            let names = names.split(',').map(|name| name.trim().to_owned());
            (PathBuf::from(path), Some(names.collect()))
        }
        _ => (asked.to_owned(), None),
    }
}
