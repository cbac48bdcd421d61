//! A model as the command line names it → its stages: what `compile`, `snapshot`, `bench` and training have in common.

use std::path::Path;

use super::args::{CompileArgs, LimitArgs, ModelArgs, Weights};
use super::exit::Failure;
use super::numbers::count;
use super::screen::{Ink, Screen};
use super::source::{self, Source};
use crate::check::{Model, Origin};
use crate::compile::{Stages, stages};
use crate::options::{Facts, Options, Order};

/// Returns what the command line asks of a compilation.
pub(super) fn options(args: &ModelArgs, facts: Option<Facts>) -> Options {
    let order = order(args.weights);
    Options { set: args.set.clone(), facts, order, ..limits(args.limit) }
}

/// Returns what the command line asks of the compilation of a model that is to be trained.
pub(super) fn task_options(args: &CompileArgs, facts: Facts) -> Options {
    let (batch, few_shot) = (args.training.batch.map(|batch| batch as usize), args.few_shot.wanted());
    Options { batch, few_shot, freeze: args.training.freeze.clone(), ..options(&args.model, Some(facts)) }
}

/// Returns the order of products that a word of the command line stands for.
pub(super) fn order(weights: Weights) -> Order {
    match weights {
        Weights::Auto => Order::Cheapest,
        Weights::Synthesize => Order::Synthesized,
        Weights::Factored => Order::Factored,
    }
}

/// Returns the options that hold these limits and nothing else.
pub(super) fn limits(args: LimitArgs) -> Options {
    let usual = Options::default();
    let memory_limit = args.memory_limit.unwrap_or(usual.memory_limit);
    Options { memory_limit, work_limit: args.work_limit.unwrap_or(usual.work_limit), ..usual }
}

/// Finds and reads a model; says so where it is gemc's own copy.
pub(super) fn find(screen: &Screen, path: &Path) -> Result<Source, Failure> {
    let source = source::find(path).map_err(|report| Failure::text(&path.display().to_string(), report))?;
    if source.shipped && !screen.is_json() {
        let note = format!("no file `{}` here: gemc's own copy is used", path.display());
        screen.remark(&screen.paint_remark(Ink::Faint, &note));
    }
    Ok(source)
}

/// Compiles a text, shows its warnings, and says what the data set that it is compiled for has settled.
pub(super) fn compile(screen: &Screen, source: &Source, options: &Options) -> Result<Stages, Failure> {
    let stages = quietly(source, options)?;
    screen.report(&stages.warnings);
    for line in options.facts.iter().filter(|_| !screen.is_json()).flat_map(|facts| settled(stages.model(), facts)) {
        screen.remark(&screen.paint_remark(Ink::Faint, &line));
    }
    Ok(stages)
}

/// Compiles a text without a word of what is no fault.
pub(super) fn quietly(source: &Source, options: &Options) -> Result<Stages, Failure> {
    stages(&source.name, &source.text, options).map_err(|report| Failure::text(&source.name, report))
}

/// Writes the parameters whose values are facts of `data`: `channels = 3, classes = 10, from cifar10`.
pub(super) fn given(model: &Model, data: &str) -> Option<String> {
    let given = model.settings().iter().filter(|setting| setting.origin == Origin::Data);
    let given: Vec<String> = given.map(|setting| format!("{} = {}", setting.name, setting.value)).collect();
    (!given.is_empty()).then(|| format!("{}, from {data}", given.join(", ")))
}

/// Says which parameters a data set has set, and how its samples are padded, a line each.
fn settled(model: &Model, facts: &Facts) -> Vec<String> {
    let mut lines: Vec<String> = given(model, &facts.name).into_iter().collect();
    if let Some(margin @ 1..) = model.margin(facts) {
        let (sample, zeros) = (facts.sample(), count(margin as u64, "zero"));
        let shape = &model.population(model.input()).shape;
        lines.push(format!("a sample of {} is {sample}: with {zeros} on each side it fills {shape}", facts.name));
    }
    lines
}
