//! `gemc status`: how the trials in a store stand, told from outside.

use std::path::Path;

use serde::Serialize;

use super::args::StatusArgs;
use super::store::Store;
use crate::cli::exit::{Exit, Outcome};
use crate::cli::faults::Blame;
use crate::cli::numbers::{accuracy, columns, count, grouped};
use crate::cli::screen::{Ink, Screen};
use crate::diag::in_line;
use crate::run_dir::{Kept, Manifest, RESULTS, RunDirFault, State};

/// How a trial stands.
#[derive(Debug, Serialize)]
struct TrialStatus {
    run: String,
    model: String,
    settings: String,
    data: String,
    state: &'static str,
    /// Steps made.
    step: u64,
    /// Steps at most.
    steps: u64,
    /// Mean of the best accuracies so far.
    accuracy: Option<f64>,
    sd: Option<f64>,
    error: Option<String>,
}

impl TrialStatus {
    fn new(run: &Path) -> Option<Self> {
        let record = Manifest::read(run).ok()?;
        let failed = run.canonicalize().ok().and_then(|run| Store::failure_of(&run));
        let state = match record.outcome.state {
            _ if Kept::is_held(run) => "running",
            _ if failed.is_some() => "failed",
            Some(State::Running | State::Interrupted) => "stopped",
            Some(State::Failed) => "failed",
            Some(State::Diverged) => "diverged",
            Some(State::Finished) | None => "finished",
        };
        let settings = record.settings_line();
        let error = failed.map(|failed| failed.message).or(record.outcome.error.map(|error| error.message));
        Some(Self {
            run: run.display().to_string(),
            model: record.model,
            settings,
            data: record.data,
            state,
            step: record.outcome.steps,
            steps: record.recipe.length,
            accuracy: record.outcome.mean,
            sd: record.outcome.sd,
            error,
        })
    }

    fn row(&self) -> [String; 5] {
        let shown = |text: String| in_line(text.trim_end()).into_owned();
        let model = format!("{} on {} {}", self.model, self.data, self.settings);
        let steps = format!("{} of {}", grouped(self.step), grouped(self.steps));
        let state = match self.error.as_ref().and_then(|error| error.lines().next()) {
            Some(error) => format!("{}: {error}", self.state),
            None => self.state.to_owned(),
        };
        [shown(self.run.clone()), shown(model), steps, accuracy(self.accuracy, self.sd), shown(state)]
    }
}

/// Shows how trials stand.
pub(in crate::cli) fn run(screen: &Screen, args: &StatusArgs) -> Outcome {
    let cannot =
        |why: std::io::Error| RunDirFault::Read { path: args.folder.clone(), reason: why.to_string() }.failure();
    let runs = Store::runs(&args.folder).map_err(cannot)?;
    let trials: Vec<TrialStatus> = runs.iter().filter_map(|run| TrialStatus::new(run)).collect();
    let states = ["running", "finished", "stopped", "failed", "diverged"];
    let many = |state: &str| trials.iter().filter(|trial| trial.state == state).count() as u64;
    if screen.is_json() {
        let counts: serde_json::Map<String, serde_json::Value> =
            states.iter().map(|state| ((*state).to_owned(), many(state).into())).collect();
        screen.object(&serde_json::json!({ "folder": args.folder, "counts": counts, "trials": trials }))?;
        return Ok(Exit::Done);
    }
    if trials.is_empty() {
        let what =
            if args.folder.join(RESULTS).is_file() { "no run of this recipe is there yet" } else { "it holds no runs" };
        screen.remark(&format!("{}: {what}", args.folder.display()));
        return Ok(Exit::Done);
    }
    let head = ["run", "model", "steps", "accuracy", "state"].map(str::to_owned);
    let rows: Vec<[String; 5]> = std::iter::once(head).chain(trials.iter().map(TrialStatus::row)).collect();
    let mut lines = columns(&rows, &[2]);
    lines[0] = screen.paint(Ink::Faint, &lines[0]);
    let counts: Vec<String> =
        states.iter().filter(|state| many(state) > 0).map(|state| format!("{} {state}", many(state))).collect();
    let sum = format!("{}: {}", count(trials.len() as u64, "trial"), counts.join(", "));
    screen.print(&format!("{}\n\n{sum}\n", lines.join("\n")))?;
    Ok(Exit::Done)
}
