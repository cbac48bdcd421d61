//! The wiring: a model, the order in which its populations are evaluated, and what each of them receives.

use super::order::Schedule;
use crate::check::{Model, PopId, ProjId};

/// A model whose wiring holds together: every population is reached and read, and can be evaluated in order.
#[derive(Debug, Clone)]
pub struct Wiring {
    model: Model,
    schedule: Vec<PopId>,
    incoming: Vec<Vec<ProjId>>,
}

impl Wiring {
    /// Joins a model with the order of its populations.
    pub(super) fn new(model: Model, schedule: Schedule) -> Self {
        let mut incoming = vec![Vec::new(); model.populations().len()];
        for (index, projection) in model.projections().iter().enumerate() {
            incoming[projection.target.index()].push(ProjId(index));
        }
        Self { model, schedule: schedule.order, incoming }
    }

    /// Returns the model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Returns the populations in the order of evaluation: each after all that feed it.
    pub fn schedule(&self) -> &[PopId] {
        &self.schedule
    }

    /// Returns the projections that a population receives, in the order of the text.
    pub fn incoming(&self, population: PopId) -> &[ProjId] {
        &self.incoming[population.index()]
    }
}
