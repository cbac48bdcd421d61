//! The validation split: training samples by which a model or a protocol is chosen, without a look at the test samples.

use miette::Diagnostic;
use thiserror::Error;

use super::dataset::{Dataset, Split};
use crate::random::RandomStream;

/// A validation split asks for more samples than there are.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("{wanted} samples cannot be held out of {found}")]
#[diagnostic(code(data::hold_out), help("hold out fewer than the {found} that `{name}` is learned from"))]
pub struct HoldOut {
    /// The data set.
    pub name: String,
    /// Samples that the validation split asks for.
    pub wanted: usize,
    /// Training samples.
    pub found: usize,
}

impl Dataset {
    /// Judges by `count` of the training samples, which are then not learned from, in place of the test samples. Which they
    /// are is drawn once and for all: the same for each seed of a run.
    ///
    /// # Errors
    ///
    /// [`HoldOut`] where no sample would be left to learn from.
    pub fn hold_out(mut self, count: usize) -> Result<Self, HoldOut> {
        let found = self.train.len();
        if count == 0 || count >= found {
            return Err(HoldOut { name: self.facts.name, wanted: count, found });
        }
        let order = RandomStream::new(0, "hold out").permutation(found);
        let mut order: Vec<usize> = order.into_iter().filter_map(|at| usize::try_from(at).ok()).collect();
        let (aside, kept) = order.split_at_mut(count);
        aside.sort_unstable();
        kept.sort_unstable();
        (self.test, self.train) = (self.train.only(aside), self.train.only(kept));
        Ok(self)
    }
}

impl Split {
    /// Returns these samples, in this order.
    fn only(&self, samples: &[usize]) -> Self {
        let pixels = samples.iter().flat_map(|&at| self.sample(at)).copied().collect();
        let labels = samples.iter().filter_map(|&at| self.labels().get(at)).copied().collect();
        self.with(pixels, labels)
    }
}
