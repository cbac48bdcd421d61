//! The options of `gemc eval` as types; their doc comments are the help that users read.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use super::args::MachineArgs;
use super::parse::{inner_steps, queries, tasks};

/// `gemc eval`.
#[derive(Debug, Args)]
pub(super) struct EvalArgs {
    /// The folder of the run
    #[arg(value_name = "RUN", value_hint = ValueHint::DirPath)]
    pub(super) run: PathBuf,
    /// The data set to evaluate on [default: the one that the run was trained on]
    #[arg(long, value_name = "DATA")]
    pub(super) data: Option<String>,
    /// Search for data in this folder first
    #[arg(long, value_name = "PATH", value_hint = ValueHint::DirPath)]
    pub(super) data_dir: Option<PathBuf>,
    /// Samples to evaluate on: `validation` takes the validation split of the run [default: test]
    #[arg(long, value_enum, value_name = "SPLIT")]
    pub(super) split: Option<EvalSplit>,
    /// Print the whole confusion matrix
    #[arg(long)]
    pub(super) confusion: bool,
    /// Tasks to judge a few-shot run by, always the same ones [default: 2048]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = tasks)]
    pub(super) tasks: Option<u32>,
    /// Samples of each class to judge a task by [default: as the run was trained]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = queries)]
    pub(super) queries: Option<u32>,
    /// Gradient steps on the samples of a task [default: as the run was trained]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = inner_steps)]
    pub(super) inner_steps: Option<u32>,
    #[command(flatten)]
    pub(super) machine: MachineArgs,
}

/// What a run is evaluated on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum EvalSplit {
    Test,
    Validation,
}
