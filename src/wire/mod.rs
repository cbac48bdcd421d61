//! [`Model`] → [`Wiring`]: who feeds whom, and when each population is evaluated.
//!
//! [`survey`] looks at a skeleton, which exists even of a text with faults, and finds the faults of its wiring; [`join`]
//! makes the [`Wiring`], only from a model and a survey without fault. petgraph's indices never leave this room.

mod dot;
mod graph;
mod order;
mod show;
mod svg;
mod ticks;

pub use dot::Dot;
pub use graph::Wiring;
pub use order::{Schedule, survey};

use crate::check::Model;

/// Joins a model with the schedule of its skeleton.
pub fn join(model: Model, schedule: Schedule) -> Wiring {
    Wiring::new(model, schedule)
}
