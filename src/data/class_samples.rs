//! Samples that lie class after class come in, checked; few-shot learning draws its tasks from them.
//! Every class has a sample, and every sample its pixels.

use std::ops::Range;

use miette::Diagnostic;
use thiserror::Error;

use super::dataset::{PixelCount, Split, padded};
use crate::options::Facts;

/// A class has no sample.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("`{set}`: there is no sample of class `{class}`")]
#[diagnostic(
    code(data::empty_class),
    help("a task needs samples of each of its classes: add some, or leave the class out")
)]
pub struct EmptyClass {
    /// The data set.
    pub set: String,
    /// The class.
    pub class: String,
}

/// Samples cannot be rotated by 90°, since they are not square.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("samples of {height} × {width} cannot be rotated by 90°")]
#[diagnostic(code(data::not_square), help("leave the rotations out, or bring the images to as many rows as columns"))]
pub struct NotSquare {
    /// Rows of a sample.
    pub height: usize,
    /// Columns of a sample.
    pub width: usize,
}

/// What can be wrong with samples by class.
#[derive(Debug, Error, Diagnostic)]
pub enum ClassesFault {
    /// There are too few or too many pixels.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Pixels(#[from] PixelCount),
    /// A class is empty.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Empty(#[from] EmptyClass),
    /// Rotations are asked for that cannot be made.
    #[error(transparent)]
    #[diagnostic(transparent)]
    NotSquare(#[from] NotSquare),
}

/// A class: its name, and how many samples it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassSize {
    /// Its name, such as `Korean/character07`.
    pub name: String,
    /// How many samples there are of it.
    pub samples: usize,
}

/// Samples by class.
///
/// Pixels lie class after class, sample after sample; within a sample by row, then column, then channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassSamples {
    height: usize,
    width: usize,
    channels: usize,
    pixels: Vec<u8>,
    names: Vec<String>,
    /// Where each class ends among all samples.
    ends: Vec<usize>,
}

impl ClassSamples {
    /// Makes samples of the sizes that `facts` tell: the first ones of the first class, and so on.
    ///
    /// # Errors
    /// [`EmptyClass`] where a class has no sample, [`PixelCount`] where the pixels are not those of all samples.
    pub fn new(facts: &Facts, classes: Vec<ClassSize>, pixels: Vec<u8>) -> Result<Self, ClassesFault> {
        if let Some(empty) = classes.iter().find(|class| class.samples == 0) {
            return Err(EmptyClass { set: facts.name.clone(), class: empty.name.clone() }.into());
        }
        let total = |end: &mut usize, class: &ClassSize| {
            *end = end.saturating_add(class.samples);
            Some(*end)
        };
        let ends: Vec<usize> = classes.iter().scan(0, total).collect();
        let labels = ends.last().copied().unwrap_or_default();
        let (expected, found) = (facts.sample_bytes().saturating_mul(labels), pixels.len());
        if found != expected {
            return Err(PixelCount { name: facts.name.clone(), labels, expected, found }.into());
        }
        let names = classes.into_iter().map(|class| class.name).collect();
        let Facts { height, width, channels, .. } = *facts;
        Ok(Self { height, width, channels, pixels, names, ends })
    }

    /// Groups a split by its labels, of which the class with the same number in `names` is called so.
    ///
    /// # Errors
    /// [`EmptyClass`] where no sample has one of the labels.
    pub(super) fn by_label(facts: &Facts, names: &[String], split: &Split) -> Result<Self, ClassesFault> {
        let mut order: Vec<usize> = (0..split.len()).collect();
        // samples of a class stay in their order
        order.sort_by_key(|at| split.labels().get(*at));
        let mut pixels = Vec::with_capacity(split.pixels().len());
        for at in order {
            pixels.extend_from_slice(split.sample(at));
        }
        let count = |label: usize| split.labels().iter().filter(|found| usize::from(**found) == label).count();
        let size = |(label, name): (usize, &String)| ClassSize { name: name.clone(), samples: count(label) };
        Self::new(facts, names.iter().enumerate().map(size).collect(), pixels)
    }

