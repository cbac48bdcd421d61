//! What mends a fault: a stretch of the text, and what to write there.

use super::suggest::nearest;
use crate::span::Span;

/// A replacement that mends a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What is replaced.
    pub at: Span,
    /// What to write there.
    pub replacement: String,
}

/// Returns the help for a `wrong` word at a place of the text: the nearest of the `candidates`, with the fix that writes it, or
/// what `otherwise` says.
pub fn suggest<'a>(
    wrong: &str,
    at: Span,
    candidates: impl IntoIterator<Item = &'a str>,
    otherwise: impl FnOnce() -> String,
) -> (String, Option<Fix>) {
    match nearest(wrong, candidates) {
        Some(name) => (format!("did you mean `{name}`?"), Some(Fix { at, replacement: name.to_owned() })),
        None => (otherwise(), None),
    }
}
