//! A file comes in; its SHA-256 sums go out, and a verdict whether they are the published ones.
//! A file is called whole only where a published sum proves it; where none can, it is said to be unverified.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::unpack::{FileFault, Unpacked};

/// A published sum of a file, in lower-case hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checksum {
    /// SHA-256 of the unpacked bytes: proves any copy, however compressed.
    Sha256OfContent(String),
    /// SHA-256 of the `.gz` file as its makers publish it: proves only that very archive.
    Sha256OfArchive(String),
    /// None: only the sum of an archive that holds the file is published.
    Unpublished,
}

/// What a checksum says of a file that does not contradict it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// No published sum applies: only an archive's is known, and this is an unpacked copy.
    Unverified,
    /// The published sum holds.
    Whole,
}

/// The sums of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sums {
    /// SHA-256 of the file as it lies on disk.
    pub stored: String,
    /// SHA-256 of its unpacked bytes.
    pub content: String,
    /// Whether it is gzip-compressed.
    pub packed: bool,
}

/// A file is not the one that was published.
#[derive(Debug, Error, Diagnostic)]
#[error("{}: SHA-256 of its {part} is {found}, expected {expected}", file.display())]
#[diagnostic(code(data::wrong_checksum), help("{}", self.advice()))]
pub struct WrongChecksum {
    /// The file.
    pub file: PathBuf,
    /// What was summed: `unpacked bytes`, the `archive` that they are compressed in, or the `bytes` on disk.
    pub part: &'static str,
    /// The published sum.
    pub expected: String,
    /// The file's sum.
    pub found: String,
}

impl WrongChecksum {
    fn advice(&self) -> &'static str {
        match self.part {
            "archive" => {
                "delete the file and fetch it again; if it is a copy that was compressed anew, which no published sum \
                 can prove, unpack it with gunzip"
            }
            _ => "the file is damaged or another one: delete it and fetch it again",
        }
    }
}

impl Checksum {
    /// Compares the sums of `file` with the published one.
    ///
    /// # Errors
    /// [`WrongChecksum`] where they differ.
    pub fn judge(&self, file: &Path, sums: &Sums) -> Result<Standing, WrongChecksum> {
        let (part, expected, found) = match self {
            Self::Sha256OfContent(expected) => ("unpacked bytes", expected, &sums.content),
            Self::Sha256OfArchive(_) if !sums.packed => return Ok(Standing::Unverified),
            Self::Unpublished => return Ok(Standing::Unverified),
            Self::Sha256OfArchive(expected) => ("archive", expected, &sums.stored),
        };
        if expected == found {
            return Ok(Standing::Whole);
        }
        Err(WrongChecksum { file: file.to_path_buf(), part, expected: expected.clone(), found: found.clone() })
    }
}

/// Opens `file`, hands its unpacked bytes to `read` and sums all that was read on the way.
///
/// `read` must read to the end, or the sums are of the beginning only.
///
/// # Errors
/// A [`FileFault`] where the file cannot be opened, and whatever `read` finds.
pub fn summed<T, E: From<FileFault>>(
    file: &Path,
    read: impl FnOnce(&mut dyn Read) -> Result<T, E>,
) -> Result<(T, Sums), E> {
    let unreadable = |why| FileFault::new(file, why, 0, 0);
    let mut stored = Digesting::new(File::open(file).map_err(unreadable)?);
    let unpacked = Unpacked::new(&mut stored).map_err(unreadable)?;
    let packed = unpacked.is_packed();
    let mut content = Digesting::new(unpacked);
    let product = read(&mut content)?;
    let content = content.finish();
    Ok((product, Sums { stored: stored.finish(), content, packed }))
}

/// Sums `file`, which must hold exactly `expected` unpacked bytes.
///
/// # Errors
/// A [`FileFault`] where it cannot be read or unpacked, or holds fewer or more bytes.
pub fn sums(file: &Path, expected: u64) -> Result<Sums, FileFault> {
    let ((), sums) = summed(file, |source| {
        let mut counted = Counted { source, count: 0 };
        let copied = io::copy(&mut counted.by_ref().take(expected + 1), &mut io::sink());
        let found = counted.count;
        copied.map_err(|why| FileFault::new(file, why, expected, found))?;
        FileFault::check_end(file, expected, found)
    })?;
    Ok(sums)
}

/// Returns the SHA-256 of `bytes` in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// Passes bytes through and sums them.
pub(super) struct Digesting<R> {
    source: R,
    sum: Sha256,
}

impl<R> Digesting<R> {
    /// Begins a sum of what will be read from `source`.
    pub(super) fn new(source: R) -> Self {
        Self { source, sum: Sha256::new() }
    }

    /// Returns the sum of all that was read, in hexadecimal.
    pub(super) fn finish(self) -> String {
        hexadecimal(&self.sum.finalize())
    }
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(into)?;
        self.sum.update(&into[..count]);
        Ok(count)
    }
}

/// Passes bytes through and counts them, so that a failure can say how far it came.
struct Counted<'a> {
    source: &'a mut dyn Read,
    count: u64,
}

impl Read for Counted<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(into)?;
        self.count += count as u64;
        Ok(count)
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
