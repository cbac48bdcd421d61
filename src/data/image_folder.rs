//! A folder comes in; a data set of the images in it goes out, one class for each folder below it.
//! Classes and files are taken in the order of their names. All images then had one size, and none was left out.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::checksum::{Standing, sha256};
use super::dataset::{Dataset, Split};
use super::dataset_name::FOLDER;
use super::image_fault::{FewClasses, FewImages, FolderTooLarge, ImageSize, ImagesFault, ManyClasses, UnlikeSplits};
use super::image_file::{Look, look, pixels};
use super::unpack::FileFault;
use crate::options::Facts;
use crate::random::RandomStream;

/// What is held out of each class where the folder has no split of its own: one image in this number.
pub const HELD_OUT: usize = 6;

/// The seed by which it is chosen which images are held out.
pub const SEED: u64 = 1;

/// Bytes that all images of a folder take at most.
const MOST_BYTES: u64 = 8 << 30;

/// A label is a byte.
const MOST_CLASSES: usize = 256;

/// The images of a folder, not yet read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageFolder {
    root: PathBuf,
    classes: Vec<String>,
    train: Vec<Item>,
    test: Vec<Item>,
}

/// An image, and the number of its class.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Item {
    file: PathBuf,
    label: u8,
}

/// A class: its folder and its images, in order.
struct Class {
    folder: PathBuf,
    name: String,
    files: Vec<PathBuf>,
}

impl ImageFolder {
    /// Lists the images below `root`: those of `root/train` and `root/test` (or `root/val`) where both are there, else those
    /// of `root`, of which [`HELD_OUT`] tells how many of each class are held out for testing.
    ///
    /// # Errors
    /// An [`ImagesFault`] where a folder cannot be read, there are too few or too many classes, a class has too few images, or
    /// the two splits have different classes.
    pub fn open(root: &Path) -> Result<Self, ImagesFault> {
        let (learn, judge) = (root.join("train"), [root.join("test"), root.join("val")]);
        let judge = judge.into_iter().find(|folder| learn.is_dir() && folder.is_dir());
        let (classes, [train, test]) = if let Some(judge) = judge {
            let (train, test) = (classes(&learn, 1)?, classes(&judge, 1)?);
            check_alike([&learn, &judge], [&train, &test])?;
            let items = [&train, &test].map(|classes| items(classes, |_, _| true));
            (train, items)
        } else {
            let classes = classes(root, 2)?;
            let held: Vec<BTreeSet<usize>> = classes.iter().map(held_out).collect();
            let is_held = |class: usize, place| held[class].contains(&place);
            let items = [false, true].map(|wanted| items(&classes, |class, place| is_held(class, place) == wanted));
            (classes, items)
        };
        let names = classes.into_iter().map(|class| class.name).collect();
        Ok(Self { root: root.to_path_buf(), classes: names, train, test })
    }

    /// Returns the names of the classes; labels count them from 0.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// Returns how many images there are to train from, and how many to test with.
    pub fn samples(&self) -> [usize; 2] {
        [self.train.len(), self.test.len()]
    }

    /// Returns the sizes of a sample, which are those of every image; colour where any of them has it.
    ///
    /// # Errors
    /// An [`ImagesFault`] where a file is no image, or is of another size than the first.
    pub fn facts(&self) -> Result<Facts, ImagesFault> {
        let mut items = self.train.iter().chain(&self.test);
        let Some(first) = items.next() else {
            return Err(FewClasses::new(&self.root, Vec::new()).into());
        };
        let mut common = look(&first.file)?;
        for item in items {
            let found = look(&item.file)?;
            check_size(&item.file, found, &first.file, common)?;
            common.channels = common.channels.max(found.channels);
        }
        let Look { height, width, channels } = common;
        let name = format!("{FOLDER}{}", self.root.display());
        let facts = Facts { name, height, width, channels, classes: self.classes.len() };
        let images = self.train.len() + self.test.len();
        let bytes = (facts.sample_bytes() as u64).saturating_mul(images as u64);
        if bytes > MOST_BYTES {
            let (folder, size, most) = (self.root.clone(), facts.sample(), MOST_BYTES);
            return Err(FolderTooLarge { folder, images, size, bytes, most }.into());
        }
        Ok(facts)
    }

    /// Reads all images; a grey one is spread over three channels where others have colour.
    ///
    /// # Errors
    /// An [`ImagesFault`] that names the first file that is no whole image or of another size.
    pub fn read(&self) -> Result<Dataset, ImagesFault> {
        let facts = self.facts()?;
        let mut content = self.classes.join("\n");
        let train = self.split(&facts, &self.train, &mut content)?;
        let test = self.split(&facts, &self.test, &mut content)?;
        Ok(Dataset { facts, train, test, hash: sha256(content.as_bytes()), standing: Standing::Whole })
    }

