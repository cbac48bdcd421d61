//! `gemc resume`: runs that have stopped go on as if they had not: bit for bit, where the same program computes.

use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

use super::from_run::StartRows;
use super::machine::Machine;
use super::task_data::TaskData;
use super::train::{over, versions};
use super::watch::Watch;
use crate::cli::args::Weights;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::faults::Blame;
use crate::cli::model::order;
use crate::cli::numbers::count;
use crate::cli::reopen::{compiled, fingerprint};
use crate::cli::resuming::ResumeArgs;
use crate::cli::screen::{Ink, Screen};
use crate::cli::stop;
use crate::cli::stop::Signals;
use crate::compile::Stages;
use crate::emit::lanes_here;
use crate::plan::Sizes;
use crate::run_dir::{Manifest, State, read_model};
use crate::train::{LastCheckpoint, RunDir, TrainState};
use crate::trainer::Trainer;

/// Something that digits depend on is not as it was.
#[derive(Debug, Error, Diagnostic)]
#[error("{} cannot go on bit for bit: {what} {found}, {expected} when it began", path.display())]
#[diagnostic(
    code(run::not_exact),
    help(
        "`--inexact` goes on all the same: the results are then those of no single program, and nobody can repeat them"
    )
)]
struct NotExact {
    path: PathBuf,
    what: &'static str,
    found: String,
    expected: String,
}

/// The data set is another one.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}` holds other samples than when {} began: its hash is {found:.12}, then it was {expected:.12}", path.display())]
#[diagnostic(code(run::other_samples), help("put the files back that were there, or train again"))]
struct OtherSamples {
    path: PathBuf,
    name: String,
    found: String,
    expected: String,
}

/// Goes on with runs, one after the other.
pub(super) fn run(screen: &Screen, args: &ResumeArgs) -> Outcome {
    let signals = stop::catch()?;
    let mut last = Exit::Done;
    for path in &args.runs {
        match StoppedRun::open(screen, args, path)? {
            None => screen.remark(&format!("{} has finished: there is nothing to go on with", path.display())),
            Some(stopped) => last = stopped.go_on(screen, args, &signals)?,
        }
        if last != Exit::Done {
            break;
        }
    }
    Ok(last)
}

/// A run that has stopped, and all that it goes on with.
struct StoppedRun<'a> {
    path: &'a Path,
    record: Manifest,
    text: String,
    stages: Stages,
    data: TaskData,
    machine: Machine,
    state: Option<TrainState>,
    /// What the runs started from besides their seeds, where they begin again.
    start: Option<StartRows>,
}

impl<'a> StoppedRun<'a> {
    /// Reads a run back; nothing where it has finished.
    fn open(screen: &Screen, args: &ResumeArgs, path: &'a Path) -> Result<Option<Self>, Failure> {
        let record = Manifest::read(path).map_err(Blame::failure)?;
        // runs of before the state was kept left no checkpoints
        if matches!(record.outcome.state, None | Some(State::Finished)) {
            return Ok(None);
        }
        let text = read_model(path).map_err(Blame::failure)?;
        let threads = u16::try_from(record.threads).unwrap_or(1).max(1);
        let machine = Machine::open(Some(&record.device), Some(threads))?;
        let order = machine.order(order(word(&record.weights)));
        let stages = compiled(path, (&record, &text), false, order)?;
        if !args.inexact {
            exact(path, &record, &stages)?;
        }
        let data = TaskData::of_record(screen, (path, &record), (args.data_dir.as_deref(), args.quiet))?;
        let (hash, _) = data.proof();
        if hash != record.data_hash {
            let (name, found, expected) = (record.data.clone(), hash.to_owned(), record.data_hash.clone());
            return Err(Failure::input(OtherSamples { path: path.to_owned(), name, found, expected }));
        }
        let data = data.padded(record.padding);
        machine.ready(&stages.plan, &record.recipe, &data)?;
        let state = state(screen, path, (&record, &text), &stages)?;
        let start = if state.is_none() { StartRows::again(screen, (path, &record), &stages)? } else { None };
        Ok(Some(Self { path, record, text, stages, data, machine, state, start }))
    }

