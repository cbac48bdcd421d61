//! A name as users write it comes in; which data set is meant goes out, before any of its files is looked at.

use std::path::PathBuf;

use super::fault::{DataError, FewShotOnly};
use super::image_folder::ImageFolder;
use super::known::{Form, Known, known, published};
use super::own::OwnData;
use super::{glyphs, glyphs_color};
use crate::options::Facts;

/// What a name of a folder of images begins with.
pub const FOLDER: &str = "folder:";

/// A data set that a name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatasetName {
    /// Drawn digits.
    Glyphs,
    /// Drawn digits in colour.
    GlyphsColor,
    /// Published files.
    Published(Box<Known>),
    /// A folder of images for each class, all below this one.
    Folder(PathBuf),
    /// Files of arrays or tables.
    Own(OwnData),
}

impl DatasetName {
    /// Returns the set called `name`, or nothing.
    pub fn find(name: &str) -> Option<Self> {
        match name {
            glyphs::NAME => Some(Self::Glyphs),
            glyphs_color::NAME => Some(Self::GlyphsColor),
            _ => match name.strip_prefix(FOLDER) {
                Some(path) => Some(Self::Folder(PathBuf::from(path))).filter(|_| !path.is_empty()),
                None => OwnData::find(name).map(Self::Own).or_else(|| known(name).map(Box::new).map(Self::Published)),
            },
        }
    }

    /// Returns what is published of the set, where it is a published one.
    pub fn published(&self) -> Option<&Known> {
        match self {
            Self::Published(known) => Some(known),
            Self::Glyphs | Self::GlyphsColor | Self::Folder(_) | Self::Own(_) => None,
        }
    }

    /// Checks that its samples have labels, so that a classifier can learn from it.
    ///
    /// # Errors
    /// [`FewShotOnly`] where it has more classes than labels can name.
    pub fn check_labelled(&self) -> Result<(), FewShotOnly> {
        match self.published().filter(|known| matches!(known.form, Form::Drawings { .. })) {
            Some(known) => Err(FewShotOnly { name: known.facts.name.clone() }),
            None => Ok(()),
        }
    }

    /// Returns the sizes of its samples; those of a folder are read off its images, and those of files off what they hold.
    ///
    /// # Errors
    /// [`DataError`] where a folder is none of images, an image in it does not fit the others, or a file is at fault.
    pub fn facts(&self) -> Result<Facts, DataError> {
        match self {
            Self::Glyphs => Ok(glyphs::facts()),
            Self::GlyphsColor => Ok(glyphs_color::facts()),
            Self::Published(known) => Ok(known.facts.clone()),
            Self::Folder(path) => Ok(ImageFolder::open(path)?.facts()?),
            Self::Own(files) => Ok(files.facts()?),
        }
    }
}

/// Returns the names of all data sets that need no path, in the order in which they are listed to people.
pub fn names() -> Vec<String> {
    let drawn = [glyphs::NAME, glyphs_color::NAME].map(str::to_owned);
    published().into_iter().map(|set| set.facts.name).chain(drawn).collect()
}
