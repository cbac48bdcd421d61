//! A net in training → all that its steps change, and back: to go back where a step went wrong, and to go on where training stopped.

use tch::{Tensor as Live, no_grad_guard};

use super::reel::Reel;
use super::state::{LossSums, StepState};
use super::step::Stepper;
use crate::emit::{GenomeMismatch, LoadFault, Moments, TorchFault};

/// What the names of Adam's moments begin with.
const FIRST: &str = "first/";
const SECOND: &str = "second/";

impl Stepper {
    /// Returns all that a step changes, as it is now: the next step changes it, too.
    pub(super) fn view(&self) -> StepState {
        let shared = |(name, row): (String, &Live)| (name, row.shallow_clone());
        let Moments { first, second, .. } = self.adam.moments();
        let moments = [(FIRST, first), (SECOND, second)].into_iter().flat_map(|(prefix, rows)| {
            self.learned_names().zip(rows).map(move |(name, row)| (format!("{prefix}{name}"), row))
        });
        StepState {
            step: self.done,
            rows: self.net.named().map(|(name, row)| shared((name.to_owned(), row))).collect(),
            optimizer: moments.map(shared).collect(),
        }
    }

    /// Goes to a state of the same runs.
    ///
    /// # Errors
    ///
    /// Names the row that is missing or of another shape.
    pub(super) fn restore(&mut self, state: &StepState) -> Result<(), LoadFault> {
        let moments =
            Moments { step: state.step, first: self.moments(FIRST, state)?, second: self.moments(SECOND, state)? };
        self.net.load(&state.rows)?;
        let _guard = no_grad_guard();
        self.adam.restore(&moments)?;
        self.done = state.step;
        self.reel = Reel::default();
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

    /// Finds one moment of each learned row.
    fn moments(&self, prefix: &str, state: &StepState) -> Result<Vec<Live>, GenomeMismatch> {
        let one = |(name, own): (&str, &Live)| {
            let name = format!("{prefix}{name}");
            let found = state.optimizer.iter().find(|(other, row)| *other == name && row.size() == own.size());
            let why = "is missing, or of another shape".to_owned();
            found.map(|(_, row)| row.shallow_clone()).ok_or(GenomeMismatch { name, why })
        };
        self.learned_names().zip(self.net.learned()).map(one).collect()
    }

    fn learned_names(&self) -> impl Iterator<Item = &str> {
        let learned = self.net.plan().parameters().iter().filter(|parameter| parameter.learned);
        learned.map(|parameter| parameter.name.as_str())
    }
}
