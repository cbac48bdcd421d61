//! What a net that learns nothing meanwhile answers to batch after batch: what does not depend on the batch, weights above all,
//! is made once. On a CPU in single precision the rest has its place beforehand.

use tch::{Tensor as Live, no_grad_guard};

use super::constants;
use super::cpu::Replicas;
use super::device::Place;
use super::fault::TorchFault;
use super::net::{Net, missing};
use super::torch::{EvalContext, Values};
use crate::program::Program;

/// A net as it is now, to be asked.
#[derive(Debug)]
pub struct Inference<'a> {
    net: &'a Net,
    /// What does not depend on the batch.
    known: Values,
    runs: Option<Replicas>,
}

impl<'a> Inference<'a> {
    /// Makes what does not depend on the batch.
    ///
    /// # Errors
    ///
    /// Names the tensor whose computation libtorch refuses.
    pub fn new(net: &'a Net) -> Result<Self, TorchFault> {
        let _guard = no_grad_guard();
        let mut known = net.known.shallow_clone();
        constants::make(net.given_nothing(), &mut known, &Program::weights(net.plan()))?;
        Ok(Self { net, known, runs: None })
    }

    /// Returns the answer to `x`, R × B × N, before softmax: R × classes × B. The next call may write over it.
    ///
    /// # Errors
    ///
    /// As for [`Inference::new`].
    pub fn answer(&mut self, x: &Live) -> Result<Live, TorchFault> {
        let _guard = no_grad_guard();
        let (plan, sample) = (self.net.plan(), x.f_transpose(1, 2)?);
        let output = plan.output();
        let given = EvalContext { known: &self.known, ..self.net.given(&sample, None) };
        if self.net.place() != Place::CPU {
            let values = given.make(&[output])?;
            let found = values.get(output).or_else(|| self.known.get(output));
            return found.map(Live::shallow_clone).ok_or_else(|| missing(output));
        }
        let mut runs = Replicas::fitting(self.runs.take(), given, &[output])?;
        runs.run(plan, (x, &[]), None)?;
        let answer = runs.view(output).ok_or_else(|| missing(output));
        self.runs = Some(runs);
        answer
    }
}
