//! A zip archive of drawings, or its unpacked folder → the PNG files in it, proven by one sum over all of them.
//! Nothing is decoded before its sum holds. [`area_average`] then makes samples of them.

use std::path::{Path, PathBuf};

use miette::Diagnostic;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::checksum::{Standing, Sums, WrongChecksum, sha256};
use super::dataset::WrongSizes;
use super::image_fault::ImagesFault;
use super::known::Wanted;
use super::unpack::FileFault;

pub mod area_average;
mod samples;
mod unpacked;
pub mod zipped;

pub(super) use samples::characters;

/// A zip archive cannot be read.
#[derive(Debug, Error, Diagnostic)]
#[error("{}: is no whole zip archive: {why}", file.display())]
#[diagnostic(code(data::broken_zip), help("the file is damaged: delete it and fetch it again"))]
pub struct BrokenZip {
    /// The archive.
    pub file: PathBuf,
    /// What is wrong with it.
    pub why: String,
}

/// A file in a zip archive is none that a data set has.
#[derive(Debug, Error, Diagnostic)]
#[error("{}: `{name}` {why}", file.display())]
#[diagnostic(
    code(data::bad_entry),
    help("no published archive has such an entry: delete the archive and fetch it again")
)]
pub struct BadEntry {
    /// The archive.
    pub file: PathBuf,
    /// The entry's path.
    pub name: String,
    /// What is wrong with it, such as `is a link`.
    pub why: &'static str,
}

/// What can be wrong with drawings.
#[derive(Debug, Error, Diagnostic)]
pub enum DrawingsFault {
    /// Bytes cannot be had, or are too few or too many.
    #[error(transparent)]
    #[diagnostic(transparent)]
    File(#[from] FileFault),
    /// They are not the published ones.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Checksum(#[from] WrongChecksum),
    /// There are fewer or more, or one is of another size.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Sizes(#[from] WrongSizes),
    /// Their archive cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Zip(#[from] BrokenZip),
    /// Their archive holds what no data set has.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Entry(#[from] BadEntry),
    /// One is no whole image.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Image(#[from] ImagesFault),
}

/// A PNG file, not yet decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// Its path from the set's folder on, such as `images_background/Korean/character07/0545_20.png`.
    pub path: String,
    /// Its bytes.
    pub png: Vec<u8>,
}

/// All drawings of a folder, in the order of their paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawings {
    /// The archive or the folder.
    pub place: PathBuf,
    /// The drawings.
    pub files: Vec<Drawing>,
    /// Their sum, in hexadecimal.
    pub sum: String,
    /// What the published sum says of them.
    pub standing: Standing,
}

/// The fewest bytes of a PNG file.
const LEAST: u64 = 67;

/// Reads the drawings of `wanted` from an archive or a folder at `place`, and compares them with their published sum: the SHA-256 over
/// all of them, in the order of their paths, of the path, a zero byte, and the SHA-256 of the file.
///
/// # Errors
/// A [`DrawingsFault`] where they cannot be read, or are not the published ones.
pub fn read(wanted: &Wanted, place: &Path) -> Result<Drawings, DrawingsFault> {
    let mut files = if place.is_dir() { unpacked::read(wanted, place)? } else { zipped::read(wanted, place)? };
    files.sort_by(|one, other| one.path.cmp(&other.path));
    let found = files.iter().map(|drawing| drawing.png.len() as u64).sum();
    FileFault::check_end(place, wanted.bytes, found)?;
    let (sum, place) = (sum(&files), place.to_path_buf());
    let sums = Sums { stored: sum.clone(), content: sum.clone(), packed: false };
    let standing = wanted.checksum.judge(&place, &sums)?;
    Ok(Drawings { place, files, sum, standing })
}

/// Returns the sum of drawings, which lie in the order of their paths.
fn sum(drawings: &[Drawing]) -> String {
    let parts: Vec<[u8; 32]> = drawings.par_iter().map(|drawing| Sha256::digest(&drawing.png).into()).collect();
    let lines = drawings.iter().zip(&parts).flat_map(|(drawing, part)| [drawing.path.as_bytes(), &[0], part]);
    sha256(&lines.collect::<Vec<_>>().concat())
}

/// Tells whether a path is that of a PNG file; hidden ones, which file managers leave, are none.
fn is_png(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    !name.starts_with('.') && Path::new(name).extension().is_some_and(|end| end == "png")
}

/// Checks that there are no more files than `wanted` can have.
fn check_count(wanted: &Wanted, place: &Path, found: usize) -> Result<(), WrongSizes> {
    // besides the drawings there are folders, and perhaps a text
    let most = 2 * (wanted.bytes / LEAST) + 64;
    if found as u64 <= most {
        return Ok(());
    }
    let (expected, found) = (format!("at most {most} files and folders"), format!("{found} files and folders"));
    Err(WrongSizes { file: place.to_path_buf(), expected, found })
}
