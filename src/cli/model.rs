//! A model as the command line names it → its stages: what `compile`, `snapshot`, `bench` and training have in common.

use std::path::Path;

use super::args::{LimitArgs, ModelArgs};
use super::exit::Failure;
use super::screen::{Ink, Screen};
use super::source::{self, Source};
use crate::check::{Model, Origin};
use crate::compile::{Stages, stages};
use crate::options::{Facts, Options};

/// Returns what the command line asks of a compilation.
pub(super) fn options(args: &ModelArgs, facts: Option<Facts>) -> Options {
    Options { set: args.set.clone(), facts, memory_limit: limit(args.limit) }
}

/// Returns the memory limit in bytes.
pub(super) fn limit(args: LimitArgs) -> u64 {
    args.memory_limit.unwrap_or(Options::default().memory_limit)
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

/// Compiles a text and shows its warnings.
pub(super) fn compile(screen: &Screen, source: &Source, options: &Options) -> Result<Stages, Failure> {
    let stages = stages(&source.name, &source.text, options).map_err(|report| Failure::text(&source.name, report))?;
    screen.report(&stages.warnings);
    Ok(stages)
}

/// Writes the parameters whose values are facts of `data`: `channels = 3, classes = 10, from cifar10`.
pub(super) fn given(model: &Model, data: &str) -> Option<String> {
    let given = model.settings().iter().filter(|setting| setting.origin == Origin::Data);
    let given: Vec<String> = given.map(|setting| format!("{} = {}", setting.name, setting.value)).collect();
    (!given.is_empty()).then(|| format!("{}, from {data}", given.join(", ")))
}

/// Says which parameters have taken their values from `data`.
pub(super) fn announce(screen: &Screen, model: &Model, data: &str) {
    if let (false, Some(line)) = (screen.is_json(), given(model, data)) {
        screen.remark(&screen.paint_remark(Ink::Faint, &line));
    }
}
