//! `gemc compile --train --sweep`: a model trained with every one of the values of a parameter, a run's folder for each value,
//! and a table of what each reached.

use std::borrow::Cow;
use std::path::Path;

use indexmap::IndexMap;
use miette::Diagnostic;
use thiserror::Error;

use super::from_run::StartRows;
use super::machine::{Machine, clock};
use super::row_names::check_frozen;
use super::run_folder;
use super::snapshot_cost;
use super::swept::{Reached, Swept};
use super::task_data::TaskData;
use super::train::{About, ended, lacking};
use super::watch::Watch;
use crate::cli::args::CompileArgs;
use crate::cli::data_paths::task_facts;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::faults::Blame;
use crate::cli::model::{compile, find, quietly, task_options};
use crate::cli::parse::Sweep;
use crate::cli::protocol::recipe;
use crate::cli::reopen::fingerprint;
use crate::cli::screen::{Ink, Screen};
use crate::cli::stop;
use crate::cli::stop::Signals;
use crate::compile::Stages;
use crate::options::Facts;
use crate::run_dir::{Manifest, RUN_DIR};
use crate::train::{NotFinite, RunDir, RunDirFault, RunFault, StepFault, TrainConfig};
use crate::trainer::Trainer;

/// A parameter has one value and many.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}` is set and swept")]
#[diagnostic(code(cli::set_and_swept), help("remove `--set {name}=…`, or sweep another parameter"))]
struct SweptAndSet {
    name: String,
}

/// One value of a sweep.
#[derive(Debug)]
struct Point {
    /// As it was written.
    value: String,
    /// The model with it.
    stages: Stages,
    /// What its runs start from besides their seeds.
    start: Option<StartRows>,
}

/// A sweep in which nothing is left to be found wrong.
struct SweepTask<'a> {
    screen: &'a Screen,
    args: &'a CompileArgs,
    sweep: &'a Sweep,
    text: String,
    facts: Facts,
    points: Vec<Point>,
    data: TaskData,
    recipe: TrainConfig,
    machine: Machine,
}

/// Trains a model with every value of `sweep`.
pub(super) fn run(screen: &Screen, args: &CompileArgs, set: &str, sweep: &Sweep) -> Outcome {
    let task = SweepTask::new(screen, args, set, sweep)?;
    let name = format!("{}-{}", task.model(), sweep.name);
    let path = run_folder::choose(args.training.run_dir.as_deref(), &name, RUN_DIR)?;
    RunDir::unused(&path).map_err(Blame::failure)?;
    let signals = stop::catch()?;
    let mut swept = task.begun();
    let (clock, mut missing, mut unwritten, mut exit) = (clock(), None, None, Exit::Done);
    for point in &task.points {
        let reached = task.train(point, &path, &signals, &mut missing)?;
        let interrupted = ended(reached.stopped) == Exit::Interrupted;
        swept.programs.push(vec![point.value.clone()]);
        swept.points.push(reached);
        swept.seconds = clock();
        // tried again after the next value
        unwritten = swept.write(&path).err();
        if interrupted {
            exit = Exit::Interrupted;
            break;
        }
    }
    swept.show(screen, &path)?;
    unwritten.map_or(Ok(()), Err)?;
    Ok(lacking(screen, missing).unwrap_or(exit))
}

impl<'a> SweepTask<'a> {
    fn new(screen: &'a Screen, args: &'a CompileArgs, set: &str, sweep: &'a Sweep) -> Result<Self, Failure> {
        let (few_shot, training) = (args.few_shot.wanted(), &args.training);
        let facts = task_facts(set, few_shot)?;
        let source = find(screen, &args.file)?;
        if args.model.set.iter().any(|(name, _)| *name == sweep.name) {
            return Err(Failure::input(SweptAndSet { name: sweep.name.clone() }));
        }
        let machine = Machine::open(training.device.as_deref(), training.threads)?;
        let runs = training.runs.map_or(1, |runs| runs as usize);
        let mut points = Vec::with_capacity(sweep.values.len());
        for value in &sweep.values {
            let mut options = task_options(args, facts.clone());
            options.set.push((sweep.name.clone(), value.clone()));
            options.order = machine.order(options.order);
            // warnings, and what the data settles, are the same for all
            let stages =
                if points.is_empty() { compile(screen, &source, &options)? } else { quietly(&source, &options)? };
            // as are what is frozen, and what rows are taken
            let quiet = training.quiet || !points.is_empty();
            check_frozen(screen, &stages, &training.freeze, quiet)?;
            let start = training.from.as_deref();
            let start = start.map(|asked| StartRows::read(screen, asked, (&stages, runs), quiet)).transpose()?;
            points.push(Point { value: value.clone(), stages, start });
        }
        let data = TaskData::load(screen, args, set)?;
        let windows = points.iter().any(|point| point.stages.model().has_windows());
        let recipe = recipe(training, few_shot, windows, data.samples()).map_err(Failure::input)?;
        Ok(Self { screen, args, sweep, text: source.text, facts, points, data, recipe, machine })
    }

