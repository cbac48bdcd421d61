//! Tasks of few samples. The run's seed and the step decide which classes and samples a task has, so run k's tasks are the same
//! whatever runs beside it.

use std::ops::Range;

use miette::Diagnostic;
use tch::Tensor as Live;
use thiserror::Error;

use super::samples::as_size;
use crate::emit::{Place, TorchFault};
use crate::options::FewShot;
use crate::random::RandomStream;

/// Samples by class, as plain bytes.
#[derive(Debug, Clone)]
pub struct ClassBytes<'a> {
    /// Pixels, sample after sample.
    pub pixels: &'a [u8],
    /// Which samples each class has.
    pub classes: Vec<Range<usize>>,
    /// Numbers in one sample.
    pub neurons: usize,
}

/// A task has more classes than the data.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("a task has {ways} classes, the data has {classes}")]
#[diagnostic(code(run::too_many_ways), help("choose fewer `--ways`"))]
pub struct TooManyWays {
    /// Classes of a task.
    pub ways: usize,
    /// Classes of the data.
    pub classes: usize,
}

/// A task takes more samples of a class than there are.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("a task takes {wanted} samples of each class, class {class} of the data has {found}")]
#[diagnostic(code(run::too_many_shots), help("choose fewer `--shots` or `--queries`"))]
pub struct TooManyShots {
    /// Samples that a task takes of a class.
    pub wanted: usize,
    /// The class, counted from 0.
    pub class: usize,
    /// Samples that it has.
    pub found: usize,
}

/// Why no tasks can be made of the data.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
pub enum EpisodesFault {
    /// There are too few classes.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Classes(#[from] TooManyWays),
    /// A class has too few samples.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Samples(#[from] TooManyShots),
    /// libtorch refuses.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Torch(#[from] TorchFault),
}

/// The tasks of some runs.
#[derive(Debug)]
pub(super) struct Episodes {
    seeds: Vec<u64>,
    classes: Vec<Range<usize>>,
    few_shot: FewShot,
    tasks: usize,
    place: Place,
}

impl Episodes {
    /// Makes tasks of the samples of `classes`, `tasks` of them a step.
    ///
    /// # Errors
    ///
    /// Says of what there is too little.
    pub(super) fn new(
        seeds: &[u64],
        classes: Vec<Range<usize>>,
        few_shot: FewShot,
        tasks: usize,
        place: Place,
    ) -> Result<Self, EpisodesFault> {
        let (ways, wanted) = (few_shot.ways, few_shot.shots.saturating_add(few_shot.queries));
        if classes.len() < ways {
            return Err(TooManyWays { ways, classes: classes.len() }.into());
        }
        match classes.iter().enumerate().find(|(_, samples)| samples.len() < wanted) {
            Some((class, samples)) => Err(TooManyShots { wanted, class, found: samples.len() }.into()),
            None => Ok(Self { seeds: seeds.to_vec(), classes, few_shot, tasks, place }),
        }
    }

    /// Goes on with tasks for other runs.
    pub(super) fn set_seeds(&mut self, seeds: &[u64]) {
        seeds.clone_into(&mut self.seeds);
    }

    /// Returns how many samples a step has for each run: of support, and in all.
    pub(super) fn counts(&self) -> [usize; 2] {
        let FewShot { ways, shots, queries, .. } = self.few_shot;
        [ways * shots * self.tasks, ways * (shots + queries) * self.tasks]
    }

    /// Returns which samples the step has, run after run: the first support sample of each task, then the second of each, and so
    /// on, class by class; then the query samples in the same way.
    ///
    /// # Errors
    ///
    /// What libtorch refuses.
    pub(super) fn index(&self, step: u64) -> Result<Live, TorchFault> {
        let mut index = Vec::with_capacity(self.seeds.len() * self.counts()[1]);
        for seed in &self.seeds {
            let mut stream = RandomStream::new(*seed, &format!("tasks {step}"));
            let tasks: Vec<Vec<Vec<usize>>> = (0..self.tasks).map(|_| self.task(&mut stream)).collect();
            let FewShot { shots, queries, .. } = self.few_shot;
            for part in [0..shots, shots..shots + queries] {
                for (class, place) in (0..self.few_shot.ways).flat_map(|class| part.clone().map(move |at| (class, at)))
                {
                    index.extend(tasks.iter().map(|task| as_size(task[class][place])));
                }
            }
        }
        Ok(Live::f_from_slice(&index)?.f_to_device(self.place.device)?)
    }

