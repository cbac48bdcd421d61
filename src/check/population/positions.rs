//! `positions: learned`: the neurons of a cloud, and of a cloud only, may move.

use miette::Diagnostic;
use thiserror::Error;

use super::shapes::Shape;
use crate::check::Context;
use crate::check::model::Layout;
use crate::check::schema::{POSITIONS, WrongWord};
use crate::span::{Name, Span};
use crate::syntax::ast::Attribute;

/// Positions cannot come about in this way.
#[derive(Debug, Error, Diagnostic)]
#[error("positions cannot be {word}")]
#[diagnostic(code(gem::unknown_positions))]
struct UnknownPositions {
    word: String,
    #[label(primary, "unknown")]
    at: Span,
    #[help]
    help: String,
}

/// Neurons are to move that lie on a grid or a line.
#[derive(Debug, Error, Diagnostic)]
#[error("the positions of `{population}` cannot be learned: it is no cloud")]
#[diagnostic(
    code(gem::positions_without_cloud),
    help("declare `{population}` as `cloud(n, dims: 2)`, or remove `positions`")
)]
struct PositionsWithoutCloud {
    population: Name,
    #[label(primary, "only neurons of a cloud may move")]
    at: Span,
}

/// Tells whether the attribute makes positions learned; reports one that cannot.
pub(in crate::check) fn learned(
    context: &mut Context,
    population: &Name,
    shape: &Shape,
    attribute: &Attribute,
) -> bool {
    if let Err(WrongWord { word, at, help, fix }) = POSITIONS.read(attribute) {
        context.problems.push_with(UnknownPositions { word, at, help }, fix);
        return false;
    }
    match shape {
        Shape::Own(Layout::Cloud(_)) => true,
        Shape::Faulty => false,
        Shape::Own(Layout::Units(_) | Layout::Grid(_)) | Shape::Pool(_) => {
            context.problems.push(PositionsWithoutCloud { population: population.clone(), at: attribute.key.span });
            false
        }
    }
}
