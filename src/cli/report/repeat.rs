//! The record of a run → the command that repeats it.

use std::path::Path;

use crate::cli::shell_word::quoted;
use crate::options::{Adapt, FewShot};
use crate::run_dir::{LrSchedule, MODEL, Manifest};

/// Returns the command, each word quoted where a shell needs it.
pub(super) fn command(folder: &Path, record: &Manifest) -> String {
    let recipe = &record.recipe;
    let mut words = vec!["gemc".to_owned(), "train".to_owned(), folder.join(MODEL).display().to_string()];
    let mut add = |name: &str, value: String| words.extend([name.to_owned(), value]);
    for (name, value) in &record.settings {
        add("--set", format!("{name}={value}"));
    }
    add("--data", record.data.clone());
    add("--seed", recipe.seed.to_string());
    add("--runs", recipe.runs.to_string());
    add("--batch", recipe.batch.to_string());
    add("--steps", recipe.length.to_string());
    add("--lr", recipe.lr.to_string());
    add("--schedule", if recipe.schedule == LrSchedule::Cosine { "cosine" } else { "constant" }.to_owned());
    add("--eval-every", recipe.eval_every.to_string());
    // more evaluations than there are never stop a run
    let never = recipe.length / recipe.eval_every.max(1) + 2;
    add("--patience", recipe.patience.unwrap_or(never).to_string());
    add("--min-delta", recipe.min_delta.to_string());
    if let Some(size) = record.held_out.filter(|size| *size > 0) {
        add("--validation", size.to_string());
    }
    if ["synthesize", "factored"].contains(&record.weights.as_str()) {
        add("--weights", record.weights.clone());
    }
    if let Some(tasks) = &recipe.few_shot {
        few_shot(&mut words, tasks, record);
    }
    words.iter().map(|word| quoted(word)).collect::<Vec<String>>().join(" ")
}

fn few_shot(words: &mut Vec<String>, tasks: &FewShot, record: &Manifest) {
    words.push("--few-shot".to_owned());
    let numbers = [
        ("--ways", tasks.ways),
        ("--shots", tasks.shots),
        ("--queries", tasks.queries),
        ("--inner-steps", tasks.inner_steps),
    ];
    words.extend(numbers.into_iter().flat_map(|(name, number)| [name.to_owned(), number.to_string()]));
    let adapt = match tasks.adapt {
        Adapt::All => "all",
        Adapt::Readout => "readout",
        Adapt::None => "none",
    };
    words.extend(["--adapt".to_owned(), adapt.to_owned()]);
    words.extend(record.split.iter().flat_map(|split| ["--split".to_owned(), split.clone()]));
    words.extend(tasks.first_order.then(|| "--first-order".to_owned()));
    words.extend(record.rotations.then(|| "--rotations".to_owned()));
}
