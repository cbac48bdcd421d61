//! A net in training → all that its steps change, and back: to go back where a step went wrong, and to go on where training stopped.

use tch::Tensor as Live;

use super::graph_replay::GraphReplay;
use super::state::{LossSums, StepState};
use super::step::Stepper;
use crate::emit::{LoadFault, TorchFault};

impl Stepper {
    /// Returns all that a step changes, as it is now: the next step changes it, too.
    pub(super) fn view(&self) -> StepState {
        let shared = |(name, row): (&str, &Live)| (name.to_owned(), row.shallow_clone());
        StepState {
            step: self.done,
            rows: self.net.named().map(shared).collect(),
            optimizer: self.net.named_state().map(shared).collect(),
        }
    }

    /// Goes to a state of the same runs.
    ///
    /// # Errors
    ///
    /// Names the row that is missing or of another shape.
    pub(super) fn restore(&mut self, state: &StepState) -> Result<(), LoadFault> {
        self.net.load(&state.rows)?;
        self.net.load_state(&state.optimizer)?;
        self.done = state.step;
        self.graph_replay = GraphReplay::default();
        Ok(())
    }

    /// Goes on where only these `runs` of those at the start were still trained, with their `losses` so far.
    ///
    /// # Errors
    ///
    /// What libtorch refuses: memory.
    pub(super) fn resume(&mut self, runs: &[usize], losses: &LossSums) -> Result<(), TorchFault> {
        self.runs = runs.to_vec();
        self.losses = losses.clone();
        self.save()
    }
}
