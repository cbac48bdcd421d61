//! A training step: losses, gradients and the update of all that is learned, as one program. What writes rows is made last and by
//! itself, so that losses can be looked at before.

use tch::{Kind, Tensor as Live, no_grad_guard};

use super::cpu::{Made, Replicas};
use super::cuda::{Compiled, Phase, Reads};
use super::device::Place;
use super::fault::TorchFault;
use super::ffi::Kernels;
use super::kernel_batch::{IndexedBatch, KernelBatch};
use super::net::{Net, missing};
use super::sample_batch::SampleBatch;
use super::torch::{EvalContext, Scalars};

use crate::plan::{Sizes, TensorId};
use crate::program::{Program, Target};

/// A program of a training step, ready to run; at most one of the three.
#[derive(Debug, Default)]
struct Training {
    /// On a CPU in single precision.
    cpu: Option<Replicas>,
    /// On a GPU in single precision; nothing where kernels cannot be had.
    cuda: Option<(Sizes, Option<Compiled>)>,
    /// Elsewhere.
    torch: Option<Program>,
}

/// What makes steps, for batches of the last size, and what a step is given.
#[derive(Debug, Default)]
pub(super) struct Step {
    scalars: Scalars,
    /// The same on the device.
    on_device: Option<Live>,
    training: Training,
    /// What rows become, where libtorch has made it.
    pending: Vec<(usize, Live)>,
}

impl Step {
    /// Returns what a step is given.
    pub(super) fn scalars(&self) -> Scalars {
        self.scalars
    }

    /// Returns the same on a device, in single precision.
    pub(super) fn on(&self, place: Place) -> Result<Live, TorchFault> {
        match &self.on_device {
            Some(live) => Ok(live.shallow_clone()),
            None => Ok(Live::f_zeros([2], (Kind::Float, place.device))?),
        }
    }

    /// Forgets programs whose tensors are no longer the net's.
    pub(super) fn forget(&mut self) {
        (self.training, self.pending) = (Training::default(), Vec::new());
    }
}

impl Net {
    /// Announces the next update: its learning rate, and its number from 1.
    ///
    /// # Errors
    ///
    /// What libtorch refuses.
    pub fn announce(&mut self, learning_rate: f64, step: u64) -> Result<(), TorchFault> {
        self.step.scalars = Scalars { learning_rate, step };
        if self.place.device.is_cuda() {
            let _guard = no_grad_guard();
            let on_device = self.step.on(self.place)?;
            on_device.shallow_clone().f_copy_(&Live::f_from_slice(&[learning_rate, step as f64])?)?;
            self.step.on_device = Some(on_device);
        }
        Ok(())
    }

