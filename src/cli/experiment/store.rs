//! The store: a run's folder for each trial, called after its content, so that no recipe trains the same twice.
//!
//! Beside `KEY/`, the run's folder, lie `KEY.log`, what the trial said; `KEY.failed.json`, why it failed; `KEY.test.json`, what it
//! reached on the test samples by the strict protocol; `KEY.lock`, which the process that runs it holds, and hands to the trial: it
//! is held as long as either lives.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::arguments::Protocol;
use super::trial::Trial;
use crate::cli::atomic_file;
use crate::cli::exit::Failure;
use crate::cli::screen::spelt;
use crate::run_dir::{Kept, Manifest, RECORD, State};

/// Letters of a key that name a folder: of 2⁶⁴ contents two have the same name by chance in no one's lifetime.
const NAME: usize = 16;

/// The store cannot be used.
#[derive(Debug, Error, Diagnostic)]
#[error("`{path}` cannot be used as a store: {why}")]
#[diagnostic(code(recipe::store), help("free some space, or name a folder you may write to with `--store`"))]
struct NoStore {
    path: String,
    why: io::Error,
}

/// Where trials are kept.
#[derive(Debug, Clone)]
pub(super) struct Store {
    folder: PathBuf,
}

/// How a trial stands.
#[derive(Debug)]
pub(super) enum Standing {
    /// It has been trained, and measured.
    Finished(Box<Finished>),
    /// It failed; it is run again on request.
    Failed(FailedTrial),
    /// A living process runs it; what it has written by now, where it has.
    Held(Option<Box<Manifest>>),
    /// It was stopped or killed.
    Stopped(Box<Manifest>),
    /// It has been trained, and not been measured.
    Trained(Box<Manifest>),
    /// It has not begun.
    New,
}

/// A trial that is over.
#[derive(Debug)]
pub(super) struct Finished {
    pub(super) record: Manifest,
    /// By the strict protocol.
    pub(super) test: Option<Tested>,
}

/// Why a trial failed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct FailedTrial {
    /// The exit code, where it ended by itself.
    pub(super) exit: Option<i32>,
    /// The signal that killed it.
    pub(super) signal: Option<i32>,
    /// The last that it said.
    pub(super) message: String,
}

/// What the runs of a trial reached on the test samples.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Tested {
    /// Each run's accuracy, a fraction.
    pub(super) accuracy: Vec<f64>,
    pub(super) mean: f64,
    pub(super) sd: Option<f64>,
}

/// A trial that is this process's to run.
#[derive(Debug)]
pub(super) struct TrialLock {
    pub(super) file: File,
    path: PathBuf,
}

impl Standing {
    /// Returns what was reached, where it is over.
    pub(super) fn finished(&self) -> Option<&Finished> {
        if let Self::Finished(finished) = self { Some(finished) } else { None }
    }

    /// Returns why it failed, where it did.
    pub(super) fn failed(&self) -> Option<&FailedTrial> {
        if let Self::Failed(failed) = self { Some(failed) } else { None }
    }

    /// Returns the record of its run, where there is one.
    pub(super) fn record(&self) -> Option<&Manifest> {
        match self {
            Self::Finished(finished) => Some(&finished.record),
            Self::Held(record) => record.as_deref(),
            Self::Stopped(record) | Self::Trained(record) => Some(record),
            Self::Failed(_) | Self::New => None,
        }
    }

    /// Returns the word for it.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Finished(_) => "finished",
            Self::Failed(_) => "failed",
            Self::Held(_) => "running",
            Self::Stopped(_) | Self::Trained(_) => "stopped",
            Self::New => "new",
        }
    }
}

impl Store {
    /// Opens a store; makes its folder where there is none.
    pub(super) fn open(folder: &Path) -> Result<Self, Failure> {
        let unusable = |why| Failure::environment(NoStore { path: folder.display().to_string(), why });
        fs::create_dir_all(folder).map_err(unusable)?;
        Ok(Self { folder: folder.canonicalize().map_err(unusable)? })
    }

    /// Returns the folder of a trial's run.
    pub(super) fn run(&self, trial: &Trial) -> PathBuf {
        self.folder.join(&trial.key[..NAME])
    }

    /// Returns the file that takes what a trial says.
    pub(super) fn log(&self, trial: &Trial) -> PathBuf {
        self.beside(trial, "log")
    }

    fn beside(&self, trial: &Trial, what: &str) -> PathBuf {
        self.folder.join(format!("{}.{what}", &trial.key[..NAME]))
    }

    /// Tells how a trial stands.
    pub(super) fn look(&self, trial: &Trial) -> Standing {
        let record = Manifest::read(&self.run(trial)).ok().map(Box::new);
        if self.is_held(trial) {
            return Standing::Held(record);
        }
        self.look_unheld(trial, record)
    }

    /// Tells how a trial stands that no other process runs.
    pub(super) fn look_claimed(&self, trial: &Trial) -> Standing {
        self.look_unheld(trial, Manifest::read(&self.run(trial)).ok().map(Box::new))
    }

