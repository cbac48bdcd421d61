//! One training step: a batch, its losses, their gradients, an update; and the watch over losses that are not finite.
//!
//! On a CPU each loss is looked at before the update. On a GPU a look would stall it, so losses are looked at every so
//! often; a bad one sends the state back to the last look, and the steps are made again one by one to find where.
//! Between two looks a step there is recorded once and launched as a whole.

use tch::Tensor as Live;

use super::batch_source::{BatchSource, GatheredBatch};
use super::episodes::{ClassBytes, EpisodesFault};
use super::graph_replay::GraphReplay;
use super::non_finite::{NotFinite, StepFault, first_bad, numbers};
use super::samples::Samples;
use super::state::{LossSums, StepState};
use crate::emit::{LoadFault, Net, Place, Threads, TorchFault};
use crate::options::FewShot;
use crate::plan::{Op, ParameterId, TensorId};

/// Steps between two looks at the losses on a GPU.
const CHECK_EVERY: u64 = 50;

/// A net in training.
#[derive(Debug)]
pub struct Stepper {
    pub(super) net: Net,
    source: BatchSource,
    lr: f64,
    pub(super) done: u64,
    /// Which runs these are, among those that there were at the start.
    pub(super) runs: Vec<usize>,
    check_every: u64,
    pub(super) graph_replay: GraphReplay,
    unseen: Vec<Live>,
    /// The state at the last look, where looks are rare: what a bad step goes back to.
    saved: Option<StepState>,
    pub(super) losses: LossSums,
    /// Those of the first step, until someone asks.
    first: Option<Vec<f64>>,
}

impl Stepper {
    /// Makes a net ready to train on `samples` in batches of `batch` with the learning rate `lr`.
    ///
    /// # Errors
    ///
    /// What libtorch refuses: memory.
    pub fn new(net: Net, samples: Samples, batch: usize, lr: f64) -> Result<Self, TorchFault> {
        let source = BatchSource::of_samples(samples, net.seeds(), batch, net.place());
        Self::of(net, source, lr)
    }

    /// Makes a net ready to train on tasks of these classes, `tasks` of them a step.
    ///
    /// # Errors
    ///
    /// Says of what there is too little, or what libtorch refuses.
    pub fn of_tasks(
        net: Net,
        data: &ClassBytes<'_>,
        few_shot: (FewShot, usize),
        lr: f64,
    ) -> Result<Self, EpisodesFault> {
        let source = BatchSource::of_tasks(data, net.seeds(), few_shot, net.place())?;
        Ok(Self::of(net, source, lr)?)
    }

    /// Makes a net ready to train on what `source` gives.
    pub(super) fn of(net: Net, source: BatchSource, lr: f64) -> Result<Self, TorchFault> {
        let (check_every, runs) = (if net.place().device.is_cuda() { CHECK_EVERY } else { 1 }, net.runs());
        let stepper = Self {
            net,
            source,
            lr,
            done: 0,
            runs: (0..runs).collect(),
            check_every: 1,
            graph_replay: GraphReplay::default(),
            unseen: Vec::new(),
            saved: None,
            losses: LossSums { sums: vec![0.0; runs], ..LossSums::default() },
            first: None,
        };
        stepper.checking_every(check_every)
    }

    /// Sets how many steps lie between two looks at the losses: 1 looks before every update.
    ///
    /// # Errors
    ///
    /// As for [`Stepper::new`].
    pub fn checking_every(mut self, steps: u64) -> Result<Self, TorchFault> {
        self.check_every = steps.max(1);
        self.save()?;
        Ok(self)
    }

    /// Sets the learning rate of the steps to come.
    pub fn set_lr(&mut self, lr: f64) {
        self.lr = lr;
    }

    /// Returns which of the runs that there were at the start are still trained; the net's runs are these, in this order.
    pub fn runs(&self) -> &[usize] {
        &self.runs
    }

    /// Goes on with these runs only, named as at the start: the others cost nothing any more.
    ///
    /// # Errors
    ///
    /// As for [`Stepper::synchronise`].
    pub fn keep(&mut self, runs: &[usize]) -> Result<(), StepFault> {
        if self.runs == runs || runs.is_empty() {
            return Ok(());
        }
        self.synchronise()?;
        let places: Vec<usize> = (0..self.runs.len()).filter(|place| runs.contains(&self.runs[*place])).collect();
        self.net.keep(&places)?;
        self.source.set_seeds(self.net.seeds());
        self.graph_replay = GraphReplay::default();
        self.losses.sums = places.iter().map(|place| self.losses.sums[*place]).collect();
        self.runs = places.iter().map(|place| self.runs[*place]).collect();
        Ok(self.save()?)
    }

    /// Returns the net.
    pub fn net(&self) -> &Net {
        &self.net
    }

    /// Returns the steps made.
    pub fn done(&self) -> u64 {
        self.done
    }

    /// Makes one step. Returns the losses of the runs if they were looked at.
    ///
    /// # Errors
    ///
    /// [`NotFinite`] where a run's loss is bad; on a CPU that run's state is then as it was before the step.
    pub fn step(&mut self) -> Result<Option<Vec<f64>>, StepFault> {
        if self.check_every > 1 {
            let losses = self.blind()?;
            self.unseen.push(losses);
            if self.unseen.len() as u64 >= self.check_every {
                self.synchronise()?;
            }
            return Ok(None);
        }
        let batch = self.batch()?;
        let losses = self.compute(&batch, None)?;
        let read = numbers(&losses)?;
        if let Some(run) = first_bad(&read) {
            return Err(self.not_finite(run, &batch)?.into());
        }
        self.sum(&read);
        self.update()?;
        Ok(Some(read))
    }

