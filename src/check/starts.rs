//! `start`: the rule by which the constants c of connections via genes start.

use miette::Diagnostic;
use thiserror::Error;

use super::keywords::STARTS;
use super::model::Start;
use super::schema::{Hint, Words, WrongWord};
use crate::diag::Problems;
use crate::span::Span;
use crate::syntax::ast::{self, Ast, Item};

const RULES: Words<Start> = Words { table: STARTS, hint: Hint::List("starts"), default: Some("calibrated") };

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
    RULES.look_up(word).unwrap_or_else(|| {
        let WrongWord { word, at, help, fix } = RULES.wrong(word.to_owned(), first.rule.span);
        problems.push_with(UnknownStart { word, at, help }, fix);
        DEFAULT
    })
}

fn as_start(item: &Item) -> Option<&ast::Start> {
    if let Item::Start(start) = item { Some(start) } else { None }
}
