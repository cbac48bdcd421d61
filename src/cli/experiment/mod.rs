//! `gemc run`: a recipe → trials, each run once in a process of its own and kept in a store, and what they reached.

mod args;
mod arguments;
mod bad_trial;
mod board;
mod child;
mod engine;
mod graph;
mod listing;
mod of_run;
mod points;
mod prepare;
mod reproduce;
mod results;
mod results_folder;
mod samples;
mod schedule;
mod status;
mod store;
mod trial;

use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

pub(super) use self::args::{RecipeArgs, ReproduceArgs, RunArgs, StatusArgs};
pub(super) use self::of_run::run as recipe;
pub(super) use self::reproduce::run as reproduce;
pub(super) use self::status::run as status;

use self::args::{EngineArgs, HowArgs};
use self::engine::{Batch, Engine};
use self::listing::TrialLine;
use self::points::Chosen;
use self::prepare::{Prepared, RecipeText, prepare};
use self::results::Results;
use self::results_folder::ResultsFolder;
use self::schedule::Schedule;
use self::store::Store;
use self::trial::Trial;
use super::exit::{Exit, Failure, Outcome};
use super::numbers::count;
use super::screen::Screen;
use super::{source, stop};

/// A recipe has no such trial.
#[derive(Debug, Error, Diagnostic)]
#[error("there is no trial {asked}: the recipe has {there}")]
#[diagnostic(code(recipe::no_trial), help("trials are counted from 1; `gemc run RECIPE --dry-run` lists them"))]
struct NoTrial {
    asked: usize,
    there: usize,
}

/// A trial is wanted before its settings are chosen.
#[derive(Debug, Error, Diagnostic)]
#[error("the settings of trial {number} are not chosen yet")]
#[diagnostic(
    code(recipe::not_chosen),
    help("run the trials 1 to {tries} first: they are its tries and those of others")
)]
struct NotChosen {
    number: usize,
    tries: usize,
}

/// Runs a recipe.
pub(super) fn run(screen: &Screen, args: &RunArgs) -> Outcome {
    let source =
        source::read(&args.recipe).map_err(|report| Failure::text(&args.recipe.display().to_string(), report))?;
    let folder = args.recipe.parent().map_or_else(PathBuf::new, Path::to_path_buf);
    let (data_dir, quick) = (args.how.data_dir.as_deref(), args.how.quick);
    let from = RecipeText { name: &source.name, text: source.text, folder: &folder, data_dir, quick };
    let prepared = prepare(screen, from, args.how.quiet || screen.is_json())?;
    if args.dry_run {
        return listing::dry_run(screen, &prepared);
    }
    if args.list {
        return listing::commands(screen, args, &prepared);
    }
    if let Some(number) = args.trial {
        return one(screen, &args.how, &prepared, number);
    }
    let name = args.recipe.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let how = HowArgs {
        store: whole(&args.how.store),
        data_dir: args.how.data_dir.as_deref().map(whole),
        ..args.how.clone()
    };
    let program = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("gemc"));
    let line = TrialLine::new(&program.display().to_string(), &whole(&args.recipe), &how);
    all(screen, &args.how, (&prepared, &name), args.batch.engine.map(|engine| (engine, &args.batch, &line)))
}

/// A batch system, and what it is given.
type Elsewhere<'a> = (Engine, &'a EngineArgs, &'a TrialLine);

/// Runs all trials of a recipe by its name, here or elsewhere, and shows what they reached.
fn all(
    screen: &Screen,
    how: &HowArgs,
    (prepared, name): (&Prepared, &str),
    elsewhere: Option<Elsewhere<'_>>,
) -> Outcome {
    let store = Store::open(&how.store)?;
    let folder = ResultsFolder::open(how.out.as_deref(), name, &prepared.text)?;
    let signals = stop::catch()?;
    let quiet = how.quiet || screen.is_json();
    let run = |trials: &[&Trial]| match elsewhere {
        None => {
            Schedule { screen, store: &store, jobs: how.jobs, retry: how.retry, quiet, signals: &signals }.run(trials)
        }
        Some((engine, args, line)) => {
            let (store, folder, signals, jobs) = (&store, &folder, &signals, how.jobs);
            Batch { screen, engine, args, store, folder, line, jobs, quiet, signals }.run(trials)
        }
    };
    let attempts = prepared.attempts();
    if !quiet && !attempts.is_empty() {
        screen.remark(&format!("settings: {} on the validation split", count(attempts.len() as u64, "attempt")));
    }
    let interrupted = run(&attempts)? || run(&prepared.chosen(&store))?;
    let results = collected(prepared, &store, &folder)?;
    folder.keep(&results)?;
    if screen.is_json() {
        screen.object(&results)?;
    } else {
        screen.print(&results.text(screen, &folder.path().display().to_string()))?;
    }
    if interrupted {
        screen.remark(&format!("{}: run the recipe again to go on", results.counted()));
        return Ok(Exit::Interrupted);
    }
    Ok(if results.any_failed() { Exit::Input } else { Exit::Done })
}

/// Runs one trial, and says no more than whether it went well: who runs it so looks into the store.
fn one(screen: &Screen, how: &HowArgs, prepared: &Prepared, number: usize) -> Outcome {
    let store = Store::open(&how.store)?;
    let (attempts, signals) = (prepared.attempts(), stop::catch()?);
    let there = attempts.len() + prepared.points.len();
    let trial = match number.checked_sub(1 + attempts.len()) {
        None => attempts.get(number.wrapping_sub(1)).copied(),
        Some(place) => match prepared.points.get(place).map(|point| point.chosen(&store)) {
            Some(Chosen::Trial(trial)) => Some(trial),
            Some(Chosen::Open | Chosen::None(_)) => {
                return Err(Failure::input(NotChosen { number, tries: attempts.len() }));
            }
            None => None,
        },
    };
    let Some(trial) = trial else { return Err(Failure::input(NoTrial { asked: number, there })) };
    let quiet = how.quiet || screen.is_json();
    let schedule = Schedule { screen, store: &store, jobs: how.jobs, retry: how.retry, quiet, signals: &signals };
    if schedule.run(&[trial])? {
        return Ok(Exit::Interrupted);
    }
    Ok(if store.look(trial).finished().is_some() { Exit::Done } else { Exit::Input })
}

/// Links the runs, and sums up what they reached.
fn collected(prepared: &Prepared, store: &Store, folder: &ResultsFolder) -> Result<Results, Failure> {
    let runs: Vec<(&Trial, PathBuf)> =
        prepared.chosen(store).into_iter().map(|trial| (trial, store.run(trial))).collect();
    folder.link(&runs)?;
    Ok(Results::new(&prepared.recipe, &prepared.points, store))
}
