//! The options of training as types; their doc comments are the help that users read.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use super::args::{CompileArgs, ModelArgs};
use super::parse::{
    Sweep, batch, device, epochs, every, hold_out, improvement, patience, rate, runs, seed, steps, sweep, threads,
};
use super::stage::On;

/// `gemc train`.
#[derive(Debug, Args)]
pub(super) struct TrainVerb {
    /// The model; one that ships with gemc is found by its file name alone
    #[arg(value_hint = ValueHint::FilePath)]
    file: PathBuf,
    #[command(flatten)]
    model: ModelArgs,
    /// The data set; `gemc data list` names them
    #[arg(id = "train", long = "data", value_name = "DATA", required = true)]
    data: String,
    #[command(flatten)]
    training: TrainArgs,
}

impl TrainVerb {
    /// Returns the same as arguments of `compile`.
    pub(super) fn as_compile(&self) -> CompileArgs {
        let Self { file, model, data, training } = self;
        let (file, model, training) = (file.clone(), model.clone(), training.clone());
        CompileArgs {
            file,
            model,
            data: None,
            emit: None,
            target: On::Cpu,
            out: None,
            train: Some(data.clone()),
            training,
        }
    }
}

/// How to train. What is not given is the paper's protocol.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Training")]
#[group(requires = "train", multiple = true)]
pub(super) struct TrainArgs {
    /// Look for data here first
    #[arg(long, value_name = "PATH", value_hint = ValueHint::DirPath)]
    pub(super) data_dir: Option<PathBuf>,
    /// Set so many training samples aside and judge by them, to choose settings without a look at the test samples
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = hold_out)]
    pub(super) hold_out: Option<u32>,
    /// Train for at most so many batches
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = steps, conflicts_with = "epochs")]
    pub(super) steps: Option<u64>,
    /// Train for at most so many passes over the data
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = epochs)]
    pub(super) epochs: Option<u64>,
    /// Samples in a batch
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = batch)]
    pub(super) batch: Option<u32>,
    /// The learning rate of Adam
    #[arg(long, value_name = "RATE", allow_negative_numbers = true, value_parser = rate)]
    pub(super) lr: Option<f64>,
    /// Hold the learning rate, or let it fall along a cosine
    #[arg(long, value_enum, value_name = "SCHEDULE")]
    pub(super) schedule: Option<Rate>,
    /// The seed of everything that is drawn
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = seed)]
    pub(super) seed: Option<u64>,
    /// Train so many runs at once, from seeds SEED, SEED + 1, …
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = runs)]
    pub(super) runs: Option<u32>,
    /// Train the model with every one of these values of a parameter: NAME=1..30, NAME=5,10,20
    #[arg(long, value_name = "NAME=VALUES", value_parser = sweep)]
    pub(super) sweep: Option<Sweep>,
    /// Train on `auto`, `cpu`, `cuda` or `cuda:N`
    #[arg(long, value_name = "DEVICE", value_parser = device)]
    pub(super) device: Option<String>,
    /// Compute with so many threads
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = threads)]
    pub(super) threads: Option<u16>,
    /// Evaluate after every so many batches
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = every)]
    pub(super) eval_every: Option<u64>,
    /// Stop after so many evaluations without improvement
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = patience)]
    pub(super) patience: Option<u64>,
    /// What counts as an improvement of the accuracy, from 0 to 1
    #[arg(long, value_name = "DELTA", allow_negative_numbers = true, value_parser = improvement)]
    pub(super) min_delta: Option<f64>,
    /// Keep the run in this folder, which must be new or empty [default: runs/MODEL-1, -2, …]
    #[arg(long, value_name = "PATH", value_hint = ValueHint::DirPath)]
    pub(super) run_dir: Option<PathBuf>,
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
