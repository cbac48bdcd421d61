//! The data of a job → where batches come from, and what runs are judged by.

use super::batch_source::BatchSource;
use super::doubts::{DoubtLog, Doubts};
use super::held_out::{FixedTasks, HeldOut};
use super::run::{JobData, OtherData, RunFault, TrainJob};
use super::samples::Samples;

/// Tasks by which runs are judged while they train: the paper's 10 batches of 64.
const TASKS: usize = 640;

impl TrainJob<'_> {
    /// Makes where the batches of runs with these seeds come from.
    pub(super) fn batches(&self, seeds: &[u64]) -> Result<BatchSource, RunFault> {
        match (self.data, self.recipe.few_shot) {
            (JobData::Samples(data), None) => {
                let samples = Samples::new(data.train, self.place)?;
                Ok(BatchSource::of_samples(samples, seeds, self.recipe.batch, self.place))
            }
            (JobData::Classes(data), Some(few_shot)) => {
                Ok(BatchSource::of_tasks(&data.train, seeds, (few_shot, self.recipe.batch), self.place)?)
            }
            (JobData::Samples(_), Some(_)) => Err(OtherData { found: "a list of samples", wanted: "tasks" }.into()),
            (JobData::Classes(_), None) => Err(OtherData { found: "a list of classes", wanted: "samples" }.into()),
        }
    }

    /// Makes what runs are judged by.
    pub(super) fn held_out(&self) -> Result<HeldOut, RunFault> {
        match (self.data, self.recipe.few_shot) {
            (JobData::Classes(data), Some(few_shot)) => {
                Ok(HeldOut::Tasks(FixedTasks::new(&data.test, few_shot, TASKS, self.place)?))
            }
            (JobData::Samples(data), _) => Ok(HeldOut::Samples(Samples::new(data.test, self.place)?)),
            (JobData::Classes(_), None) => Err(OtherData { found: "a list of classes", wanted: "samples" }.into()),
        }
    }

    /// Watches the runs of `log`.
    pub(super) fn doubts(&self, log: DoubtLog) -> Doubts {
        match (self.data, self.recipe.few_shot) {
            (JobData::Samples(data), _) => Doubts::new(log, data.test.classes, data.test.labels),
            (JobData::Classes(_), few_shot) => {
                let few_shot = few_shot.unwrap_or_default();
                let classes = (0..few_shot.ways).map(|class| u8::try_from(class % 256).unwrap_or_default());
                let labels: Vec<u8> = classes.cycle().take(few_shot.query() * TASKS).collect();
                Doubts::new(log, few_shot.ways, &labels)
            }
        }
    }

    /// Returns how many samples there are to learn from.
    pub(super) fn samples(&self) -> usize {
        match self.data {
            JobData::Samples(data) => data.train.labels.len(),
            JobData::Classes(data) => data.train.classes.iter().map(ExactSizeIterator::len).sum(),
        }
    }
}
