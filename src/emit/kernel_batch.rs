//! A batch as kernels that are written for a plan read it.

use tch::{Kind, Tensor as Live};

use super::cuda::Reads;
use super::fault::TorchFault;
use super::sample_batch::SampleBatch;

/// A batch by name: samples on the net's device as bytes, one for each neuron, their labels, and which of them, R · B.
#[derive(Debug, Clone, Copy)]
pub struct IndexedBatch<'a> {
    /// Samples × N bytes.
    pub pixels: &'a Live,
    /// A whole number of 64 bits for each sample.
    pub labels: &'a Live,
    /// Whole numbers of 64 bits, run after run.
    pub index: &'a Live,
}

/// A batch as kernels read it: by name, or as numbers that are contiguous, with labels of 64 bits.
#[derive(Debug)]
pub enum KernelBatch<'a> {
    /// By name.
    Indexed(IndexedBatch<'a>),
    /// As numbers.
    Numbers {
        /// R × k · B × N.
        x: Live,
        /// R · k · B.
        labels: Live,
        /// The same of what tasks are learned from.
        support: Option<(Live, Live)>,
    },
}

impl<'a> From<IndexedBatch<'a>> for KernelBatch<'a> {
    fn from(batch: IndexedBatch<'a>) -> Self {
        Self::Indexed(batch)
    }
}

impl KernelBatch<'_> {
    /// Lays numbers out as kernels read them.
    ///
    /// # Errors
    ///
    /// What libtorch refuses; a bug in gemc where there are no labels.
    pub fn of(batch: SampleBatch<'_>) -> Result<Self, TorchFault> {
        let classes = |labels: &Live| Ok::<Live, TorchFault>(labels.f_to_kind(Kind::Int64)?.f_contiguous()?);
        let labels = classes(batch.labels.ok_or_else(|| TorchFault::bug("lacks its labels"))?)?;
        let support = batch.support.map(|(x, labels)| Ok::<_, TorchFault>((x.f_contiguous()?, classes(labels)?)));
        Ok(Self::Numbers { x: batch.x.f_contiguous()?, labels, support: support.transpose()? })
    }

    /// Returns R · k · B.
    pub(super) fn samples(&self) -> usize {
        match self {
            Self::Indexed(batch) => batch.index.numel(),
            Self::Numbers { labels, .. } => labels.numel(),
        }
    }

    /// Returns it with the numbers that a step is given.
    pub(super) fn reads<'a>(&'a self, scalars: &'a Live) -> Reads<'a> {
        match self {
            Self::Indexed(IndexedBatch { pixels, labels, index }) => {
                Reads { x: None, pixels: Some(pixels), labels, index: Some(index), support: None, scalars }
            }
            Self::Numbers { x, labels, support } => {
                let support = support.as_ref().map(|(x, labels)| (x, labels));
                Reads { x: Some(x), pixels: None, labels, index: None, support, scalars }
            }
        }
    }
}
