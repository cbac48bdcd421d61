//! What a weight may be: any number, 0 or 1, or none below 0.

use miette::Diagnostic;
use thiserror::Error;

use crate::check::Context;
use crate::check::model::Weights;
use crate::check::schema::{WEIGHTS, WrongWord};
use crate::span::Span;
use crate::syntax::ast::Attribute;

/// Weights cannot be this.
#[derive(Debug, Error, Diagnostic)]
#[error("weights cannot be {word}")]
#[diagnostic(code(gem::unknown_weights))]
struct UnknownWeights {
    word: String,
    #[label(primary, "unknown")]
    at: Span,
    #[help]
    help: String,
}

/// Reads what the weights of a connection may be from its `attributes`.
pub(in crate::check) fn weights(context: &mut Context, attributes: &[&Attribute]) -> Weights {
    let Some(attribute) = attributes.iter().find(|attribute| attribute.key.as_str() == WEIGHTS.key) else {
        return Weights::Real;
    };
    WEIGHTS.read(attribute).unwrap_or_else(|WrongWord { word, at, help, fix }| {
        context.problems.push_with(UnknownWeights { word, at, help }, fix);
        Weights::Real
    })
}
