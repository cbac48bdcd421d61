//! Whether Gaussians are wide enough to reach the neurons of a grid. Where they are not, all that a population expresses is 0 in
//! single precision, and no weight can be made of it.

use miette::Diagnostic;
use thiserror::Error;

use super::shapes::Shape;
use crate::check::Context;
use crate::check::model::{Expression, Identity, Layout};
use crate::span::Span;

/// Widths from a centre at which a Gaussian is 0 in single precision: exp(−9.3²) is about 10⁻³⁸.
const NOTHING: f64 = 9.3;

/// A Gaussian between the neurons of a grid is 0 at all of them.
#[derive(Debug, Error, Diagnostic)]
#[error("`sigma` is too narrow for {shape}: it must be at least {least:.2e}, found {sigma:e}")]
#[diagnostic(
    code(gem::out_of_range),
    help(
        "a neuron half a step away from a gene's centre would express exp(-({half:.2e} / sigma)^2) of it, 0 in single precision"
    )
)]
struct TooNarrow {
    shape: String,
    sigma: f64,
    least: f64,
    half: f64,
    #[label(primary, "reaches no neuron from between them")]
    at: Span,
}

/// Reports Gaussians that may lie between the neurons of a grid and reach none of them.
pub(in crate::check) fn reach(context: &mut Context, shape: &Shape, identities: &[Identity]) {
    let Shape::Own(layout @ (Layout::Units(_) | Layout::Grid(_))) = shape else { return };
    let steps = layout.axes().iter().filter(|length| **length > 1).map(|length| 2.0 / (*length - 1) as f64);
    // the place that is farthest from all neurons: the middle of a cell
    let half = steps.map(|step| step * step / 4.0).sum::<f64>().sqrt();
    let least = half / NOTHING;
    for identity in identities {
        if let Expression::Gaussian { sigma, .. } = identity.expression
            && sigma < least
        {
            let (shape, at) = (layout.to_string(), identity.span);
            context.problems.push(TooNarrow { shape, sigma, least, half, at });
        }
    }
}