    /// Makes one step and returns its losses unseen.
    fn blind(&mut self) -> Result<Live, TorchFault> {
        let Self { net, source, graph_replay, .. } = self;
        let (index, runs) = (source.index(self.done)?, net.runs());
        net.announce(self.lr, self.done + 1)?;
        // any other way takes the learning rate, and the number of the step, as they are when it is recorded
        let place = if net.has_kernels() { net.place() } else { Place::CPU };
        let losses = graph_replay.play(place, &index, |index| {
            if let Some(losses) = source.choice(index).map(|choice| net.step_at(choice)).transpose()?.flatten() {
                return Ok(losses);
            }
            let batch = source.gather(index, runs)?;
            let losses = net.compute(batch.given(), None)?;
            net.update()?;
            Ok(losses)
        })?;
        self.done += 1;
        Ok(losses.f_detach_copy()?)
    }

    /// Looks at all losses not yet seen; must be called before the net is used for anything but steps.
    ///
    /// # Errors
    ///
    /// [`NotFinite`] where one is bad, with the exact step.
    pub fn synchronise(&mut self) -> Result<(), StepFault> {
        if self.unseen.is_empty() {
            return Ok(());
        }
        let unseen = std::mem::take(&mut self.unseen);
        let read = numbers(&Live::f_stack(&unseen, 0).map_err(TorchFault::from)?)?;
        let rows: Vec<&[f64]> = read.chunks(self.runs.len().max(1)).collect();
        if let Some(run) = rows.iter().find_map(|row| first_bad(row)) {
            return self.replay(unseen.len() as u64, run);
        }
        for row in rows {
            self.sum(row);
        }
        Ok(self.save()?)
    }

    /// Returns each run's mean loss since the last call; NaN where there was no step.
    pub fn take_losses(&mut self) -> Vec<f64> {
        let summed = std::mem::take(&mut self.losses.steps) as f64;
        self.losses.sums.iter_mut().map(|sum| std::mem::take(sum) / summed).collect()
    }

    /// Returns the losses of the first step, once, as soon as they were looked at.
    pub(super) fn take_first(&mut self) -> Option<Vec<f64>> {
        self.first.take()
    }

    /// Gathers the batch of the next step. The one after that is begun where a processor is left for it.
    pub(super) fn batch(&mut self) -> Result<GatheredBatch, TorchFault> {
        let (runs, index) = (self.net.runs(), self.source.index(self.done)?);
        let batch = self.source.gather(&index, runs)?;
        if Threads::leave_a_processor() {
            self.source.prepare(self.done + 1, runs)?;
        }
        Ok(batch)
    }

    /// Makes all of the next step but the update, and calls `made` after each tensor; returns the losses.
    pub(super) fn compute(
        &mut self,
        batch: &GatheredBatch,
        made: Option<&mut dyn FnMut(TensorId)>,
    ) -> Result<Live, TorchFault> {
        self.net.announce(self.lr, self.done + 1)?;
        self.net.compute(batch.given(), made)
    }

    /// Makes the update; the step is done.
    pub(super) fn update(&mut self) -> Result<(), TorchFault> {
        self.net.update()?;
        self.done += 1;
        Ok(())
    }

    /// Returns the sums of the losses at which was looked since they were last taken.
    pub(super) fn losses(&self) -> &LossSums {
        &self.losses
    }

    /// Keeps the state to go back to, where looks are rare.
    pub(super) fn save(&mut self) -> Result<(), TorchFault> {
        self.saved = if self.check_every > 1 { Some(self.view().copied()?) } else { None };
        Ok(())
    }

    fn sum(&mut self, losses: &[f64]) {
        if !self.losses.first_seen {
            self.losses.first_seen = true;
            self.first = Some(losses.to_vec());
        }
        self.losses.sums.iter_mut().zip(losses).for_each(|(sum, loss)| *sum += loss);
        self.losses.steps += 1;
    }

    /// Goes back `steps` steps and makes them again with a look at each; `run` is the first that went bad.
    fn replay(&mut self, steps: u64, run: usize) -> Result<(), StepFault> {
        if let Some(saved) = self.saved.take() {
            self.restore(&saved).map_err(|fault| match fault {
                LoadFault::Torch(fault) => fault,
                LoadFault::Mismatch(fault) => TorchFault::bug(&fault.to_string()),
            })?;
        }
        self.check_every = 1;
        for _ in 0..steps {
            self.step()?;
        }
        let culprit = "no step is when made again: the device does not compute the same thing twice".to_owned();
        let (run, seed) = self.named(run);
        Err(NotFinite { run, seed, step: self.done, culprit }.into())
    }

    fn not_finite(&self, run: usize, batch: &GatheredBatch) -> Result<NotFinite, TorchFault> {
        let culprit = match self.net.first_bad(batch.given(), run)? {
            None => "all tensors before it are finite".to_owned(),
            Some(id) => {
                let plan = self.net.plan();
                let learned = |parameter: ParameterId| {
                    plan.parameters().get(parameter.index()).is_some_and(|parameter| parameter.learned)
                };
                let updated = matches!(plan.tensor(id).op, Op::Parameter(parameter) if learned(parameter));
                let why = if updated { ", already after the update before" } else { "" };
                format!("the first numbers that are not are those of {}{why}", plan.meaning(id))
            }
        };
        let (run, seed) = self.named(run);
        Ok(NotFinite { run, seed, step: self.done + 1, culprit })
    }

    /// Returns which run this is, and its seed.
    fn named(&self, place: usize) -> (usize, u64) {
        let seed = self.net.seeds().get(place).copied().unwrap_or_default();
        (self.runs.get(place).copied().unwrap_or(place), seed)
    }
}
