//! The command line → a training task in which nothing is left to be found wrong: model, data, protocol, machine.

use super::machine::Machine;
use super::task_data::TaskData;
use crate::cli::args::CompileArgs;
use crate::cli::data_paths::task_facts;
use crate::cli::exit::Failure;
use crate::cli::model::{compile, find, options};
use crate::cli::screen::{Ink, Screen};
use crate::cli::source::Source;
use crate::cli::training::{Rate, TrainArgs};
use crate::compile::Stages;
use crate::options::{Facts, FewShot, Options};
use crate::run_dir::EPOCHS;
use crate::train::{LrSchedule, TrainConfig};

/// A training task.
#[derive(Debug)]
pub(super) struct TrainTask {
    pub(super) source: Source,
    pub(super) stages: Stages,
    /// The sizes of a sample, as the model was compiled for them.
    pub(super) facts: Facts,
    /// Padded to fill the model's input.
    pub(super) data: TaskData,
    /// Zeros on each side of a sample.
    pub(super) padding: usize,
    pub(super) recipe: TrainConfig,
    pub(super) machine: Machine,
    pub(super) threads: usize,
}

impl TrainTask {
    /// Prepares what `args` ask for. What is quick to find wrong is looked at first.
    pub(super) fn new(screen: &Screen, args: &CompileArgs, set: &str) -> Result<Self, Failure> {
        let (few_shot, training) = (args.few_shot.wanted(), &args.training);
        let facts = task_facts(set, few_shot)?;
        let source = find(screen, &args.file)?;
        let batch = training.batch.map(|batch| batch as usize);
        let options = Options { batch, few_shot, ..options(&args.model, Some(facts.clone())) };
        let stages = compile(screen, &source, &options)?;
        let machine = Machine::open(training.device.as_deref(), training.threads)?;
        let stages = machine.suit(stages, &source, &options)?;
        let padding = stages.model().margin(&facts).unwrap_or(0);
        let data = TaskData::load(screen, args, set)?.padded(padding);
        let recipe = recipe(training, few_shot, stages.model().has_windows(), data.samples())?;
        let threads = machine.ready(&stages.plan, &recipe, &data)?;
        let task = Self { source, stages, facts, data, padding, recipe, machine, threads };
        if !training.quiet {
            screen.remark(&screen.paint_remark(Ink::Faint, &task.line()));
        }
        Ok(task)
    }

    /// Returns what is to be done, in a line.
    fn line(&self) -> String {
        let (model, data) = (self.stages.plan.name(), self.data.name());
        format!("{model} on {data}: {}", self.machine.told(&self.recipe, self.threads))
    }
}

fn schedule(rate: Rate) -> LrSchedule {
    match rate {
        Rate::Constant => LrSchedule::Constant,
        Rate::Cosine => LrSchedule::Cosine,
    }
}

/// Returns the protocol: the model's usual one, but for what was asked for. Without `--eval-every` a length in epochs is
/// evaluated after each.
pub(super) fn recipe(
    args: &TrainArgs,
    few_shot: Option<FewShot>,
    windows: bool,
    samples: usize,
) -> Result<TrainConfig, Failure> {
    let usual = few_shot.map_or_else(|| TrainConfig::usual(windows, samples), TrainConfig::usual_few_shot);
    let number = |asked: Option<u32>, usual: usize| asked.map_or(usual, |number| number as usize);
    let mut recipe = TrainConfig {
        batch: number(args.batch, usual.batch),
        lr: args.lr.unwrap_or(usual.lr),
        seed: args.seed.unwrap_or(usual.seed),
        runs: number(args.runs, usual.runs),
        patience: args.patience.or(usual.patience),
        min_delta: args.min_delta.unwrap_or(usual.min_delta),
        schedule: args.schedule.map_or(usual.schedule, schedule),
        length: usual.length,
        eval_every: usual.eval_every,
        few_shot,
    };
    if let Some(epochs) = args.epochs {
        recipe = recipe.for_epochs(epochs, samples);
    } else if args.batch.is_some() && windows && few_shot.is_none() {
        // an epoch has another number of steps
        recipe = recipe.for_epochs(EPOCHS, samples);
    }
    recipe.length = args.steps.unwrap_or(recipe.length);
    recipe.eval_every = args.eval_every.unwrap_or(recipe.eval_every);
    recipe.check(samples).map_err(Failure::input)?;
    Ok(recipe)
}
