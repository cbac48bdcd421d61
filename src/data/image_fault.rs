//! What can be wrong with a folder of images as a whole; a fault names the folder or the file, and what was expected of it.

use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

use super::dataset::SplitFault;
use super::unpack::FileFault;

use super::image_file::BrokenImage;
use super::image_samples::{NoImages, WrongSampleSize};

/// A folder has fewer than two folders of images.
#[derive(Debug, Error, Diagnostic)]
#[error("{}: holds {}, expected at least 2", folder.display(), self.count())]
#[diagnostic(code(data::few_classes), help("{}", self.advice()))]
pub struct FewClasses {
    /// The folder.
    pub folder: PathBuf,
    /// The classes that it has: one at most.
    pub found: Vec<String>,
}

impl FewClasses {
    pub(super) fn new(folder: &Path, found: Vec<String>) -> Self {
        Self { folder: folder.to_path_buf(), found }
    }

    fn count(&self) -> String {
        match self.found.first() {
            None => "no folder of images".to_owned(),
            Some(only) => format!("one folder of images, `{only}`"),
        }
    }

    fn advice(&self) -> &'static str {
        match self.found.first().map(String::as_str) {
            Some("train") => "beside `train` a folder `test` or `val` is wanted; without one, put the classes here",
            _ => "the images of each class belong into a folder of their own, called after it",
        }
    }
}

/// A folder has more classes than a label can tell apart.
#[derive(Debug, Error, Diagnostic)]
#[error("{}: holds {found} folders of images, at most {most} classes can be told apart", folder.display())]
#[diagnostic(code(data::many_classes), help("take classes together; is this the right folder?"))]
pub struct ManyClasses {
    /// The folder.
    pub folder: PathBuf,
    /// How many classes it has.
    pub found: usize,
    /// How many it may have.
    pub most: usize,
}

/// A class has too few images.
#[derive(Debug, Error, Diagnostic)]
#[error("{}: holds {}, expected at least {wanted}", folder.display(), self.count())]
#[diagnostic(
    code(data::few_images),
    help("a class needs an image to train from, and one to test with: add some, or take the folder away")
)]
pub struct FewImages {
    /// The class's folder.
    pub folder: PathBuf,
    /// How many images it has.
    pub found: usize,
    /// How many it needs.
    pub wanted: usize,
}

impl FewImages {
    fn count(&self) -> String {
        if self.found == 0 { "no .png, .jpg or .jpeg image".to_owned() } else { format!("{} image", self.found) }
    }
}

/// The splits of a folder have different classes.
#[derive(Debug, Error, Diagnostic)]
#[error("{}: lacks a folder `{class}`, which {} has", folder.display(), other.display())]
#[diagnostic(code(data::unlike_splits), help("every class needs images to train from and images to test with"))]
pub struct UnlikeSplits {
    /// The split that lacks a class.
    pub folder: PathBuf,
    /// The class.
    pub class: String,
    /// The split that has it.
    pub other: PathBuf,
}

/// An image is of another size than the others.
#[derive(Debug, Error, Diagnostic)]
#[error("{}: is {found}, expected {expected} as {}", file.display(), first.display())]
#[diagnostic(code(data::image_size), help("bring all images to one size, rows × columns, before"))]
pub struct ImageSize {
    /// The image.
    pub file: PathBuf,
    /// Its rows and columns.
    pub found: String,
    /// The first image's.
    pub expected: String,
    /// The first image.
    pub first: PathBuf,
}

/// An image has more pixels than a sample may have.
#[derive(Debug, Error, Diagnostic)]
#[error("{}: claims {height} × {width} pixels, at most {most} are read", file.display())]
#[diagnostic(
    code(data::image_too_large),
    help("bring all images to one smaller size before; is the file what it seems to be?")
)]
pub struct ImageTooLarge {
    /// The image.
    pub file: PathBuf,
    /// Its rows.
    pub height: u32,
    /// Its columns.
    pub width: u32,
    /// Pixels that it may have.
    pub most: u64,
}

/// All images of a folder together are too large.
#[derive(Debug, Error, Diagnostic)]
#[error("{}: {images} images of {size} are {bytes} bytes, at most {most} are read", folder.display())]
#[diagnostic(code(data::folder_too_large), help("bring the images to a smaller size before, or take fewer"))]
pub struct FolderTooLarge {
    /// The folder.
    pub folder: PathBuf,
    /// How many images there are.
    pub images: usize,
    /// The size of each.
    pub size: String,
    /// What they take.
    pub bytes: u64,
    /// What they may take.
    pub most: u64,
}

/// What can be wrong with a folder of images.
#[derive(Debug, Error, Diagnostic)]
pub enum ImagesFault {
    /// It has too few classes.
    #[error(transparent)]
    #[diagnostic(transparent)]
    FewClasses(#[from] FewClasses),
    /// It has too many classes.
    #[error(transparent)]
    #[diagnostic(transparent)]
    ManyClasses(#[from] ManyClasses),
    /// A class has too few images.
    #[error(transparent)]
    #[diagnostic(transparent)]
    FewImages(#[from] FewImages),
    /// Its splits have different classes.
    #[error(transparent)]
    #[diagnostic(transparent)]
    UnlikeSplits(#[from] UnlikeSplits),
    /// An image is of another size.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Size(#[from] ImageSize),
    /// An image is not of the size of a sample.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Sample(#[from] WrongSampleSize),
    /// A folder holds no image.
    #[error(transparent)]
    #[diagnostic(transparent)]
    NoImages(#[from] NoImages),
    /// An image has too many pixels.
    #[error(transparent)]
    #[diagnostic(transparent)]
    TooLarge(#[from] ImageTooLarge),
    /// All images together have too many.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Folder(#[from] FolderTooLarge),
    /// A file is no whole image.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Broken(#[from] BrokenImage),
    /// A file or folder cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    File(#[from] FileFault),
    /// Images and labels do not fit together.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Split(#[from] SplitFault),
}
