//! The command line as types; their doc comments are the help that users read. What parses is well formed: numbers are in
//! range, `NAME=VALUE` has both, nothing has been looked up yet.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

use super::compare::CompareArgs;
use super::completions::CompletionsArgs;
use super::draw::DrawArgs;
use super::evaluating::EvalArgs;
use super::experiment::{RecipeArgs, ReproduceArgs, RunArgs, StatusArgs};
use super::export::ExportArgs;
use super::few_shot::{ClassArgs, FewShotArgs};
use super::fitting::FitArgs;
use super::formatting::FormatArgs;
use super::language_server::LspArgs;
use super::manual::ManualArgs;
use super::parse::{batch, device, gibibytes, millions, runs, setting, threads};
use super::predict::PredictArgs;
use super::report::ReportArgs;
use super::resuming::ResumeArgs;
use super::runs::RunsArgs;
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
  gemc compile sgem_mlp.gem                   prints sizes, parameters and cost
  gemc train sgem_mlp.gem --data glyphs       trains it on digits that need no download
  gemc check models/*.gem                     reports all errors of all files

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
    /// Go on with runs that were stopped or killed, as if they had not been
    Resume(ResumeArgs),
    /// Run the trials of a recipe, those that have not finished
    Run(RunArgs),
    /// Show how the trials in a store stand
    Status(StatusArgs),
    /// Print the recipe that repeats a run
    Recipe(RecipeArgs),
    /// Run the recipe of a figure of the paper, and compare with it
    Reproduce(ReproduceArgs),
    /// List the runs below a folder, with their accuracy
    Runs(RunsArgs),
    /// Compare runs with a first one, seed by seed
    Compare(CompareArgs),
    /// Write one page with charts about the runs below some folders
    Report(ReportArgs),
    /// Report all errors and warnings of all files
    Check(CheckArgs),
    /// Write models in the one style of `.gem` files
    Fmt(FormatArgs),
    /// Serve an editor: faults, sizes, completion, renaming (Language Server Protocol)
    Lsp(LspArgs),
    /// Compare the compiled plan of each model with the snapshot beside it
    Snapshot(SnapshotArgs),
    /// Measure the accuracy of a finished run
    Eval(EvalArgs),
    /// Classify images by a finished run
    Predict(PredictArgs),
    /// Draw the learned parameters and weights of a finished run as one SVG page
    Draw(DrawArgs),
    /// Write a finished run as a file for other tools: PyTorch, ONNX, arrays, graphs
    Export(ExportArgs),
    /// Measure the time of a training step, and compare it with the machine's peak speed
    Bench(BenchArgs),
    /// Fit O, and X where it is unknown, to a measured connectome
    Fit(FitArgs),
    /// List the known data sets, verify their files, print their folders
    #[command(subcommand)]
    Data(DataVerb),
    /// Report what this machine has: libtorch, GPUs, threads, data
    Doctor(DoctorArgs),
    /// Explain an error code, or an attribute of the language
    Explain(ExplainArgs),
    /// Print the completions of a shell
    Completions(CompletionsArgs),
    /// Write a manual page for each command
    #[command(hide = true)]
    Manual(ManualArgs),
}

#[derive(Debug, Args)]
pub(super) struct CompileArgs {
    /// The model file; a shipped model is found by its name alone
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
    /// Target of `--emit program`
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
    #[command(flatten)]
    pub(super) few_shot: FewShotArgs,
    #[command(flatten)]
    pub(super) classes: ClassArgs,
}

/// What shapes a model besides its text.
#[derive(Debug, Clone, Args)]
pub(super) struct ModelArgs {
    /// Set a parameter of the model; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = setting)]
    pub(super) set: Vec<(String, String)>,
    /// Order of matrix products: build all weights (`synthesize`), multiply the batch through the genes (`factored`), or the cheapest (`auto`)
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

impl Weights {
    /// Returns the word for it on the command line.
    pub(super) fn word(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

#[derive(Debug, Clone, Copy, Args)]
pub(super) struct LimitArgs {
    /// Refuse models that need more memory than this to train [default: 16]
    #[arg(long, value_name = "GIB", allow_negative_numbers = true, value_parser = gibibytes)]
    pub(super) memory_limit: Option<u64>,
    /// Refuse models whose masks take more than this many million steps to count [default: 250]
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
pub(super) struct BenchArgs {
    /// The model file; a shipped model is found by its name alone
    #[arg(value_hint = ValueHint::FilePath)]
    pub(super) file: PathBuf,
    #[command(flatten)]
    pub(super) model: ModelArgs,
    /// Samples in a batch [default: 64, or 128 for a model with windows], or tasks [default: 32]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = batch)]
    pub(super) batch: Option<u32>,
    /// Train N runs at once
    #[arg(long, value_name = "N", default_value_t = 1, allow_negative_numbers = true, value_parser = runs)]
    pub(super) runs: u32,
    /// Also measure the step in every order of matrix products
    #[arg(long)]
    pub(super) compare: bool,
    #[command(flatten)]
    pub(super) few_shot: FewShotArgs,
    /// List the N slowest tensors
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(super) slowest: u32,
    #[command(flatten)]
    pub(super) machine: MachineArgs,
}

/// What to compute with.
#[derive(Debug, Args)]
pub(super) struct MachineArgs {
    /// Device: `auto`, `cpu`, `cuda` or `cuda:N`
    #[arg(long, value_name = "DEVICE", value_parser = device)]
    pub(super) device: Option<String>,
    /// Number of CPU threads
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = threads)]
    pub(super) threads: Option<u16>,
}

#[derive(Debug, Subcommand)]
pub(super) enum DataVerb {
    /// List the known data sets and their folders
    List(RootArgs),
    /// Verify every file of the data sets on this machine against its published checksum
    Verify(SetArgs),
    /// Print the folder of a data set, or the first folder that is searched for it
    Path(SetArgs),
}

#[derive(Debug, Args)]
pub(super) struct RootArgs {
    /// Search for data in this folder first
    #[arg(long, value_name = "PATH", value_hint = ValueHint::DirPath)]
    pub(super) data_dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct SetArgs {
    /// The data set [default: all of them]
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
    /// The error code, such as `gem::cycle` or `cycle`, or an attribute or argument, such as `sigma`; without one, all codes are
    /// listed
    #[arg(value_name = "CODE")]
    pub(super) code: Option<String>,
}
