//! A batch as a net takes it, and as a plan has it.

use tch::Tensor as Live;

use super::fault::TorchFault;
use super::net::Net;
use super::torch::{Batch, Samples, size};
use crate::plan::SampleSet;

/// A batch as numbers on the net's device. Where tasks are learned, `x` are the query samples, R × k · B × N: the first of each of B
/// tasks, then the second of each, and so on.
#[derive(Debug, Clone, Copy)]
pub struct SampleBatch<'a> {
    /// R × B × N.
    pub x: &'a Live,
    /// The right class of each, R · B whole numbers; answers need none.
    pub labels: Option<&'a Live>,
    /// The samples that tasks are learned from, in the same order, and their labels.
    pub support: Option<(&'a Live, &'a Live)>,
}

impl<'a> From<&'a Live> for SampleBatch<'a> {
    fn from(x: &'a Live) -> Self {
        Self { x, labels: None, support: None }
    }
}

impl<'a> From<(&'a Live, &'a Live)> for SampleBatch<'a> {
    fn from((x, labels): (&'a Live, &'a Live)) -> Self {
        Self { x, labels: Some(labels), support: None }
    }
}

/// A batch as a plan has it: R × N × k · B, and labels as weights.
pub(super) struct PlanBatch {
    batch: [Option<Live>; 2],
    support: [Option<Live>; 2],
}

impl PlanBatch {
    /// Returns it as an evaluation takes it; it is given numbers by its net.
    pub(super) fn given(&self) -> Batch<'_> {
        Batch {
            samples: Samples { sample: self.batch[0].as_ref(), labels: self.batch[1].as_ref() },
            support: Samples { sample: self.support[0].as_ref(), labels: self.support[1].as_ref() },
            ..Batch::default()
        }
    }
}

impl Net {
    /// Returns B of a batch.
    pub(super) fn batch_of(&self, batch: SampleBatch<'_>) -> usize {
        let samples = batch.x.size().get(1).map_or(1, |count| usize::try_from(*count).unwrap_or(1));
        samples / self.plan.samples_each()[0].max(1)
    }

    /// Lays a batch out as the plan has it.
    pub(super) fn laid_out(&self, batch: SampleBatch<'_>) -> Result<PlanBatch, TorchFault> {
        let (size, [each, support]) = (self.batch_of(batch), self.plan.samples_each());
        let turned = |x: &Live| x.f_transpose(1, 2).map_err(TorchFault::from);
        let labels = batch.labels.map(|labels| self.weighed(labels, SampleSet::Batch(each), size)).transpose()?;
        // a plan without inner steps has no use for them
        let (support_x, support_labels) = match batch.support.filter(|_| support > 0) {
            None => (None, None),
            Some((x, labels)) => (Some(turned(x)?), Some(self.weighed(labels, SampleSet::Support(support), size)?)),
        };
        Ok(PlanBatch { batch: [Some(turned(batch.x)?), labels], support: [support_x, support_labels] })
    }

    /// Returns R × C × k · B: the weight of a sample for its right class, else 0.
    fn weighed(&self, labels: &Live, set: SampleSet, batch: usize) -> Result<Live, TorchFault> {
        let (runs, count) = (size(self.runs()), size(set.each() * batch));
        let zeros = Live::f_zeros([runs, size(self.plan.outputs()), count], self.place.options())?;
        Ok(zeros.f_scatter_value(1, &labels.f_reshape([runs, 1, count])?, set.weight(batch))?)
    }
}
