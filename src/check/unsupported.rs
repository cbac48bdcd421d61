//! Words that the language has and this version does not yet act on: one fault for each use.

use miette::Diagnostic;
use thiserror::Error;

use crate::diag::Problems;
use crate::span::Span;

/// Shapes to come.
pub(super) const SHAPES: &[&str] = &["cloud"];
/// Attributes of a population to come.
pub(super) const POPULATION_KEYS: &[&str] = &["positions"];
/// Attributes of a connection to come.
pub(super) const CONNECTION_KEYS: &[&str] = &["within", "density", "seed", "acyclic", "weights"];

/// A part of the language that this version does not act on.
#[derive(Debug, Error, Diagnostic)]
#[error("`{what}` is not supported yet")]
#[diagnostic(code(gem::not_supported_yet), help("this version has no clouds, masks or cycles: see `docs/language.md`"))]
struct NotSupportedYet {
    what: String,
    #[label(primary, "part of the language, not of this version")]
    at: Span,
}

/// Reports a use of a word that is to come.
pub(super) fn report(what: &str, at: Span, problems: &mut Problems) {
    problems.push(NotSupportedYet { what: what.to_owned(), at });
}
