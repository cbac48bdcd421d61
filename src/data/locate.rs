//! A known data set and the places to look in come in; the files' paths go out, or where which of them is missing.
//! A set is found only where one folder holds all of its files; a found set is not yet proven whole: reading it does that.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

use super::checksum::Checksum;
use super::known::{Known, Packing, Wanted};

/// The files of a data set, all in one folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// The folder.
    pub folder: PathBuf,
    /// The archive that holds them, where it is there.
    pub archive: Option<PathBuf>,
}

impl Located {
    /// Returns the path of one file or folder, packed or not; where it has gone since, the one it would have unpacked.
    pub fn path(&self, wanted: &Wanted) -> PathBuf {
        find(wanted, &self.folder).unwrap_or_else(|| self.folder.join(&wanted.name))
    }

    /// Tells whether no published sum can prove it, whatever its files hold: it lies there in another form than published.
    pub fn is_beyond_proof(&self, known: &Known) -> bool {
        self.archive.is_none() && known.files().iter().any(|wanted| wanted.checksum == Checksum::Unpublished)
    }
}

/// A folder that lacks files of a data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchedFolder {
    /// The folder.
    pub folder: PathBuf,
    /// The files that it lacks, packed and not; all of them where the folder is not there.
    pub missing: Vec<String>,
}

/// No folder holds all files of a data set.
#[derive(Debug, Error, Diagnostic)]
#[error("the files of `{name}` are not on this machine\n{}", self.story())]
#[diagnostic(
    code(data::not_found),
    help("put them, packed or not, into one of these folders, or let them be downloaded")
)]
pub struct NotFound {
    /// The data set.
    pub name: String,
    /// The files it consists of, by their unpacked names.
    pub files: Vec<String>,
    /// What the name of each ends in where it is packed.
    pub ending: &'static str,
    /// The archive that may be there in their place.
    pub archive: Option<String>,
    /// Where they were looked for, in that order.
    pub places: Vec<SearchedFolder>,
}

impl NotFound {
    /// Tells, a line each, which files are wanted and where they were looked for.
    pub(super) fn story(&self) -> String {
        let archive = self.archive.as_ref().map(|archive| format!("{archive}, or in its place ")).unwrap_or_default();
        let mut text = format!("  wanted: {archive}{} (each may be a {})", self.files.join(", "), self.ending);
        if self.places.is_empty() {
            text.push_str("\n  looked in: no folder, none was named");
        }
        for SearchedFolder { folder, missing } in &self.places {
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
            Ok(archive) => return Ok(Located { folder, archive }),
            Err(missing) => places.push(SearchedFolder { folder, missing }),
        }
    }
    let files = known.files().into_iter().map(|wanted| wanted.name.clone()).collect();
    let archive = known.archive().map(|archive| archive.name.clone());
    let ending = known.files().first().map_or("", |wanted| wanted.packing.ending());
    Err(NotFound { name: known.facts.name.clone(), files, ending, archive, places })
}

/// Returns the path of `wanted` in `folder`, or nothing: the packed file first, since every published sum applies to it.
pub(super) fn find(wanted: &Wanted, folder: &Path) -> Option<PathBuf> {
    let packed = folder.join(format!("{}{}", wanted.name, wanted.packing.ending()));
    if packed.is_file() {
        return Some(packed);
    }
    let unpacked = folder.join(&wanted.name);
    let is_there = match wanted.packing {
        Packing::Gzip => unpacked.is_file(),
        Packing::Zip => unpacked.is_dir(),
    };
    is_there.then_some(unpacked)
}

/// Returns the archive if it is there, nothing if all files are, or the names of those that are missing.
fn look_in(known: &Known, folder: &Path) -> Result<Option<PathBuf>, Vec<String>> {
    let archive = known.archive().map(|archive| folder.join(&archive.name)).filter(|path| path.is_file());
    if archive.is_some() {
        return Ok(archive);
    }
    let missing = known.files().into_iter().filter(|wanted| find(wanted, folder).is_none());
    let missing: Vec<String> = missing.map(|wanted| wanted.name.clone()).collect();
    if missing.is_empty() { Ok(None) } else { Err(missing) }
}
