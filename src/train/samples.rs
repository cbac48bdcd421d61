//! Data on the device: bytes as they came, gathered by index and turned into numbers batch by batch.

use miette::Diagnostic;
use tch::{Kind, Tensor as Live};
use thiserror::Error;

use super::batch_loader::{BatchIndex, BatchLoader};
use crate::emit::{BatchBuffer, IndexedBatch, Net, Place, TorchFault};

/// Data as plain bytes: sample after sample `neurons` pixels, and one label for each sample.
#[derive(Debug, Clone, Copy)]
pub struct SampleBytes<'a> {
    /// Pixels, sample after sample.
    pub pixels: &'a [u8],
    /// Labels, each below `classes`.
    pub labels: &'a [u8],
    /// Numbers in one sample.
    pub neurons: usize,
    /// Classes.
    pub classes: usize,
}

/// What runs are trained on.
#[derive(Debug, Clone, Copy)]
pub struct TrainData<'a> {
    /// What is learned from.
    pub train: SampleBytes<'a>,
    /// What accuracy is measured on.
    pub test: SampleBytes<'a>,
}

/// Data that a net cannot take.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("the data has {found} {what}, the model takes {wanted}")]
#[diagnostic(code(run::misfit), help("change the model's input or output population, or train on other data"))]
pub struct Misfit {
    /// What does not fit.
    pub what: &'static str,
    /// What the data has.
    pub found: usize,
    /// What the model takes.
    pub wanted: usize,
}

/// Data on a device.
#[derive(Debug)]
pub struct Samples {
    pixels: PixelStore,
    labels: Live,
    place: Place,
    count: usize,
    neurons: usize,
    classes: usize,
}

/// Where the pixels are, as bytes.
#[derive(Debug)]
enum PixelStore {
    /// At hand, to be made numbers here.
    Here(BatchLoader),
    /// On a device, or to be made doubles.
    There(Live),
}

impl Samples {
    /// Lays `data` on the device, still as bytes.
    ///
    /// # Errors
    ///
    /// What libtorch refuses: memory, or pixels that are not `neurons` for each label.
    pub fn new(data: SampleBytes<'_>, place: Place) -> Result<Self, TorchFault> {
        let (count, neurons) = (data.labels.len(), data.neurons);
        let whole = data.pixels.len() == count.saturating_mul(neurons);
        let pixels = if place == Place::CPU && whole {
            PixelStore::Here(BatchLoader::new(data.pixels.to_vec(), neurons))
        } else {
            let pixels = Live::f_from_slice(data.pixels)?.f_reshape([as_size(count), as_size(neurons)])?;
            PixelStore::There(pixels.f_to_device(place.device)?)
        };
        let labels = Live::f_from_slice(data.labels)?.f_to_kind(Kind::Int64)?;
        let labels = labels.f_to_device(place.device)?;
        Ok(Self { pixels, labels, place, count, neurons, classes: data.classes })
    }

    /// Returns the number of samples.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Tells whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Returns the number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Checks that the net takes such samples.
    ///
    /// # Errors
    ///
    /// Says how many pixels or classes there are and how many the net takes.
    pub fn fit(&self, net: &Net) -> Result<(), Misfit> {
        let (inputs, outputs) = (net.plan().inputs(), net.plan().outputs());
        if self.neurons != inputs {
            return Err(Misfit { what: "numbers in a sample", found: self.neurons, wanted: inputs });
        }
        if self.classes > outputs {
            return Err(Misfit { what: "classes", found: self.classes, wanted: outputs });
        }
        Ok(())
    }

    /// Gathers the samples named by `index`, [R · B]: numbers in [0, 1], R × B × N, and labels, [R · B]. The next call may
    /// write over them.
    ///
    /// # Errors
    ///
    /// What libtorch refuses.
    pub fn gather(&mut self, index: &Live, runs: usize) -> Result<(Live, Live), TorchFault> {
        let x = match &mut self.pixels {
            PixelStore::Here(loader) => loader.load(&BatchIndex { index: Vec::try_from(index)?, runs })?,
            PixelStore::There(pixels) => {
                let x = numbers(&pixels.f_index_select(0, index)?, self.place)?;
                x.f_view([as_size(runs), -1, as_size(self.neurons)])?
            }
        };
        Ok((x, self.labels.f_index_select(0, index)?))
    }

    /// Names the samples of `index`, [R · B], where they lie on a device.
    pub(super) fn choice<'a>(&'a self, index: &'a Live) -> Option<IndexedBatch<'a>> {
        match &self.pixels {
            PixelStore::Here(_) => None,
            PixelStore::There(pixels) => Some(IndexedBatch { pixels, labels: &self.labels, index }),
        }
    }

    /// Says what is gathered next, so that it can be made ready meanwhile.
    ///
    /// # Errors
    ///
    /// What libtorch refuses.
    pub fn prepare(&mut self, index: &Live, runs: usize) -> Result<(), TorchFault> {
        if let PixelStore::Here(loader) = &mut self.pixels {
            loader.prepare(BatchIndex { index: Vec::try_from(index)?, runs });
        }
        Ok(())
    }

    /// Returns `count` samples from `start` on, the same for every run: numbers in [0, 1], R × `count` × N, and labels,
    /// one for each of the `count` samples.
    ///
    /// # Errors
    ///
    /// What libtorch refuses.
    pub fn stretch(&self, start: usize, count: usize, runs: usize) -> Result<(Live, Live), TorchFault> {
        let part = |all: &Live| all.f_narrow(0, as_size(start), as_size(count));
        let x = match &self.pixels {
            PixelStore::Here(loader) => {
                let wanted = loader.bytes().get(start * self.neurons..(start + count) * self.neurons);
                BatchBuffer::new().paint([1, as_size(count), as_size(self.neurons)], wanted.into_iter())?
            }
            PixelStore::There(pixels) => numbers(&part(pixels)?, self.place)?.f_unsqueeze(0)?,
        };
        Ok((x.f_expand([as_size(runs), -1, -1], false)?, part(&self.labels)?))
    }
}

fn numbers(bytes: &Live, place: Place) -> Result<Live, TorchFault> {
    let mut numbers = bytes.f_to_kind(place.kind)?;
    Ok(numbers.f_mul_scalar_(f64::from(BatchBuffer::DARKEST))?)
}

/// Returns a length as libtorch counts it; lengths beyond 2⁶³ cannot be allocated anyway.
pub(super) fn as_size(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
