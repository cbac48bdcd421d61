//! The options of `gemc fit` as types; their doc comments are the help that users read.

use std::path::PathBuf;

use clap::{ArgGroup, Args, ValueEnum, ValueHint, value_parser};

use super::args::MachineArgs;
use super::parse::{part, positive};

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("identities").required(true).args(["expression", "genes"])))]
pub(super) struct FitArgs {
    /// The connectome: a file of cells between commas, semicolons or tabs: edges under a header, or an adjacency matrix with names
    #[arg(value_name = "CONNECTOME", value_hint = ValueHint::FilePath)]
    pub(super) connectome: PathBuf,
    /// The column where edges come from [default: source, pre, from, … as the header has it]
    #[arg(long, value_name = "NAME")]
    pub(super) source_col: Option<String>,
    /// The column where they go [default: target, post, to, …]
    #[arg(long, value_name = "NAME")]
    pub(super) target_col: Option<String>,
    /// The column of how strong they are, 0 where there is none [default: weight, synapses, count, n, … if there is one]
    #[arg(long, value_name = "NAME")]
    pub(super) weight_col: Option<String>,
    /// Refuse rows that join the same neurons, or sum up their weights
    #[arg(long, value_enum, default_value_t = Repeats::Refuse, value_name = "WHAT")]
    pub(super) duplicates: Repeats,
    /// What the neurons express, X: such a file with a header of genes and a row for each neuron, its name first
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub(super) expression: Option<PathBuf>,
    /// Learn X, with so many genes
    #[arg(long, value_name = "G", value_parser = value_parser!(u32).range(1..=100_000))]
    pub(super) genes: Option<u32>,
    /// Hold this part of the pairs out, and judge by it; 0 learns from all
    #[arg(long, value_name = "PART", default_value_t = 0.2, value_parser = part)]
    pub(super) hold_out: f64,
    /// The seed of the pairs that are held out, and of X where it is learned
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) seed: u64,
    /// Steps of Adam, each over all pairs
    #[arg(long, value_name = "N", default_value_t = 600, value_parser = value_parser!(u64).range(1..))]
    pub(super) steps: u64,
    /// The learning rate at the start; it falls along a cosine
    #[arg(long, value_name = "RATE", default_value_t = 0.05, value_parser = positive)]
    pub(super) lr: f64,
    /// Keep what is found in this folder [default: the first free one of `runs/fit-1`, `runs/fit-2`, …]
    #[arg(long, value_name = "PATH", value_hint = ValueHint::DirPath)]
    pub(super) out: Option<PathBuf>,
    /// Say nothing on the way
    #[arg(long)]
    pub(super) quiet: bool,
    #[command(flatten)]
    pub(super) machine: MachineArgs,
}

/// What becomes of rows that join the same neurons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Repeats {
    Refuse,
    Sum,
}
