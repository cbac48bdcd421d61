//! The record of a run → the command that repeats it.

use std::path::Path;

use crate::cli::recorded_options::{OptionValue, recorded_options};
use crate::cli::shell_word::quoted;
use crate::run_dir::{MODEL, Manifest};

/// Returns the command, each word quoted where a shell needs it.
pub(super) fn command(folder: &Path, record: &Manifest) -> String {
    let mut words = vec!["gemc".to_owned(), "train".to_owned(), folder.join(MODEL).display().to_string()];
    words.extend(record.settings.iter().flat_map(|(name, value)| ["--set".to_owned(), format!("{name}={value}")]));
    for (name, value) in recorded_options(record) {
        words.push(format!("--{name}"));
        if !matches!(value, OptionValue::Flag(_)) {
            words.push(value.to_string());
        }
        if name == "data" {
            let (seed, runs) = (record.recipe.seed.to_string(), record.recipe.runs.to_string());
            words.extend(["--seed".to_owned(), seed, "--runs".to_owned(), runs]);
        }
    }
    words.iter().map(|word| quoted(word)).collect::<Vec<String>>().join(" ")
}
