//! A folder in which a run was killed before it had a record: nothing in it is a result.

use std::fs::{self, DirEntry};
use std::io::{self, ErrorKind};
use std::path::Path;

use super::claim::Claim;
use super::whole_file::PART;
use crate::run_dir::{LOCK, METRICS, MODEL, RunDirFault, TENSORBOARD};

/// Empties a folder in which a run was killed before it had a record. One that holds anything else is left as it is.
///
/// # Errors
///
/// [`RunDirFault::Held`] where a living process has begun the run, [`RunDirFault::Write`] where the folder cannot be emptied.
pub fn clear_unbegun(folder: &Path) -> Result<(), RunDirFault> {
    let failed = |reason: io::Error| RunDirFault::cannot_write(folder, &reason);
    let entries: Vec<DirEntry> = match fs::read_dir(folder).and_then(Iterator::collect) {
        Ok(entries) => entries,
        Err(reason) if reason.kind() == ErrorKind::NotFound => return Ok(()),
        Err(reason) => return Err(failed(reason)),
    };
    // a run makes its lock file first
    if !entries.iter().any(|entry| entry.file_name() == LOCK) || !entries.iter().all(is_of_a_beginning) {
        return Ok(());
    }
    // who holds it lets go of the lock, and removes it, at the end
    let _claim = Claim::take_over(folder)?;
    for entry in entries.iter().filter(|entry| entry.file_name() != LOCK) {
        let path = entry.path();
        if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) }.map_err(failed)?;
    }
    Ok(())
}

/// Tells whether a file is one that a run has before its record.
fn is_of_a_beginning(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    let is_empty = || entry.metadata().is_ok_and(|file| file.is_file() && file.len() == 0);
    let is_part = name.to_str().is_some_and(|name| name.starts_with(PART));
    is_part || name == LOCK || name == MODEL || name == TENSORBOARD || (name == METRICS && is_empty())
}
