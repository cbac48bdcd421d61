//! A name comes in; the data set goes out, found on disk, downloaded or drawn, and checked in every byte.
//! What is found wrong is named; nothing of a faulty set is ever used.

use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

use super::checksum::{WrongChecksum, sha256, summed};
use super::dataset::{Dataset, Split, SplitFault};
use super::fetch::{Download, FetchFault, fetch};
use super::glyphs::{self, Glyphs};
use super::idx::{self, IdxFault, Images};
use super::known::{Known, Part, known, published};
use super::locate::{Located, NotFound, VerifyFault, locate};
use crate::options::Facts;

/// No data set has this name.
#[derive(Debug, Error, Diagnostic)]
#[error("there is no data set called `{name}`")]
#[diagnostic(code(data::unknown), help("{}there are: {}", self.guess(), names().join(", ")))]
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

/// A file holds images of another size or number than its data set.
#[derive(Debug, Error, Diagnostic)]
#[error("{}: holds {found}, expected {expected}", file.display())]
#[diagnostic(code(data::wrong_sizes), help("the file belongs to another data set: is it in the right folder?"))]
pub struct WrongSizes {
    /// The file.
    pub file: PathBuf,
    /// What it must hold, such as `60000 images of 28 × 28`.
    pub expected: String,
    /// What it holds.
    pub found: String,
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
    /// A file is damaged or not an IDX file.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Idx(#[from] IdxFault),
    /// A file belongs to another data set.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Sizes(#[from] WrongSizes),
    /// A file is not the published one.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Checksum(#[from] WrongChecksum),
    /// A located set is not whole.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Verify(#[from] VerifyFault),
    /// Images and labels do not fit together.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Split(#[from] SplitFault),
}

impl DataError {
    /// Tells whether the machine is at fault (no data, no network, a full disk) rather than what the user wrote.
    pub fn is_environment(&self) -> bool {
        !matches!(self, Self::Unknown(_))
    }
}

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

/// Reads a located set and checks every file against its published sum.
///
/// # Errors
/// [`DataError`]: which file is damaged, and how.
pub fn read(known: &Known, located: &Located) -> Result<Dataset, DataError> {
    let [train_images, train_labels, test_images, test_labels] = &located.files;
    let mut contents = vec![known.facts.name.clone()];
    let train = split(known, &known.train, [train_images, train_labels], &mut contents)?;
    let test = split(known, &known.test, [test_images, test_labels], &mut contents)?;
    let hash = sha256(contents.join("\n").as_bytes());
    Ok(Dataset { facts: known.facts.clone(), train, test, hash })
}

/// Reads one split's two files and notes the sums of their contents.
fn split(
    known: &Known,
    part: &Part,
    [image_file, label_file]: [&PathBuf; 2],
    contents: &mut Vec<String>,
) -> Result<Split, DataError> {
    let facts = &known.facts;
    let (images, sums) = summed(image_file, |source| idx::images(source, image_file))?;
    check_images(&images, facts, part.samples, image_file)?;
    part.images.checksum.judge(image_file, &sums)?;
    contents.push(sums.content);
    let (labels, sums) = summed(label_file, |source| idx::labels(source, label_file, facts.classes))?;
    check_sizes(label_file, format!("{} labels", part.samples), format!("{} labels", labels.len()))?;
    part.labels.checksum.judge(label_file, &sums)?;
    contents.push(sums.content);
    Ok(Split::new(facts, images.pixels, labels)?)
}

fn check_images(images: &Images, facts: &Facts, samples: usize, file: &Path) -> Result<(), WrongSizes> {
    let text = |count, height, width| format!("{count} images of {height} × {width}");
    check_sizes(file, text(samples, facts.height, facts.width), text(images.count, images.height, images.width))
}

fn check_sizes(file: &Path, expected: String, found: String) -> Result<(), WrongSizes> {
    if expected == found { Ok(()) } else { Err(WrongSizes { file: file.to_path_buf(), expected, found }) }
}
