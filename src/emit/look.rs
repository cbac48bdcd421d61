//! Tensors of a net as plain numbers, for those who draw or print them.

use tch::{Kind, Tensor as Live};

use super::fault::TorchFault;
use super::net::Net;
use super::torch::size;
use crate::plan::{Dim, TensorId};

/// One run's numbers of a tensor.
#[derive(Debug, Clone, PartialEq)]
pub struct Numbers {
    /// Its sizes, without R.
    pub shape: Vec<usize>,
    /// Its elements, the last axis fastest.
    pub values: Vec<f32>,
}

impl Net {
    /// Returns the numbers that `run` has of each of `wanted` that the loss is made of, computed by the plan for a batch of one
    /// sample of zeros.
    ///
    /// # Errors
    ///
    /// As for [`Net::forward`].
    pub fn look(&self, wanted: &[TensorId], run: usize) -> Result<Vec<(TensorId, Numbers)>, TorchFault> {
        let (runs, options) = (size(self.runs()), self.place().options());
        let sample = Live::f_zeros([runs, 1, size(self.plan().inputs())], options)?;
        let labels = Live::f_zeros([runs], (Kind::Int64, options.1))?;
        let all = self.trace((&sample, &labels))?;
        let found = all.iter().filter(|(id, _)| wanted.contains(id));
        found.map(|(id, live)| Ok((*id, self.numbers(*id, live, run)?))).collect()
    }

    fn numbers(&self, id: TensorId, live: &Live, run: usize) -> Result<Numbers, TorchFault> {
        let own = match self.plan().tensor(id).shape.dims().first() {
            Some(Dim::Runs) => live.f_select(0, size(run))?,
            Some(Dim::Batch | Dim::Samples(_) | Dim::Size(_)) | None => live.shallow_clone(),
        };
        let own = own.f_to_device(tch::Device::Cpu)?.f_to_kind(Kind::Float)?.f_contiguous()?;
        let mut values = vec![0.0; own.numel()];
        own.f_copy_data(&mut values, own.numel())?;
        let shape = own.size().into_iter().map(|size| usize::try_from(size).unwrap_or(0)).collect();
        Ok(Numbers { shape, values })
    }
}
