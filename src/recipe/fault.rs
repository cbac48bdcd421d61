//! What can be wrong with a recipe, each fault with its place.

use miette::Diagnostic;
use thiserror::Error;

use crate::span::Span;

/// A key that means nothing where it stands.
#[derive(Debug, Error, Diagnostic)]
#[error("`{key}` is no key of {whose}")]
#[diagnostic(code(recipe::unknown_key))]
pub(super) struct UnknownKey {
    pub(super) key: String,
    pub(super) whose: &'static str,
    #[label(primary, "unknown")]
    pub(super) at: Span,
    #[help]
    pub(super) help: String,
}

/// A value of another kind than is wanted.
#[derive(Debug, Error, Diagnostic)]
#[error("`{key}` is {found}; expected {wanted}")]
#[diagnostic(code(recipe::wrong_kind), help("for example `{example}`"))]
pub(super) struct WrongKind {
    pub(super) key: String,
    pub(super) found: &'static str,
    pub(super) wanted: &'static str,
    pub(super) example: &'static str,
    #[label(primary, "{found}")]
    pub(super) at: Span,
}

/// A key that has to be there is not.
#[derive(Debug, Error, Diagnostic)]
#[error("{whose} lacks `{key}`")]
#[diagnostic(code(recipe::missing_key), help("add it: `{example}`"))]
pub(super) struct MissingKey {
    pub(super) whose: &'static str,
    pub(super) key: &'static str,
    pub(super) example: &'static str,
    #[label(primary, "here")]
    pub(super) at: Span,
}

/// A value that cannot be meant.
#[derive(Debug, Error, Diagnostic)]
#[error("`{key}`: {why}")]
#[diagnostic(code(recipe::bad_value))]
pub(super) struct BadValue {
    pub(super) key: String,
    pub(super) why: String,
    #[label(primary, "here")]
    pub(super) at: Span,
    #[help]
    pub(super) help: Option<String>,
}

/// Something is said twice.
#[derive(Debug, Error, Diagnostic)]
#[error("`{key}` is said twice")]
#[diagnostic(code(recipe::said_twice), help("keep one of the two"))]
pub(super) struct SaidTwice {
    pub(super) key: String,
    #[label("first here")]
    pub(super) first: Span,
    #[label(primary, "again here")]
    pub(super) at: Span,
}

/// A recipe asks for more trials than anyone can want.
#[derive(Debug, Error, Diagnostic)]
#[error("the recipe asks for {found} trials, at most {most} are possible")]
#[diagnostic(
    code(recipe::too_many_trials),
    help("every value of every parameter and axis is combined with every other: leave some out")
)]
pub(super) struct TooManyTrials {
    pub(super) found: String,
    pub(super) most: usize,
    #[label(primary, "here")]
    pub(super) at: Span,
}

/// Settings are chosen among more tries for one trial than for another.
#[derive(Debug, Error, Diagnostic)]
#[error("`{label}` has {tries} settings to choose from, `{other}` has {others}")]
#[diagnostic(
    code(recipe::unequal_tries),
    help("give every trial as many combinations under `search`: the best of more tries is better by chance")
)]
pub(super) struct UnequalTries {
    pub(super) label: String,
    pub(super) tries: usize,
    pub(super) other: String,
    pub(super) others: usize,
    #[label("{others} here")]
    pub(super) first: Span,
    #[label(primary, "{tries} here")]
    pub(super) at: Span,
}
