//! `gemc compile --train --sweep`: a model trained with every one of the values of a parameter, a run's folder for each value,
//! and a table of what each reached.

use std::borrow::Cow;
use std::path::Path;

use indexmap::IndexMap;
use miette::Diagnostic;
use thiserror::Error;

use super::blocks::{Point, blocks, largest};
use super::faults::Blame;
use super::machine::{Machine, clock, judged_by, learned_from};
use super::stop::Signals;
use super::swept::{Reached, Swept};
use super::task::{fingerprint, recipe, samples};
use super::train::{About, ended, lacking};
use super::watch::Watch;
use super::{run_folder, stop};
use crate::cli::args::CompileArgs;
use crate::cli::exit::{Exit, Failure, Outcome, alone};
use crate::cli::model::{compile, find, options, order, quietly};
use crate::cli::parse::Sweep;
use crate::cli::screen::{Ink, Screen};
use crate::cli::sets::facts;
use crate::data::Dataset;
use crate::diag::Bug;
use crate::options::{Facts, Options, Order};
use crate::plan::{Plan, spare};
use crate::train::{Folder, FolderFault, Job, Member, NotFinite, RUN_DIR, Recipe, Record, RunFault, StepFault, beside};

/// A parameter has one value and many.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}` is set and swept")]
#[diagnostic(code(cli::set_and_swept), help("remove `--set {name}=…`, or sweep another parameter"))]
struct SweptAndSet {
    name: String,
}

/// A sweep in which nothing is left to be found wrong.
struct Task<'a> {
    screen: &'a Screen,
    args: &'a CompileArgs,
    sweep: &'a Sweep,
    text: String,
    facts: Facts,
    points: Vec<Point>,
    data: Dataset,
    recipe: Recipe,
    machine: Machine,
}

