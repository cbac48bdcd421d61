//! `gemc runs`: all runs below a folder, in a table, as JSON or as CSV.

use std::cmp::Reverse;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum, ValueHint};
use serde::Serialize;

use super::exit::{Exit, Failure, Outcome};
use super::faults::Blame;
use super::find_runs::{FoundRuns, natural, standing};
use super::numbers::{accuracy, columns, grouped};
use super::screen::{Ink, Screen};
use crate::diag::{Bug, in_line};
use crate::run_dir::Manifest;

/// `gemc runs`.
#[derive(Debug, Args)]
pub(super) struct RunsArgs {
    /// The folder that holds runs, at any depth
    #[arg(default_value = "runs", value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    folder: PathBuf,
    /// Sort by this column; accuracy, parameters and steps begin with the largest
    #[arg(long, value_enum, default_value_t = Column::Run, value_name = "COLUMN")]
    sort: Column,
    /// Print comma-separated values
    #[arg(long)]
    csv: bool,
}

/// What runs can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Column {
    Run,
    Model,
    Data,
    Parameters,
    Accuracy,
    Steps,
    State,
}

/// A run, as it is listed: a line of the CSV file.
#[derive(Debug, Serialize)]
struct ListedRun {
    run: String,
    model: String,
    /// Parameters that were set: `genes=5 sigma=0.2`.
    settings: String,
    data: String,
    /// Parameters of one run.
    parameters: u64,
    /// Mean of the best accuracies of all seeds, a fraction.
    accuracy: Option<f64>,
    /// Their sample standard deviation.
    sd: Option<f64>,
    /// Seeds.
    runs: usize,
    steps: u64,
    seconds: f64,
    state: &'static str,
}

/// Lists runs.
pub(super) fn run(screen: &Screen, args: &RunsArgs) -> Outcome {
    let (mut listed, mut exit) = (Vec::new(), Exit::Done);
    for folder in FoundRuns::below([&args.folder])?.runs {
        match Manifest::read(&folder) {
            Ok(record) => listed.push(ListedRun::new(&folder, &record)),
            // the others are listed all the same
            Err(fault) => {
                let line = format!("{} is not listed: {fault}", folder.display());
                screen.remark(&in_line(&line));
                exit = Exit::Input;
            }
        }
    }
    sort(&mut listed, args.sort);
    if args.csv {
        screen.print(&csv(&listed)?)?;
    } else if screen.is_json() {
        screen.object(&serde_json::json!({ "runs": listed }))?;
    } else if listed.is_empty() {
        screen.remark(&format!("{} holds no runs: `gemc train` makes some", args.folder.display()));
    } else {
        screen.print(&table(screen, &listed))?;
    }
    Ok(exit)
}

impl ListedRun {
    fn new(folder: &Path, record: &Manifest) -> Self {
        let outcome = &record.outcome;
        Self {
            run: folder.display().to_string(),
            model: record.model.clone(),
            settings: record.settings_line(),
            data: record.data.clone(),
            parameters: record.parameters,
            accuracy: outcome.mean,
            sd: outcome.sd,
            runs: record.seeds.len(),
            steps: outcome.steps,
            seconds: outcome.seconds,
            state: standing(folder, record),
        }
    }

    fn row(&self) -> [String; 7] {
        let seeds = self.sd.map(|_| format!(" (n = {})", self.runs)).unwrap_or_default();
        let accuracy = accuracy(self.accuracy, self.sd) + &seeds;
        let model = format!("{} {}", self.model, self.settings);
        let shown = |text: &str| in_line(text.trim_end()).into_owned();
        let (parameters, steps) = (grouped(self.parameters), grouped(self.steps));
        [shown(&self.run), shown(&model), shown(&self.data), parameters, accuracy, steps, self.state.to_owned()]
    }
}

/// Sorts runs; those that are equal stay in the order of their folders.
fn sort(runs: &mut [ListedRun], column: Column) {
    match column {
        Column::Run => {}
        Column::Model => runs.sort_by_cached_key(|run| (run.model.clone(), natural(&run.settings))),
        Column::Data => runs.sort_by_cached_key(|run| run.data.clone()),
        Column::Parameters => runs.sort_by_key(|run| Reverse(run.parameters)),
        Column::Steps => runs.sort_by_key(|run| Reverse(run.steps)),
        Column::State => runs.sort_by_key(|run| run.state),
        Column::Accuracy => {
            let accuracy = |run: &ListedRun| run.accuracy.unwrap_or(-1.0);
            runs.sort_by(|one, other| accuracy(other).total_cmp(&accuracy(one)));
        }
    }
}

fn table(screen: &Screen, runs: &[ListedRun]) -> String {
    let head = ["run", "model", "data", "parameters", "accuracy", "steps", "state"].map(str::to_owned);
    let rows: Vec<[String; 7]> = std::iter::once(head).chain(runs.iter().map(ListedRun::row)).collect();
    let mut lines = columns(&rows, &[3, 5]);
    lines[0] = screen.paint(Ink::Faint, &lines[0]);
    lines.join("\n") + "\n"
}

fn csv(runs: &[ListedRun]) -> Result<String, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let bug =
        |why: &dyn std::fmt::Display| Bug { pass: "runs", tensor: "csv".to_owned(), why: why.to_string() }.failure();
    for run in runs {
        writer.serialize(run).map_err(|why| bug(&why))?;
    }
    let bytes = writer.into_inner().map_err(|why| bug(&why))?;
    String::from_utf8(bytes).map_err(|why| bug(&why))
}
