//! A run's folder read back: the record, the model's text and the genome, each bounded before memory is taken and checked
//! before it is used. What was altered or cut off is told with what was expected of it; nothing of it is used.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::fault::{GRAPH, LOCK, MODEL, RECORD, RunDirFault, SOURCE, SUM};
use super::genome::GenomeFile;
use super::manifest::Manifest;
use super::rows::GenomeMismatch;
use super::stored::{Damaged, bounded};
use crate::plan::{Array, Plan};

/// Bytes of a model's text at most.
const MOST_MODEL: u64 = 64 << 20;

/// The files of a run do not belong together.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("{} does not belong to the files beside it: {which} is {expected} in it, {found} by {others}", path.display())]
#[diagnostic(
    code(run::altered),
    help(
        "the model's text, its settings or the genome were changed or exchanged after the run: put back what was there, or train again"
    )
)]
pub struct Altered {
    /// The genome.
    pub path: PathBuf,
    /// Which hash differs.
    pub which: &'static str,
    /// What the genome says.
    pub expected: String,
    /// What the others say.
    pub found: String,
    /// The others.
    pub others: &'static str,
}

/// Why what is kept of a run cannot be used.
#[derive(Debug, Error, Diagnostic)]
pub enum KeptFault {
    /// A file is not there, or cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    RunDir(#[from] RunDirFault),
    /// A file was cut off or altered.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Damaged(#[from] Damaged),
    /// The files do not belong together.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Altered(#[from] Altered),
    /// The genome is another net's.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Mismatch(#[from] GenomeMismatch),
}

/// What a run's folder holds: the record and the text, read and checked; the genome, of which only the header was read.
#[derive(Debug)]
pub struct Kept {
    /// `run.json`.
    pub record: Manifest,
    /// `model.gem`.
    pub model: String,
    genome: GenomeFile,
}

impl Kept {
    /// Opens the folder of a run, and checks that its files belong together.
    ///
    /// # Errors
    ///
    /// Names the first file that is missing, damaged, or of another run.
    pub fn open(path: &Path) -> Result<Self, KeptFault> {
        let (record, model) = (Manifest::read(path)?, read_model(path)?);
        let genome = GenomeFile::open(path, model.len())?;
        let lacking = || Damaged {
            path: genome.path().to_path_buf(),
            found: format!("its header does not say `{GRAPH}`"),
            expected: "the hash of the model that it belongs to".to_owned(),
        };
        let noted = genome.noted(GRAPH).ok_or_else(lacking)?;
        same(&genome, ("the hash of the graph", noted), (&record.graph, RECORD))?;
        if let Some(noted) = genome.noted(SOURCE) {
            let found = record.source(&model);
            same(&genome, ("the hash of what was trained", noted), (&found, "model.gem and run.json"))?;
        }
        Ok(Self { record, model, genome })
    }

    /// Tells whether a living process trains the run in `folder`. Where a record says `running` and none does, it was killed.
    pub fn is_held(folder: &Path) -> bool {
        let Ok(lock) = File::open(folder.join(LOCK)) else { return false };
        matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock))
    }

    /// Tells whether text and settings are proven to be those of the run; those of runs of before this was kept are not.
    pub fn is_proven(&self) -> bool {
        self.genome.noted(SOURCE).is_some()
    }

    /// Returns SHA-256 of the genome's rows, as its header says; nothing in runs of before it was kept.
    pub fn genome_sum(&self) -> Option<&str> {
        self.genome.noted(SUM)
    }

    /// Reads the genome, which must be one of `plan`: every row by its name, [R, …].
    ///
    /// # Errors
    ///
    /// As for [`GenomeFile::rows`].
    pub fn rows(&self, plan: &Plan) -> Result<Vec<(String, Array)>, KeptFault> {
        self.genome.rows(plan, self.record.seeds.len())
    }
}

/// Checks that a hash is what the genome says it is.
fn same(
    genome: &GenomeFile,
    (which, noted): (&'static str, &str),
    (found, others): (&str, &'static str),
) -> Result<(), Altered> {
    if noted == found {
        return Ok(());
    }
    let short = |hash: &str| hash.chars().take(12).collect::<String>();
    Err(Altered { path: genome.path().to_path_buf(), which, expected: short(noted), found: short(found), others })
}

/// Writes a sum.
pub(super) fn hexadecimal(sum: Sha256) -> String {
    sum.finalize().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// Reads `model.gem` of the run in a folder.
///
/// # Errors
///
/// Says that it is missing, or no text.
pub fn read_model(path: &Path) -> Result<String, KeptFault> {
    let file = path.join(MODEL);
    let bytes = bounded(&file, MOST_MODEL)?;
    let damaged = |why: std::string::FromUtf8Error| Damaged {
        path: file.clone(),
        found: format!("no character begins at byte {}", why.utf8_error().valid_up_to()),
        expected: "UTF-8 text".to_owned(),
    };
    Ok(String::from_utf8(bytes).map_err(damaged)?)
}
