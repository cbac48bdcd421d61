//! What a net learns from a batch: losses and gradients, by the plan's own backward.

use tch::{Tensor as Live, no_grad_guard};

use super::cuda::{Compiled, Phase};
use super::fault::TorchFault;
use super::ffi::Kernels;
use super::kernel_batch::KernelBatch;
use super::net::{Net, missing};
use super::sample_batch::SampleBatch;
use super::torch::{EvalContext, Frame};
use crate::plan::{Sizes, TensorId};

/// What is computed of a batch.
#[derive(Debug)]
pub struct LossAndGradients {
    /// Each run's loss, R numbers: mean cross entropy, and the penalty.
    pub losses: Live,
    /// The gradient of each run's loss by each learned row, [R, …], in the table's order.
    pub gradients: Vec<Live>,
}

impl Net {
    /// Computes losses and gradients for a batch with labels, by the program of a step, of which the update is not made. The backward is the plan's own; libtorch records nothing. What is returned may be
    /// written over by the next call.
    ///
    /// # Errors
    ///
    /// As for [`Net::forward`].
    pub fn loss_and_gradients<'a>(
        &mut self,
        batch: impl Into<SampleBatch<'a>>,
    ) -> Result<LossAndGradients, TorchFault> {
        let wanted = self.plan.training_outputs();
        let mut made = self.computed(batch.into(), &wanted, None)?;
        let gradients = made.split_off(1);
        let losses = made.pop().ok_or_else(|| missing(self.plan.losses()))?;
        Ok(LossAndGradients { losses, gradients })
    }

    /// Computes the same by the kernels that a GPU gets, compiled by someone else: `compile` is given their text, in which up to
    /// `slices` threads share the making of a number, and their names. Nothing where it returns nothing.
    ///
    /// # Errors
    ///
    /// As for [`Net::forward`].
    pub fn loss_and_gradients_by<K: Kernels>(
        &self,
        batch: &KernelBatch<'_>,
        slices: usize,
        compile: impl FnOnce(&str, &[&str]) -> Option<K>,
    ) -> Result<Option<LossAndGradients>, TorchFault> {
        let _guard = no_grad_guard();
        let given = EvalContext { frame: self.frame(batch.samples()), ..self.given_nothing() };
        let Some(program) = Compiled::by(given, &self.plan.training_outputs(), slices, compile) else {
            return Ok(None);
        };
        program.run(&self.plan, batch.reads(&self.step.on(self.place)?), Phase::Compute)?;
        let find = |id: TensorId| program.view(id).ok_or_else(|| missing(id));
        let gradients = self.plan.gradients().iter().map(|id| find(*id)).collect::<Result<_, _>>()?;
        Ok(Some(LossAndGradients { losses: find(self.plan.losses())?, gradients }))
    }

    /// Returns R and B for a number of samples of all runs.
    pub(super) fn frame(&self, samples: usize) -> Frame {
        let runs = self.runs();
        let [each, _] = self.plan.samples_each();
        Frame { sizes: Sizes { runs, batch: samples / runs.max(1) / each.max(1) }, place: self.place }
    }
}
