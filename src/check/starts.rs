//! `start`: the rule by which the constants c of connections via genes start.

use miette::Diagnostic;
use thiserror::Error;

use super::keywords::{STARTS, look_up, words};
use super::model::Start;
use crate::diag::{Problems, did_you_mean, list};
use crate::span::Span;
use crate::syntax::ast::{self, Ast, Item};

/// The rule where the text names none.
const DEFAULT: Start = Start::Calibrated;

/// A rule of the start that does not exist.
#[derive(Debug, Error, Diagnostic)]
#[error("there is no start `{word}`")]
#[diagnostic(code(gem::unknown_start))]
struct UnknownStart {
    word: String,
    #[label(primary, "unknown start")]
    at: Span,
    #[help]
    help: String,
}

/// The model says twice how its constants start.
#[derive(Debug, Error, Diagnostic)]
#[error("the model has two statements `start`")]
#[diagnostic(code(gem::duplicate_start), help("all of a model starts by the same rule: remove one of the two"))]
struct DuplicateStart {
    #[label(primary, "again here")]
    at: Span,
    #[label("first here")]
    first: Span,
}

/// Reads the statement `start`.
pub(super) fn start(ast: &Ast, problems: &mut Problems) -> Start {
    let mut all = ast.items.iter().filter_map(as_start);
    let Some(first) = all.next() else { return DEFAULT };
    for again in all {
        problems.push(DuplicateStart { at: again.span, first: first.span });
    }
    let word = first.rule.as_str();
    look_up(STARTS, word).unwrap_or_else(|| {
        let help = did_you_mean(word, words(STARTS)).unwrap_or_else(|| format!("starts are {}", list(words(STARTS))));
        problems.push(UnknownStart { word: word.to_owned(), at: first.rule.span, help });
        DEFAULT
    })
}

fn as_start(item: &Item) -> Option<&ast::Start> {
    if let Item::Start(start) = item { Some(start) } else { None }
}
