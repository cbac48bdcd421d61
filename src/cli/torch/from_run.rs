//! `--from RUN`, `--from RUN:NAME,…` → the rows that a model takes from a genome that was trained before, run by run.

use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

use super::row_names::{NoSuchRow, failure};
use crate::cli::exit::Failure;
use crate::cli::numbers::count;
use crate::cli::reopen::{Reopened, reopen};
use crate::cli::screen::{Ink, Screen};
use crate::cli::training::start_of;
use crate::compile::Stages;
use crate::diag::{Problems, in_line};
use crate::options::Order;
use crate::plan::{Array, Parameter, Sizes, is_row_of};
use crate::run_dir::{Manifest, StartedFrom};

/// A row of a genome has another shape than that of the model.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}` is {found} in the genome of {run}, {wanted} in this model")]
#[diagnostic(
    code(run::row_misfit),
    help("give the model the same sizes, by `--set` or in its text, or name the rows to take: `--from RUN:NAME,…`")
)]
struct RowMisfit {
    name: String,
    run: String,
    found: String,
    wanted: String,
}

/// A genome has no row of the model.
#[derive(Debug, Error, Diagnostic)]
#[error("the genome of {run} has no row of {model}")]
#[diagnostic(
    code(run::nothing_taken),
    help("rows are found by their names: call genomes and populations as in the model that was trained")
)]
struct NothingTaken {
    run: String,
    model: String,
}

/// The genome that a run began with is another one by now.
#[derive(Debug, Error, Diagnostic)]
#[error("{} began with the genome of {from}, which is another one now: SHA-256 of its rows is {found:.12}, then it was {expected:.12}", path.display())]
#[diagnostic(code(run::other_genome), help("put the genome back that was there, or train again"))]
struct OtherGenome {
    path: PathBuf,
    from: String,
    found: String,
    expected: String,
}

/// Rows to start from, and where they are from.
#[derive(Debug)]
pub(super) struct StartRows {
    /// By name, [R, …] each.
    pub(super) rows: Vec<(String, Array)>,
    /// As `run.json` holds it.
    pub(super) from: StartedFrom,
}

impl StartRows {
    /// Reads what `asked` names, for `runs` runs of a model.
    pub(super) fn read(
        screen: &Screen,
        asked: &Path,
        (stages, runs): (&Stages, usize),
        quiet: bool,
    ) -> Result<Self, Failure> {
        let (path, names) = start_of(asked);
        let source = reopen(screen, &path, Order::default())?;
        let which = (source.record.seeds.len() != runs).then(|| best(&source.record));
        let run = path.display().to_string();
        let rows = Take { source: &source, run: &run, stages, names: names.as_deref() }.rows(&places(which, runs))?;
        if !quiet {
            told(screen, &run, (stages, &rows), (which, runs));
        }
        let names = rows.iter().map(|(name, _)| name.clone()).collect();
        let run = std::path::absolute(&path).unwrap_or(path).display().to_string();
        let from = StartedFrom { run, genome: source.sum.unwrap_or_default(), which, rows: names };
        Ok(Self { rows, from })
    }

    /// Reads again what the run in `path` began with; nothing where that was its seeds alone.
    pub(super) fn again(
        screen: &Screen,
        (path, record): (&Path, &Manifest),
        stages: &Stages,
    ) -> Result<Option<Self>, Failure> {
        let Some(from) = record.from.clone() else { return Ok(None) };
        let source = reopen(screen, Path::new(&from.run), Order::default())?;
        let found = source.sum.clone().unwrap_or_default();
        if found != from.genome {
            let (path, expected) = (path.to_owned(), from.genome);
            return Err(Failure::input(OtherGenome { path, from: from.run, found, expected }));
        }
        let places = places(from.which, record.seeds.len());
        let rows = Take { source: &source, run: &from.run, stages, names: Some(&from.rows) }.rows(&places)?;
        Ok(Some(Self { rows, from }))
    }
}

/// Returns the run that was best, counted from 0.
fn best(record: &Manifest) -> usize {
    let best = record.outcome.best_accuracy.iter().enumerate().filter_map(|(run, best)| Some((run, (*best)?)));
    // of equals the first
    best.rev().max_by(|(_, one), (_, other)| one.total_cmp(other)).map_or(0, |(run, _)| run)
}

