//! `gemc compile --train`: a task → a run in a folder of its own, and what it reached.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use indexmap::IndexMap;

use super::machine::Machine;
use super::reached::reached;
use super::task::TrainTask;
use super::task_data::TaskData;
use super::watch::Watch;
use super::{run_folder, sweep, taken_up};
use crate::cli::args::CompileArgs;
use crate::cli::exit::{Exit, Outcome, alone};
use crate::cli::faults::Blame;
use crate::cli::reopen::fingerprint;
use crate::cli::screen::Screen;
use crate::cli::stop;
use crate::cli::version::{COMMIT, VERSION};
use crate::compile::Stages;
use crate::data::Standing;
use crate::emit::{lanes_here, libtorch_version};
use crate::options::Facts;
use crate::run_dir::{Manifest, RUN_DIR, StartedFrom, Versions};
use crate::train::{self, RunDir, RunDirFault, Stopped, TrainConfig, clear_unbegun};
use crate::trainer::Trainer;

/// Trains a model.
pub(super) fn run(screen: &Screen, args: &CompileArgs) -> Outcome {
    let Some(set) = &args.train else { return Ok(Exit::Usage) };
    if let Some(values) = &args.training.sweep {
        return sweep::run(screen, args, set, values);
    }
    let task = TrainTask::new(screen, args, set)?;
    let plan = &task.stages.plan;
    let graph = fingerprint(&task.stages)?;
    let signals = stop::catch()?;
    let about = About {
        args,
        stages: &task.stages,
        settings: args.model.set.iter().cloned().collect(),
        facts: &task.facts,
        data: &task.data,
        padding: task.padding,
        recipe: &task.recipe,
        machine: &task.machine,
        threads: task.threads,
        from: task.start.as_ref().map(|start| &start.from),
    };
    let record = about.record(graph);
    let asked = args.training.run_dir.as_deref();
    if let (true, Some(path)) = (args.training.resume, asked) {
        if let Some(known) = taken_up::begun(path) {
            drop(task);
            return taken_up::go_on(screen, &args.training, path, (&known, &record));
        }
        clear_unbegun(path).map_err(Blame::failure)?;
    }
    let path = run_folder::choose(asked, plan.name(), RUN_DIR)?;
    // what a run was made of is known even if it is killed
    let mut folder = RunDir::create(&path, &task.source.text, record).map_err(Blame::failure)?;
    folder.checkpoint_every(args.training.checkpoint_every);
    let mut watch = Watch::new(screen, args.training.quiet, task.recipe.length);
    let trainer = Trainer::new(plan, task.data.job_data(), task.recipe.clone()).place(task.machine.place);
    let trainer = trainer.run_dir(&mut folder).watcher(&mut watch).interrupt(|| signals.asked());
    let trainer = trainer.start_rows(task.start.as_ref().map_or(&[], |start| &start.rows));
    let result = trainer.run();
    watch.done();
    result.map_err(Blame::failure)?;
    over(screen, &folder, args.training.data_dir.as_deref())
}

/// Shows what the runs in a folder reached, once they are over; `data_dir` is where data was looked for first.
pub(super) fn over(screen: &Screen, folder: &RunDir, data_dir: Option<&Path>) -> Outcome {
    let record = folder.record();
    if screen.is_json() {
        screen.object(record)?;
    } else {
        screen.print(&reached(screen, record, folder.path(), data_dir))?;
    }
    // what is not kept weighs more than who ended it
    Ok(lacking(screen, folder.missing()).unwrap_or(ended(record.outcome.stopped)))
}

/// Says last what is missing of a run, if something is; scripts have been told by the record. Returns the exit code.
pub(super) fn lacking(screen: &Screen, missing: Option<RunDirFault>) -> Option<Exit> {
    let fault = missing?;
    screen.report(&alone(fault));
    Some(Exit::Environment)
}

/// Returns the exit code of runs that ended so.
pub(super) fn ended(stopped: Option<Stopped>) -> Exit {
    if stopped.is_some_and(Stopped::was_asked_for) { Exit::Interrupted } else { Exit::Done }
}

/// What a run is made of, and what is done with it.
pub(super) struct About<'a> {
    pub(super) args: &'a CompileArgs,
    pub(super) stages: &'a Stages,
    /// Parameters that were set.
    pub(super) settings: IndexMap<String, String>,
    pub(super) facts: &'a Facts,
    pub(super) data: &'a TaskData,
    pub(super) padding: usize,
    pub(super) recipe: &'a TrainConfig,
    pub(super) machine: &'a Machine,
    pub(super) threads: usize,
    pub(super) from: Option<&'a StartedFrom>,
}

impl About<'_> {
    /// Returns the record of a run that has not begun; `graph` is the hash of its graph.
    pub(super) fn record(&self, graph: String) -> Manifest {
        let (counts, (hash, standing)) = (self.stages.plan.counts(), self.data.proof());
        let tasks = self.args.few_shot.few_shot;
        Manifest {
            model: self.stages.plan.name().to_owned(),
            settings: self.settings.clone(),
            recipe: self.recipe.clone(),
            seeds: self.recipe.seeds(),
            data: self.data.name().to_owned(),
            data_hash: hash.to_owned(),
            data_proven: Some(standing == Standing::Whole),
            facts: Some(self.facts.clone()),
            padding: self.padding,
            split: self.args.classes.split.filter(|_| tasks).map(|split| split.name().to_owned()),
            rotations: self.args.classes.rotations,
            from: self.from.cloned(),
            freeze: self.args.training.freeze.clone(),
            held_out: self.args.training.hold_out.map(|count| count as usize),
            weights: self.args.model.weights.word(),
            graph,
            versions: versions(),
            device: self.machine.place.name(),
            threads: self.threads,
            lanes: Some(lanes_here()),
            tensorboard: self.args.training.tensorboard.then(now),
            snapshots: self.args.training.snapshots,
            parameters: counts.parameters,
            uncompressed: counts.uncompressed,
            outcome: train::RunOutcome::none(self.recipe.runs),
        }
    }
}

/// Returns the time in seconds since 1970; 0 before.
fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64())
}

/// Returns what computes a run.
pub(super) fn versions() -> Versions {
    let commit = COMMIT.map(str::to_owned);
    Versions { gemc: VERSION.to_owned(), commit, libtorch: libtorch_version() }
}
