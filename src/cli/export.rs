//! `gemc export`: a finished run → files for other tools.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum, ValueHint};
use indexmap::IndexMap;
use miette::Diagnostic;
use serde_json::json;
use thiserror::Error;

use super::atomic_file;
use super::draw::which;
use super::exit::{Exit, Failure, Outcome};
use super::faults::Blame;
use super::reopen::{Reopened, reopen};
use super::screen::{Ink, Screen};
use crate::export::{
    ExportFault, ForwardConstant, ForwardGraph, GENOME_ORIENTATION, GROWN_ORIENTATION, PythonFile, csv, graphml, npy,
    onnx, pytorch, safetensors,
};
use crate::options::Order;
use crate::plan::{Array, Interpreter, Plan, lower_unoptimized};
use crate::run_dir::Manifest;

/// `gemc export`.
#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// The folder of the run
    #[arg(value_name = "RUN", value_hint = ValueHint::DirPath)]
    run: PathBuf,
    /// The format
    #[arg(long, value_enum, value_name = "FORMAT")]
    to: ExportFormat,
    /// Write the file here [default: a file in the run's folder that is named after the model]
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath)]
    out: Option<PathBuf>,
    /// Write the genome, and for `onnx` and `pytorch` the operations that grow the weights from it
    #[arg(long)]
    genome: bool,
    /// Which of several runs trained at once to export, counted from 0 [default: the best]
    #[arg(long = "run", value_name = "K")]
    which: Option<u32>,
    /// The tensor to write as `npy` or `csv`, such as `pixels->hidden.W`
    #[arg(long, value_name = "NAME", required_if_eq_any([("to", "npy"), ("to", "csv")]))]
    tensor: Option<String>,
}

/// What a run is exported to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExportFormat {
    /// All arrays, for PyTorch and others
    Safetensors,
    /// The network, for ONNX Runtime and others
    Onnx,
    /// A module of PyTorch, one file of Python
    Pytorch,
    /// One tensor as a binary array
    Npy,
    /// One tensor as text
    Csv,
    /// Neurons and synapses, for network tools
    Graphml,
}

impl ExportFormat {
    /// Returns what files of it end with.
    fn ending(self) -> &'static str {
        match self {
            Self::Safetensors => "safetensors",
            Self::Onnx => "onnx",
            Self::Pytorch => "py",
            Self::Npy => "npy",
            Self::Csv => "csv",
            Self::Graphml => "graphml",
        }
    }
}

/// An option that means nothing for the format.
#[derive(Debug, Error, Diagnostic)]
#[error("`{option}` has no meaning for `--to {format}`")]
#[diagnostic(code(export::needless_option), help("{help}"))]
struct NeedlessOption {
    option: &'static str,
    format: &'static str,
    help: &'static str,
}

impl Blame for ExportFault {
    fn exit(&self) -> Exit {
        match self {
            Self::Unsupported(_) | Self::TooLarge(_) | Self::TooManySynapses(_) | Self::Unknown(_) => Exit::Input,
            Self::Unwritten(_) | Self::Bug(_) => Exit::Bug,
        }
    }
}

/// A run that is exported.
pub(super) struct Exported {
    pub(super) record: Manifest,
    /// The network as the mathematics is written, without tasks.
    pub(super) plan: Plan,
    /// The rows of its table, in its order.
    pub(super) rows: Vec<(String, Array)>,
    /// All rows that were kept.
    kept: Vec<(String, Array)>,
    stages: crate::compile::Stages,
    /// Which of several runs.
    pub(super) which: usize,
}

/// Exports a run.
pub(super) fn run(screen: &Screen, args: &ExportArgs) -> Outcome {
    needless(args)?;
    let exported = Exported::open(screen, &args.run, args.which.map(|which| which as usize))?;
    if exported.record.recipe.few_shot.is_some() {
        screen.remark("this run learns from a few samples of each task: exported is the network that tasks start from");
    }
    let path = args.out.clone().unwrap_or_else(|| args.run.join(exported.file_name(args)));
    let files = exported.files(args, &path)?;
    for (path, bytes) in &files {
        atomic_file::write_bytes(path, bytes)?;
    }
    if screen.is_json() {
        let names: Vec<String> = files.iter().map(|(path, _)| path.display().to_string()).collect();
        screen.object(&json!({ "run": args.run.display().to_string(), "which": exported.which, "files": names }))?;
    } else {
        for (path, _) in &files {
            screen.remark(&screen.paint_remark(Ink::Faint, &format!("wrote {}", path.display())));
        }
    }
    Ok(Exit::Done)
}

/// Rejects options that the format does not know.
fn needless(args: &ExportArgs) -> Result<(), Failure> {
    let of_one = matches!(args.to, ExportFormat::Npy | ExportFormat::Csv);
    let format = args.to.ending();
    if args.tensor.is_some() && !of_one {
        let help = "`--to npy` and `--to csv` write one tensor; the other formats write all";
        return Err(Failure::input(NeedlessOption { option: "--tensor", format, help }));
    }
    if args.genome && (of_one || args.to == ExportFormat::Graphml) {
        let help = "name a row of the genome with `--tensor`, or write all with `--to safetensors --genome`";
        return Err(Failure::input(NeedlessOption { option: "--genome", format, help }));
    }
    Ok(())
}