    /// Reads one split, and adds the sums of its pixels and labels to `content`.
    fn split(&self, facts: &Facts, items: &[Item], content: &mut String) -> Result<Split, ImagesFault> {
        let expected = Look { height: facts.height, width: facts.width, channels: facts.channels };
        let first = self.train.first().map_or(&self.root, |item| &item.file);
        let mut all = Vec::new();
        for item in items {
            let (found, bytes) = pixels(&item.file, facts.channels)?;
            check_size(&item.file, found, first, expected)?;
            all.extend(bytes);
        }
        let labels: Vec<u8> = items.iter().map(|item| item.label).collect();
        content.extend(["\n", &sha256(&all), "\n", &sha256(&labels)]);
        Ok(Split::new(facts, all, labels)?)
    }
}

/// Lists the classes below `root`, each with at least `wanted` images.
fn classes(root: &Path, wanted: usize) -> Result<Vec<Class>, ImagesFault> {
    let mut classes = Vec::new();
    for folder in entries(root)?.into_iter().filter(|path| path.is_dir()) {
        let mut files = Vec::new();
        for folder in folders(&folder)? {
            files.extend(entries(&folder)?.into_iter().filter(|path| is_image(path) && path.is_file()));
        }
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        classes.push(Class { folder, name, files });
    }
    if classes.len() < 2 {
        return Err(FewClasses::new(root, classes.into_iter().map(|class| class.name).collect()).into());
    }
    if classes.len() > MOST_CLASSES {
        let (folder, found) = (root.to_path_buf(), classes.len());
        return Err(ManyClasses { folder, found, most: MOST_CLASSES }.into());
    }
    match classes.iter().find(|class| class.files.len() < wanted) {
        Some(class) => Err(FewImages { folder: class.folder.clone(), found: class.files.len(), wanted }.into()),
        None => Ok(classes),
    }
}

/// Lists a folder's entries by name, but for hidden ones.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, FileFault> {
    let listed = fs::read_dir(folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let mut paths: Vec<PathBuf> = listed.map_err(|why: io::Error| FileFault::new(folder, why, 0, 0))?;
    paths.retain(|path| !path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b".")));
    paths.sort();
    Ok(paths)
}

/// Lists `folder` and all folders below it, by their paths; one that links lead to again is taken once.
fn folders(folder: &Path) -> Result<Vec<PathBuf>, FileFault> {
    let (mut open, mut found, mut seen) = (vec![folder.to_path_buf()], Vec::new(), BTreeSet::new());
    while let Some(folder) = open.pop() {
        let real = fs::canonicalize(&folder).map_err(|why| FileFault::new(&folder, why, 0, 0))?;
        if seen.insert(real) {
            open.extend(entries(&folder)?.into_iter().filter(|path| path.is_dir()));
            found.push(folder);
        }
    }
    found.sort_by(|one, other| one.as_os_str().cmp(other.as_os_str()));
    Ok(found)
}

/// Tells whether a file's name ends as those of images do.
pub(super) fn is_image(path: &Path) -> bool {
    let is = |end: &OsStr| ["png", "jpg", "jpeg"].iter().any(|known| end.eq_ignore_ascii_case(known));
    path.extension().is_some_and(is)
}

/// Labels the images that `takes` takes, told by the places of their class and of themselves in it.
fn items(classes: &[Class], takes: impl Fn(usize, usize) -> bool) -> Vec<Item> {
    let mut items = Vec::new();
    for ((number, class), label) in classes.iter().enumerate().zip(0..=u8::MAX) {
        let files = class.files.iter().enumerate().filter(|(place, _)| takes(number, *place));
        items.extend(files.map(|(_, file)| Item { file: file.clone(), label }));
    }
    items
}

/// Chooses which images of a class are held out: about one of [`HELD_OUT`], never none and never all of two or more.
fn held_out(class: &Class) -> BTreeSet<usize> {
    let (all, purpose) = (class.files.len(), format!("held out of {}", class.name));
    let order = RandomStream::new(SEED, &purpose).permutation(all);
    let count = ((all + HELD_OUT / 2) / HELD_OUT).max(1);
    order.into_iter().take(count).filter_map(|place| usize::try_from(place).ok()).collect()
}

fn check_size(file: &Path, found: Look, first: &Path, expected: Look) -> Result<(), ImagesFault> {
    if (found.height, found.width) == (expected.height, expected.width) {
        return Ok(());
    }
    let text = |look: Look| format!("{} × {}", look.height, look.width);
    let (found, expected) = (text(found), text(expected));
    Err(ImageSize { file: file.to_path_buf(), found, expected, first: first.to_path_buf() }.into())
}

/// Checks that two splits have the same classes.
fn check_alike(folders: [&Path; 2], [train, test]: [&[Class]; 2]) -> Result<(), ImagesFault> {
    let lacks = |classes: &[Class], wanted: &Class| !classes.iter().any(|class| class.name == wanted.name);
    let lacking =
        |of: &[Class], other: &[Class]| of.iter().find(|class| lacks(other, class)).map(|class| class.name.clone());
    let (folder, other, class) = match (lacking(train, test), lacking(test, train)) {
        (Some(class), _) => (folders[1], folders[0], class),
        (None, Some(class)) => (folders[0], folders[1], class),
        (None, None) => return Ok(()),
    };
    Err(UnlikeSplits { folder: folder.to_path_buf(), class, other: other.to_path_buf() }.into())
}
