//! `gemc fit`: a measured connectome, and what its neurons express → O, X and the connectome that they predict, in a folder.

use std::fs;
use std::path::{Path, PathBuf};

use indicatif::ProgressBar;
use serde::Serialize;

use super::machine::{Machine, clock};
use super::reached::why;
use super::run_folder;
use super::train::ended;
use crate::cli::atomic_file;
use crate::cli::exit::{Failure, Outcome};
use crate::cli::faults::Blame;
use crate::cli::fitting::{FitArgs, Repeats};
use crate::cli::free_memory::free_memory;
use crate::cli::numbers::count;
use crate::cli::screen::{Ink, Screen, spelt};
use crate::cli::stop;
use crate::data::table::written;
use crate::data::text_file::text_file;
use crate::data::{Columns, Connectome, Duplicates, GeneExpression, Reading};
use crate::diag::{Problems, Report};
use crate::run_dir::NotEnoughMemory;
use crate::train::{FitConfig, Fitted, LinkMetrics, Measured, RunDirFault, Stopped, fit, fit_bytes};

/// The option that names the folder.
const OUT: &str = "--out";

/// The object that `gemc fit --format json` prints, and that the folder keeps as `fit.json`; the fields are stable.
#[derive(Debug, Serialize)]
struct FitRecord {
    connectome: String,
    expression: Option<String>,
    neurons: usize,
    genes: usize,
    pairs: u64,
    edges: u64,
    repeated: u64,
    predicted: u64,
    parameters: u64,
    #[serde(flatten)]
    recipe: FitConfig,
    held_out: LinkMetrics,
    training: LinkMetrics,
    loss: f64,
    steps_made: u64,
    stopped: Stopped,
    seconds: f64,
    device: String,
    folder: String,
}

/// What was read, without fault.
struct FitInput {
    connectome: Connectome,
    expression: Option<GeneExpression>,
    identities: Option<Vec<f64>>,
    genes: Vec<String>,
}

/// Fits.
pub(super) fn run(screen: &Screen, args: &FitArgs) -> Outcome {
    let given = read(args)?;
    if !args.quiet {
        screen.remark(&screen.paint_remark(Ink::Faint, &form(args, &given.connectome)));
    }
    let machine = Machine::open(args.machine.device.as_deref(), args.machine.threads)?;
    let neurons = given.connectome.neurons().len();
    if !machine.place.device.is_cuda() {
        let needed = fit_bytes(neurons, given.genes.len());
        NotEnoughMemory::unless_fits(neurons, needed, free_memory()).map_err(Failure::environment)?;
    }
    let signals = stop::catch()?;
    let folder = folder(args.out.as_deref())?;
    let (clock, bar) = (clock(), (screen.is_watched() && !args.quiet).then(|| ProgressBar::new(args.steps)));
    let measured = Measured {
        neurons,
        edges: given.connectome.edges(),
        genes: given.genes.len(),
        identities: given.identities.as_deref(),
    };
    let recipe = FitConfig { hold_out: args.hold_out, seed: args.seed, steps: args.steps, lr: args.lr };
    let mut watch = |step: u64, _: f64| bar.iter().for_each(|bar| bar.set_position(step));
    let fitted = fit(measured, recipe, machine.place, &mut watch, &|| signals.asked()).map_err(|fault| {
        // nothing is in it yet; where that fails, it stays
        let _ = fs::remove_dir(&folder);
        fault.failure()
    })?;
    bar.iter().for_each(ProgressBar::finish_and_clear);
    let record = record(args, &given, &fitted, (recipe, clock(), machine.place.name(), &folder));
    keep(&folder, &given, &fitted, &record)?;
    if screen.is_json() {
        screen.object(&record)?;
    } else {
        screen.print(&told(screen, &record))?;
    }
    Ok(ended(Some(fitted.stopped)))
}

/// Reads both files, the connectome by the names that the other one holds.
fn read(args: &FitArgs) -> Result<FitInput, Failure> {
    let expression = args.expression.as_deref().map(|path| parsed(path, GeneExpression::read)).transpose()?;
    let (source, target, weight) = (args.source_col.clone(), args.target_col.clone(), args.weight_col.clone());
    let reading = Reading {
        known: expression.as_ref().map(GeneExpression::neurons),
        columns: Columns { source, target, weight },
        duplicates: match args.duplicates {
            Repeats::Refuse => Duplicates::Refuse,
            Repeats::Sum => Duplicates::Sum,
        },
    };
    let connectome = parsed(&args.connectome, |text, problems| Connectome::read(text, &reading, problems))?;
    let identities = expression.as_ref().and_then(|expression| expression.of(connectome.neurons()));
    let genes = match (&expression, args.genes) {
        (Some(expression), _) => expression.genes().to_vec(),
        (None, genes) => (1..=genes.unwrap_or(1)).map(|gene| format!("gene{gene}")).collect(),
    };
    Ok(FitInput { connectome, expression, identities, genes })
}

/// Says as what the connectome was read.
fn form(args: &FitArgs, connectome: &Connectome) -> String {
    let summed = match connectome.repeated() {
        0 => String::new(),
        rows => format!("; {} added to an earlier one of the same neurons", count(rows, "row")),
    };
    format!("{}: {}{summed}", args.connectome.display(), connectome.form())
}