/// Trains a model with every value of `sweep`.
pub(super) fn run(screen: &Screen, args: &CompileArgs, set: &str, sweep: &Sweep) -> Outcome {
    let task = Task::new(screen, args, set, sweep)?;
    let blocks = blocks(&task.points, &task.recipe, task.machine.place);
    let name = format!("{}-{}", task.model(), sweep.name);
    let path = run_folder::choose(args.training.run_dir.as_deref(), &name, RUN_DIR)?;
    Folder::unused(&path).map_err(Blame::failure)?;
    let signals = stop::catch()?;
    let mut swept = task.begun();
    let (clock, mut missing, mut unwritten, mut exit) = (clock(), None, None, Exit::Done);
    for block in blocks {
        let block = task.points.get(block).unwrap_or_default();
        let reached = task.train(block, &path, &signals, &mut missing)?;
        let interrupted = reached.iter().any(|reached| ended(reached.stopped) == Exit::Interrupted);
        swept.programs.push(block.iter().map(|point| point.value.clone()).collect());
        swept.points.extend(reached);
        swept.seconds = clock();
        // tried again after the next block
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

impl<'a> Task<'a> {
    fn new(screen: &'a Screen, args: &'a CompileArgs, set: &str, sweep: &'a Sweep) -> Result<Self, Failure> {
        let (facts, training) = (facts(set)?, &args.training);
        let source = find(screen, &args.file)?;
        let batch = training.batch.map(|batch| batch as usize);
        if args.model.set.iter().any(|(name, _)| *name == sweep.name) {
            return Err(Failure::input(SweptAndSet { name: sweep.name.clone() }));
        }
        let machine = Machine::open(training.device.as_deref(), training.threads)?;
        let mut points = Vec::with_capacity(sweep.values.len());
        for value in &sweep.values {
            let mut options = Options { batch, ..options(&args.model, Some(facts.clone())) };
            options.set.push((sweep.name.clone(), value.clone()));
            options.order = machine.order(options.order);
            // warnings, and what the data settles, are the same for all
            let stages =
                if points.is_empty() { compile(screen, &source, &options)? } else { quietly(&source, &options)? };
            points.push(Point { value: value.clone(), stages });
        }
        let data = samples(screen, set, training)?;
        let windows = points.iter().any(|point| point.stages.model().has_windows());
        let recipe = recipe(training, windows, data.train.len())?;
        Ok(Self { screen, args, sweep, text: source.text, facts, points, data, recipe, machine })
    }

    fn model(&self) -> &str {
        self.points.first().map_or("", |point| point.stages.plan.name())
    }

    fn begun(&self) -> Swept {
        Swept {
            model: self.model().to_owned(),
            parameter: self.sweep.name.clone(),
            data: self.data.facts.name.clone(),
            runs: self.recipe.runs,
            programs: Vec::new(),
            points: Vec::new(),
            seconds: 0.0,
        }
    }

    /// Trains one block; `missing` becomes the first fault of a folder that was not written.
    fn train(
        &self,
        block: &[Point],
        path: &Path,
        signals: &Signals,
        missing: &mut Option<FolderFault>,
    ) -> Result<Vec<Reached>, Failure> {
        let order = self.machine.order(order(self.args.model.weights));
        let Some(plans) = Plans::new(block, order, self.recipe.batch)? else { return Ok(Vec::new()) };
        let padding = block.first().and_then(|point| point.stages.model().margin(&self.facts)).unwrap_or(0);
        let data = if padding == 0 { Cow::Borrowed(&self.data) } else { Cow::Owned(self.data.clone().padded(padding)) };
        let all = Recipe { runs: self.recipe.runs.saturating_mul(block.len()), ..self.recipe.clone() };
        let threads = self.machine.ready(&plans.whole, &all, &data)?;
        self.announce(block, &all, threads);
        let mut kept = Vec::with_capacity(block.len());
        for point in block {
            kept.push(self.open(point, path, (&data, padding, threads))?);
        }
        let each = plans.starts.iter().zip(block).zip(&mut kept);
        let mut members: Vec<Member<'_>> = each
            .map(|((start, point), folder)| Member { start, kept: &point.stages.plan, folder: Some(folder) })
            .collect();
        let clock = clock();
        let job = Job {
            plan: &plans.whole,
            recipe: &self.recipe,
            place: self.machine.place,
            train: learned_from(&data),
            test: judged_by(&data),
            clock: &clock,
        };
        let mut watch = Watch::new(self.screen, self.args.training.quiet, self.recipe.length);
        let outcomes = beside(&job, &mut members, &mut watch, &|| signals.asked());
        watch.done();
        outcomes.map_err(|fault| self.placed(fault, block).failure())?;
        *missing = missing.take().or_else(|| kept.iter().find_map(Folder::missing));
        Ok(block.iter().zip(kept).map(|(point, folder)| self.reached(point, folder.record())).collect())
    }

    /// Says of a run that went bad of which value it is.
    fn placed(&self, fault: RunFault, block: &[Point]) -> RunFault {
        let RunFault::Step(StepFault::NotFinite(fault)) = fault else { return fault };
        let each = self.recipe.runs.max(1);
        let value = block.get(fault.run / each).map_or("", |point| point.value.as_str());
        let culprit = format!("with {} = {value}, {}", self.sweep.name, fault.culprit);
        RunFault::Step(StepFault::NotFinite(NotFinite { run: fault.run % each, culprit, ..fault }))
    }

    /// Opens the folder of one value's runs.
    fn open(
        &self,
        point: &Point,
        path: &Path,
        (data, padding, threads): (&Dataset, usize, usize),
    ) -> Result<Folder, Failure> {
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
        };
        Folder::create(&path.join(self.folder(point)), &self.text, about.record(graph)).map_err(Blame::failure)
    }

    /// Returns what a value's folder is called.
    fn folder(&self, point: &Point) -> String {
        format!("{}={}", self.sweep.name, point.value)
    }

    fn reached(&self, point: &Point, record: &Record) -> Reached {
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
    fn announce(&self, block: &[Point], all: &Recipe, threads: usize) {
        if self.args.training.quiet {
            return;
        }
        let values = match block {
            [one] => one.value.clone(),
            [first, .., last] => format!("{} to {}", first.value, last.value),
            [] => return,
        };
        let (model, name, data) = (self.model(), &self.sweep.name, &self.data.facts.name);
        let line = format!("{model} with {name} = {values} on {data}: {}", self.machine.told(all, threads));
        self.screen.remark(&self.screen.paint_remark(Ink::Faint, &line));
    }
}

/// The plans of a block: of the whole program, and of each value. They differ where the values are several.
struct Plans<'a> {
    whole: Cow<'a, Plan>,
    starts: Vec<Cow<'a, Plan>>,
}

impl<'a> Plans<'a> {
    fn new(block: &'a [Point], order: Order, batch: usize) -> Result<Option<Self>, Failure> {
        let Some(largest) = largest(block) else { return Ok(None) };
        let plan = |point: &'a Point| match block {
            [_] => Ok(Cow::Borrowed(&point.stages.plan)),
            _ => spare(&point.stages.wiring, order, batch).map(Cow::Owned),
        };
        let bug = |bug: Bug| Failure::Fault(Exit::Bug, alone(bug));
        let whole = plan(largest).map_err(bug)?;
        let starts = block.iter().map(plan).collect::<Result<_, _>>().map_err(bug)?;
        Ok(Some(Self { whole, starts }))
    }
}
