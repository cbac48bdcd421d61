//! The command line as types; their doc comments are the help that users read. What parses is well formed: numbers are in
//! range, `NAME=VALUE` has both, nothing has been looked up yet.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

use super::fitting::FitArgs;
use super::parse::{batch, device, gibibytes, millions, runs, setting, threads};
use super::stage::{On, Stage};
use super::training::{TrainArgs, TrainVerb};
use super::version::WHOLE;

/// A compiler for neural networks that are grown, not written.
#[derive(Debug, Parser)]
#[command(name = "gemc", bin_name = "gemc", version = WHOLE, max_term_width = 100, after_help = EXAMPLES)]
pub(super) struct Line {
    #[command(subcommand)]
    pub(super) verb: Verb,
    /// Print text for people, or one JSON object for scripts
    #[arg(long, global = true, value_enum, default_value_t = Format::Human, value_name = "FORMAT")]
    pub(super) format: Format,
}

const EXAMPLES: &str = "\
Examples:
  gemc compile sgem_mlp.gem                   what it grows into, and what it costs
  gemc train sgem_mlp.gem --data glyphs       trains it on digits that need no download
  gemc check models/*.gem                     all faults of all files

Exit codes:
  0 done                  1 the input is at fault    2 wrong usage
  3 no data, GPU, disk    70 a bug in gemc           130 interrupted";

/// Who reads what is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Human,
    Json,
}

#[derive(Debug, Subcommand)]
// there is one of it
#[allow(clippy::large_enum_variant)]
pub(super) enum Verb {
    /// Compile a model: print a summary or a stage of it, or train it
    Compile(CompileArgs),
    /// Train a model on a data set; the same as `compile` with `--train`
    Train(TrainVerb),
    /// Report all faults of all files
    Check(CheckArgs),
    /// Compare what each model compiles to with the snapshot beside it
    Snapshot(SnapshotArgs),
    /// Measure the accuracy of a finished run
    Eval(EvalArgs),
    /// Draw what a finished run has learned, as one SVG page
    Draw(DrawArgs),
    /// Measure the time of a training step, and how close it is to the machine's limit
    Bench(BenchArgs),
    /// Find the O, and the X, that reproduce a measured connectome
    Fit(FitArgs),
    /// List the known data sets, check their files, find them
    #[command(subcommand)]
    Data(DataVerb),
    /// Tell what this machine has: libtorch, GPUs, threads, data
    Doctor(DoctorArgs),
    /// Tell the long story of a fault
    Explain(ExplainArgs),
    /// Print the completions of a shell
    Completions(CompletionsArgs),
    /// Write a page of the manual for each command
    #[command(hide = true)]
    Manual(ManualArgs),
}

#[derive(Debug, Args)]
pub(super) struct CompileArgs {
    /// The model; one that ships with gemc is found by its file name alone
    #[arg(value_hint = ValueHint::FilePath)]
    pub(super) file: PathBuf,
    #[command(flatten)]
    pub(super) model: ModelArgs,
    /// Compile for this data set, without training: its sizes set the parameters named after them
    #[arg(long, value_name = "DATA", conflicts_with = "train")]
    pub(super) data: Option<String>,
    /// Print a stage instead of the summary
    #[arg(long, value_enum, value_name = "STAGE", conflicts_with = "train")]
    pub(super) emit: Option<Stage>,
    /// What the program is made for
    #[arg(long, value_enum, value_name = "TARGET", requires = "emit", default_value_t = On::Cpu)]
    pub(super) target: On,
    /// Write the stage to this file instead
    #[arg(long, value_name = "PATH", requires = "emit", value_hint = ValueHint::FilePath)]
    pub(super) out: Option<PathBuf>,
    /// Train the model on this data set; `gemc data list` names them
    #[arg(long, value_name = "DATA", help_heading = "Training")]
    pub(super) train: Option<String>,
    #[command(flatten)]
    pub(super) training: TrainArgs,
}

/// What shapes a model besides its text.
#[derive(Debug, Clone, Args)]
pub(super) struct ModelArgs {
    /// Give a parameter of the model another value; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = setting)]
    pub(super) set: Vec<(String, String)>,
    /// Make weights and then use them, or let the activity go through genes, or whatever is cheaper
    #[arg(long, value_enum, default_value_t = Weights::Auto, value_name = "ORDER")]
    pub(super) weights: Weights,
    #[command(flatten)]
    pub(super) limit: LimitArgs,
}

/// In which order weights are made and used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Weights {
    Auto,
    Synthesize,
    Factored,
}

#[derive(Debug, Clone, Copy, Args)]
pub(super) struct LimitArgs {
    /// Refuse models that need more memory than this to train [default: 16]
    #[arg(long, value_name = "GIB", allow_negative_numbers = true, value_parser = gibibytes)]
    pub(super) memory_limit: Option<u64>,
    /// Refuse models whose masks take more million steps than this to count [default: 250]
    #[arg(long, value_name = "MILLIONS", allow_negative_numbers = true, value_parser = millions)]
    pub(super) work_limit: Option<u64>,
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// The models
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) model: ModelArgs,
}

#[derive(Debug, Args)]
pub(super) struct SnapshotArgs {
    /// Models, or folders that hold some
    #[arg(required = true, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(super) paths: Vec<PathBuf>,
    /// Write the snapshots that differ or are missing
    #[arg(long)]
    pub(super) accept: bool,
    #[command(flatten)]
    pub(super) limit: LimitArgs,
}

#[derive(Debug, Args)]
pub(super) struct EvalArgs {
    /// The folder of the run
    #[arg(value_name = "RUN", value_hint = ValueHint::DirPath)]
    pub(super) run: PathBuf,
    /// The data set to measure on [default: the one that the run was trained on]
    #[arg(long, value_name = "DATA")]
    pub(super) data: Option<String>,
    /// Look for data here first
    #[arg(long, value_name = "PATH", value_hint = ValueHint::DirPath)]
    pub(super) data_dir: Option<PathBuf>,
    #[command(flatten)]
    pub(super) machine: MachineArgs,
}

#[derive(Debug, Args)]
pub(super) struct DrawArgs {
    /// The folder of the run
    #[arg(value_name = "RUN", value_hint = ValueHint::DirPath)]
    pub(super) run: PathBuf,
    /// Draw this one of several runs trained at once, counted from 0 [default: the best]
    #[arg(long, value_name = "N")]
    pub(super) which: Option<u32>,
    /// Write the page here [default: picture.svg in the run's folder]
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub(super) out: Option<PathBuf>,
    #[command(flatten)]
    pub(super) machine: MachineArgs,
}

#[derive(Debug, Args)]
pub(super) struct BenchArgs {
    /// The model; one that ships with gemc is found by its file name alone
    #[arg(value_hint = ValueHint::FilePath)]
    pub(super) file: PathBuf,
    #[command(flatten)]
    pub(super) model: ModelArgs,
    /// Samples in a batch [default: 64, or 128 for a model with windows]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = batch)]
    pub(super) batch: Option<u32>,
    /// Train so many runs at once
    #[arg(long, value_name = "N", default_value_t = 1, allow_negative_numbers = true, value_parser = runs)]
    pub(super) runs: u32,
    /// Measure the step with its products in every order, too
    #[arg(long)]
    pub(super) compare: bool,
    /// Name the N tensors that take longest
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(super) slowest: u32,
    #[command(flatten)]
    pub(super) machine: MachineArgs,
}

/// What to compute with.
#[derive(Debug, Args)]
pub(super) struct MachineArgs {
    /// Compute on `auto`, `cpu`, `cuda` or `cuda:N`
    #[arg(long, value_name = "DEVICE", value_parser = device)]
    pub(super) device: Option<String>,
    /// Compute with so many threads
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = threads)]
    pub(super) threads: Option<u16>,
}

#[derive(Debug, Subcommand)]
pub(super) enum DataVerb {
    /// List the known data sets and where they lie
    List(RootArgs),
    /// Check every file of the data sets that are here against its published checksum
    Verify(SetArgs),
    /// Print the folder of a data set, or of the first place where one would be looked for
    Path(SetArgs),
}

#[derive(Debug, Args)]
pub(super) struct RootArgs {
    /// Look for data here first
    #[arg(long, value_name = "PATH", value_hint = ValueHint::DirPath)]
    pub(super) data_dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct SetArgs {
    /// The data set; all of them if none is named
    #[arg(value_name = "DATA")]
    pub(super) name: Option<String>,
    #[command(flatten)]
    pub(super) roots: RootArgs,
}

#[derive(Debug, Args)]
pub(super) struct DoctorArgs {
    #[command(flatten)]
    pub(super) roots: RootArgs,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The fault's code, such as `gem::cycle` or `cycle`; without one, all are listed
    #[arg(value_name = "CODE")]
    pub(super) code: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(super) shell: Shell,
}

#[derive(Debug, Args)]
pub(super) struct ManualArgs {
    /// The folder to write them into
    #[arg(value_name = "PATH", value_hint = ValueHint::DirPath)]
    pub(super) folder: PathBuf,
}
