//! `gemc draw`: a finished run → a page of pictures of what it has learned.

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use miette::Diagnostic;
use serde_json::json;
use thiserror::Error;

use super::atomic_file;
use super::exit::{Exit, Failure, Outcome};
use super::faults::Blame;
use super::figures::sections;
use super::numbers::{count, grouped, percent, ratio};
use super::parse::{device, threads};
use super::reopen::{Reopened, reopen};
use super::screen::{Ink, Screen};
use crate::options::Order;
use crate::report::Page;
use crate::run_dir::Manifest;

/// The page's name in a run's folder.
const PICTURE: &str = "picture.svg";

/// `gemc draw`.
#[derive(Debug, Args)]
pub(super) struct DrawArgs {
    /// The folder of the run
    #[arg(value_name = "RUN", value_hint = ValueHint::DirPath)]
    run: PathBuf,
    /// Which of several runs trained at once to draw, counted from 0 [default: the best]
    #[arg(long, value_name = "N")]
    which: Option<u32>,
    /// Write the page here [default: picture.svg in the run's folder]
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath)]
    out: Option<PathBuf>,
    /// Has no effect: pictures need no device
    #[arg(long = "device", value_name = "DEVICE", value_parser = device, hide = true)]
    _device: Option<String>,
    /// Has no effect: one thread computes pictures
    #[arg(long = "threads", value_name = "N", allow_negative_numbers = true, value_parser = threads, hide = true)]
    _threads: Option<u16>,
}

/// A run that was not among those that were trained at once.
#[derive(Debug, Error, Diagnostic)]
#[error("there is no run {asked}")]
#[diagnostic(code(run::no_such_run), help("{help}"))]
struct NoSuchRun {
    asked: usize,
    help: String,
}

/// Draws a run.
pub(super) fn run(screen: &Screen, args: &DrawArgs) -> Outcome {
    // which run is drawn is quick to find wrong
    let asked = (args.which.map(|which| which as usize), "--which");
    let which = which(&Manifest::read(&args.run).map_err(Blame::failure)?, asked)?;
    // weights are drawn, so they must be made
    let Reopened { record, stages, rows, .. } = reopen(screen, &args.run, Order::Synthesized)?;
    let sections = sections(&stages, &rows, which).map_err(Blame::failure)?;
    let page = Page { title: record.model.clone(), facts: facts(&record, which), sections };
    let path = args.out.clone().unwrap_or_else(|| args.run.join(PICTURE));
    atomic_file::write(&path, &page.svg())?;
    if screen.is_json() {
        screen.object(&contents(&page, &args.run, &path, which))?;
    } else {
        screen.remark(&screen.paint_remark(Ink::Faint, &format!("wrote {}", path.display())));
    }
    Ok(Exit::Done)
}

/// Returns the run that is looked at: the one that was asked for by an option, or the best.
pub(super) fn which(record: &Manifest, (asked, option): (Option<usize>, &str)) -> Result<usize, Failure> {
    let runs = record.seeds.len();
    let accuracy = |run: &usize| record.outcome.best_accuracy.get(*run).copied().flatten().unwrap_or(0.0);
    match asked {
        Some(asked) if asked >= runs => {
            let help = match runs {
                1 => format!("one was trained: leave `{option}` out"),
                _ => format!("{runs} were trained at once, 0 to {}", runs.saturating_sub(1)),
            };
            Err(Failure::input(NoSuchRun { asked, help }))
        }
        Some(asked) => Ok(asked),
        // of equals the first
        None => Ok((0..runs).rev().max_by(|a, b| accuracy(a).total_cmp(&accuracy(b))).unwrap_or(0)),
    }
}

/// Says what is to be known of the run.
fn facts(record: &Manifest, which: usize) -> Vec<String> {
    let (outcome, runs) = (&record.outcome, record.seeds.len());
    let best = outcome.best_accuracy.get(which).copied().flatten().unwrap_or(0.0);
    let step = outcome.best_step.get(which).copied().flatten().unwrap_or(0);
    let seed = record.seeds.get(which).copied().unwrap_or(0);
    let of = if runs > 1 { format!("run {which} of {runs}, ") } else { String::new() };
    let reached = format!("{of}seed {seed}: {} % on {}, after {}", percent(best), record.data, count(step, "step"));
    let grown =
        format!("{} for {} weights and biases", count(record.parameters, "parameter"), grouped(record.uncompressed));
    let times = (record.parameters > 0).then(|| ratio(record.uncompressed as f64 / record.parameters as f64));
    let times = times.map(|times| format!(", compression {times} times")).unwrap_or_default();
    vec![reached, format!("{grown}{times}")]
}

/// Returns what scripts are told: where the page is and what is on it.
fn contents(page: &Page, run: &Path, path: &Path, which: usize) -> serde_json::Value {
    let panels = page.sections.iter().flat_map(|section| section.panels.iter().map(move |panel| (section, panel)));
    let panels = panels.map(|(section, panel)| {
        json!({ "section": section.title, "title": panel.title, "limit": panel.limit(), "notes": panel.notes })
    });
    let panels: Vec<serde_json::Value> = panels.collect();
    json!({ "run": run.display().to_string(), "which": which, "picture": path.display().to_string(), "panels": panels })
}
