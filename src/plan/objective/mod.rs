//! Training objectives as builder calls: from networks, computed as often as an objective needs them, to each run's loss.

mod classification;
mod few_shot;
mod gradient_norm;

pub(super) use classification::classification;
pub(super) use few_shot::few_shot;
pub(super) use gradient_norm::GRADIENT_NORM;

use super::tensor::TensorId;

/// What an objective asks a plan for.
pub(super) struct Objective {
    /// The activity that is read, R × n × B.
    pub(super) output: TensorId,
    /// What is added to the loss for the size of O, [R].
    pub(super) penalty: Option<TensorId>,
    /// Each run's loss, [R].
    pub(super) losses: TensorId,
}
