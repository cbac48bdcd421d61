//! Where batches come from: samples in an order of each run's own, or tasks.

use tch::Tensor as Live;

use super::episodes::{ClassBytes, Episodes, EpisodesFault};
use super::samples::{Misfit, SampleBytes, Samples, as_size};
use super::shuffle::Shuffle;
use crate::emit::{IndexedBatch, Net, Place, SampleBatch, TorchFault};
use crate::options::FewShot;

/// Batches of some runs.
#[derive(Debug)]
pub(super) struct BatchSource {
    samples: Samples,
    order: BatchOrder,
}

/// Which samples are in a step's batch.
#[derive(Debug)]
enum BatchOrder {
    Shuffled(Shuffle),
    Tasks(Episodes),
}

/// A batch that is gathered; the next one may be written over it.
#[derive(Debug)]
pub(super) struct GatheredBatch {
    x: Live,
    labels: Live,
    support: Option<(Live, Live)>,
}

impl GatheredBatch {
    /// Returns it as a net takes it.
    pub(super) fn given(&self) -> SampleBatch<'_> {
        let Self { x, labels, support } = self;
        SampleBatch { x, labels: Some(labels), support: support.as_ref().map(|(x, labels)| (x, labels)) }
    }

    /// Returns the same for each of `runs` runs, where it is one run's.
    pub(super) fn for_runs(self, runs: usize) -> Result<Self, TorchFault> {
        let x = |x: Live| Ok::<_, TorchFault>(x.f_expand([as_size(runs), -1, -1], false)?);
        let labels = |labels: Live| Ok::<_, TorchFault>(labels.f_repeat([as_size(runs)])?);
        let support = self.support.map(|(of_x, of_labels)| Ok::<_, TorchFault>((x(of_x)?, labels(of_labels)?)));
        Ok(Self { x: x(self.x)?, labels: labels(self.labels)?, support: support.transpose()? })
    }
}

impl BatchSource {
    /// Makes batches of `batch` samples.
    pub(super) fn of_samples(samples: Samples, seeds: &[u64], batch: usize, place: Place) -> Self {
        let order = BatchOrder::Shuffled(Shuffle::new(seeds, samples.len(), batch, place));
        Self { samples, order }
    }

    /// Makes batches of `tasks` tasks.
    ///
    /// # Errors
    ///
    /// Says of what there is too little, or what libtorch refuses.
    pub(super) fn of_tasks(
        data: &ClassBytes<'_>,
        seeds: &[u64],
        (few_shot, tasks): (FewShot, usize),
        place: Place,
    ) -> Result<Self, EpisodesFault> {
        let count = data.pixels.len() / data.neurons.max(1);
        // a task has labels of its own
        let labels = vec![0; count];
        let bytes = SampleBytes { pixels: data.pixels, labels: &labels, neurons: data.neurons, classes: few_shot.ways };
        let samples = Samples::new(bytes, place)?;
        let order = Episodes::new(seeds, data.classes.clone(), few_shot, tasks, place)?;
        Ok(Self { samples, order: BatchOrder::Tasks(order) })
    }

    /// Goes on with batches for other runs.
    pub(super) fn set_seeds(&mut self, seeds: &[u64]) {
        match &mut self.order {
            BatchOrder::Shuffled(order) => *order = order.of(seeds),
            BatchOrder::Tasks(order) => order.set_seeds(seeds),
        }
    }

    /// Checks that the net takes such samples.
    ///
    /// # Errors
    ///
    /// Says how many pixels or classes there are and how many the net takes.
    pub(super) fn fit(&self, net: &Net) -> Result<(), Misfit> {
        self.samples.fit(net)
    }

    /// Returns which samples the batch of `step`, counted from 0, has.
    ///
    /// # Errors
    ///
    /// What libtorch refuses.
    pub(super) fn index(&mut self, step: u64) -> Result<Live, TorchFault> {
        match &mut self.order {
            BatchOrder::Shuffled(order) => order.batch(step),
            BatchOrder::Tasks(order) => order.index(step),
        }
    }

    /// Gathers these samples.
    ///
    /// # Errors
    ///
    /// What libtorch refuses.
    pub(super) fn gather(&mut self, index: &Live, runs: usize) -> Result<GatheredBatch, TorchFault> {
        let (x, labels) = self.samples.gather(index, runs)?;
        let BatchOrder::Tasks(order) = &self.order else { return Ok(GatheredBatch { x, labels, support: None }) };
        let ([first, all], [support_labels, labels]) = (order.counts(), order.labels(runs)?);
        let part = |start: usize, end: usize| x.f_narrow(1, as_size(start), as_size(end - start));
        let queries = part(first, all)?;
        Ok(GatheredBatch { x: queries, labels, support: Some((part(0, first)?, support_labels)) })
    }

    /// Says what is gathered next, so that it can be made ready meanwhile.
    ///
    /// # Errors
    ///
    /// What libtorch refuses.
    pub(super) fn prepare(&mut self, step: u64, runs: usize) -> Result<(), TorchFault> {
        let index = self.index(step)?;
        self.samples.prepare(&index, runs)
    }

    /// Names the samples of `index` where kernels can gather them by themselves.
    pub(super) fn choice<'a>(&'a self, index: &'a Live) -> Option<IndexedBatch<'a>> {
        match self.order {
            BatchOrder::Shuffled(_) => self.samples.choice(index),
            BatchOrder::Tasks(_) => None,
        }
    }

    /// Returns the samples that the net of one run, by its seed, sees first, 1 × n × N: `count` of them at most, or the support samples
    /// of its first tasks.
    ///
    /// # Errors
    ///
    /// What libtorch refuses.
    pub(super) fn first(&mut self, seed: u64, count: usize, place: Place) -> Result<Live, TorchFault> {
        if let BatchOrder::Shuffled(_) = &self.order {
            let count = self.samples.len().min(count);
            let index = Shuffle::new(&[seed], self.samples.len(), count, place).batch(0)?;
            return Ok(self.samples.gather(&index, 1)?.0);
        }
        self.set_seeds(&[seed]);
        let index = self.index(0)?;
        let batch = self.gather(&index, 1)?;
        Ok(batch.support.map_or(batch.x, |(x, _)| x))
    }

    /// Returns how many samples that takes at most.
    pub(super) fn len(&self) -> usize {
        match &self.order {
            BatchOrder::Shuffled(_) => self.samples.len(),
            BatchOrder::Tasks(order) => order.counts()[0],
        }
    }
}
