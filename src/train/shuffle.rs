//! The order in which each run sees the samples. The run's seed and the step decide it, so a position in the data is a step.

use tch::Tensor as Live;

use super::samples::as_size;
use crate::emit::{Place, TorchFault};
use crate::random::RandomStream;

/// In which order each run sees the samples: a new one every epoch, drawn from the run's seed; the samples that fill no
/// whole batch are left out of that epoch.
#[derive(Debug)]
pub struct Shuffle {
    seeds: Vec<u64>,
    count: usize,
    batch: usize,
    place: Place,
    epoch: Option<u64>,
    /// R × `count`.
    index: Live,
}

impl Shuffle {
    /// Makes the order of `count` samples in batches of `batch` for runs with these seeds.
    pub fn new(seeds: &[u64], count: usize, batch: usize, place: Place) -> Self {
        Self { seeds: seeds.to_vec(), count, batch, place, epoch: None, index: Live::new() }
    }

    /// Makes the order of the same samples for runs with other seeds.
    #[must_use]
    pub fn of(&self, seeds: &[u64]) -> Self {
        Self::new(seeds, self.count, self.batch, self.place)
    }

    /// Returns the indices of the batch of `step`, counted from 0: [R · B], run after run. Any step may be asked for.
    ///
    /// # Errors
    ///
    /// What libtorch refuses.
    pub fn batch(&mut self, step: u64) -> Result<Live, TorchFault> {
        let batches = (self.count / self.batch.max(1)).max(1) as u64;
        let epoch = step / batches;
        if self.epoch != Some(epoch) {
            let purpose = format!("order {epoch}");
            let orders = self.seeds.iter().flat_map(|seed| RandomStream::new(*seed, &purpose).permutation(self.count));
            let index = Live::f_from_slice(&orders.collect::<Vec<i64>>())?;
            self.index = index.f_view([-1, as_size(self.count)])?.f_to_device(self.place.device)?;
            self.epoch = Some(epoch);
        }
        let start = i64::try_from(step % batches).unwrap_or(0) * as_size(self.batch);
        Ok(self.index.f_narrow(1, start, as_size(self.batch))?.f_reshape(-1)?)
    }
}
