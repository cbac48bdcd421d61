//! Few-shot learning: can the weights of each connection that learns tasks take gradient steps of their own for each task?

use miette::Diagnostic;
use thiserror::Error;

use super::model::{PopId, Projection, Share, Weights};
use crate::diag::Problems;
use crate::options::FewShot;
use crate::span::Span;

/// Binary weights are to take gradient steps.
#[derive(Debug, Error, Diagnostic)]
#[error("weights of 0 and 1 cannot learn a task by gradient steps")]
#[diagnostic(
    code(gem::few_shot_binary),
    help(
        "a step is 0 nearly everywhere, and the gradient that passes straight through it has no second derivative; freeze the connection, use real weights, or let the read-out alone learn (`--adapt readout`)"
    )
)]
struct BinaryAdapted {
    #[label(primary, "would take gradient steps for each task")]
    at: Span,
}

/// Weights of receptive fields are to take gradient steps, of which no product of low rank is made.
#[derive(Debug, Error, Diagnostic)]
#[error("receptive fields {what} cannot learn a task by gradient steps")]
#[diagnostic(
    code(gem::few_shot_window),
    help("freeze the connection, or let the read-out alone learn (`--adapt readout`)")
)]
struct WindowAdapted {
    what: &'static str,
    #[label(primary, "would take gradient steps for each task")]
    at: Span,
}

/// Reports connections that would learn tasks and cannot.
pub(super) fn fit(few_shot: FewShot, output: Option<PopId>, projections: &[&Projection], problems: &mut Problems) {
    let learns =
        |projection: &&&Projection| few_shot.adapt.includes(projection.frozen, Some(projection.target) == output);
    for projection in projections.iter().filter(learns) {
        let at = projection.span;
        match (projection.window, projection.weights) {
            (_, Weights::Heaviside) => problems.push(BinaryAdapted { at }),
            (Some(window), _) if window.share == Share::Maps => {
                problems.push(WindowAdapted { what: "that share weights", at });
            }
            (Some(_), Weights::Nonnegative) => {
                problems.push(WindowAdapted { what: "with nonnegative weights", at });
            }
            (None, Weights::Nonnegative) | (_, Weights::Real) => {}
        }
    }
}
