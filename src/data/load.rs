//! A name comes in; the data set goes out, found on disk, downloaded or drawn, and checked in every byte.
//! What is found wrong is named; nothing of a faulty set is ever used.

use std::path::PathBuf;

use super::dataset::Dataset;
use super::dataset_name::DatasetName;
use super::fault::{DataError, UnknownData};
use super::fetch::{Download, fetch};
use super::glyphs::Glyphs;
use super::glyphs_color::GlyphsColor;
use super::image_folder::ImageFolder;
use super::known::Known;
use super::locate::{Located, locate};
use super::read::read;
use crate::options::Facts;

/// Returns what is known of the data set called `name` before any file is read; nothing if there is none, or if it is a
/// folder, of which [`describe`] tells.
pub fn facts(name: &str) -> Option<Facts> {
    DatasetName::find(name).filter(|set| !matches!(set, DatasetName::Folder(_) | DatasetName::Own(_)))?.facts().ok()
}

/// Returns the sizes of the samples of the data set called `name`; those of a folder are read off its images.
///
/// # Errors
/// [`DataError`]: [`UnknownData`] where there is no such set, otherwise what is wrong with the folder.
pub fn describe(name: &str) -> Result<Facts, DataError> {
    DatasetName::find(name).ok_or_else(|| UnknownData::new(name))?.facts()
}

/// Loads the data set called `name`: from the first of `roots` that holds it, else by `download` if that is given.
///
/// # Errors
/// [`DataError`]: [`UnknownData`] where there is no such set, [`FewShotOnly`](super::fault::FewShotOnly) where its samples have
/// no labels, otherwise what is missing or damaged, and where.
pub fn load(name: &str, roots: &[PathBuf], download: Option<&Download<'_>>) -> Result<Dataset, DataError> {
    let set = DatasetName::find(name).ok_or_else(|| UnknownData::new(name))?;
    // nothing is downloaded that could then not be used
    set.check_labelled()?;
    match set {
        DatasetName::Glyphs => Ok(Glyphs::default().draw()?),
        DatasetName::GlyphsColor => Ok(GlyphsColor::default().draw()?),
        DatasetName::Folder(path) => Ok(ImageFolder::open(&path)?.read()?),
        DatasetName::Own(files) => Ok(files.read()?),
        DatasetName::Published(known) => load_known(&known, roots, download),
    }
}

/// Loads a set that is described in full, as [`load`] does a named one.
///
/// # Errors
/// [`DataError`]: what is missing or damaged, and where.
pub fn load_known(known: &Known, roots: &[PathBuf], download: Option<&Download<'_>>) -> Result<Dataset, DataError> {
    read(known, &locate_or_fetch(known, roots, download)?)
}

/// Finds the files of a set in one of `roots`, else by `download` if that is given.
///
/// # Errors
/// [`DataError`]: what is missing, and where it was looked for.
pub(super) fn locate_or_fetch(
    known: &Known,
    roots: &[PathBuf],
    download: Option<&Download<'_>>,
) -> Result<Located, DataError> {
    match (locate(known, roots), download) {
        (Ok(located), _) => Ok(located),
        (Err(lacking), Some(download)) => Ok(fetch(known, lacking, download)?),
        (Err(lacking), None) => Err(lacking.into()),
    }
}
