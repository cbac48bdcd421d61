//! What a net learns from a batch: losses and gradients, by the plan's own backward. On a CPU in single precision every
//! tensor has its place beforehand; elsewhere libtorch computes one after the other.

use tch::{Tensor as Live, no_grad_guard};

use super::device::Place;
use super::fault::TorchFault;
use super::native::Program;
use super::net::{Net, missing, sample_sizes};
use super::ops::size;
use crate::plan::TensorId;

/// What a batch teaches.
#[derive(Debug)]
pub struct Lesson {
    /// Each run's loss, R numbers: mean cross entropy, and the penalty.
    pub losses: Live,
    /// The slope of each run's loss by each learned row, [R, …], in the table's order.
    pub gradients: Vec<Live>,
}

impl Net {
    /// Computes losses and gradients for `x`, R × B × N, with the right classes in `labels`, R · B whole numbers. The
    /// backward is the plan's own; libtorch records nothing. What is returned may be written over by the next call.
    ///
    /// # Errors
    ///
    /// As for [`Net::forward`].
    pub fn teach(&mut self, x: &Live, labels: &Live) -> Result<Lesson, TorchFault> {
        self.teach_watched(x, labels, |_| {})
    }

    /// Does the same, and calls `made` after each tensor.
    ///
    /// # Errors
    ///
    /// As for [`Net::forward`].
    pub fn teach_watched(&mut self, x: &Live, labels: &Live, made: impl FnMut(TensorId)) -> Result<Lesson, TorchFault> {
        let _guard = no_grad_guard();
        if self.place == Place::CPU {
            return self.teach_natively(x, labels, made);
        }
        let (sample, labels) = (x.f_transpose(1, 2)?, self.weighed(&sample_sizes(x), labels)?);
        let values = self.lessons.watched(self.given(&sample, Some(&labels)), made)?;
        let losses = self.find(&values, self.plan.losses())?;
        let gradients = self.plan.gradients().iter().map(|id| self.find(&values, *id)).collect::<Result<_, _>>()?;
        Ok(Lesson { losses, gradients })
    }

    /// Does the same on a CPU in single precision, where every tensor has its place.
    fn teach_natively(&mut self, x: &Live, labels: &Live, made: impl FnMut(TensorId)) -> Result<Lesson, TorchFault> {
        let (last, sample) = (self.program.take(), x.f_transpose(1, 2)?);
        let given = self.given(&sample, None);
        let mut program = Program::fitting(last, given, &self.lessons, &self.plan.lessons())?;
        let classes = Vec::<i64>::try_from(&labels.f_reshape(-1)?)?;
        program.run(&self.plan, (x, &classes), made)?;
        let find = |id: TensorId| program.view(id).ok_or_else(|| missing(id));
        let losses = find(self.plan.losses())?;
        let gradients = self.plan.gradients().iter().map(|id| find(*id)).collect::<Result<_, _>>()?;
        self.program = Some(program);
        Ok(Lesson { losses, gradients })
    }

    /// Returns R × C × B: 1 / B for the right class of each sample, else 0.
    pub(super) fn weighed(&self, sizes: &[i64; 2], labels: &Live) -> Result<Live, TorchFault> {
        let [runs, batch] = *sizes;
        let zeros = Live::f_zeros([runs, size(self.plan.outputs()), batch], self.place.options())?;
        Ok(zeros.f_scatter_value(1, &labels.f_reshape([runs, 1, batch])?, 1.0 / batch.max(1) as f64)?)
    }
}
