//! The options of `gemc fit` as types; their doc comments are the help that users read.

use std::path::PathBuf;

use clap::{ArgGroup, Args, ValueEnum, ValueHint, value_parser};

use super::args::MachineArgs;
use super::parse::{part, positive};

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("identities").required(true).args(["expression", "genes"])))]
pub(super) struct FitArgs {
    /// The connectome: a table separated by commas, semicolons or tabs, either an edge list with a header or an adjacency matrix with names
    #[arg(value_name = "CONNECTOME", value_hint = ValueHint::FilePath)]
    pub(super) connectome: PathBuf,
    /// Column of the source neuron [default: source, pre, from, …]
    #[arg(long, value_name = "NAME")]
    pub(super) source_col: Option<String>,
    /// Column of the target neuron [default: target, post, to, …]
    #[arg(long, value_name = "NAME")]
    pub(super) target_col: Option<String>,
    /// Column of the weight; 0 means no edge [default: weight, synapses, count, n, … if there is one]
    #[arg(long, value_name = "NAME")]
    pub(super) weight_col: Option<String>,
    /// What to do with several rows of the same edge: report an error, or sum their weights
    #[arg(long, value_enum, default_value_t = Repeats::Refuse, value_name = "WHAT")]
    pub(super) duplicates: Repeats,
    /// Gene expression X: a table with genes in the header and one row per neuron, its name first
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub(super) expression: Option<PathBuf>,
    /// Learn X, with G genes
    #[arg(long, value_name = "G", value_parser = value_parser!(u32).range(1..=100_000))]
    pub(super) genes: Option<u32>,
    /// Validation split: the fraction of pairs that is not trained on and is evaluated; 0 trains on all pairs
    #[arg(long = "validation", alias = "hold-out", value_name = "PART", default_value_t = 0.2, value_parser = part)]
    pub(super) hold_out: f64,
    /// Seed of the validation split, and of X where it is learned
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) seed: u64,
    /// Number of Adam steps; each uses all training pairs
    #[arg(long, value_name = "N", default_value_t = 600, value_parser = value_parser!(u64).range(1..))]
    pub(super) steps: u64,
    /// Initial learning rate; it decays along a cosine
    #[arg(long, value_name = "RATE", default_value_t = 0.05, value_parser = positive)]
    pub(super) lr: f64,
    /// Output folder [default: the first free one of `runs/fit-1`, `runs/fit-2`, …]
    #[arg(long, value_name = "PATH", value_hint = ValueHint::DirPath)]
    pub(super) out: Option<PathBuf>,
    /// Show no progress
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
