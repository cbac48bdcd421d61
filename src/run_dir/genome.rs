//! A genome on disk → its rows. The header is read first: what it claims is bounded by the file, and what the file may hold by
//! the plan, before anything else is read.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use safetensors::SafeTensors;
use safetensors::tensor::Metadata;

use super::fault::GENOME;
use super::kept::KeptFault;
use super::rows::GenomeRows;
use super::stored::{Damaged, bounded, opened, unreadable};
use crate::plan::{Array, Plan};

/// The bytes before a header, which hold its length.
pub const LENGTH: usize = 8;
/// Bytes of a header at most, and how many more for each byte of the model's text: `g: split(gaussian)` makes four rows.
const MOST_HEADER: u64 = 64 << 10;
const HEADER_EACH: u64 = 64;
/// `genome.safetensors`, of which only the header was read.
#[derive(Debug)]
pub struct GenomeFile {
    path: PathBuf,
    about: Metadata,
    header: u64,
}

impl GenomeFile {
    /// Opens the genome of the run in `folder`, whose model's text has `bytes` bytes.
    ///
    /// # Errors
    ///
    /// Says that it is missing, or what is wrong with its header.
    pub fn open(folder: &Path, text: usize) -> Result<Self, KeptFault> {
        let path = folder.join(GENOME);
        let (about, header) = header(&path, MOST_HEADER.saturating_add(HEADER_EACH.saturating_mul(text as u64)))?;
        Ok(Self { path, about, header })
    }

    /// Reads its rows, which must be those of `plan` for this many runs: each by its name, [R, …].
    ///
    /// # Errors
    ///
    /// Names the row that is missing, of another shape or kind, or not finite.
    pub fn rows(&self, plan: &Plan, runs: usize) -> Result<Vec<(String, Array)>, KeptFault> {
        let rows = GenomeRows::of(plan, runs);
        let most = rows.most_bytes().saturating_add(self.header).saturating_add(LENGTH as u64);
        let bytes = bounded(&self.path, most)?;
        let views = SafeTensors::deserialize(&bytes).map_err(|why| broken(&self.path, &why))?;
        rows.take(&self.path, &views, &self.about)
    }

    /// Returns what its header says under a key.
    pub fn noted(&self, key: &str) -> Option<&str> {
        self.about.metadata().as_ref().and_then(|about| about.get(key)).map(String::as_str)
    }

    /// Returns where it lies.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// Reads the header of a file of tensors, which may have `most` bytes; returns what it says, and its length.
pub(super) fn header(file: &Path, most: u64) -> Result<(Metadata, u64), KeptFault> {
    let damaged = |found: String, expected: String| Damaged { path: file.to_path_buf(), found, expected };
    let (mut open, whole): (File, u64) = opened(file)?;
    let mut length = [0; LENGTH];
    open.read_exact(&mut length).map_err(|why| unreadable(file, &why))?;
    let length = u64::from_le_bytes(length);
    let room = whole.saturating_sub(LENGTH as u64);
    if length > room.min(most) {
        let expected = if room < most {
            format!("at most {room} in a file of {whole}")
        } else {
            format!("at most {most} for this model")
        };
        return Err(damaged(format!("its header claims {length} bytes"), expected).into());
    }
    let mut bytes = Vec::new();
    open.take(length).read_to_end(&mut bytes).map_err(|why| unreadable(file, &why))?;
    let about = serde_json::from_slice(&bytes).map_err(|why| broken(file, &why))?;
    Ok((about, length))
}

pub(super) fn broken(file: &Path, why: &dyn std::fmt::Display) -> Damaged {
    let (found, expected) = (why.to_string(), "whole safetensors".to_owned());
    Damaged { path: file.to_path_buf(), found, expected }
}
