//! A stored file → its bytes, no more than it may have; what is no file, or longer, is refused before memory is taken.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

use super::fault::RunDirFault;
use super::kept::KeptFault;

/// A file of a run is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("{}: {found}; expected {expected}", path.display())]
#[diagnostic(
    code(run::damaged),
    help("the file was cut off or altered after the run: take it from a copy of the folder, or train again")
)]
pub struct Damaged {
    /// The file.
    pub path: PathBuf,
    /// What was found.
    pub found: String,
    /// What it should have been.
    pub expected: String,
}

/// Reads a file of at most `most` bytes.
pub(super) fn bounded(file: &Path, most: u64) -> Result<Vec<u8>, KeptFault> {
    let (open, length) = opened(file)?;
    let mut bytes = Vec::new();
    if length <= most {
        open.take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(|why| unreadable(file, &why))?;
    }
    let found = length.max(bytes.len() as u64);
    if found <= most {
        return Ok(bytes);
    }
    let (found, expected) = (format!("it has {found} bytes"), format!("at most {most}"));
    Err(Damaged { path: file.to_path_buf(), found, expected }.into())
}

/// Opens a file, and returns how many bytes it has. What is no file, such as a pipe, might never end.
pub(super) fn opened(file: &Path) -> Result<(File, u64), RunDirFault> {
    let about = fs::metadata(file).map_err(|why| unreadable(file, &why))?;
    if !about.is_file() {
        return Err(unreadable(file, &io::Error::new(ErrorKind::InvalidInput, "it is no file")));
    }
    Ok((File::open(file).map_err(|why| unreadable(file, &why))?, about.len()))
}

pub(super) fn unreadable(file: &Path, why: &io::Error) -> RunDirFault {
    RunDirFault::Read { path: file.to_path_buf(), reason: why.to_string() }
}
