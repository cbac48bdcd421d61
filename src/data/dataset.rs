//! Pixels and labels come in; a checked data set goes out.
//! Every split holds whole samples only, one label each, and every label is below the number of classes.

use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

use super::checksum::Standing;
use crate::options::Facts;

/// The pixels do not make up as many whole samples as there are labels.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}`: {labels} labels need {expected} bytes of pixels, found {found}")]
#[diagnostic(code(data::pixel_count), help("every sample needs its pixels and one label"))]
pub struct PixelCount {
    /// The data set.
    pub name: String,
    /// How many labels there are.
    pub labels: usize,
    /// Bytes that many samples take.
    pub expected: usize,
    /// Bytes that were given.
    pub found: usize,
}

/// A label names no class.
#[derive(Debug, Error, Diagnostic)]
#[error("{}: label {found} of sample {index} is not below {classes}, the number of classes", file.display())]
#[diagnostic(code(data::label_out_of_range), help("the file is damaged or belongs to another data set"))]
pub struct LabelOutOfRange {
    /// The file with the labels, or the data set's name where no file is involved.
    pub file: PathBuf,
    /// The sample, counted from 0.
    pub index: usize,
    /// How many classes there are.
    pub classes: usize,
    /// The label that was found.
    pub found: u8,
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

/// What can be wrong with a split.
#[derive(Debug, Error, Diagnostic)]
pub enum SplitFault {
    /// Pixels and labels disagree in number.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Pixels(#[from] PixelCount),
    /// A label names no class.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Label(#[from] LabelOutOfRange),
}

/// Samples of one purpose: to train on, or to test with.
///
/// Pixels lie sample after sample; within a sample by row, then column, then channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    sample_bytes: usize,
    pixels: Vec<u8>,
    labels: Vec<u8>,
}

impl Split {
    /// Makes a split of the data set that `facts` describe.
    ///
    /// # Errors
    /// [`PixelCount`] where the pixels are not one sample per label, [`LabelOutOfRange`] where a label is not below
    /// `facts.classes`.
    pub fn new(facts: &Facts, pixels: Vec<u8>, labels: Vec<u8>) -> Result<Self, SplitFault> {
        let sample_bytes = facts.sample_bytes();
        let expected = sample_bytes.saturating_mul(labels.len());
        if pixels.len() != expected {
            let (name, labels, found) = (facts.name.clone(), labels.len(), pixels.len());
            return Err(PixelCount { name, labels, expected, found }.into());
        }
        check_labels(&labels, facts.classes, PathBuf::from(&facts.name))?;
        Ok(Self { sample_bytes, pixels, labels })
    }

    /// Returns the number of samples.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Tells whether there is no sample at all.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Returns the pixels of sample `i`, counted from 0, in row, column, channel order.
    ///
    /// # Panics
    /// Where `i` is not below [`Split::len`], as slices do.
    pub fn sample(&self, i: usize) -> &[u8] {
        &self.pixels[i * self.sample_bytes..(i + 1) * self.sample_bytes]
    }

    /// Returns the pixels of all samples, one after the other.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// Returns one label per sample.
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// Returns a split with other samples of the same size.
    pub(super) fn with(&self, pixels: Vec<u8>, labels: Vec<u8>) -> Self {
        Self { sample_bytes: self.sample_bytes, pixels, labels }
    }

    /// Lays zeros around every sample, which is of the size that `facts` tell.
    fn padded(self, facts: &Facts, margin: usize) -> Self {
        let (pixels, sample_bytes) = padded(&self.pixels, facts, margin);
        Self { sample_bytes, pixels, labels: self.labels }
    }
}

/// Lays zeros around every sample, which is of the size that `facts` tell; returns the pixels, and how many a sample has.
pub(super) fn padded(samples: &[u8], facts: &Facts, margin: usize) -> (Vec<u8>, usize) {
    let (row, wide) = (facts.width * facts.channels, (facts.width + 2 * margin) * facts.channels);
    let sample_bytes = (facts.height + 2 * margin) * wide;
    let count = samples.len() / facts.sample_bytes().max(1);
    let mut pixels = vec![0; count * sample_bytes];
    let (within, side) = (margin * wide, margin * facts.channels);
    let all = pixels.chunks_exact_mut(sample_bytes.max(1)).zip(samples.chunks_exact(facts.sample_bytes().max(1)));
    for (padded, sample) in all {
        let rows = padded[within..].chunks_exact_mut(wide.max(1));
        for (padded, whole) in rows.zip(sample.chunks_exact(row.max(1))) {
            padded[side..side + row].copy_from_slice(whole);
        }
    }
    (pixels, sample_bytes)
}

/// A data set, whole and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dataset {
    /// Its name and the sizes of a sample.
    pub facts: Facts,
    /// What a model learns from.
    pub train: Split,
    /// What a model is judged by.
    pub test: Split,
    /// SHA-256, in hexadecimal, that identifies the content: the same for a gzip-compressed copy and an unpacked one.
    pub hash: String,
    /// Whether published sums prove it to be what its name says; what is drawn needs no proof.
    pub standing: Standing,
}

impl Dataset {
    /// Lays `margin` rows and columns of zeros around every sample, so that it fills an input that is larger.
    ///
    /// A model that was compiled for the set's facts says how many it takes:
    ///
    /// ```
    /// use gemc::Options;
    /// use gemc::data::Glyphs;
    ///
    /// let source = "
    /// model wide {
    ///     population pixels = grid(32, 32)
    ///     population digits = units(10)
    ///     connect pixels -> digits via direct
    ///     input pixels
    ///     output digits
    /// }";
    /// let digits = Glyphs { train: 20, test: 10, ..Glyphs::default() }.draw()?;
    /// let options = Options { facts: Some(digits.facts.clone()), ..Options::default() };
    /// let stages = gemc::compile::stages("wide.gem", source, &options)?;
    ///
    /// let margin = stages.model().margin(&digits.facts).unwrap_or(0);
    /// let digits = digits.padded(margin);
    /// assert_eq!((margin, digits.facts.sample_bytes()), (2, stages.plan.inputs()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn padded(mut self, margin: usize) -> Self {
        if margin > 0 {
            (self.train, self.test) = (self.train.padded(&self.facts, margin), self.test.padded(&self.facts, margin));
            self.facts.height += 2 * margin;
            self.facts.width += 2 * margin;
        }
        self
    }
}

/// Checks that every label is below `classes`; `file` is named in the fault.
pub(super) fn check_labels(labels: &[u8], classes: usize, file: PathBuf) -> Result<(), LabelOutOfRange> {
    match labels.iter().enumerate().find(|&(_, &label)| usize::from(label) >= classes) {
        None => Ok(()),
        Some((index, &found)) => Err(LabelOutOfRange { file, index, classes, found }),
    }
}