    fn model(&self) -> &str {
        self.points.first().map_or("", |point| point.stages.plan.name())
    }

    fn begun(&self) -> Swept {
        Swept {
            model: self.model().to_owned(),
            parameter: self.sweep.name.clone(),
            data: self.data.name().to_owned(),
            runs: self.recipe.runs,
            programs: Vec::new(),
            points: Vec::new(),
            seconds: 0.0,
        }
    }

    /// Trains with one value; `missing` becomes the first fault of a folder that was not written.
    fn train(
        &self,
        point: &Point,
        path: &Path,
        signals: &Signals,
        missing: &mut Option<RunDirFault>,
    ) -> Result<Reached, Failure> {
        let plan = &point.stages.plan;
        let padding = point.stages.model().margin(&self.facts).unwrap_or(0);
        let data = if padding == 0 { Cow::Borrowed(&self.data) } else { Cow::Owned(self.data.clone().padded(padding)) };
        let threads = self.machine.ready(plan, &self.recipe, &data)?;
        self.announce(point, threads);
        snapshot_cost::tell(self.screen, &self.args.training, (plan, &self.recipe));
        let mut folder = self.open(point, path, (&data, padding, threads))?;
        folder.checkpoint_every(self.args.training.checkpoint_every);
        let mut watch = Watch::new(self.screen, self.args.training.quiet, self.recipe.length);
        let trainer = Trainer::new(plan, data.job_data(), self.recipe.clone()).place(self.machine.place);
        let trainer = trainer.run_dir(&mut folder).watcher(&mut watch).interrupt(|| signals.asked());
        let trainer = trainer.start_rows(point.start.as_ref().map_or(&[], |start| &start.rows));
        let result = trainer.run();
        watch.done();
        result.map_err(|fault| self.placed(fault, point).failure())?;
        *missing = missing.take().or_else(|| folder.missing());
        Ok(self.reached(point, folder.record()))
    }

    /// Says of a run that went bad of which value it is.
    fn placed(&self, fault: RunFault, point: &Point) -> RunFault {
        let RunFault::Step(StepFault::NotFinite(fault)) = fault else { return fault };
        let culprit = format!("with {} = {}, {}", self.sweep.name, point.value, fault.culprit);
        RunFault::Step(StepFault::NotFinite(NotFinite { culprit, ..fault }))
    }

    /// Opens the folder of one value's runs.
    fn open(
        &self,
        point: &Point,
        path: &Path,
        (data, padding, threads): (&TaskData, usize, usize),
    ) -> Result<RunDir, Failure> {
        let graph = fingerprint(&point.stages)?;
        let mut settings: IndexMap<String, String> = self.args.model.set.iter().cloned().collect();
        settings.insert(self.sweep.name.clone(), point.value.clone());
        let about = About {
            args: self.args,
            stages: &point.stages,
            settings,
            facts: &self.facts,
            data,
            padding,
            recipe: &self.recipe,
            machine: &self.machine,
            threads,
            from: point.start.as_ref().map(|start| &start.from),
        };
        RunDir::create(&path.join(self.folder(point)), &self.text, about.record(graph)).map_err(Blame::failure)
    }

    /// Returns what a value's folder is called.
    fn folder(&self, point: &Point) -> String {
        format!("{}={}", self.sweep.name, point.value)
    }

    fn reached(&self, point: &Point, record: &Manifest) -> Reached {
        let outcome = record.outcome.clone();
        Reached {
            value: point.value.clone(),
            parameters: record.parameters,
            uncompressed: record.uncompressed,
            state: outcome.state,
            at_chance: outcome.at_chance().len(),
            best_accuracy: outcome.best_accuracy,
            mean: outcome.mean,
            sd: outcome.sd,
            steps: outcome.steps,
            stopped: outcome.stopped,
            folder: self.folder(point),
        }
    }

    /// Says what is trained next.
    fn announce(&self, point: &Point, threads: usize) {
        if self.args.training.quiet {
            return;
        }
        let (model, name, data) = (self.model(), &self.sweep.name, self.data.name());
        let told = self.machine.told(&self.recipe, threads);
        let line = format!("{model} with {name} = {} on {data}: {told}", point.value);
        self.screen.remark(&self.screen.paint_remark(Ink::Faint, &line));
    }
}
