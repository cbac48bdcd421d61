//! `gemc run --dry-run` and `--list`: the trials of a recipe, and one command for each.

use std::path::Path;

use serde::Serialize;

use super::args::{HowArgs, RunArgs, STORE};
use super::prepare::Prepared;
use super::trial::{Trial, full_name};
use crate::cli::bars::duration;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::numbers::{columns, count, grouped};
use crate::cli::screen::{Ink, Screen};
use crate::cli::shell_word::quoted;
use crate::diag::in_line;
use crate::plan::Sizes;

/// Operations that a core makes in a second, where nothing has been measured.
const SPEED: f64 = 3e10;

/// A trial, as it is listed. A field is never renamed or given another unit; new ones may be added.
#[derive(Debug, Serialize)]
struct ListedTrial {
    number: usize,
    label: String,
    varied: String,
    model: String,
    data: String,
    key: String,
    parameters: u64,
    runs: usize,
    /// At most.
    steps: u64,
    /// Floating-point operations of a step of all runs.
    flop: u64,
    /// Bytes of memory.
    memory: u64,
    /// Seconds at most, at 30 GFLOP/s.
    seconds: f64,
}

impl ListedTrial {
    fn new(trial: &Trial, varied: &str) -> Result<Self, Failure> {
        let (stages, config) = (trial.compiled()?, &trial.config);
        let flop = stages.plan.step_cost(Sizes { runs: config.runs, batch: config.batch }).flop;
        let memory = trial.memory(&stages);
        Ok(Self {
            number: trial.number,
            label: trial.label.clone(),
            varied: varied.to_owned(),
            model: trial.model.clone(),
            data: trial.data.clone(),
            key: trial.key.clone(),
            parameters: trial.parameters,
            runs: config.runs,
            steps: config.length,
            flop,
            memory,
            seconds: flop as f64 * config.length as f64 / SPEED,
        })
    }

    fn row(&self) -> [String; 7] {
        let shown = |text: &str| in_line(text).into_owned();
        let work = format!("{} × {}", count(self.runs as u64, "run"), count(self.steps, "step"));
        let (cost, memory) = (format!("{:.1}", self.flop as f64 / 1e6), format!("{:.0}", self.memory as f64 / 1e6));
        let name = full_name(&self.label, &self.varied);
        let number = self.number.to_string();
        [number, shown(&name), grouped(self.parameters), work, cost, memory, duration(self.seconds)]
    }
}

/// Lists the trials with their parameters, cost and memory.
pub(super) fn dry_run(screen: &Screen, prepared: &Prepared) -> Outcome {
    let trials: Vec<ListedTrial> = prepared
        .listed()
        .into_iter()
        .map(|(varied, trial)| ListedTrial::new(trial, varied))
        .collect::<Result<_, _>>()?;
    if screen.is_json() {
        screen.object(&serde_json::json!({ "title": prepared.recipe.title, "trials": trials }))?;
        return Ok(Exit::Done);
    }
    let head = ["", "trial", "parameters", "training", "MFLOP/step", "MB", "at most"].map(str::to_owned);
    let rows: Vec<[String; 7]> = std::iter::once(head).chain(trials.iter().map(ListedTrial::row)).collect();
    let mut lines = columns(&rows, &[0, 2, 4, 5, 6]);
    lines[0] = screen.paint(Ink::Faint, &lines[0]);
    let seconds: f64 = trials.iter().map(|trial| trial.seconds).sum();
    let sum =
        format!("{}, {} at most on one core of 30 GFLOP/s", count(trials.len() as u64, "trial"), duration(seconds));
    screen.print(&format!("{}\n\n{sum}\n", lines.join("\n")))?;
    Ok(Exit::Done)
}

/// The command of a trial, but for its number.
pub(super) struct TrialLine {
    program: String,
    rest: String,
    /// Whether failed trials are run again.
    pub(super) retry: bool,
}

impl TrialLine {
    /// Makes it of the command that runs all.
    pub(super) fn new(program: &str, recipe: &Path, how: &HowArgs) -> Self {
        let mut rest = format!(" run {}", quoted(&recipe.display().to_string()));
        if how.store.as_os_str() != STORE {
            rest += &format!(" --store {}", quoted(&how.store.display().to_string()));
        }
        if let Some(folder) = &how.data_dir {
            rest += &format!(" --data-dir {}", quoted(&folder.display().to_string()));
        }
        rest += if how.quick { " --quick" } else { "" };
        Self { program: quoted(program), rest, retry: how.retry }
    }

    /// Writes it for a shell.
    pub(super) fn text(&self, retry: bool) -> String {
        format!("{}{}{}", self.program, self.rest, if retry { " --retry" } else { "" })
    }
}

/// Prints a command for each trial.
pub(super) fn commands(screen: &Screen, args: &RunArgs, prepared: &Prepared) -> Outcome {
    let line = TrialLine::new("gemc", &args.recipe, &args.how);
    let lines: Vec<String> = (1..=prepared.attempts().len() + prepared.points.len())
        .map(|number| format!("{} --trial {number}", line.text(line.retry)))
        .collect();
    if screen.is_json() {
        screen.object(&serde_json::json!({ "commands": lines }))?;
    } else {
        screen.print(&(lines.join("\n") + "\n"))?;
    }
    Ok(Exit::Done)
}
