//! What a weight may be: any number, 0 or 1, or none below 0.

use miette::Diagnostic;
use thiserror::Error;

use crate::check::Context;
use crate::check::const_eval::written;
use crate::check::keywords::{WEIGHTS, look_up, words};
use crate::check::model::Weights;
use crate::diag::{did_you_mean, list};
use crate::span::Span;
use crate::syntax::ast::{Attribute, Expr};

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
    let Some(attribute) = attributes.iter().find(|attribute| attribute.key.as_str() == "weights") else {
        return Weights::Real;
    };
    let named = match &attribute.value {
        Some(Expr::Call(call)) if call.arguments.is_none() => look_up(WEIGHTS, call.name.as_str()),
        _ => None,
    };
    named.unwrap_or_else(|| {
        let (word, at) = written(attribute);
        let help = did_you_mean(word.trim_matches('`'), words(WEIGHTS))
            .unwrap_or_else(|| format!("weights are {}", list(words(WEIGHTS))));
        context.problems.push(UnknownWeights { word, at, help });
        Weights::Real
    })
}
