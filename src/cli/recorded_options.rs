//! The record of a run → the options of `gemc train` that give the same run, but for its model, settings and seeds.

use std::fmt;

use indexmap::IndexMap;
use serde::Serialize;

use crate::options::{Adapt, FewShot};
use crate::run_dir::{LrSchedule, Manifest, StartedFrom, TrainConfig};

/// The value of an option.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum OptionValue {
    Word(String),
    Count(u64),
    Number(f64),
    /// An option without a value.
    Flag(bool),
}

impl fmt::Display for OptionValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Count(count) => count.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Flag(flag) => flag.fmt(f),
        }
    }
}

/// Returns the options by their long names, the data set first.
pub(super) fn recorded_options(record: &Manifest) -> IndexMap<&'static str, OptionValue> {
    let word = |word: &str| OptionValue::Word(word.to_owned());
    let TrainConfig { batch, length, lr, eval_every, patience, min_delta, schedule, few_shot, .. } = &record.recipe;
    let schedule = if *schedule == LrSchedule::Cosine { "cosine" } else { "constant" };
    // more evaluations than there are never stop a run
    let never = length / (*eval_every).max(1) + 2;
    let mut options = IndexMap::from([
        ("data", word(&record.data)),
        ("batch", OptionValue::Count(*batch as u64)),
        ("steps", OptionValue::Count(*length)),
        ("lr", OptionValue::Number(*lr)),
        ("schedule", word(schedule)),
        ("eval-every", OptionValue::Count(*eval_every)),
        ("patience", OptionValue::Count(patience.unwrap_or(never))),
        ("min-delta", OptionValue::Number(*min_delta)),
    ]);
    if let Some(size @ 1..) = record.held_out {
        options.insert("validation", OptionValue::Count(size as u64));
    }
    if ["synthesize", "factored"].contains(&record.weights.as_str()) {
        options.insert("weights", word(&record.weights));
    }
    if let Some(tasks) = few_shot {
        options.extend(task_options(tasks, record));
    }
    if let Some(steps) = record.snapshots {
        options.insert("snapshots", OptionValue::Word(steps.to_string()));
    }
    if let Some(StartedFrom { run, rows, .. }) = &record.from {
        options.insert("from", OptionValue::Word(format!("{run}:{}", rows.join(","))));
    }
    if !record.freeze.is_empty() {
        options.insert("freeze", OptionValue::Word(record.freeze.join(",")));
    }
    options
}

/// Returns those of few-shot learning.
fn task_options(tasks: &FewShot, record: &Manifest) -> Vec<(&'static str, OptionValue)> {
    let adapt = match tasks.adapt {
        Adapt::All => "all",
        Adapt::Readout => "readout",
        Adapt::None => "none",
    };
    let mut options = vec![
        ("few-shot", OptionValue::Flag(true)),
        ("ways", OptionValue::Count(tasks.ways as u64)),
        ("shots", OptionValue::Count(tasks.shots as u64)),
        ("queries", OptionValue::Count(tasks.queries as u64)),
        ("inner-steps", OptionValue::Count(tasks.inner_steps as u64)),
        ("adapt", OptionValue::Word(adapt.to_owned())),
    ];
    options.extend(record.split.iter().map(|split| ("split", OptionValue::Word(split.clone()))));
    options.extend(tasks.first_order.then_some(("first-order", OptionValue::Flag(true))));
    options.extend(record.rotations.then_some(("rotations", OptionValue::Flag(true))));
    options
}