    /// Makes all of a step but the update, for a batch with labels; calls `made` after each tensor where tensors are made one by one. Returns each run's loss, which the next call may write over.
    ///
    /// # Errors
    ///
    /// As for [`Net::forward`].
    pub fn compute<'a>(
        &mut self,
        batch: impl Into<SampleBatch<'a>>,
        made: Option<Made<'_>>,
    ) -> Result<Live, TorchFault> {
        let losses = self.plan.losses();
        self.computed(batch.into(), &[losses], made)?.pop().ok_or_else(|| missing(losses))
    }

    /// Does the same, and returns the `wanted` ones of what a step makes.
    pub(super) fn computed(
        &mut self,
        batch: SampleBatch<'_>,
        wanted: &[TensorId],
        made: Option<Made<'_>>,
    ) -> Result<Vec<Live>, TorchFault> {
        let _guard = no_grad_guard();
        match self.place.target() {
            Target::Cpu { .. } => self.compute_on_cpu(batch, wanted, made),
            Target::Cuda if made.is_none() => {
                let whole = KernelBatch::of(batch)?;
                let scalars = self.step.on(self.place)?;
                match self.compute_on_cuda(whole.samples(), whole.reads(&scalars), wanted)? {
                    Some(found) => Ok(found),
                    None => self.compute_by_torch(batch, wanted, None),
                }
            }
            Target::Cuda | Target::Torch => self.compute_by_torch(batch, wanted, made),
        }
    }

    /// Makes the update that the last [`Net::compute`] has prepared.
    ///
    /// # Errors
    ///
    /// What libtorch refuses.
    pub fn update(&mut self) -> Result<(), TorchFault> {
        let _guard = no_grad_guard();
        if let Some(replicas) = &mut self.step.training.cpu {
            replicas.update(None)?;
        }
        if self.step.pending.is_empty() {
            self.update_on_cuda(None)?;
        }
        let pending = std::mem::take(&mut self.step.pending);
        self.write_rows(pending)
    }

    /// Makes a whole step for samples that lie on a GPU as bytes, without a look at the losses; nothing where kernels cannot be had.
    ///
    /// # Errors
    ///
    /// As for [`Net::forward`].
    pub fn step_at(&mut self, choice: IndexedBatch<'_>) -> Result<Option<Live>, TorchFault> {
        let _guard = no_grad_guard();
        if self.place.target() != Target::Cuda {
            return Ok(None);
        }
        let scalars = self.step.on(self.place)?;
        let batch = KernelBatch::from(choice);
        let reads = batch.reads(&scalars);
        let Some(mut losses) = self.compute_on_cuda(batch.samples(), reads, &[self.plan.losses()])? else {
            return Ok(None);
        };
        self.update_on_cuda(Some(reads))?;
        Ok(losses.pop())
    }

    /// Makes the same step by kernels that are compiled by someone else; see [`Net::loss_and_gradients_by`].
    ///
    /// # Errors
    ///
    /// As for [`Net::forward`].
    pub fn step_by<K: Kernels>(
        &mut self,
        batch: &KernelBatch<'_>,
        slices: usize,
        compile: impl FnOnce(&str, &[&str]) -> Option<K>,
    ) -> Result<Option<Live>, TorchFault> {
        let _guard = no_grad_guard();
        let Scalars { learning_rate, step } = self.step.scalars;
        let scalars = Live::f_from_slice(&[learning_rate, step as f64])?.f_to_kind(Kind::Float)?;
        let given = EvalContext { frame: self.frame(batch.samples()), ..self.given_nothing() };
        let compiled = Compiled::by(given, &Program::step_outputs(&self.plan), slices, compile);
        let Some(compiled) = compiled else { return Ok(None) };
        for phase in [Phase::Compute, Phase::Update] {
            compiled.run(&self.plan, batch.reads(&scalars), phase)?;
        }
        compiled.view(self.plan.losses()).ok_or_else(|| missing(self.plan.losses())).map(Some)
    }

    /// Tells whether steps are made by kernels that are written for the plan.
    pub fn has_kernels(&self) -> bool {
        matches!(self.step.training.cuda, Some((_, Some(_))))
    }

    fn compute_on_cpu(
        &mut self,
        batch: SampleBatch<'_>,
        wanted: &[TensorId],
        made: Option<Made<'_>>,
    ) -> Result<Vec<Live>, TorchFault> {
        let last = self.step.training.cpu.take();
        let given = EvalContext {
            frame: self.frame(self.runs() * self.batch_of(batch) * self.plan.samples_each()[0]),
            ..self.given_nothing()
        };
        let mut replicas = Replicas::fitting(last, given, &Program::step_outputs(&self.plan))?;
        replicas.run(&self.plan, (batch, self.step.scalars), made)?;
        let found = all(wanted, |id| replicas.view(id));
        self.step.pending = self.outside(|id| replicas.view(id));
        self.step.training.cpu = Some(replicas);
        found
    }

    fn compute_by_torch(
        &mut self,
        batch: SampleBatch<'_>,
        wanted: &[TensorId],
        made: Option<Made<'_>>,
    ) -> Result<Vec<Live>, TorchFault> {
        let laid_out = self.laid_out(batch)?;
        let last = self.step.training.torch.take();
        let given = self.given(self.batch_of(batch), &laid_out);
        let program = given.fitting(last, &Program::step_outputs(&self.plan));
        let mut nobody = |_: TensorId| {};
        let made = made.unwrap_or(&mut nobody);
        let values = given.run(&program, made)?;
        let found = wanted.iter().map(|id| self.find(&values, *id)).collect();
        self.step.pending = self.outside(|id| values.get(id).map(Live::shallow_clone));
        self.step.training.torch = Some(program);
        found
    }

    /// Returns the values of rows that are not updated in place.
    fn outside(&self, view: impl Fn(TensorId) -> Option<Live>) -> Vec<(usize, Live)> {
        self.plan.updates().iter().filter_map(|(row, value)| Some((row.index(), view(*value)?))).collect()
    }

    fn compute_on_cuda(
        &mut self,
        samples: usize,
        reads: Reads<'_>,
        wanted: &[TensorId],
    ) -> Result<Option<Vec<Live>>, TorchFault> {
        let frame = self.frame(samples);
        if self.step.training.cuda.as_ref().is_none_or(|(made_for, _)| *made_for != frame.sizes) {
            let given = EvalContext { frame, ..self.given_nothing() };
            let compiled = Compiled::new(given, &Program::step_outputs(&self.plan));
            self.step.training.cuda = Some((frame.sizes, compiled));
        }
        let Some((_, Some(compiled))) = &self.step.training.cuda else { return Ok(None) };
        compiled.run(&self.plan, reads, Phase::Compute)?;
        all(wanted, |id| compiled.view(id)).map(Some)
    }

    /// Updates rows by kernels, and by libtorch those that these have made elsewhere.
    fn update_on_cuda(&mut self, reads: Option<Reads<'_>>) -> Result<(), TorchFault> {
        let Some((_, Some(compiled))) = &self.step.training.cuda else { return Ok(()) };
        let scalars = self.step.on(self.place)?;
        let nothing = Reads { x: None, pixels: None, labels: &scalars, index: None, support: None, scalars: &scalars };
        compiled.run(&self.plan, reads.unwrap_or(nothing), Phase::Update)?;
        self.write_rows(self.outside(|id| compiled.view(id)))
    }

    fn write_rows(&self, values: Vec<(usize, Live)>) -> Result<(), TorchFault> {
        for (row, value) in values {
            if let Some(row) = self.rows().get(row) {
                row.shallow_clone().f_copy_(&value)?;
            }
        }
        Ok(())
    }
}

/// Finds all of the wanted tensors.
fn all(wanted: &[TensorId], view: impl Fn(TensorId) -> Option<Live>) -> Result<Vec<Live>, TorchFault> {
    wanted.iter().map(|id| view(*id).ok_or_else(|| missing(*id))).collect()
}
