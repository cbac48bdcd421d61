//! Images that have no class: the files that are named, or that lie in a folder, and each as a sample of a data set.

use std::path::{Path, PathBuf};
use std::{fs, io};

use miette::Diagnostic;
use thiserror::Error;

use super::dataset::padded;
use super::image_fault::ImagesFault;
use super::image_file::{Look, pixels};
use super::image_folder::is_image;
use super::unpack::FileFault;
use crate::options::Facts;

/// Folders within folders that are looked into.
const DEEPEST: usize = 8;

/// An image is not of the size of a sample.
#[derive(Debug, Error, Diagnostic)]
#[error("{} is an image of {found}, the network takes {expected}", file.display())]
#[diagnostic(code(data::wrong_sample_size), help("scale or crop the image to the size of those that were trained on"))]
pub struct WrongSampleSize {
    /// The file.
    pub file: PathBuf,
    /// Its rows and columns.
    pub found: String,
    /// Those of a sample.
    pub expected: String,
}

/// A folder without an image.
#[derive(Debug, Error, Diagnostic)]
#[error("{} holds no image", folder.display())]
#[diagnostic(code(data::no_images), help("name files, or a folder with files that end with .png, .jpg or .jpeg"))]
pub struct NoImages {
    /// The folder.
    pub folder: PathBuf,
}

/// Lists images: a file as it is named, and of a folder all that lie in it at any depth, in the order of their names.
///
/// # Errors
/// An [`ImagesFault`] for a folder that cannot be read, or that holds no image.
pub fn image_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, ImagesFault> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let before = files.len();
            within(path, DEEPEST, &mut files)?;
            if files.len() == before {
                return Err(NoImages { folder: path.clone() }.into());
            }
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

fn within(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), ImagesFault> {
    let unreadable = |why: io::Error| FileFault::new(folder, why, 0, 0);
    let entries = fs::read_dir(folder).map_err(unreadable)?.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    let mut paths: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            if depth > 0 {
                within(&path, depth - 1, files)?;
            }
        } else if is_image(&path) {
            files.push(path);
        }
    }
    Ok(())
}

/// Reads an image as a sample of the data set that `facts` describe, with `margin` zeros around it: bytes by row, column and channel.
///
/// # Errors
/// An [`ImagesFault`] where the file holds no whole image, or one of another size.
pub fn image_sample(file: &Path, facts: &Facts, margin: usize) -> Result<Vec<u8>, ImagesFault> {
    let (Look { height, width, .. }, bytes) = pixels(file, facts.channels)?;
    // an image has one channel or three
    if (height, width) != (facts.height, facts.width) || bytes.len() != facts.sample_bytes() {
        let (found, expected) = (format!("{height} × {width}"), facts.sample());
        return Err(WrongSampleSize { file: file.to_path_buf(), found, expected }.into());
    }
    Ok(padded(&bytes, facts, margin).0)
}
