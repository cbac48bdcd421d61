//! `gemc recipe`: a run → the recipe that repeats it.

use std::path::Path;

use indexmap::IndexMap;
use serde::Serialize;

use super::args::RecipeArgs;
use crate::cli::atomic_file;
use crate::cli::exit::{Exit, Outcome};
use crate::cli::faults::Blame;
use crate::cli::screen::{Ink, Screen};
use crate::options::{Adapt, FewShot};
use crate::run_dir::{LrSchedule, MODEL, Manifest, StartedFrom, read_model};

/// A recipe of one trial, in the order in which it is written.
#[derive(Serialize)]
struct Written {
    title: String,
    train: IndexMap<&'static str, Scalar>,
    runs: usize,
    seed: u64,
    trials: [WrittenTrial; 1],
}

#[derive(Serialize)]
struct WrittenTrial {
    model: String,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    set: IndexMap<String, String>,
}

/// A value of an option.
#[derive(Serialize)]
#[serde(untagged)]
enum Scalar {
    Word(String),
    Count(u64),
    Number(f64),
    Yes(bool),
}

/// Writes the recipe of a run.
pub(in crate::cli) fn run(screen: &Screen, args: &RecipeArgs) -> Outcome {
    let record = Manifest::read(&args.run).map_err(Blame::failure)?;
    let text = read_model(&args.run).map_err(Blame::failure)?;
    let model = match &args.out {
        None => args.run.join(MODEL).display().to_string(),
        Some(_) => format!("{}.gem", record.model),
    };
    let recipe = written(&record, model.clone());
    if let Some(out) = &args.out {
        let beside = out.parent().unwrap_or(Path::new("")).join(&model);
        atomic_file::write(&beside, &text)?;
        atomic_file::write(out, &recipe)?;
        let line = format!("wrote {} and {}", out.display(), beside.display());
        screen.remark(&screen.paint_remark(Ink::Faint, &line));
    } else if screen.is_json() {
        screen.object(&serde_json::json!({ "recipe": recipe }))?;
    } else {
        screen.print(&recipe)?;
    }
    Ok(Exit::Done)
}

fn written(record: &Manifest, model: String) -> String {
    let config = &record.recipe;
    let mut train = IndexMap::from([("data", Scalar::Word(record.data.clone()))]);
    if let Some(few_shot) = &config.few_shot {
        tasks(&mut train, few_shot, record);
    }
    if let Some(count @ 1..) = record.held_out {
        train.insert("validation", Scalar::Count(count as u64));
    }
    train.insert("steps", Scalar::Count(config.length));
    train.insert("batch", Scalar::Count(config.batch as u64));
    train.insert("lr", Scalar::Number(config.lr));
    let schedule = match config.schedule {
        LrSchedule::Constant => "constant",
        LrSchedule::Cosine => "cosine",
    };
    train.insert("schedule", Scalar::Word(schedule.to_owned()));
    train.insert("eval-every", Scalar::Count(config.eval_every));
    if let Some(patience) = config.patience {
        train.insert("patience", Scalar::Count(patience));
        train.insert("min-delta", Scalar::Number(config.min_delta));
    }
    if !record.weights.is_empty() && record.weights != "auto" {
        train.insert("weights", Scalar::Word(record.weights.clone()));
    }
    if let Some(StartedFrom { run, rows, .. }) = &record.from {
        train.insert("from", Scalar::Word(format!("{run}:{}", rows.join(","))));
    }
    if !record.freeze.is_empty() {
        train.insert("freeze", Scalar::Word(record.freeze.join(",")));
    }
    let trials = [WrittenTrial { model, set: record.settings.clone() }];
    let title = format!("{} on {}", record.model, record.data);
    let recipe = Written { title, train, runs: config.runs, seed: config.seed, trials };
    // these are strings and numbers, which always become YAML
    serde_yaml::to_string(&recipe).unwrap_or_default()
}

/// Adds the options of few-shot learning.
fn tasks(train: &mut IndexMap<&'static str, Scalar>, few_shot: &FewShot, record: &Manifest) {
    train.insert("few-shot", Scalar::Yes(true));
    let numbers = [
        ("ways", few_shot.ways),
        ("shots", few_shot.shots),
        ("queries", few_shot.queries),
        ("inner-steps", few_shot.inner_steps),
    ];
    for (name, number) in numbers {
        train.insert(name, Scalar::Count(number as u64));
    }
    let adapt = match few_shot.adapt {
        Adapt::All => None,
        Adapt::Readout => Some("readout"),
        Adapt::None => Some("none"),
    };
    train.extend(adapt.map(|word| ("adapt", Scalar::Word(word.to_owned()))));
    train.extend(few_shot.first_order.then_some(("first-order", Scalar::Yes(true))));
    train.extend(record.split.as_ref().map(|split| ("split", Scalar::Word(split.clone()))));
    train.extend(record.rotations.then_some(("rotations", Scalar::Yes(true))));
}
