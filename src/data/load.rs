//! A name comes in; the data set goes out, found on disk, downloaded or drawn, and checked in every byte.
//! What is found wrong is named; nothing of a faulty set is ever used.

use std::path::PathBuf;

use super::dataset::Dataset;
use super::fault::{DataError, UnknownData};
use super::fetch::{Download, fetch};
use super::glyphs::{self, Glyphs};
use super::known::{Known, known, published};
use super::locate::locate;
use super::read::read;
use crate::options::Facts;

/// Returns the names of all data sets, in the order in which they are listed to people.
pub fn names() -> Vec<String> {
    published().into_iter().map(|set| set.facts.name).chain([glyphs::NAME.to_owned()]).collect()
}

/// Returns what is known of the data set called `name` before any file is read, or nothing if there is none.
pub fn facts(name: &str) -> Option<Facts> {
    if name == glyphs::NAME { Some(glyphs::facts()) } else { known(name).map(|set| set.facts) }
}

/// Loads the data set called `name`: from the first of `roots` that holds it, else by `download` if that is given.
///
/// # Errors
/// [`DataError`]: [`UnknownData`] where there is no such set, otherwise what is missing or damaged, and where.
pub fn load(name: &str, roots: &[PathBuf], download: Option<&Download<'_>>) -> Result<Dataset, DataError> {
    if name == glyphs::NAME {
        return Ok(Glyphs::default().draw()?);
    }
    let known = known(name).ok_or_else(|| UnknownData::new(name))?;
    load_known(&known, roots, download)
}

/// Loads a set that is described in full, as [`load`] does a named one.
///
/// # Errors
/// [`DataError`]: what is missing or damaged, and where.
pub fn load_known(known: &Known, roots: &[PathBuf], download: Option<&Download<'_>>) -> Result<Dataset, DataError> {
    let located = match (locate(known, roots), download) {
        (Ok(located), _) => located,
        (Err(lacking), Some(download)) => fetch(known, lacking, download)?,
        (Err(lacking), None) => return Err(lacking.into()),
    };
    read(known, &located)
}
