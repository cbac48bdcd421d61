//! The command line → a training task in which nothing is left to be found wrong: model, data, protocol, machine.

use super::from_run::StartRows;
use super::machine::Machine;
use super::row_names::check_frozen;
use super::snapshot_cost;
use super::task_data::TaskData;
use crate::cli::args::CompileArgs;
use crate::cli::data_paths::task_facts;
use crate::cli::exit::Failure;
use crate::cli::model::{compile, find, task_options};
use crate::cli::protocol::recipe;
use crate::cli::screen::{Ink, Screen};
use crate::cli::source::Source;
use crate::compile::Stages;
use crate::options::Facts;
use crate::train::TrainConfig;

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
    /// What the runs start from besides their seeds.
    pub(super) start: Option<StartRows>,
}

impl TrainTask {
    /// Prepares what `args` ask for. What is quick to find wrong is looked at first.
    pub(super) fn new(screen: &Screen, args: &CompileArgs, set: &str) -> Result<Self, Failure> {
        let (few_shot, training) = (args.few_shot.wanted(), &args.training);
        let facts = task_facts(set, few_shot)?;
        let source = find(screen, &args.file)?;
        let options = task_options(args, facts.clone());
        let stages = compile(screen, &source, &options)?;
        check_frozen(screen, &stages, &training.freeze, training.quiet)?;
        let runs = training.runs.map_or(1, |runs| runs as usize);
        let start = training.from.as_deref();
        let start = start.map(|asked| StartRows::read(screen, asked, (&stages, runs), training.quiet)).transpose()?;
        let machine = Machine::open(training.device.as_deref(), training.threads)?;
        let stages = machine.suit(stages, &source, &options)?;
        let padding = stages.model().margin(&facts).unwrap_or(0);
        let data = TaskData::load(screen, args, set)?.padded(padding);
        let recipe =
            recipe(training, few_shot, stages.model().has_windows(), data.samples()).map_err(Failure::input)?;
        let threads = machine.ready(&stages.plan, &recipe, &data)?;
        let task = Self { source, stages, facts, data, padding, recipe, machine, threads, start };
        if !training.quiet {
            screen.remark(&screen.paint_remark(Ink::Faint, &task.line()));
        }
        snapshot_cost::tell(screen, training, (&task.stages.plan, &task.recipe));
        Ok(task)
    }

    /// Returns what is to be done, in a line.
    fn line(&self) -> String {
        let (model, data) = (self.stages.plan.name(), self.data.name());
        format!("{model} on {data}: {}", self.machine.told(&self.recipe, self.threads))
    }
}