    fn look_unheld(&self, trial: &Trial, record: Option<Box<Manifest>>) -> Standing {
        if let Some(failed) = read_json(&self.beside(trial, "failed.json")) {
            return Standing::Failed(failed);
        }
        let Some(record) = record else { return Standing::New };
        match record.outcome.state {
            Some(State::Finished) => match (trial.protocol, self.tested(trial)) {
                (Protocol::Paper | Protocol::Validation, _) => {
                    Standing::Finished(Box::new(Finished { record: *record, test: None }))
                }
                (Protocol::Strict, test @ Some(_)) => Standing::Finished(Box::new(Finished { record: *record, test })),
                (Protocol::Strict, None) => Standing::Trained(record),
            },
            Some(State::Failed | State::Diverged) => {
                let message = record.outcome.error.map(|error| error.message).unwrap_or_default();
                Standing::Failed(FailedTrial { exit: None, signal: None, message })
            }
            Some(State::Running | State::Interrupted) => Standing::Stopped(record),
            // no gemc that knows stores has written it
            None => Standing::New,
        }
    }

    fn tested(&self, trial: &Trial) -> Option<Tested> {
        let test: Tested = read_json(&self.beside(trial, "test.json"))?;
        (test.accuracy.len() == trial.config.runs).then_some(test)
    }

    /// Tells whether a living process runs a trial: the one that began it, or the trial itself.
    fn is_held(&self, trial: &Trial) -> bool {
        let lock = File::open(self.beside(trial, "lock"));
        let held = |lock: File| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock));
        lock.is_ok_and(held) || Kept::is_held(&self.run(trial))
    }

    /// Makes a trial this process's to run; nothing where it is another's.
    pub(super) fn claim(&self, trial: &Trial) -> Result<Option<TrialLock>, Failure> {
        let path = self.beside(trial, "lock");
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let file = opened.map_err(|why| atomic_file::unwritable(&path, why))?;
        if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) || Kept::is_held(&self.run(trial)) {
            return Ok(None);
        }
        let lock = TrialLock { file, path };
        // one that was removed meanwhile is that of a trial which has just ended
        Ok(lock.is_there().then_some(lock))
    }

    /// Keeps why a trial failed.
    pub(super) fn fail(&self, trial: &Trial, failed: &FailedTrial) -> Result<(), Failure> {
        atomic_file::write(&self.beside(trial, "failed.json"), &spelt(failed))
    }

    /// Keeps what a trial reached on the test samples.
    pub(super) fn keep_test(&self, trial: &Trial, text: &str) -> Result<(), Failure> {
        atomic_file::write(&self.beside(trial, "test.json"), text)
    }

    /// Forgets a failure, and what there is of a run that cannot go on: it begins anew. A run that was killed keeps its checkpoints.
    pub(super) fn forget(&self, trial: &Trial) -> Result<(), Failure> {
        let path = self.beside(trial, "failed.json");
        let failed: Option<FailedTrial> = read_json(&path);
        let killed = failed.is_some_and(|failed| failed.signal.is_some());
        gone(fs::remove_file(&path)).map_err(|why| atomic_file::unwritable(&path, why))?;
        let state = Manifest::read(&self.run(trial)).ok().and_then(|record| record.outcome.state);
        match state {
            Some(State::Finished) => Ok(()),
            Some(State::Running | State::Interrupted) if killed => Ok(()),
            _ => self.clear(trial),
        }
    }

    /// Removes the folder of a run that left nothing to go on from.
    pub(super) fn clear(&self, trial: &Trial) -> Result<(), Failure> {
        let run = self.run(trial);
        gone(fs::remove_dir_all(&run)).map_err(|why| atomic_file::unwritable(&run, why))
    }

    /// Lists the folders of runs in a store.
    pub(super) fn runs(folder: &Path) -> io::Result<Vec<PathBuf>> {
        let entries = fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path()));
        let mut runs: Vec<PathBuf> = entries.filter(|path| path.join(RECORD).is_file()).collect();
        runs.sort();
        Ok(runs)
    }

    /// Returns why the run in a folder failed, where the trial left that.
    pub(super) fn failure_of(run: &Path) -> Option<FailedTrial> {
        read_json(&run.with_extension("failed.json"))
    }
}

impl TrialLock {
    /// Tells whether the file that is locked is the one that others see.
    #[cfg(unix)]
    fn is_there(&self) -> bool {
        use std::os::unix::fs::MetadataExt;
        let (own, there) = (self.file.metadata(), fs::metadata(&self.path));
        own.is_ok_and(|own| there.is_ok_and(|there| (own.dev(), own.ino()) == (there.dev(), there.ino())))
    }

    #[cfg(not(unix))]
    fn is_there(&self) -> bool {
        self.path.exists()
    }
}

impl Drop for TrialLock {
    fn drop(&mut self) {
        if self.is_there() {
            // where that fails a file stays that nobody holds
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Reads a small file; what cannot be read is not there.
fn read_json<T: for<'de> Deserialize<'de>>(path: &Path) -> Option<T> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// Counts what is gone already as removed.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(why) if why.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
