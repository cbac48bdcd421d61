//! What a net learns from a batch: losses and gradients, by the plan's own backward. On a CPU in single precision every
//! tensor has its place beforehand, on a GPU kernels are written for the plan; elsewhere libtorch computes one after the other.

use tch::{Kind, Tensor as Live, no_grad_guard};

use super::cpu::{Made, Replicas};
use super::cuda::{Compiled, Reads};
use super::device::Place;
use super::fault::TorchFault;
use super::ffi::Kernels;
use super::net::{Net, missing, sample_sizes};
use super::torch::{EvalContext, Frame, size};
use crate::plan::{Sizes, TensorId};
use crate::program::Target;

/// What a batch teaches.
#[derive(Debug)]
pub struct LossAndGradients {
    /// Each run's loss, R numbers: mean cross entropy, and the penalty.
    pub losses: Live,
    /// The gradient of each run's loss by each learned row, [R, …], in the table's order.
    pub gradients: Vec<Live>,
}

/// A batch by name: samples on the net's device as bytes, one for each neuron, their labels, and which of them, R · B.
#[derive(Debug, Clone, Copy)]
pub struct Choice<'a> {
    /// Samples × N bytes.
    pub pixels: &'a Live,
    /// A whole number of 64 bits for each sample.
    pub labels: &'a Live,
    /// Whole numbers of 64 bits, run after run.
    pub index: &'a Live,
}

impl<'a> From<Choice<'a>> for Reads<'a> {
    fn from(Choice { pixels, labels, index }: Choice<'a>) -> Self {
        Self { x: None, pixels: Some(pixels), labels, index: Some(index) }
    }
}

impl Net {
    /// Computes losses and gradients for `x`, R × B × N, with the right classes in `labels`, R · B whole numbers. The
    /// backward is the plan's own; libtorch records nothing. What is returned may be written over by the next call.
    ///
    /// # Errors
    ///
    /// As for [`Net::forward`].
    pub fn loss_and_gradients(&mut self, x: &Live, labels: &Live) -> Result<LossAndGradients, TorchFault> {
        if self.place == Place::CPU {
            return self.loss_and_gradients_on_cpu(x, labels, None);
        }
        let (whole, classes) = (x.f_contiguous()?, labels.f_to_kind(Kind::Int64)?.f_contiguous()?);
        let read = Reads { x: Some(&whole), pixels: None, labels: &classes, index: None };
        match self.loss_and_gradients_on_cuda(classes.numel(), read)? {
            Some(lesson) => Ok(lesson),
            None => self.loss_and_gradients_traced(x, labels, |_| {}),
        }
    }

    /// Does the same tensor by tensor, and calls `made` after each.
    ///
    /// # Errors
    ///
    /// As for [`Net::forward`].
    pub fn loss_and_gradients_traced(
        &mut self,
        x: &Live,
        labels: &Live,
        mut made: impl FnMut(TensorId),
    ) -> Result<LossAndGradients, TorchFault> {
        let _guard = no_grad_guard();
        if self.place == Place::CPU {
            return self.loss_and_gradients_on_cpu(x, labels, Some(&mut made));
        }
        let (sample, labels) = (x.f_transpose(1, 2)?, self.weighed(&sample_sizes(x), labels)?);
        let given = self.given(&sample, Some(&labels));
        let fits = self.training.torch.as_ref().is_some_and(|program| program.sizes() == given.frame.sizes);
        let program = self.training.torch.take().filter(|_| fits);
        let given = self.given(&sample, Some(&labels));
        let program = program.unwrap_or_else(|| given.program(&self.plan.training_outputs(), Target::Torch));
        let values = given.run(&program, made)?;
        let taught = self.gathered(|id| self.find(&values, id))?;
        self.training.torch = Some(program);
        Ok(taught)
    }

    /// Computes the same for samples that lie on a GPU as bytes; nothing where kernels for them cannot be had.
    ///
    /// # Errors
    ///
    /// As for [`Net::forward`].
    pub fn loss_and_gradients_at(&mut self, choice: Choice<'_>) -> Result<Option<LossAndGradients>, TorchFault> {
        self.loss_and_gradients_on_cuda(choice.index.numel(), choice.into())
    }

