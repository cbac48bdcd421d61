//! A known data set and the places to look in come in; the files' paths go out, or where which of them is missing.
//! A set is found only where one folder holds all of its files; a found set is not yet proven whole: [`verify`] is for that.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

use super::checksum::{Standing, WrongChecksum, sums};
use super::known::{Known, Wanted};
use super::unpack::FileFault;

/// The files of a data set, all in one folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// The folder.
    pub folder: PathBuf,
    /// Their paths, in the order of [`Known::files`].
    pub files: [PathBuf; 4],
}

/// A folder that lacks files of a data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The folder.
    pub folder: PathBuf,
    /// The files that it lacks, gzip-compressed and not; all of them where the folder is not there.
    pub missing: Vec<String>,
}

/// No folder holds all files of a data set.
#[derive(Debug, Error, Diagnostic)]
#[error("the files of `{name}` are not on this machine\n{}", self.story())]
#[diagnostic(
    code(data::not_found),
    help("put them, gzip-compressed or not, into one of these folders, or let them be downloaded")
)]
pub struct NotFound {
    /// The data set.
    pub name: String,
    /// The files it consists of, by their unpacked names.
    pub files: Vec<String>,
    /// Where they were looked for, in that order.
    pub places: Vec<Place>,
}

impl NotFound {
    /// Tells, a line each, which files are wanted and where they were looked for.
    pub(super) fn story(&self) -> String {
        let mut text = format!("  wanted: {} (each may be a .gz)", self.files.join(", "));
        if self.places.is_empty() {
            text.push_str("\n  looked in: no folder, none was named");
        }
        for Place { folder, missing } in &self.places {
            let lacks = if missing.len() == self.files.len() { "all of them".into() } else { missing.join(", ") };
            // Writing to a string cannot fail.
            let _ = write!(text, "\n  looked in: {}, which lacks {lacks}", folder.display());
        }
        text
    }
}

/// Looks for all files of `known` in `ROOT/NAME` for each of `roots` in turn.
///
/// # Errors
/// [`NotFound`] where no folder holds all of them.
pub fn locate(known: &Known, roots: &[PathBuf]) -> Result<Located, NotFound> {
    let mut places = Vec::with_capacity(roots.len());
    for root in roots {
        let folder = root.join(&known.facts.name);
        match look_in(known, &folder) {
            Ok(files) => return Ok(Located { folder, files }),
            Err(missing) => places.push(Place { folder, missing }),
        }
    }
    let files = known.files().map(|wanted| wanted.name.clone()).to_vec();
    Err(NotFound { name: known.facts.name.clone(), files, places })
}

/// What keeps a located set from being whole.
#[derive(Debug, Error, Diagnostic)]
pub enum VerifyFault {
    /// A file's bytes cannot be had, or are too few or too many.
    #[error(transparent)]
    #[diagnostic(transparent)]
    File(#[from] FileFault),
    /// A file is not the published one.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Checksum(#[from] WrongChecksum),
}

/// Reads every file of a located set and compares it with its published sum.
///
/// Returns [`Standing::Unproven`] where all agree that can, but some have no sum that applies.
///
/// # Errors
/// [`VerifyFault`] of the first file that is not whole.
pub fn verify(known: &Known, located: &Located) -> Result<Standing, VerifyFault> {
    let mut standing = Standing::Whole;
    for (wanted, file) in known.files().into_iter().zip(&located.files) {
        standing = standing.min(wanted.checksum.judge(file, &sums(file, wanted.bytes)?)?);
    }
    Ok(standing)
}

/// Returns the path of `wanted` in `folder`, or nothing: the archive first, since every published sum applies to it.
pub(super) fn find(wanted: &Wanted, folder: &Path) -> Option<PathBuf> {
    [folder.join(format!("{}.gz", wanted.name)), folder.join(&wanted.name)].into_iter().find(|path| path.is_file())
}

/// Returns the paths of all files, or the names of those that are missing.
fn look_in(known: &Known, folder: &Path) -> Result<[PathBuf; 4], Vec<String>> {
    let found = known.files().map(|wanted| find(wanted, folder).ok_or_else(|| wanted.name.clone()));
    match found {
        [Ok(a), Ok(b), Ok(c), Ok(d)] => Ok([a, b, c, d]),
        some => Err(some.into_iter().filter_map(Result::err).collect()),
    }
}
