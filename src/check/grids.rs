//! What needs rows, columns and maps: windows, pools and biases per map stand on grids only.

use miette::Diagnostic;
use thiserror::Error;

use super::Context;
use super::model::Layout;
use crate::span::{Name, Span};

/// Something that needs rows and columns is asked of neurons on a line or in a cloud.
#[derive(Debug, Error, Diagnostic)]
#[error("{what} needs a grid, and `{population}` is `{shape}`")]
#[diagnostic(
    code(gem::not_a_grid),
    help("declare `{population}` as `grid(height, width)` or `grid(height, width, channels)`")
)]
struct NotAGrid {
    what: &'static str,
    population: Name,
    shape: String,
    #[label(primary, "{what} needs rows and columns")]
    at: Span,
    #[label("declared here")]
    declared: Span,
}

/// Reports a population that is no grid; tells whether it is one.
pub(super) fn is_grid(context: &mut Context, population: &Name, shape: &Layout, what: &'static str, at: Span) -> bool {
    if let Layout::Units(_) | Layout::Cloud(_) = shape {
        let (population, declared) = (population.clone(), population.span);
        context.problems.push(NotAGrid { what, population, shape: shape.to_string(), at, declared });
        return false;
    }
    true
}