    /// Returns all samples of both, class by class, where the classes are the same.
    pub(super) fn joined(&self, other: &Self) -> Option<Self> {
        if self.names != other.names || self.sample_bytes() != other.sample_bytes() {
            return None;
        }
        let (mut pixels, mut ends) = (Vec::with_capacity(self.pixels.len() + other.pixels.len()), Vec::new());
        for class in 0..self.classes() {
            for part in [self, other] {
                let (samples, each) = (part.samples(class), part.sample_bytes());
                pixels.extend_from_slice(&part.pixels[samples.start * each..samples.end * each]);
            }
            ends.push(self.ends[class] + other.ends[class]);
        }
        Some(Self { pixels, names: self.names.clone(), ends, ..*self })
    }

    /// Returns the number of classes.
    pub fn classes(&self) -> usize {
        self.names.len()
    }

    /// Returns the name of a class.
    ///
    /// # Panics
    /// Where `class` is not below [`ClassSamples::classes`], as slices do.
    pub fn name(&self, class: usize) -> &str {
        &self.names[class]
    }

    /// Returns where the samples of a class lie among all samples.
    ///
    /// # Panics
    /// Where `class` is not below [`ClassSamples::classes`], as slices do.
    pub fn samples(&self, class: usize) -> Range<usize> {
        let start = class.checked_sub(1).map_or(0, |before| self.ends[before]);
        start..self.ends[class]
    }

    /// Returns the number of samples of all classes.
    pub fn len(&self) -> usize {
        self.ends.last().copied().unwrap_or_default()
    }

    /// Tells whether there is no class at all.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Returns the pixels of all samples, one after the other.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// Returns how many bytes one sample takes: height × width × channels.
    pub fn sample_bytes(&self) -> usize {
        self.height * self.width * self.channels
    }

    /// Returns the pixels of sample `i` among all samples, in row, column, channel order.
    ///
    /// # Panics
    /// Where `i` is not below [`ClassSamples::len`], as slices do.
    pub fn sample(&self, i: usize) -> &[u8] {
        &self.pixels[i * self.sample_bytes()..(i + 1) * self.sample_bytes()]
    }

    /// Returns some of the classes, in this order.
    pub(super) fn only(&self, classes: &[usize]) -> Self {
        let (mut names, mut ends, mut pixels) = (Vec::new(), Vec::new(), Vec::new());
        for class in classes {
            let Range { start, end } = self.samples(*class);
            pixels.extend_from_slice(&self.pixels[start * self.sample_bytes()..end * self.sample_bytes()]);
            names.push(self.names[*class].clone());
            ends.push(pixels.len() / self.sample_bytes().max(1));
        }
        Self { pixels, names, ends, ..*self }
    }

    /// Lays `margin` zeros around every sample.
    pub(super) fn padded(self, facts: &Facts, margin: usize) -> Self {
        let (pixels, _) = padded(&self.pixels, facts, margin);
        Self { height: self.height + 2 * margin, width: self.width + 2 * margin, pixels, ..self }
    }

    /// Adds three classes for each: its samples rotated by 90°, by 180° and by 270°, counter-clockwise.
    ///
    /// With C classes, class k rotated by r · 90° becomes class r · C + k and is called so: `Korean/character07, 90°`.
    ///
    /// # Errors
    /// [`NotSquare`] where samples have another number of rows than of columns.
    pub fn with_rotations(mut self) -> Result<Self, NotSquare> {
        let Self { height, width, .. } = self;
        if height != width {
            return Err(NotSquare { height, width });
        }
        let (classes, samples, sample_bytes) = (self.classes(), self.len(), self.sample_bytes());
        self.pixels.reserve_exact(3 * self.pixels.len());
        for turn in 1..4 {
            for at in 0..samples {
                // the sample that was rotated once less often
                let start = ((turn - 1) * samples + at) * sample_bytes;
                let turned = rotated(&self.pixels[start..start + sample_bytes], width, self.channels);
                self.pixels.extend(turned);
            }
            for class in 0..classes {
                self.names.push(format!("{}, {}°", self.names[class], 90 * turn));
                self.ends.push(turn * samples + self.ends[class]);
            }
        }
        Ok(self)
    }
}

/// Returns a square sample rotated by 90° counter-clockwise: what was in its last column is in its first row.
fn rotated(sample: &[u8], side: usize, channels: usize) -> Vec<u8> {
    let mut turned = Vec::with_capacity(sample.len());
    for row in 0..side {
        for column in 0..side {
            let from = (column * side + side - 1 - row) * channels;
            turned.extend_from_slice(&sample[from..from + channels]);
        }
    }
    turned
}