/// Returns which run of a genome each of `runs` runs takes.
fn places(which: Option<usize>, runs: usize) -> Vec<usize> {
    (0..runs).map(|run| which.unwrap_or(run)).collect()
}

/// What is taken from a genome.
struct Take<'a> {
    source: &'a Reopened,
    /// The folder of its run, as it was named.
    run: &'a str,
    stages: &'a Stages,
    /// Rows and genomes; all where none are named.
    names: Option<&'a [String]>,
}

impl Take<'_> {
    /// Takes rows, of these runs of the genome one for each run of the model.
    fn rows(&self, places: &[usize]) -> Result<Vec<(String, Array)>, Failure> {
        let (model, mut problems, mut rows) = (self.stages.model(), Problems::new(), Vec::new());
        self.check_names(&mut problems);
        let wanted = |row: &&Parameter| {
            self.names.is_none_or(|names| names.iter().any(|name| is_row_of(model, &row.name, name)))
        };
        for row in self.stages.plan.parameters().iter().filter(wanted) {
            let Some((name, array)) = self.source.rows.iter().find(|(name, _)| *name == row.name) else { continue };
            let (found, wanted) = (array.sizes(), row.shape.at(Sizes { runs: 1, batch: 1 }));
            match selected(array, places).filter(|_| found[1..] == wanted[1..]) {
                Some(array) => rows.push((name.clone(), array)),
                None => problems.push(RowMisfit {
                    name: name.clone(),
                    run: in_line(self.run).into_owned(),
                    found: sizes(&found[1..]),
                    wanted: sizes(&wanted[1..]),
                }),
            }
        }
        failure(problems)?;
        if rows.is_empty() {
            let (run, model) = (in_line(self.run).into_owned(), model.name().to_owned());
            return Err(Failure::input(NothingTaken { run, model }));
        }
        Ok(rows)
    }

    /// Notes names that mean no row of the model, or none that the genome has.
    fn check_names(&self, problems: &mut Problems) {
        let (model, rows) = (self.stages.model(), self.stages.plan.parameters());
        for name in self.names.unwrap_or_default() {
            let mut meant = rows.iter().filter(|row| is_row_of(model, &row.name, name)).peekable();
            if meant.peek().is_none() {
                problems.push(NoSuchRow::new(name, model.name(), model, rows.iter().map(|row| row.name.as_str())));
            } else if !meant.any(|row| self.source.rows.iter().any(|(name, _)| *name == row.name)) {
                let owner = format!("the genome of {}", in_line(self.run));
                let there = self.source.rows.iter().map(|(name, _)| name.as_str());
                problems.push(NoSuchRow::new(name, &owner, self.source.stages.model(), there));
            }
        }
    }
}

/// Returns these runs' parts of an array, [R, …].
fn selected(array: &Array, runs: &[usize]) -> Option<Array> {
    let (_, sizes) = array.sizes().split_first()?;
    let count: usize = sizes.iter().product();
    let part = |run: &usize| array.numbers().get(run * count..(run + 1) * count);
    let numbers: Vec<&[f64]> = runs.iter().map(part).collect::<Option<_>>()?;
    Array::new(&[&[runs.len()], sizes].concat(), numbers.concat())
}

/// Writes the sizes of a row, for one run.
fn sizes(sizes: &[usize]) -> String {
    let sizes: Vec<String> = sizes.iter().map(usize::to_string).collect();
    if sizes.is_empty() { "one number".to_owned() } else { sizes.join(" × ") }
}

/// Says which rows are taken, of which run, and which are drawn.
fn told(
    screen: &Screen,
    run: &str,
    (stages, rows): (&Stages, &[(String, Array)]),
    (which, runs): (Option<usize>, usize),
) {
    let whose = match which {
        None if runs == 1 => String::new(),
        None => ", each of the run with its number".to_owned(),
        Some(best) => format!(", of its best run, {best}, for {}", count(runs as u64, "run")),
    };
    let drawn = stages.plan.parameters().iter().map(|row| row.name.as_str());
    let drawn: Vec<&str> = drawn.filter(|name| !rows.iter().any(|(taken, _)| taken == name)).collect();
    let drawn = if drawn.is_empty() { String::new() } else { format!("; drawn or calibrated: {}", drawn.join(", ")) };
    let line = format!("starts from {run}: {}{whose}{drawn}", count(rows.len() as u64, "row"));
    screen.remark(&screen.paint_remark(Ink::Faint, &in_line(&line)));
}
