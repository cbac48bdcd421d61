//! Data of one's own in files: an `npz` archive of arrays, a CSV table with a column of labels, or a pair of IDX files.

mod archive;
mod fault;
mod npy;
mod samples;
mod table;

use std::fs::File;
use std::path::{Path, PathBuf};

pub use fault::{
    BrokenNpz, MissingArray, NoLabelColumn, OwnDataFault, PickledArray, WrongArray, WrongClasses, WrongValue,
};
pub use npy::{NpyArray, NpyNumbers, npy_array};

use self::samples::OwnSamples;
use super::dataset::Dataset;
use super::idx::{images, labels};
use super::unpack::{FileFault, Unpacked};
use crate::options::Facts;

/// What a name of an archive of arrays begins with.
pub const NPZ: &str = "npz:";
/// What a name of a table begins with.
pub const CSV: &str = "csv:";
/// What a name of a pair of IDX files begins with.
pub const IDX: &str = "idx:";

/// Files with data of one's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwnData {
    /// Arrays `x` and `y`.
    Npz(PathBuf),
    /// A table.
    Csv(PathBuf),
    /// Images, and their labels.
    Idx(PathBuf, PathBuf),
}

impl OwnData {
    /// Returns the files that a name means, or nothing.
    pub fn find(name: &str) -> Option<Self> {
        let path = |prefix: &str| name.strip_prefix(prefix).filter(|path| !path.is_empty());
        if let Some(path) = path(NPZ) {
            return Some(Self::Npz(path.into()));
        }
        if let Some(path) = path(CSV) {
            return Some(Self::Csv(path.into()));
        }
        let (images, labels) = path(IDX)?.split_once(',')?;
        (!images.is_empty() && !labels.is_empty()).then(|| Self::Idx(images.into(), labels.into()))
    }

    /// Returns the file with the samples.
    pub fn path(&self) -> &Path {
        match self {
            Self::Npz(path) | Self::Csv(path) | Self::Idx(path, _) => path,
        }
    }

    /// Returns the sizes of a sample and the number of classes, which are read off the files.
    ///
    /// # Errors
    /// As for [`OwnData::read`].
    pub fn facts(&self) -> Result<Facts, OwnDataFault> {
        Ok(self.samples()?.facts(&self.name()))
    }

    /// Reads the files. Where they have no split to test with, about one sample of six of each class is held out.
    ///
    /// # Errors
    /// An [`OwnDataFault`] that names the first place that is at fault.
    pub fn read(&self) -> Result<Dataset, OwnDataFault> {
        self.samples()?.dataset(&self.name(), self.path())
    }

    /// Returns the names of the classes, where they have names.
    pub fn class_names(&self) -> Vec<String> {
        self.samples().map(|samples| samples.class_names).unwrap_or_default()
    }

    fn samples(&self) -> Result<OwnSamples, OwnDataFault> {
        match self {
            Self::Npz(path) => archive::read(path),
            Self::Csv(path) => table::read(path),
            Self::Idx(images, labels) => pair(images, labels),
        }
    }

    /// Returns the name as users write it.
    fn name(&self) -> String {
        match self {
            Self::Npz(path) => format!("{NPZ}{}", path.display()),
            Self::Csv(path) => format!("{CSV}{}", path.display()),
            Self::Idx(images, labels) => format!("{IDX}{},{}", images.display(), labels.display()),
        }
    }
}

/// Reads images and as many labels.
fn pair(image_file: &Path, label_file: &Path) -> Result<OwnSamples, OwnDataFault> {
    let open = |file: &Path| {
        let unreadable = |why| FileFault::new(file, why, 0, 0);
        Unpacked::new(File::open(file).map_err(unreadable)?).map_err(unreadable)
    };
    let images = images(open(image_file)?, image_file, None)?;
    let labels = labels(open(label_file)?, label_file, 256, Some(images.count))?;
    let sizes = [images.height, images.width, 1];
    let classes = samples::classes(&labels, &[], label_file)?;
    Ok(OwnSamples { sizes, classes, train: (images.pixels, labels), test: None, class_names: Vec::new() })
}