    /// Trains on.
    fn go_on(self, screen: &Screen, args: &ResumeArgs, signals: &Signals) -> Outcome {
        let Self { path, record, text, stages, data, machine, state, start } = self;
        let (recipe, step) = (record.recipe.clone(), state.as_ref().map_or(0, TrainState::step));
        if !args.quiet {
            let line = format!(
                "{} on {} goes on after {}: {}",
                record.model,
                record.data,
                count(step, "step"),
                machine.told(&recipe, record.threads)
            );
            screen.remark(&screen.paint_remark(Ink::Faint, &line));
        }
        let evaluated = state.as_ref().map_or(0, TrainState::evaluated);
        let mut folder = RunDir::reopen(path, &text, record, evaluated).map_err(Blame::failure)?;
        folder.checkpoint_every(args.checkpoint_every);
        let mut watch = Watch::new(screen, args.quiet, recipe.length);
        let trainer = Trainer::new(&stages.plan, data.job_data(), recipe).place(machine.place);
        let trainer = trainer.run_dir(&mut folder).watcher(&mut watch).interrupt(|| signals.asked());
        let trainer = trainer.start_rows(start.as_ref().map_or(&[], |start| &start.rows));
        let trainer = match &state {
            Some(state) => trainer.from_state(state),
            None => trainer,
        };
        let result = trainer.run();
        watch.done();
        result.map_err(Blame::failure)?;
        over(screen, &folder, args.data_dir.as_deref())
    }
}

/// Returns the order of products that a record names.
fn word(weights: &str) -> Weights {
    <Weights as clap::ValueEnum>::from_str(weights, false).unwrap_or(Weights::Auto)
}

/// Checks that what computes is what has computed the run so far.
fn exact(path: &Path, record: &Manifest, stages: &Stages) -> Result<(), Failure> {
    let now = versions();
    let program = |version: &str, commit: &Option<String>| match commit {
        Some(commit) => format!("{version} ({commit})"),
        None => version.to_owned(),
    };
    let then = &record.versions;
    let graph = fingerprint(stages)?;
    let lanes = record.lanes.unwrap_or(lanes_here());
    let facts = [
        ("gemc is", program(&now.gemc, &now.commit), program(&then.gemc, &then.commit)),
        ("libtorch is", now.libtorch, then.libtorch.clone()),
        ("numbers in a register of the processor are", lanes_here().to_string(), lanes.to_string()),
        ("the hash of its graph is", graph, record.graph.clone()),
    ];
    match facts.into_iter().find(|(_, found, expected)| found != expected) {
        None => Ok(()),
        Some((what, found, expected)) => Err(Failure::input(NotExact { path: path.to_owned(), what, found, expected })),
    }
}

/// Reads the state that a run has stopped in; nothing where it was killed before it left one.
fn state(
    screen: &Screen,
    path: &Path,
    (record, text): (&Manifest, &str),
    stages: &Stages,
) -> Result<Option<TrainState>, Failure> {
    let sizes = Sizes { runs: record.seeds.len(), batch: 1 };
    let numbers = stages.plan.parameters().iter().map(|row| row.shape.at(sizes).iter().product::<usize>() as u64).sum();
    let LastCheckpoint { state, damaged } =
        LastCheckpoint::read(path, &record.source(text), numbers).map_err(Blame::failure)?;
    for (path, why) in &damaged {
        screen.remark(&format!("{} is not used: {why}", path.display()));
    }
    match (&state, damaged.is_empty()) {
        (None, true) => screen.remark(&format!("{} holds no checkpoint: it begins again", path.display())),
        (None, false) => return Err(Failure::input(NoCheckpoint { path: path.to_owned() })),
        (Some(_), _) => {}
    }
    Ok(state)
}

/// No checkpoint can be used.
#[derive(Debug, Error, Diagnostic)]
#[error("{} holds no checkpoint that is whole", path.display())]
#[diagnostic(code(run::no_checkpoint), help("remove the damaged ones to begin again, or train in a new folder"))]
struct NoCheckpoint {
    path: PathBuf,
}
