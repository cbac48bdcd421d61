//! The options of `gemc run` and its kin as types; their doc comments are the help that users read.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::engine::Engine;
use crate::cli::parse::{jobs, trial};

/// Where finished trials are kept.
pub(super) const STORE: &str = "runs/store";

/// `gemc run`.
#[derive(Debug, Args)]
pub(in crate::cli) struct RunArgs {
    /// The recipe
    #[arg(value_name = "RECIPE", value_hint = ValueHint::FilePath)]
    pub(super) recipe: PathBuf,
    #[command(flatten)]
    pub(super) how: HowArgs,
    /// List the trials with their parameters, cost and memory; train nothing
    #[arg(long, conflicts_with_all = ["list", "trial"])]
    pub(super) dry_run: bool,
    /// Print one command a trial, for a batch system
    #[arg(long, conflicts_with = "trial")]
    pub(super) list: bool,
    /// Run the trial number N alone
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = trial)]
    pub(super) trial: Option<usize>,
    #[command(flatten)]
    pub(super) batch: EngineArgs,
}

/// Who runs trials.
#[derive(Debug, Args)]
pub(in crate::cli) struct EngineArgs {
    /// Hand the trials to a batch system, and wait for them
    #[arg(long, value_enum, value_name = "ENGINE", conflicts_with_all = ["dry_run", "list", "trial"])]
    pub(super) engine: Option<Engine>,
    /// An argument for the batch system's own command, such as `--engine-args=--time=60`; may be repeated
    #[arg(long, value_name = "ARG", requires = "engine", allow_hyphen_values = true)]
    pub(super) engine_args: Vec<String>,
}

/// How trials are run.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct HowArgs {
    /// The folder of the results [default: runs/RECIPE]
    #[arg(long, value_name = "PATH", value_hint = ValueHint::DirPath)]
    pub(super) out: Option<PathBuf>,
    /// The folder that keeps trials: one that has finished is never run again
    #[arg(long, value_name = "PATH", default_value = STORE, value_hint = ValueHint::DirPath)]
    pub(super) store: PathBuf,
    /// Trials at once [default: as many as there are cores and memory for]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = jobs)]
    pub(super) jobs: Option<usize>,
    /// Use the values under `quick` of the recipe: a first look in little time
    #[arg(long)]
    pub(super) quick: bool,
    /// Run failed trials again
    #[arg(long)]
    pub(super) retry: bool,
    /// Search for data in this folder first
    #[arg(long, value_name = "PATH", value_hint = ValueHint::DirPath)]
    pub(super) data_dir: Option<PathBuf>,
    /// Show no progress
    #[arg(long)]
    pub(super) quiet: bool,
}

/// `gemc status`.
#[derive(Debug, Args)]
pub(in crate::cli) struct StatusArgs {
    /// The store, or the folder of a recipe's results
    #[arg(default_value = STORE, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub(super) folder: PathBuf,
}

/// `gemc recipe`.
#[derive(Debug, Args)]
pub(in crate::cli) struct RecipeArgs {
    /// The folder of the run
    #[arg(value_name = "RUN", value_hint = ValueHint::DirPath)]
    pub(super) run: PathBuf,
    /// Write the recipe here, and the model beside it, instead of printing it
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub(super) out: Option<PathBuf>,
}

/// `gemc reproduce`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ReproduceArgs {
    /// The figure [default: lists them]
    #[arg(value_name = "NAME")]
    pub(super) name: Option<String>,
    #[command(flatten)]
    pub(super) how: HowArgs,
}
