//! A name comes in; samples by class go out, from which tasks of few-shot learning are drawn: the classes of training, and those of
//! testing. What is found wrong is named; nothing of a faulty set is ever used.

use std::borrow::Cow;
use std::path::PathBuf;

use super::checksum::{Standing, sha256};
use super::class_samples::ClassSamples;
use super::dataset::Dataset;
use super::dataset_name::DatasetName;
use super::drawings;
use super::fault::{DataError, UnknownData};
use super::fetch::Download;
use super::few_shot_split::{FewShotSplit, NoSplit};
use super::image_folder::ImageFolder;
use super::known::{Form, Known, Wanted};
use super::load::{load, locate_or_fetch};
use super::locate::Located;
use super::read::read;
use crate::options::Facts;

/// A data set of few-shot learning, whole and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FewShotSet {
    /// Its name and the sizes of a sample; `classes` is how many classes there are to train from, rotations among them. A model has
    /// as many classes as a task instead.
    pub facts: Facts,
    /// The classes that training draws its tasks from.
    pub train: ClassSamples,
    /// Other classes, by which a model or a protocol is chosen.
    pub validation: Option<ClassSamples>,
    /// What a model is judged by: again other classes, or, of a set whose samples have labels, other samples of the same classes.
    pub test: ClassSamples,
    /// SHA-256, in hexadecimal, that identifies the content of the whole set, whatever its split; the same for an archive and its
    /// unpacked folder.
    pub hash: String,
    /// Whether published sums prove it to be what its name says; what is drawn needs no proof.
    pub standing: Standing,
}

/// Loads the data set called `name` as few-shot data: from the first of `roots` that holds it, else by `download` if that is given.
///
/// Of a set whose samples have labels (all but `omniglot`) the classes to train from are its training samples by label, those to test
/// with its test samples by label; it has no `split`. Of `omniglot` the classes are split: by [`FewShotSplit::Paper`], unless
/// another `split` is given. With `rotations` each class to train from becomes four: itself, and rotated by 90°, 180° and 270°.
///
/// # Errors
/// [`DataError`]: [`UnknownData`] where there is no such set, [`NoSplit`] where it has no such split,
/// [`NotSquare`](super::class_samples::NotSquare) where its samples cannot be rotated, otherwise what is missing or damaged, and where.
pub fn load_few_shot(
    name: &str,
    split: Option<FewShotSplit>,
    rotations: bool,
    roots: &[PathBuf],
    download: Option<&Download<'_>>,
) -> Result<FewShotSet, DataError> {
    let set = match DatasetName::find(name).ok_or_else(|| UnknownData::new(name))? {
        DatasetName::Published(known) => return load_few_shot_known(&known, split, rotations, roots, download),
        DatasetName::Folder(path) => {
            check_no_split(name, split)?;
            let images = ImageFolder::open(&path)?;
            labelled(&images.read()?, images.classes())?
        }
        DatasetName::Glyphs | DatasetName::GlyphsColor | DatasetName::Own(_) => {
            check_no_split(name, split)?;
            let dataset = load(name, roots, download)?;
            labelled(&dataset, &numbers(dataset.facts.classes))?
        }
    };
    set.finish(rotations)
}

/// Loads a set that is described in full, as [`load_few_shot`] does a named one.
///
/// # Errors
/// [`DataError`], as for [`load_few_shot`].
pub fn load_few_shot_known(
    known: &Known,
    split: Option<FewShotSplit>,
    rotations: bool,
    roots: &[PathBuf],
    download: Option<&Download<'_>>,
) -> Result<FewShotSet, DataError> {
    let Form::Drawings { train, test } = &known.form else {
        check_no_split(&known.facts.name, split)?;
        let dataset = read(known, &locate_or_fetch(known, roots, download)?)?;
        return labelled(&dataset, &numbers(dataset.facts.classes))?.finish(rotations);
    };
    let located = locate_or_fetch(known, roots, download)?;
    characters(known, [train, test], &located, split.unwrap_or_default())?.finish(rotations)
}

/// Makes few-shot data of a set whose samples have labels, of which `names` are the classes.
fn labelled(dataset: &Dataset, names: &[String]) -> Result<FewShotSet, DataError> {
    let Dataset { facts, train, test, hash, standing } = dataset;
    let train = ClassSamples::by_label(facts, names, train)?;
    let test = ClassSamples::by_label(facts, names, test)?;
    let (facts, hash, standing) = (facts.clone(), hash.clone(), *standing);
    Ok(FewShotSet { facts, train, validation: None, test, hash, standing })
}

/// Reads drawings of characters, and splits the characters.
fn characters(
    known: &Known,
    [train, test]: [&Wanted; 2],
    located: &Located,
    split: FewShotSplit,
) -> Result<FewShotSet, DataError> {
    let facts = known.facts.clone();
    let train = drawings::read(train, &located.path(train))?;
    let test = drawings::read(test, &located.path(test))?;
    let (mut classes, mut pixels) = drawings::characters(&train, known.train, facts.height)?;
    let background = classes.len();
    let (others, other_pixels) = drawings::characters(&test, known.test, facts.height)?;
    classes.extend(others);
    pixels.extend(other_pixels);
    let chosen = split.classes(&facts.name, background, classes.len())?;
    let all = ClassSamples::new(&facts, classes, pixels)?;
    Ok(FewShotSet {
        train: all.only(&chosen.train),
        validation: chosen.validation.map(|classes| all.only(&classes)),
        test: all.only(&chosen.test),
        hash: sha256(format!("{}\n{}\n{}", facts.name, train.sum, test.sum).as_bytes()),
        standing: train.standing.min(test.standing),
        facts,
    })
}

impl FewShotSet {
    /// Lays `margin` rows and columns of zeros around every sample, so that it fills an input that is larger.
    #[must_use]
    pub fn padded(mut self, margin: usize) -> Self {
        if margin > 0 {
            let facts = self.facts.clone();
            let padded = |samples: ClassSamples| samples.padded(&facts, margin);
            (self.train, self.test) = (padded(self.train), padded(self.test));
            self.validation = self.validation.map(padded);
            self.facts.height += 2 * margin;
            self.facts.width += 2 * margin;
        }
        self
    }

    /// Returns what a run is judged by that was trained on other data: the classes to test with, and where these are the classes to
    /// train from, the samples to train from too.
    #[must_use]
    pub fn for_strangers(&self) -> Cow<'_, ClassSamples> {
        self.train.joined(&self.test).map_or(Cow::Borrowed(&self.test), Cow::Owned)
    }

    /// Rotates the classes to train from where that is asked for, and counts them.
    fn finish(mut self, rotations: bool) -> Result<Self, DataError> {
        if rotations {
            self.train = self.train.with_rotations().map_err(super::class_samples::ClassesFault::from)?;
        }
        self.facts.classes = self.train.classes();
        Ok(self)
    }
}

/// Checks that no split is asked for of a set whose samples have labels.
fn check_no_split(set: &str, split: Option<FewShotSplit>) -> Result<(), NoSplit> {
    let fault = |split| NoSplit { set: set.to_owned(), split, classes: None };
    split.map(fault).map_or(Ok(()), Err)
}

/// Names classes that have numbers only.
fn numbers(classes: usize) -> Vec<String> {
    (0..classes).map(|class| class.to_string()).collect()
}
