//! A model as the command line names it → its stages: what `compile`, `snapshot`, `bench` and training have in common.

use std::path::Path;

use super::args::{LimitArgs, ModelArgs, Weights};
use super::exit::Failure;
use super::screen::{Ink, Screen};
use super::source::{self, Source};
use crate::compile::{Stages, stages};
use crate::options::{Facts, Options, Order};

/// Returns what the command line asks of a compilation.
pub(super) fn options(args: &ModelArgs, facts: Option<Facts>) -> Options {
    let order = match args.weights {
        Weights::Auto => Order::Cheapest,
        Weights::Synthesize => Order::Synthesized,
        Weights::Factored => Order::Factored,
    };
    Options { set: args.set.clone(), facts, memory_limit: limit(args.limit), order, ..Options::default() }
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
