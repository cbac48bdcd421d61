//! The wiring: a model, the order in which its populations are evaluated, and what each of them receives.

use super::order::Schedule;
use super::ticks::ticks;
use crate::check::{Model, PopId, ProjId};

/// A model whose wiring holds together: every population is reached and read, and can be evaluated in order, once or tick
/// by tick.
#[derive(Debug, Clone)]
pub struct Wiring {
    model: Model,
    schedule: Vec<PopId>,
    incoming: Vec<Vec<ProjId>>,
    parts: Vec<Vec<PopId>>,
    ticks: Vec<Vec<PopId>>,
    frozen: Vec<String>,
}

impl Wiring {
    /// Joins a model with the order of its populations.
    pub(super) fn new(model: Model, schedule: Schedule) -> Self {
        let mut incoming = vec![Vec::new(); model.populations().len()];
        for (index, projection) in model.projections().iter().enumerate() {
            incoming[projection.target.index()].push(ProjId(index));
        }
        let Schedule { order: schedule, parts } = schedule;
        let count = if parts.is_empty() { 0 } else { model.ticks().unwrap_or(0) };
        let ticks = ticks(&model, &schedule, &incoming, count);
        Self { model, schedule, incoming, parts, ticks, frozen: Vec::new() }
    }

    /// Keeps rows of the parameter table as they start, by their names, or all of a genome by its name. Names that mean no row have no
    /// effect.
    #[must_use]
    pub fn freeze(self, names: &[String]) -> Self {
        Self { frozen: names.to_vec(), ..self }
    }

    /// Returns the names of what is kept as it starts.
    pub fn frozen(&self) -> &[String] {
        &self.frozen
    }

    /// Returns the model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Returns the model, and nothing else.
    pub fn into_model(self) -> Model {
        self.model
    }

    /// Returns the populations in the order of evaluation: each after all that feed it, links that lead backwards within a
    /// strongly connected part aside.
    pub fn schedule(&self) -> &[PopId] {
        &self.schedule
    }

    /// Returns the strongly connected parts of the wiring that hold a cycle, each in the order of the text.
    pub fn parts(&self) -> &[Vec<PopId>] {
        &self.parts
    }

    /// Returns for each tick the populations that are computed at it, in the order of the schedule; none of a wiring without
    /// cycles, which has no ticks.
    pub fn ticks(&self) -> &[Vec<PopId>] {
        &self.ticks
    }

    /// Returns the projections that a population receives, in the order of the text.
    pub fn incoming(&self, population: PopId) -> &[ProjId] {
        &self.incoming[population.index()]
    }
}
