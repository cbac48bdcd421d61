//! A fault of gemc itself, kept apart from a user's: it names the pass and the tensor, never the user's text.

use miette::Diagnostic;
use thiserror::Error;

/// A plan that breaks its own rules.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("a bug in gemc: after `{pass}`, {tensor}: {why}")]
#[diagnostic(code(gemc::bug), help("nothing in your model causes this; please report it with the model's text"))]
pub struct Bug {
    /// The step of the compiler after which the rule was found broken.
    pub pass: &'static str,
    /// The tensor that breaks it.
    pub tensor: String,
    /// Which rule, with what was expected and found.
    pub why: String,
}