    /// Computes the same by the kernels that a GPU gets, compiled by someone else: `compile` is given their text, in which up to
    /// `slices` threads share the making of a number, and their names. Nothing where it returns nothing.
    ///
    /// # Errors
    ///
    /// As for [`Net::forward`].
    pub fn loss_and_gradients_by<K: Kernels>(
        &self,
        choice: Choice<'_>,
        slices: usize,
        compile: impl FnOnce(&str, &[&str]) -> Option<K>,
    ) -> Result<Option<LossAndGradients>, TorchFault> {
        let _guard = no_grad_guard();
        let given = EvalContext { frame: self.frame(choice.index.numel()), ..self.given_nothing() };
        let program = Compiled::by(given, &self.plan.training_outputs(), slices, compile);
        program.map(|program| self.by_kernels(&program, choice.into())).transpose()
    }

    /// Does the same by kernels that are written for the plan, where there is a GPU and that can be had.
    fn loss_and_gradients_on_cuda(
        &mut self,
        samples: usize,
        batch: Reads<'_>,
    ) -> Result<Option<LossAndGradients>, TorchFault> {
        if !self.place.device.is_cuda() {
            return Ok(None);
        }
        let _guard = no_grad_guard();
        let frame = self.frame(samples);
        if self.training.cuda.as_ref().is_none_or(|(made_for, _)| *made_for != frame.sizes) {
            let given = EvalContext { frame, ..self.given_nothing() };
            let program = Compiled::new(given, &self.plan.training_outputs());
            self.training.cuda = Some((frame.sizes, program));
        }
        let Some((_, Some(program))) = &self.training.cuda else { return Ok(None) };
        self.by_kernels(program, batch).map(Some)
    }

    fn by_kernels<K: Kernels>(&self, program: &Compiled<K>, batch: Reads<'_>) -> Result<LossAndGradients, TorchFault> {
        program.run(&self.plan, batch)?;
        self.gathered(|id| program.view(id).ok_or_else(|| missing(id)))
    }

    /// Gathers what was taught.
    fn gathered(&self, find: impl Fn(TensorId) -> Result<Live, TorchFault>) -> Result<LossAndGradients, TorchFault> {
        let gradients = self.plan.gradients().iter().map(|id| find(*id)).collect::<Result<_, _>>()?;
        Ok(LossAndGradients { losses: find(self.plan.losses())?, gradients })
    }

    /// Returns R and B for so many samples of all runs.
    fn frame(&self, samples: usize) -> Frame {
        let runs = self.runs();
        Frame { sizes: Sizes { runs, batch: samples / runs.max(1) }, place: self.place }
    }

    /// Does the same on a CPU in single precision, where every tensor has its place.
    fn loss_and_gradients_on_cpu(
        &mut self,
        x: &Live,
        labels: &Live,
        watch: Option<Made<'_>>,
    ) -> Result<LossAndGradients, TorchFault> {
        let _guard = no_grad_guard();
        let (last, sample) = (self.training.cpu.take(), x.f_transpose(1, 2)?);
        let given = self.given(&sample, None);
        let mut runs = Replicas::fitting(last, given, &self.plan.training_outputs())?;
        let classes = Vec::<i64>::try_from(&labels.f_reshape(-1)?)?;
        runs.run(&self.plan, (x, &classes), watch)?;
        let lesson = self.gathered(|id| runs.view(id).ok_or_else(|| missing(id)))?;
        self.training.cpu = Some(runs);
        Ok(lesson)
    }

    /// Returns R × C × B: 1 / B for the right class of each sample, else 0.
    pub(super) fn weighed(&self, sizes: &[i64; 2], labels: &Live) -> Result<Live, TorchFault> {
        let [runs, batch] = *sizes;
        let zeros = Live::f_zeros([runs, size(self.plan.outputs()), batch], self.place.options())?;
        Ok(zeros.f_scatter_value(1, &labels.f_reshape([runs, 1, batch])?, 1.0 / batch.max(1) as f64)?)
    }
}
