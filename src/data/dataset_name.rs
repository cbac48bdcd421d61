//! A name as users write it comes in; which data set is meant goes out, before any of its files is looked at.

use std::path::PathBuf;

use super::fault::FewShotOnly;
use super::image_fault::ImagesFault;
use super::image_folder::ImageFolder;
use super::known::{Form, Known, known, published};
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
}

impl DatasetName {
    /// Returns the set called `name`, or nothing.
    pub fn find(name: &str) -> Option<Self> {
        match name {
            glyphs::NAME => Some(Self::Glyphs),
            glyphs_color::NAME => Some(Self::GlyphsColor),
            _ => match name.strip_prefix(FOLDER) {
                Some(path) => Some(Self::Folder(PathBuf::from(path))).filter(|_| !path.is_empty()),
                None => known(name).map(Box::new).map(Self::Published),
            },
        }
    }

    /// Returns what is published of the set, where it is a published one.
    pub fn published(&self) -> Option<&Known> {
        match self {
            Self::Published(known) => Some(known),
            Self::Glyphs | Self::GlyphsColor | Self::Folder(_) => None,
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

    /// Returns the sizes of its samples; those of a folder are read off its images.
    ///
    /// # Errors
    /// An [`ImagesFault`] where a folder is none of images, or an image in it does not fit the others.
    pub fn facts(&self) -> Result<Facts, ImagesFault> {
        match self {
            Self::Glyphs => Ok(glyphs::facts()),
            Self::GlyphsColor => Ok(glyphs_color::facts()),
            Self::Published(known) => Ok(known.facts.clone()),
            Self::Folder(path) => ImageFolder::open(path)?.facts(),
        }
    }
}

/// Returns the names of all data sets that need no path, in the order in which they are listed to people.
pub fn names() -> Vec<String> {
    let drawn = [glyphs::NAME, glyphs_color::NAME].map(str::to_owned);
    published().into_iter().map(|set| set.facts.name).chain(drawn).collect()
}
