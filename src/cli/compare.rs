//! `gemc compare`: folders of runs → each compared with the first, seed by seed, where they were measured by the same.

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use miette::Diagnostic;
use thiserror::Error;

use super::compared::{Compared, measure};
use super::exit::{Exit, Failure, Outcome};
use super::faults::Blame;
use super::numbers::{count, grouped};
use super::screen::Screen;
use crate::diag::{Problems, Report, in_line};
use crate::run_dir::{Manifest, State};

/// `gemc compare`.
#[derive(Debug, Args)]
pub(super) struct CompareArgs {
    /// The folders of the runs; each is compared with the first
    #[arg(required = true, num_args = 2.., value_name = "RUN", value_hint = ValueHint::DirPath)]
    runs: Vec<PathBuf>,
    /// Compare runs on other data, or measured in another way, all the same
    #[arg(long)]
    force: bool,
}

/// Two runs were not measured by the same.
#[derive(Debug, Error, Diagnostic)]
#[error("{} is not measured as {} is: {difference}", other.display(), first.display())]
#[diagnostic(
    code(run::not_comparable),
    help("a difference between them says nothing of the models; `--force` computes it all the same")
)]
struct NotComparable {
    first: PathBuf,
    other: PathBuf,
    difference: String,
}

/// Two runs have no seed in common.
#[derive(Debug, Error, Diagnostic)]
#[error("{} and {} share no seed", first.display(), other.display())]
#[diagnostic(
    code(run::no_shared_seed),
    help("runs are compared seed by seed: train one of them again with `--seed {seed} --runs {runs}`")
)]
struct NoSharedSeed {
    first: PathBuf,
    other: PathBuf,
    seed: u64,
    runs: usize,
}

/// A run has nothing to compare.
#[derive(Debug, Error, Diagnostic)]
#[error("{} has no accuracy yet", path.display())]
#[diagnostic(code(run::not_evaluated), help("it ended, or is, before its first evaluation: `gemc resume {}` goes on with it", path.display()))]
struct NotEvaluated {
    path: PathBuf,
}

/// What was measured of one run's folder.
pub(super) struct MeasuredRun {
    pub(super) path: PathBuf,
    pub(super) record: Manifest,
    /// Seeds that were evaluated, and the best accuracy of each.
    pub(super) accuracies: Vec<(u64, f64)>,
}

/// Two runs that have seeds in common.
pub(super) struct SharedSeeds<'a> {
    pub(super) first: &'a MeasuredRun,
    pub(super) other: &'a MeasuredRun,
    /// Each of these seeds, with the best accuracy of the first run and of the other.
    pub(super) seeds: Vec<(u64, f64, f64)>,
}

/// Compares runs.
pub(super) fn run(screen: &Screen, args: &CompareArgs) -> Outcome {
    let runs: Vec<MeasuredRun> =
        args.runs.iter().map(|path| MeasuredRun::read(path)).collect::<Result<_, Failure>>()?;
    let (mut problems, mut remarks) = (Problems::new(), runs.iter().flat_map(standing).collect::<Vec<String>>());
    for run in runs.iter().filter(|run| run.accuracies.is_empty()) {
        problems.push(NotEvaluated { path: run.path.clone() });
    }
    let mut compared = Vec::new();
    if let [first, others @ ..] = runs.as_slice() {
        for other in others {
            match differences(first, other) {
                found if found.is_empty() => {}
                found if args.force => remarks.push(format!("{}: {}", shown(&other.path), found.join("; "))),
                found => problems.push(NotComparable {
                    first: first.path.clone(),
                    other: other.path.clone(),
                    difference: found.join("; "),
                }),
            }
            remarks.extend(lengths(first, other));
            compared.extend(pair(first, other, &mut problems));
        }
    }
    let report = Report::new("", "", problems);
    if !report.is_empty() {
        return Err(Failure::Fault(Exit::Input, report));
    }
    Compared::new(&runs, compared, remarks).show(screen)?;
    Ok(Exit::Done)
}

impl MeasuredRun {
    fn read(path: &Path) -> Result<Self, Failure> {
        let record = Manifest::read(path).map_err(Blame::failure)?;
        let best = record.seeds.iter().zip(&record.outcome.best_accuracy);
        let accuracies = best.filter_map(|(seed, best)| Some((*seed, (*best)?))).collect();
        Ok(Self { path: path.to_owned(), record, accuracies })
    }
}

/// Returns two runs and the accuracies of the seeds that both have; notes where there are none.
fn pair<'a>(first: &'a MeasuredRun, other: &'a MeasuredRun, problems: &mut Problems) -> Option<SharedSeeds<'a>> {
    let same = |(seed, accuracy): &(u64, f64)| {
        let (_, found) = other.accuracies.iter().find(|(other, _)| other == seed)?;
        Some((*seed, *accuracy, *found))
    };
    let seeds: Vec<(u64, f64, f64)> = first.accuracies.iter().filter_map(same).collect();
    if !seeds.is_empty() {
        return Some(SharedSeeds { first, other, seeds });
    }
    // what was not evaluated has been told
    if !first.accuracies.is_empty() && !other.accuracies.is_empty() {
        let (seed, runs) = (first.record.recipe.seed, first.record.recipe.runs);
        problems.push(NoSharedSeed { first: first.path.clone(), other: other.path.clone(), seed, runs });
    }
    None
}

/// Says in what two runs were measured by other samples, or tasks.
fn differences(first: &MeasuredRun, other: &MeasuredRun) -> Vec<String> {
    let (one, two) = (&first.record, &other.record);
    let mut found = Vec::new();
    if one.data_hash != two.data_hash {
        let said = |record: &Manifest| format!("{} (hash {:.12})", in_line(&record.data), record.data_hash);
        found.push(format!("its data is {}, not {}", said(two), said(one)));
    }
    // the few-shot settings that decide on which tasks runs are judged
    let tasks = |record: &Manifest| {
        let shape = record.recipe.few_shot.map(|few_shot| (few_shot.ways, few_shot.shots, few_shot.queries));
        (shape, record.split.clone(), record.held_out.unwrap_or(0))
    };
    if tasks(one) != tasks(two) {
        found.push(format!("it is evaluated on {}, not on {}", measure(two), measure(one)));
    }
    found
}

/// Says of runs that may train for different times that they do.
fn lengths(first: &MeasuredRun, other: &MeasuredRun) -> Option<String> {
    let (one, two) = (first.record.recipe.length, other.record.recipe.length);
    let line = || {
        let steps = format!("{} trains {}", shown(&other.path), count(two, "step"));
        format!("{steps} at most, {} {}", shown(&first.path), grouped(one))
    };
    (one != two).then(line)
}

/// Says of a run that has not gone its whole way how far it is, and of seeds without an accuracy that they are left out.
fn standing(run: &MeasuredRun) -> Vec<String> {
    let outcome = &run.record.outcome;
    let mut lines = Vec::new();
    if !matches!(outcome.state, None | Some(State::Finished)) {
        let steps = count(outcome.steps, "step");
        lines.push(format!("{} has not gone its whole way: its figures are those after {steps}", shown(&run.path)));
    }
    let without = run.record.seeds.len() - run.accuracies.len();
    if without > 0 && !run.accuracies.is_empty() {
        let seeds = count(without as u64, "seed");
        lines.push(format!("{} has {seeds} without an accuracy: left out", shown(&run.path)));
    }
    lines
}

/// Writes a path in a line.
pub(super) fn shown(path: &Path) -> String {
    in_line(&path.display().to_string()).into_owned()
}
