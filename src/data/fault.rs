//! What can keep a data set from being loaded, whatever its form: one type over the faults of every step.

use miette::Diagnostic;
use thiserror::Error;

use super::archive::{ArchiveFault, MissingEntry};
use super::checksum::WrongChecksum;
use super::cifar::BatchFault;
use super::class_samples::ClassesFault;
use super::dataset::SplitFault;
use super::dataset_name::{FOLDER, names};
use super::drawings::DrawingsFault;
use super::fetch::FetchFault;
use super::few_shot_split::NoSplit;
use super::idx::IdxFault;
use super::image_fault::ImagesFault;
use super::locate::NotFound;
use super::own::OwnDataFault;
use super::unpack::FileFault;

/// No data set has this name.
#[derive(Debug, Error, Diagnostic)]
#[error("there is no data set called `{name}`")]
#[diagnostic(code(data::unknown), help("{}there are: {}, and {FOLDER}PATH, npz:FILE, csv:FILE, idx:IMAGES,LABELS", self.guess(), names().join(", ")))]
pub struct UnknownData {
    /// The name that was given.
    pub name: String,
    /// The name that was perhaps meant.
    pub meant: Option<String>,
}

impl UnknownData {
    /// Says that there is no set of this name, and which one could be meant.
    pub fn new(name: &str) -> Self {
        let near = |other: &String| strsim::damerau_levenshtein(name, other);
        let meant = names().into_iter().min_by_key(near).filter(|other| near(other) <= 1 + other.len() / 4);
        Self { name: name.to_owned(), meant }
    }

    fn guess(&self) -> String {
        self.meant.as_ref().map_or_else(String::new, |meant| format!("did you mean `{meant}`? "))
    }
}

/// A data set is no data to classify by labels.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("`{name}` is few-shot data: it has more classes than labels can name, with few samples of each")]
#[diagnostic(
    code(data::few_shot_only),
    help("with --few-shot, tasks of a few classes are drawn from it; the model then has as many classes as a task")
)]
pub struct FewShotOnly {
    /// The data set.
    pub name: String,
}

/// What can keep a data set from being loaded.
#[derive(Debug, Error, Diagnostic)]
pub enum DataError {
    /// There is none of this name.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Unknown(#[from] UnknownData),
    /// It is not on this machine, and no download was allowed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    NotFound(#[from] NotFound),
    /// It could not be downloaded.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Fetch(#[from] FetchFault),
    /// A file is damaged, not an IDX file, or of another data set.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Idx(#[from] IdxFault),
    /// A file is not the published one.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Checksum(#[from] WrongChecksum),
    /// A file's bytes cannot be had, or are too few or too many.
    #[error(transparent)]
    #[diagnostic(transparent)]
    File(#[from] FileFault),
    /// A batch has too few or too many bytes, or a label that names no class.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Batch(#[from] BatchFault),
    /// An archive cannot be read, or is not the published one.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Archive(#[from] ArchiveFault),
    /// A folder of images is none, or an image in it is at fault.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Images(#[from] ImagesFault),
    /// A file of one's own is at fault.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Own(#[from] OwnDataFault),
    /// An archive lacks a file.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Entry(#[from] MissingEntry),
    /// Images and labels do not fit together.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Split(#[from] SplitFault),
    /// It can only be few-shot data.
    #[error(transparent)]
    #[diagnostic(transparent)]
    FewShotOnly(#[from] FewShotOnly),
    /// Its classes have no such split.
    #[error(transparent)]
    #[diagnostic(transparent)]
    NoSplit(#[from] NoSplit),
    /// Its drawings cannot be had, or are not the published ones.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Drawings(#[from] DrawingsFault),
    /// A class has no sample, or samples cannot be rotated.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Classes(#[from] ClassesFault),
}

impl DataError {
    /// Tells whether the machine is at fault (no data, no network, a full disk) rather than what the user wrote.
    pub fn is_environment(&self) -> bool {
        !matches!(self, Self::Unknown(_) | Self::FewShotOnly(_) | Self::NoSplit(_) | Self::Classes(_) | Self::Own(_))
    }
}
