//! What a net that learns nothing meanwhile answers to batch after batch: what does not depend on the batch, weights above all,
//! is made once. On a CPU in single precision the rest has its place beforehand.

use tch::{Tensor as Live, no_grad_guard};

use super::constants;
use super::cpu::{Memory, Replicas};
use super::device::Place;
use super::fault::TorchFault;
use super::net::{Net, missing};
use super::sample_batch::SampleBatch;
use super::torch::{EvalContext, Scalars, Values};
use crate::program::Program;

/// A net as it is now, to be asked.
#[derive(Debug)]
pub struct Inference<'a> {
    net: &'a Net,
    /// What does not depend on the batch.
    known: Values,
    spare: InferenceMemory,
    runs: Option<Replicas>,
    program: Option<Program>,
}

/// The memory that answers are made in on a CPU, kept from one evaluation to the next: the system takes long over new memory.
#[derive(Debug, Default)]
pub struct InferenceMemory(Vec<Memory>);

impl<'a> Inference<'a> {
    /// Makes what does not depend on the batch; answers are made in `spare` memory, as far as that goes.
    ///
    /// # Errors
    ///
    /// Names the tensor whose computation libtorch refuses.
    pub fn new(net: &'a Net, spare: InferenceMemory) -> Result<Self, TorchFault> {
        let _guard = no_grad_guard();
        let mut known = net.known.shallow_clone();
        constants::make(net.given_nothing(), &mut known, &Program::weights(net.plan()))?;
        Ok(Self { net, known, spare, runs: None, program: None })
    }

    /// Returns the answer to a batch, before softmax: R × classes × B. The next call may write over it.
    ///
    /// # Errors
    ///
    /// As for [`Inference::new`].
    pub fn answer<'b>(&mut self, batch: impl Into<SampleBatch<'b>>) -> Result<Live, TorchFault> {
        let _guard = no_grad_guard();
        let (plan, batch) = (self.net.plan(), batch.into());
        let laid_out = self.net.laid_out(batch)?;
        let output = plan.output();
        let given = EvalContext { known: &self.known, ..self.net.given(self.net.batch_of(batch), &laid_out) };
        if self.net.place() != Place::CPU {
            let program = given.fitting(self.program.take(), &[output]);
            let values = given.run(&program, |_| {})?;
            self.program = Some(program);
            let found = values.get(output).or_else(|| self.known.get(output));
            return found.map(Live::shallow_clone).ok_or_else(|| missing(output));
        }
        let mut runs = match self.runs.take() {
            None => Replicas::in_memory(&self.spare.0, given, &[output])?,
            last => Replicas::fitting(last, given, &[output])?,
        };
        runs.run(plan, (batch, Scalars::default()), None)?;
        let answer = runs.view(output).ok_or_else(|| missing(output));
        self.runs = Some(runs);
        answer
    }

    /// Returns the memory for a later one.
    pub fn into_memory(self) -> InferenceMemory {
        self.runs.map_or(self.spare, |runs| InferenceMemory(runs.into_memory()))
    }
}
