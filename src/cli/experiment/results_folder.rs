//! The folder of a recipe's results: the recipe, `results.json`, and a link to each trial's run in the store.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

use super::results::Results;
use super::trial::Trial;
use crate::cli::atomic_file;
use crate::cli::exit::Failure;
use crate::cli::screen::spelt;
use crate::run_dir::{RECIPE, RESULTS};

/// Letters of a link's name at most.
const LONGEST: usize = 80;

/// A folder is asked for that holds something else.
#[derive(Debug, Error, Diagnostic)]
#[error("{} holds something else than results of a recipe", path.display())]
#[diagnostic(code(recipe::folder_in_use), help("name another folder with `--out`; nothing in this one is changed"))]
struct InUse {
    path: PathBuf,
}

/// The folder of a recipe's results.
#[derive(Debug)]
pub(super) struct ResultsFolder {
    path: PathBuf,
}

impl ResultsFolder {
    /// Opens the folder that was asked for, or that of the recipe; makes it where there is none, and keeps the recipe's text there.
    pub(super) fn open(asked: Option<&Path>, name: &str, text: &str) -> Result<Self, Failure> {
        let path = asked.map_or_else(|| Path::new("runs").join(name), Path::to_path_buf);
        fs::create_dir_all(&path).map_err(|why| atomic_file::unwritable(&path, why))?;
        let used = fs::read_dir(&path).map_err(|why| atomic_file::unwritable(&path, why))?.next().is_some();
        if used && !path.join(RECIPE).is_file() {
            return Err(Failure::input(InUse { path }));
        }
        atomic_file::write(&path.join(RECIPE), text)?;
        Ok(Self { path })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Links to the runs that are in the store, and removes the links of a recipe of before.
    pub(super) fn link(&self, trials: &[(&Trial, PathBuf)]) -> Result<(), Failure> {
        let names: Vec<String> = trials.iter().map(|(trial, _)| link_name(trial)).collect();
        let linked = || -> io::Result<()> {
            for entry in fs::read_dir(&self.path)? {
                let entry = entry?;
                let known = entry.file_name().to_str().is_some_and(|name| names.iter().any(|other| other == name));
                if entry.file_type()?.is_symlink() && !known {
                    fs::remove_file(entry.path())?;
                }
            }
            for (name, (_, run)) in names.iter().zip(trials) {
                if run.is_dir() {
                    link(run, &self.path.join(name))?;
                }
            }
            Ok(())
        };
        linked().map_err(|why| atomic_file::unwritable(&self.path, why))
    }

    /// Keeps results.
    pub(super) fn keep(&self, results: &Results) -> Result<(), Failure> {
        atomic_file::write(&self.path.join(RESULTS), &spelt(results))
    }
}

/// Returns what the link to a trial's run is called: `003-S-GEM-genes=3`.
pub(super) fn link_name(trial: &Trial) -> String {
    let plain = |letter: char| if letter.is_alphanumeric() || "-=._+".contains(letter) { letter } else { '-' };
    let name: String = trial.name().chars().map(plain).take(LONGEST).collect();
    format!("{:03}-{name}", trial.number)
}

/// Makes a link to a folder, by the way from the link to it where one is known.
#[cfg(unix)]
fn link(run: &Path, at: &Path) -> io::Result<()> {
    let target = relative(run, at).unwrap_or_else(|| run.to_path_buf());
    match fs::read_link(at) {
        Ok(there) if there == target => return Ok(()),
        Ok(_) => fs::remove_file(at)?,
        Err(why) if why.kind() == ErrorKind::NotFound => {}
        Err(why) => return Err(why),
    }
    match std::os::unix::fs::symlink(&target, at) {
        // another process has just made it
        Err(why) if why.kind() == ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

/// Links to folders need rights there that people do not have; results name the store.
#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> io::Result<()> {
    Ok(())
}

/// Returns the way from the folder that holds `at` to `run`, so that both can be moved together.
#[cfg(unix)]
fn relative(run: &Path, at: &Path) -> Option<PathBuf> {
    let from = at.parent()?.canonicalize().ok()?;
    let mut up = PathBuf::new();
    for folder in from.ancestors() {
        if let Ok(rest) = run.strip_prefix(folder) {
            // one that shares nothing but the root is named in full
            return folder.parent().map(|_| up.join(rest));
        }
        up.push("..");
    }
    None
}
