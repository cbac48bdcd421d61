//! The command line → a training task in which nothing is left to be found wrong: model, data, protocol, machine.

use std::path::Path;

use super::faults::Blame;
use super::machine::{Machine, pieces};
use super::watch::Download as Watched;
use crate::cli::args::{CompileArgs, TrainArgs};
use crate::cli::exit::Failure;
use crate::cli::model::{announce, compile, find, options};
use crate::cli::numbers::{count, grouped};
use crate::cli::screen::{Ink, Screen};
use crate::cli::sets::{facts, roots};
use crate::cli::source::Source;
use crate::compile::Stages;
use crate::data::{Dataset, Download, Patience, load};
use crate::train::{Pieces, Recipe};

/// A training task.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) source: Source,
    pub(super) stages: Stages,
    pub(super) data: Dataset,
    pub(super) recipe: Recipe,
    pub(super) machine: Machine,
    pub(super) threads: usize,
}

impl Task {
    /// Prepares what `args` ask for. What is quick to find wrong is looked at first.
    pub(super) fn new(screen: &Screen, args: &CompileArgs, set: &str) -> Result<Self, Failure> {
        let (facts, training) = (facts(set)?, &args.training);
        let source = find(screen, &args.file)?;
        let stages = compile(screen, &source, &options(&args.model, Some(facts)))?;
        let machine = Machine::open(training.device.as_deref(), training.threads)?;
        let data = read(screen, set, training.data_dir.as_deref(), training.quiet)?;
        let recipe = recipe(training, data.train.len())?;
        let bytes = (data.train.pixels().len() + data.test.pixels().len()) as u64;
        machine.check_memory(&stages.plan, &recipe, bytes.saturating_mul(2))?;
        let threads = machine.settle(&stages.plan, &recipe, learned_from(&data))?;
        let task = Self { source, stages, data, recipe, machine, threads };
        if !training.quiet {
            announce(screen, task.stages.model(), &task.data.facts.name);
            screen.remark(&screen.paint_remark(Ink::Faint, &task.line()));
        }
        Ok(task)
    }

    /// Returns what is to be done, in a line.
    fn line(&self) -> String {
        let Recipe { batch, length, runs, .. } = self.recipe;
        let (steps, runs) = (count(length, "step"), count(runs as u64, "run"));
        let (threads, device) = (count(self.threads as u64, "thread"), self.machine.place.name());
        let (model, data, batch) = (self.stages.plan.name(), &self.data.facts.name, grouped(batch as u64));
        format!("{model} on {data}: {runs}, at most {steps} of {batch} samples, {threads} on {device}")
    }
}

/// Returns the samples that are learned from.
pub(super) fn learned_from(data: &Dataset) -> Pieces<'_> {
    pieces(&data.train, data.facts.sample_bytes(), data.facts.classes)
}

/// Returns the samples that are judged by.
pub(super) fn judged_by(data: &Dataset) -> Pieces<'_> {
    pieces(&data.test, data.facts.sample_bytes(), data.facts.classes)
}

/// Loads a data set, downloading it where it is not here.
pub(super) fn read(screen: &Screen, set: &str, data_dir: Option<&Path>, quiet: bool) -> Result<Dataset, Failure> {
    let (roots, watched) = (roots(data_dir), Watched::new(screen, quiet));
    let patience = Patience::default();
    let download = roots.first().map(|into| Download { into, progress: &watched, patience });
    load(set, &roots, download.as_ref()).map_err(Blame::failure)
}

/// Returns the protocol: the paper's, but for what was asked for.
fn recipe(args: &TrainArgs, samples: usize) -> Result<Recipe, Failure> {
    let paper = Recipe::default();
    let number = |asked: Option<u32>, usual: usize| asked.map_or(usual, |number| number as usize);
    let mut recipe = Recipe {
        batch: number(args.batch, paper.batch),
        length: args.steps.unwrap_or(paper.length),
        lr: args.lr.unwrap_or(paper.lr),
        seed: args.seed.unwrap_or(paper.seed),
        runs: number(args.runs, paper.runs),
        eval_every: args.eval_every.unwrap_or(paper.eval_every),
        patience: args.patience.unwrap_or(paper.patience),
        min_delta: args.min_delta.unwrap_or(paper.min_delta),
    };
    if let Some(epochs) = args.epochs {
        recipe.length = recipe.steps_of(epochs, samples);
    }
    recipe.check(samples).map_err(Failure::input)?;
    Ok(recipe)
}
