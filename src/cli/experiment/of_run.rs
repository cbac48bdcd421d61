//! `gemc recipe`: a run → the recipe that repeats it.

use std::path::Path;

use indexmap::IndexMap;
use serde::Serialize;

use super::args::RecipeArgs;
use crate::cli::atomic_file;
use crate::cli::exit::{Exit, Outcome};
use crate::cli::faults::Blame;
use crate::cli::recorded_options::{OptionValue, recorded_options};
use crate::cli::screen::{Ink, Screen};
use crate::run_dir::{MODEL, Manifest, read_model};

/// A recipe of one trial, in the order in which it is written.
#[derive(Serialize)]
struct Written {
    title: String,
    train: IndexMap<&'static str, OptionValue>,
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
    let trials = [WrittenTrial { model, set: record.settings.clone() }];
    let title = format!("{} on {}", record.model, record.data);
    let (train, config) = (recorded_options(record), &record.recipe);
    let recipe = Written { title, train, runs: config.runs, seed: config.seed, trials };
    // these are strings and numbers, which always become YAML
    serde_yaml::to_string(&recipe).unwrap_or_default()
}