impl Exported {
    /// Reads a run: the one of several that is `asked` for, or the best.
    pub(super) fn open(screen: &Screen, run: &Path, asked: Option<usize>) -> Result<Self, Failure> {
        let which = which(&Manifest::read(run).map_err(Blame::failure)?, (asked, "--run"))?;
        let Reopened { record, stages, rows: kept, .. } = reopen(screen, run, Order::Synthesized)?;
        let plan = lower_unoptimized(&stages.wiring, None).map_err(Blame::failure)?;
        // rows of few-shot learning belong to no other plan
        let own = |name: &str| kept.iter().find(|(kept, _)| kept == name).cloned();
        let rows = plan.parameters().iter().filter_map(|row| own(&row.name)).collect();
        Ok(Self { record, plan, rows, kept, stages, which })
    }

    /// Returns the interpreter of the run.
    pub(super) fn interpreter(&self) -> Result<Interpreter<'_>, Failure> {
        Interpreter::of_run(&self.plan, &self.rows, self.which).map_err(Blame::failure)
    }

    fn file_name(&self, args: &ExportArgs) -> String {
        let plain = |letter: char| if letter.is_alphanumeric() || letter == '.' { letter } else { '_' };
        // a model may be called `genome`, and the run's own file must stay what it is
        let suffix = match (args.genome, args.to) {
            (true, _) => "_genome",
            (false, ExportFormat::Safetensors) => "_grown",
            (false, _) => "",
        };
        let stem = match &args.tensor {
            Some(tensor) => tensor.replace("->", "_to_").chars().map(plain).collect(),
            None => format!("{}{suffix}", self.record.model),
        };
        format!("{stem}.{}", args.to.ending())
    }

    /// Makes the files, each with its path.
    fn files(&self, args: &ExportArgs, path: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>, Failure> {
        let interpreter = self.interpreter()?;
        let graph = |penalized: bool| {
            if args.genome {
                ForwardGraph::with_genome(&self.plan, &interpreter, penalized)
            } else {
                ForwardGraph::grown(&self.plan, &interpreter)
            }
        };
        let file = |bytes: Vec<u8>| vec![(path.to_path_buf(), bytes)];
        let one = |name: &str| {
            let grown = ForwardGraph::grown(&self.plan, &interpreter)?;
            ForwardConstant::named((&self.plan, &interpreter), &grown, name)
        };
        let tensor = args.tensor.as_deref().unwrap_or_default();
        let made = match args.to {
            ExportFormat::Safetensors if args.genome => {
                let rows = self.kept.iter().filter_map(|(name, row)| ForwardConstant::of_row(name, row, self.which));
                let rows: Vec<ForwardConstant> = rows.collect();
                safetensors(&rows, &self.notes(GENOME_ORIENTATION)).map(file)
            }
            ExportFormat::Safetensors => {
                graph(false).and_then(|graph| safetensors(&graph.constants, &self.notes(GROWN_ORIENTATION))).map(file)
            }
            ExportFormat::Onnx => graph(false).and_then(|graph| onnx(&graph)).map(|mut graph| {
                graph.notes.extend(self.notes(""));
                file(graph.encode())
            }),
            ExportFormat::Pytorch => graph(true).and_then(|graph| self.python(args.genome, path, &graph)),
            ExportFormat::Npy => one(tensor).map(|tensor| file(npy(&tensor))),
            ExportFormat::Csv => one(tensor).map(|tensor| file(csv(&tensor).into_bytes())),
            ExportFormat::Graphml => {
                graph(false).and_then(|graph| graphml(self.stages.model(), &graph)).map(|text| file(text.into_bytes()))
            }
        };
        made.map_err(Blame::failure)
    }

    /// Makes the file of Python, and that of its arrays beside it.
    fn python(&self, genome: bool, path: &Path, graph: &ForwardGraph) -> Result<Vec<(PathBuf, Vec<u8>)>, ExportFault> {
        let module = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let beside = path.with_file_name(format!("{module}_torch.safetensors"));
        let arrays = beside.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = pytorch(graph, PythonFile { module: &module, arrays: &arrays, genome })?;
        let orientation = if genome { GENOME_ORIENTATION } else { GROWN_ORIENTATION };
        let arrays = safetensors(&graph.constants, &self.notes(orientation))?;
        Ok(vec![(beside, arrays), (path.to_path_buf(), text.into_bytes())])
    }

    /// Returns what a file says of the run.
    fn notes(&self, orientation: &str) -> IndexMap<String, String> {
        let record = &self.record;
        let seed = record.seeds.get(self.which).copied().unwrap_or(0);
        let mut notes = IndexMap::from([
            ("model".to_owned(), record.model.clone()),
            ("gemc".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
            ("data".to_owned(), record.data.clone()),
            ("seed".to_owned(), seed.to_string()),
            ("padding".to_owned(), record.padding.to_string()),
        ]);
        if !orientation.is_empty() {
            notes.insert("orientation".to_owned(), orientation.to_owned());
        }
        notes
    }
}
