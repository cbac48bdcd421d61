//! CIFAR's batches come in, records of a label and the planes of an image; samples by row, column and channel go out.
//! Each batch then held as many records as it must, and every label names a class.

use std::io::Read;
use std::path::Path;

use miette::Diagnostic;
use thiserror::Error;

use super::dataset::{LabelOutOfRange, Split, SplitFault, check_labels};
use super::known::Wanted;
use super::unpack::{FileFault, exactly};
use crate::options::Facts;

/// What can be wrong with a batch.
#[derive(Debug, Error, Diagnostic)]
pub enum BatchFault {
    /// Its bytes cannot be had, or are too few or too many.
    #[error(transparent)]
    #[diagnostic(transparent)]
    File(#[from] FileFault),
    /// A label names no class.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Label(#[from] LabelOutOfRange),
}

/// A split that its batches are read into, in any order.
#[derive(Debug)]
pub(super) struct Batches<'a> {
    facts: &'a Facts,
    wanted: &'a [Wanted],
    pixels: Vec<u8>,
    labels: Vec<u8>,
}

impl<'a> Batches<'a> {
    /// Makes room for the samples of all `wanted` batches.
    pub(super) fn new(facts: &'a Facts, wanted: &'a [Wanted]) -> Self {
        let mut batches = Self { facts, wanted, pixels: Vec::new(), labels: Vec::new() };
        let samples = wanted.iter().map(|batch| batches.records(batch)).sum::<usize>();
        batches.labels.resize(samples, 0);
        batches.pixels.resize(samples * facts.sample_bytes(), 0);
        batches
    }

    /// Reads batch `at` from `source`, which must end where the batch does; `file` is named in faults.
    ///
    /// # Errors
    /// A [`BatchFault`] where there are fewer or more bytes than the batch has, or a label names no class.
    pub(super) fn fill(&mut self, at: usize, source: &mut dyn Read, file: &Path) -> Result<(), BatchFault> {
        let first = self.wanted[..at].iter().map(|batch| self.records(batch)).sum::<usize>();
        let records = self.records(&self.wanted[at]);
        let bytes = exactly(source, file, 0, self.wanted[at].bytes)?;
        let size = self.facts.sample_bytes();
        let labels = &mut self.labels[first..first + records];
        let samples = self.pixels[first * size..(first + records) * size].chunks_exact_mut(size);
        for ((record, label), sample) in bytes.chunks_exact(1 + size).zip(labels.iter_mut()).zip(samples) {
            *label = record[0];
            interleave(&record[1..], self.facts.channels, sample);
        }
        check_labels(labels, self.facts.classes, file.to_path_buf())?;
        Ok(())
    }

    /// Returns the split.
    ///
    /// # Errors
    /// None once every batch was read.
    pub(super) fn split(self) -> Result<Split, SplitFault> {
        Split::new(self.facts, self.pixels, self.labels)
    }

    /// Returns how many records a batch has, each a label and an image.
    fn records(&self, batch: &Wanted) -> usize {
        usize::try_from(batch.bytes).unwrap_or(usize::MAX) / (1 + self.facts.sample_bytes())
    }
}

/// Turns an image that lies channel by channel into one whose channels lie together at each pixel.
fn interleave(planes: &[u8], channels: usize, sample: &mut [u8]) {
    let area = sample.len() / channels.max(1);
    for (channel, plane) in planes.chunks_exact(area.max(1)).enumerate() {
        for (pixel, &value) in sample.chunks_exact_mut(channels).zip(plane) {
            pixel[channel] = value;
        }
    }
}
