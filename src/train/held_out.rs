//! What runs are judged by: all held-out samples, or a fixed list of tasks of held-out classes.

use tch::{Kind, Tensor as Live, no_grad_guard};

use super::batch_source::BatchSource;
use super::episodes::{ClassBytes, EpisodesFault};
use super::non_finite::numbers;
use super::samples::{Misfit, Samples, as_size};
use crate::emit::{Inference, Net, Place, TorchFault};
use crate::options::FewShot;

/// The seed of the tasks by which all runs are judged.
const SEED: u64 = 0x6765_6d63;
/// Tasks that go through a net at once.
const AT_ONCE: usize = 64;

/// What runs are judged by.
#[derive(Debug)]
pub(super) enum HeldOut {
    /// All of some samples.
    Samples(Samples),
    /// Tasks.
    Tasks(FixedTasks),
}

/// A fixed list of tasks, the same for all runs.
#[derive(Debug)]
pub struct FixedTasks {
    source: BatchSource,
    few_shot: FewShot,
    tasks: usize,
}

impl HeldOut {
    /// Checks that the net takes such samples.
    pub(super) fn fit(&self, net: &Net) -> Result<(), Misfit> {
        match self {
            Self::Samples(samples) => samples.fit(net),
            Self::Tasks(tasks) => tasks.source.fit(net),
        }
    }

    /// Returns about `count` samples from all over, 1 × n × N; nothing where there is none.
    pub(super) fn some(&mut self, count: usize, place: Place) -> Result<Option<(Live, usize)>, TorchFault> {
        match self {
            Self::Samples(samples) => {
                let (count, all) = (samples.len().min(count), samples.len());
                if count == 0 {
                    return Ok(None);
                }
                // it may be in the order of classes
                let index: Vec<i64> = (0..count).map(|place| as_size(place * all / count)).collect();
                let index = Live::f_from_slice(&index)?.f_to_device(place.device)?;
                Ok(Some((samples.gather(&index, 1)?.0, count)))
            }
            Self::Tasks(tasks) => {
                let first = tasks.source.first(SEED, count, place)?;
                let count = tasks.source.len();
                Ok(Some((first, count)))
            }
        }
    }
}

impl FixedTasks {
    /// Draws `tasks` tasks from the samples of `data`, rounded up to what goes through a net at once.
    ///
    /// # Errors
    ///
    /// Says of what there is too little, or what libtorch refuses.
    pub fn new(data: &ClassBytes<'_>, few_shot: FewShot, tasks: usize, place: Place) -> Result<Self, EpisodesFault> {
        let source = BatchSource::of_tasks(data, &[SEED], (few_shot, AT_ONCE), place)?;
        Ok(Self { source, few_shot, tasks: tasks.next_multiple_of(AT_ONCE) })
    }

    /// Returns how many tasks there are.
    pub fn len(&self) -> usize {
        self.tasks
    }

    /// Tells whether there is none.
    pub fn is_empty(&self) -> bool {
        self.tasks == 0
    }

    /// Checks that the net takes such samples.
    ///
    /// # Errors
    ///
    /// Says how many pixels or classes there are and how many the net takes.
    pub fn fit(&self, net: &Net) -> Result<(), Misfit> {
        self.source.fit(net)
    }

    /// Returns each run's share of right answers for each task, as fractions.
    ///
    /// # Errors
    ///
    /// What libtorch refuses.
    pub fn accuracies(&mut self, net: &Net, answers: &mut Inference<'_>) -> Result<Vec<Vec<f64>>, TorchFault> {
        let _guard = no_grad_guard();
        let (runs, query) = (net.runs(), as_size(self.few_shot.query()));
        let mut all = vec![Vec::with_capacity(self.tasks); runs];
        for step in (0..).take(self.tasks / AT_ONCE) {
            let index = self.source.index(step)?;
            let batch = self.source.gather(&index, 1)?.for_runs(runs)?;
            let given = batch.given();
            let labels = given.labels.ok_or_else(|| TorchFault::bug("lacks its labels"))?;
            let answer = answers.answer(given)?.f_argmax(1, false)?;
            let right = answer.f_eq_tensor(&labels.f_reshape([as_size(runs), -1])?)?.f_to_kind(Kind::Double)?;
            let each = right.f_reshape([as_size(runs), query, as_size(AT_ONCE)])?.f_mean_dim(1_i64, false, None)?;
            let each = numbers(&each.f_reshape(-1)?)?;
            all.iter_mut().zip(each.chunks_exact(AT_ONCE)).for_each(|(all, each)| all.extend_from_slice(each));
        }
        Ok(all)
    }
}
