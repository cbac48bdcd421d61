//! The files of a run's folder, the notes in them, and what can be wrong with the folder.

use std::io;
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

/// The model's text.
pub const MODEL: &str = "model.gem";
/// The record.
pub const RECORD: &str = "run.json";
/// What evaluations found, a line each.
pub const METRICS: &str = "metrics.jsonl";
/// The folder of TensorBoard's event files.
pub const TENSORBOARD: &str = "tensorboard";
/// The folder of snapshots: learned parameters as they were during training.
pub const SNAPSHOTS: &str = "snapshots";
/// The parameters.
pub const GENOME: &str = "genome.safetensors";
/// What the names of checkpoints begin with; a dash, the step and an ending follow.
pub const CHECKPOINT: &str = "checkpoint";
/// The lock file: a living process that trains the run holds it.
pub const LOCK: &str = "run.lock";

/// The key under which a genome says which graph it belongs to.
pub const GRAPH: &str = "graph";
/// The key under which it says what was trained.
pub const SOURCE: &str = "source";
/// The key under which it says what its rows sum up to.
pub const SUM: &str = "sha256";

/// The option that names a run's folder.
pub const RUN_DIR: &str = "--run-dir";

/// What can be wrong with a run's folder.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
pub enum RunDirFault {
    /// It holds something already.
    #[error("{} is not empty", path.display())]
    #[diagnostic(
        code(run::folder_in_use),
        help("name a new folder with `{option}`; existing results are never overwritten")
    )]
    InUse {
        /// The folder.
        path: PathBuf,
        /// The option that names another.
        option: &'static str,
    },
    /// A living process trains it.
    #[error("{} is being trained by another process", path.display())]
    #[diagnostic(code(run::in_training), help("wait until it has ended, or stop it first: Ctrl-C, or `kill`"))]
    Held {
        /// The folder.
        path: PathBuf,
    },
    /// Something in it cannot be written.
    #[error("{} cannot be written: {reason}", path.display())]
    #[diagnostic(code(run::cannot_write), help("free some space, or name a folder you may write to with `{option}`"))]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        reason: String,
        /// The option that names another folder.
        option: &'static str,
    },
    /// Something in it cannot be read.
    #[error("{} cannot be read: {reason}", path.display())]
    #[diagnostic(code(run::cannot_read), help("a run directory holds {MODEL}, {RECORD}, {METRICS} and {GENOME}"))]
    Read {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A run is over, and files that it should have left are not there, or not as they should be.
    #[error("{} lacks {}: {reason}", path.display(), files.join(", "))]
    #[diagnostic(
        code(run::missing_files),
        help("free some space, or name a folder you may write to with `--run-dir`, and train again")
    )]
    Missing {
        /// The folder.
        path: PathBuf,
        /// Their names.
        files: Vec<String>,
        /// Why the first of them could not be written.
        reason: String,
    },
}

impl RunDirFault {
    /// Says that a file or folder cannot be written.
    pub fn cannot_write(path: &Path, reason: &io::Error) -> Self {
        Self::Write { path: path.to_owned(), reason: reason.to_string(), option: RUN_DIR }
    }
}