/// Reads a file, or tells what is wrong with its text.
fn parsed<T>(path: &Path, read: impl FnOnce(&str, &mut Problems) -> Option<T>) -> Result<T, Failure> {
    let text = text_file(path).map_err(Failure::input)?;
    let mut problems = Problems::new();
    let found = read(&text, &mut problems);
    let name = path.display().to_string();
    found.ok_or_else(|| Failure::text(&name, Report::new(&name, &text, problems)))
}

/// Makes the folder, which must hold nothing.
fn folder(asked: Option<&Path>) -> Result<PathBuf, Failure> {
    let path = run_folder::choose(asked, "fit", OUT)?;
    let cannot =
        |why: std::io::Error| RunDirFault::Write { path: path.clone(), reason: why.to_string(), option: OUT }.failure();
    fs::create_dir_all(&path).map_err(cannot)?;
    match fs::read_dir(&path).map_err(cannot)?.next() {
        None => Ok(path),
        Some(_) => Err(RunDirFault::InUse { path, option: OUT }.failure()),
    }
}

fn record(
    args: &FitArgs,
    given: &FitInput,
    fitted: &Fitted,
    (recipe, seconds, device, folder): (FitConfig, f64, String, &Path),
) -> FitRecord {
    let neurons = given.connectome.neurons().len();
    FitRecord {
        connectome: args.connectome.display().to_string(),
        expression: args.expression.as_ref().map(|path| path.display().to_string()),
        neurons,
        genes: given.genes.len(),
        pairs: (neurons as u64).saturating_pow(2),
        edges: given.connectome.edges().len() as u64,
        repeated: given.connectome.repeated(),
        predicted: fitted.predicted.len() as u64,
        parameters: fitted.parameters,
        recipe,
        held_out: fitted.held_out.clone(),
        training: fitted.training.clone(),
        loss: fitted.loss,
        steps_made: fitted.steps,
        stopped: fitted.stopped,
        seconds,
        device,
        folder: folder.display().to_string(),
    }
}

/// Writes O, X, the predicted connectome and the record, each whole or not at all.
fn keep(folder: &Path, given: &FitInput, fitted: &Fitted, record: &FitRecord) -> Result<(), Failure> {
    let neurons = given.connectome.neurons();
    atomic_file::write(&folder.join("O.csv"), &matrix("gene", &given.genes, (&given.genes, &fitted.interaction)))?;
    // X that was given is kept as it was given
    let identities = given.expression.as_ref().and_then(|expression| expression.of(neurons));
    let identities = identities.as_ref().unwrap_or(&fitted.identities);
    atomic_file::write(&folder.join("X.csv"), &matrix("name", neurons, (&given.genes, identities)))?;
    let name = |neuron: usize| neurons.get(neuron).map_or("", String::as_str);
    let edges = fitted.predicted.iter().map(|(source, target)| vec![name(*source), name(*target)]);
    let header = std::iter::once(vec!["source", "target"]);
    atomic_file::write(&folder.join("predicted.csv"), &written(header.chain(edges)))?;
    atomic_file::write(&folder.join("fit.json"), &spelt(record))
}

/// Writes a matrix with a name before each row and above each column.
fn matrix(corner: &str, rows: &[String], (columns, values): (&[String], &[f64])) -> String {
    let header = std::iter::once(corner.to_owned()).chain(columns.iter().cloned()).collect::<Vec<String>>();
    let line = |(name, values): (&String, &[f64])| {
        std::iter::once(name.clone()).chain(values.iter().map(f64::to_string)).collect::<Vec<String>>()
    };
    let lines = rows.iter().zip(values.chunks(columns.len().max(1))).map(line);
    written(std::iter::once(header).chain(lines))
}

/// Writes what was found, for people.
fn told(screen: &Screen, record: &FitRecord) -> String {
    let part = |part: Option<f64>| part.map_or("–".to_owned(), |part| format!("{part:.4}"));
    let judged = |judged: &LinkMetrics| {
        if judged.pairs == 0 {
            return "none: all pairs are trained on".to_owned();
        }
        let (auc, precision, recall) = (part(judged.auc), part(judged.precision), part(judged.recall));
        format!("ROC AUC {auc}, precision {precision}, recall {recall} on {}", count(judged.pairs, "pair"))
    };
    let title = format!(
        "{}: {}, {}, {}",
        screen.paint(Ink::Strong, &record.connectome),
        count(record.neurons as u64, "neuron"),
        count(record.edges, "edge"),
        count(record.genes as u64, "gene")
    );
    let why = if record.stopped.was_asked_for() { format!("; {}", why(record.stopped)) } else { String::new() };
    let lines = [
        ("validation", judged(&record.held_out)),
        ("training", judged(&record.training)),
        ("parameters", format!("{} for {}", count(record.parameters, "parameter"), count(record.pairs, "pair"))),
        ("steps", format!("{} in {:.1} s{why}", count(record.steps_made, "step"), record.seconds)),
        ("saved in", format!("{}: O.csv, X.csv, predicted.csv, fit.json", record.folder)),
    ];
    format!("{title}\n\n{}", screen.block(&lines))
}