    /// Draws the samples of each class of a task.
    fn task(&self, stream: &mut RandomStream) -> Vec<Vec<usize>> {
        let FewShot { ways, shots, queries, .. } = self.few_shot;
        let chosen = stream.choose(self.classes.len(), ways);
        let samples = |class: usize| {
            let all = &self.classes[class];
            stream.choose(all.len(), shots + queries).into_iter().map(|at| all.start + at).collect()
        };
        chosen.into_iter().map(samples).collect()
    }

    /// Returns the labels of the support samples and of the query samples of `runs` runs, which are the same in each step.
    ///
    /// # Errors
    ///
    /// What libtorch refuses.
    pub(super) fn labels(&self, runs: usize) -> Result<[Live; 2], TorchFault> {
        let FewShot { ways, shots, queries, .. } = self.few_shot;
        let labels = |each: usize| {
            let one = (0..ways).flat_map(|class| std::iter::repeat_n(as_size(class), each * self.tasks));
            let one: Vec<i64> = one.collect();
            Ok::<_, TorchFault>(Live::f_from_slice(&one.repeat(runs))?.f_to_device(self.place.device)?)
        };
        Ok([labels(shots)?, labels(queries)?])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn episodes(seeds: &[u64]) -> Episodes {
        let few_shot = FewShot { ways: 3, shots: 2, queries: 1, ..FewShot::default() };
        let classes = (0..10).map(|class| class * 7..(class + 1) * 7).collect();
        Episodes::new(seeds, classes, few_shot, 4, Place::CPU).unwrap()
    }

    #[test]
    fn a_task_has_different_samples_of_different_classes_in_the_order_of_labels() {
        let index = Vec::<i64>::try_from(&episodes(&[5]).index(3).unwrap()).unwrap();
        assert_eq!(index.len(), 3 * 3 * 4);
        for task in 0..4 {
            let own: Vec<i64> = (0..9).map(|sample| index[sample * 4 + task]).collect();
            let classes: Vec<i64> = own.iter().map(|sample| sample / 7).collect();
            let [a, b, c] = [classes[0], classes[2], classes[4]];
            assert_eq!(classes, [a, a, b, b, c, c, a, b, c]);
            assert!(a != b && b != c && a != c);
            let mut different = own.clone();
            different.sort_unstable();
            different.dedup();
            assert_eq!(different.len(), 9);
        }
    }

    #[test]
    fn a_runs_tasks_are_those_of_its_seed() {
        let both = Vec::<i64>::try_from(&episodes(&[5, 6]).index(1).unwrap()).unwrap();
        let alone = |seed| Vec::<i64>::try_from(&episodes(&[seed]).index(1).unwrap()).unwrap();
        assert_eq!(both, [alone(5), alone(6)].concat());
        assert_ne!(alone(5), Vec::<i64>::try_from(&episodes(&[5]).index(2).unwrap()).unwrap());
    }

    #[test]
    fn too_little_data_is_said() {
        let few_shot = FewShot { ways: 5, shots: 3, queries: 4, ..FewShot::default() };
        let of = |classes: Vec<Range<usize>>| Episodes::new(&[1], classes, few_shot, 1, Place::CPU).unwrap_err();
        assert_eq!(of(vec![0..9; 4]), TooManyWays { ways: 5, classes: 4 }.into());
        assert_eq!(
            of(vec![0..7, 7..14, 14..20, 20..30, 30..40]),
            TooManyShots { wanted: 7, class: 2, found: 6 }.into()
        );
    }
}
