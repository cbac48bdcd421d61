//! Warnings: a genome, interaction or `let` that nothing uses.

use miette::Diagnostic;
use thiserror::Error;

use super::Context;
use super::symbols::Meaning;
use crate::span::Span;

/// A declaration that changes nothing.
#[derive(Debug, Error, Diagnostic)]
#[error("nobody uses {noun} `{name}`")]
#[diagnostic(code(gem::unused_name), severity(warning), help("remove it, or use it"))]
struct UnusedName {
    name: String,
    noun: &'static str,
    #[label(primary, "never used")]
    at: Span,
}

/// Warns of every genome, interaction and `let` without a use.
pub(super) fn unused(context: &mut Context) {
    let noun = |meaning| match meaning {
        Meaning::Genome(_) => Some("the genome"),
        Meaning::Interaction(_) => Some("the interaction"),
        Meaning::Let(_) => Some("the `let`"),
        Meaning::Parameter(_) | Meaning::Population(_) | Meaning::Broken => None,
    };
    for (name, entry) in context.symbols.iter().filter(|(_, entry)| entry.uses.is_empty()) {
        if let Some(noun) = noun(entry.meaning) {
            context.problems.push(UnusedName { name: name.to_owned(), noun, at: entry.declared });
        }
    }
}
