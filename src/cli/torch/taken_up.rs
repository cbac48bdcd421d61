//! `gemc train --resume`: the run of the same command that a folder holds already goes on.

use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

use super::resume;
use crate::cli::exit::{Failure, Outcome};
use crate::cli::recorded_options::recorded_options;
use crate::cli::resuming::ResumeArgs;
use crate::cli::screen::Screen;
use crate::cli::training::TrainArgs;
use crate::run_dir::{Manifest, RECORD};

/// The folder holds the run of another command.
#[derive(Debug, Error, Diagnostic)]
#[error("{} holds another run: {what} is {found} there, {asked} here", path.display())]
#[diagnostic(
    code(run::another),
    help(
        "name another folder with `--run-dir`, or leave `--resume` out and use `gemc resume` for the run that is there"
    )
)]
struct AnotherRun {
    path: PathBuf,
    what: String,
    found: String,
    asked: String,
}

/// Returns the record of the run in `folder`, where there is one to go on with.
pub(super) fn begun(folder: &Path) -> Option<Manifest> {
    if folder.join(RECORD).is_file() { Manifest::read(folder).ok() } else { None }
}

/// Goes on with the run that `known` describes if `wanted` describes the same.
pub(super) fn go_on(
    screen: &Screen,
    args: &TrainArgs,
    path: &Path,
    (known, wanted): (&Manifest, &Manifest),
) -> Outcome {
    if let Some((what, found, asked)) = difference(known, wanted) {
        return Err(Failure::input(AnotherRun { path: path.to_owned(), what, found, asked }));
    }
    let (data_dir, checkpoint_every, quiet) = (args.data_dir.clone(), args.checkpoint_every, args.quiet);
    resume::run(screen, &ResumeArgs { runs: vec![path.to_owned()], data_dir, inexact: false, checkpoint_every, quiet })
}

/// Returns the first thing in which two runs differ: what it is, and its value in either.
fn difference(known: &Manifest, wanted: &Manifest) -> Option<(String, String, String)> {
    let facts = |run: &Manifest| {
        let hash = |text: &str| text.chars().take(12).collect::<String>();
        let mut facts = vec![
            ("the model".to_owned(), run.model.clone()),
            ("the hash of the network".to_owned(), hash(&run.graph)),
            ("the hash of the data".to_owned(), hash(&run.data_hash)),
            ("`--runs`".to_owned(), run.recipe.runs.to_string()),
            ("`--seed`".to_owned(), run.recipe.seed.to_string()),
        ];
        facts.extend(recorded_options(run).iter().map(|(name, value)| (format!("`--{name}`"), value.to_string())));
        facts
    };
    let (known, wanted) = (facts(known), facts(wanted));
    let value = |facts: &[(String, String)], name: &str| {
        facts.iter().find(|(other, _)| other == name).map_or_else(|| "absent".to_owned(), |(_, value)| value.clone())
    };
    let names = known.iter().chain(&wanted).map(|(name, _)| name.clone());
    names
        .map(|name| (value(&known, &name), value(&wanted, &name), name))
        .find(|(one, other, _)| one != other)
        .map(|(one, other, name)| (name, one, other))
}
