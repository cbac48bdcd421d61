//! The options of `gemc resume` as types; their doc comments are the help that users read.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::parse::seconds;

/// `gemc resume`.
#[derive(Debug, Args)]
pub(super) struct ResumeArgs {
    /// The folders of runs that have stopped
    #[arg(required = true, value_name = "RUN", value_hint = ValueHint::DirPath)]
    pub(super) runs: Vec<PathBuf>,
    /// Search for data in this folder first
    #[arg(long, value_name = "PATH", value_hint = ValueHint::DirPath)]
    pub(super) data_dir: Option<PathBuf>,
    /// Go on even where another version or processor computes, which changes digits
    #[arg(long)]
    pub(super) inexact: bool,
    /// Write a checkpoint every N seconds, and when the run is stopped [default: 10]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = seconds)]
    pub(super) checkpoint_every: Option<f64>,
    /// Show no progress
    #[arg(long)]
    pub(super) quiet: bool,
}
