//! `unroll`: how many ticks a network with cycles runs.

use miette::Diagnostic;
use thiserror::Error;

use super::Context;
use super::numeric::{OutOfRange, count};
use crate::span::Span;
use crate::syntax::ast::{Ast, Item, Unroll};

/// Ticks at most.
const MOST: usize = 1000;
/// Ticks times links at most: each link is computed once in each tick.
const MOST_LINKS: usize = 1 << 20;

/// The model says twice how many ticks it runs.
#[derive(Debug, Error, Diagnostic)]
#[error("the model has two statements `unroll`")]
#[diagnostic(code(gem::duplicate_unroll), help("all of a model runs the same ticks: remove one of the two"))]
struct DuplicateUnroll {
    #[label(primary, "again here")]
    at: Span,
    #[label("first here")]
    first: Span,
}

/// What the text says of ticks.
#[derive(Debug, Clone, Copy)]
pub struct Ticks {
    /// How many, where that is without fault.
    pub count: Option<usize>,
    /// The statement.
    pub span: Span,
}

/// Reads the statement `unroll`, of a model with `links` links.
pub(super) fn ticks(context: &mut Context, ast: &Ast, links: usize) -> Option<Ticks> {
    let mut all = ast.items.iter().filter_map(|item| as_unroll(item));
    let first = all.next()?;
    for again in all {
        context.problems.push(DuplicateUnroll { at: again.span, first: first.span });
    }
    let what = "the number of ticks";
    let number = count(context, &first.ticks, what).filter(|number| {
        let allowed = if *number > MOST { "at most 1000" } else { "so that ticks times connections are at most 2^20" };
        let few = *number <= MOST && number.saturating_mul(links) <= MOST_LINKS;
        if !few {
            let (found, at) = (number.to_string(), first.ticks.span());
            context.problems.push(OutOfRange { what, allowed, found, at });
        }
        few
    });
    Some(Ticks { count: number, span: first.span })
}

fn as_unroll(item: &Item) -> Option<&Unroll> {
    if let Item::Unroll(unroll) = item { Some(unroll) } else { None }
}
