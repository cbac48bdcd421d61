//! A fault as scripts read it: plain fields, places in lines and columns.

use miette::{Diagnostic, LabeledSpan};
#[cfg(feature = "serde")]
use serde::Serialize;

use super::escape::message;
use super::fix::Fix;
use super::problems::is_error;
use crate::span::Span;

/// One fault or warning as scripts see it; lines and columns count from 1, in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize))]
pub struct Finding {
    /// Stable code, such as `gem::unknown_name`.
    pub code: String,
    /// `error` or `warning`.
    pub severity: &'static str,
    /// What is wrong.
    pub message: String,
    /// Line of the primary label; 1 where there is none.
    pub line: usize,
    /// Column of the primary label; 1 where there is none.
    pub column: usize,
    /// Characters that it covers.
    pub length: usize,
    /// What to do.
    pub help: Option<String>,
    /// What mends it, where that is known.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub fix: Option<Replacement>,
    /// How many more of this code there are that are not listed; said of the last that is.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub more: Option<usize>,
}

/// Characters of the text, and what to write in their place; lines and columns count from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize))]
pub struct Replacement {
    /// Line of the first character.
    pub line: usize,
    /// Column of the first character.
    pub column: usize,
    /// How many characters.
    pub length: usize,
    /// What to write there.
    pub replacement: String,
}

/// Returns the places where the lines of `text` begin.
pub(super) fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
}

/// Turns one problem into plain fields; `lines` are the places where the lines of `text` begin.
pub(super) fn finding(problem: &dyn Diagnostic, text: &str, lines: &[usize]) -> Finding {
    let labels: Vec<LabeledSpan> = problem.labels().into_iter().flatten().collect();
    let label = labels.iter().find(|label| label.primary()).or(labels.first());
    let (offset, bytes) = label.map_or((0, 0), |label| (label.offset(), label.len()));
    let [line, column, length] = place(Span::new(offset, offset + bytes), text, lines);
    Finding {
        code: problem.code().map(|code| code.to_string()).unwrap_or_default(),
        severity: if is_error(problem) { "error" } else { "warning" },
        message: message(&problem.to_string()),
        line,
        column,
        length,
        help: problem.help().map(|help| message(&help.to_string())),
        fix: None,
        more: None,
    }
}

/// Returns line, column and number of characters of a stretch of `text`.
fn place(at: Span, text: &str, lines: &[usize]) -> [usize; 3] {
    let line = lines.partition_point(|start| *start <= at.start).max(1);
    let characters = |from: usize, to: usize| text.get(from..to).map_or(0, |covered| covered.chars().count());
    [line, characters(lines[line - 1], at.start) + 1, characters(at.start, at.end)]
}

pub(super) fn replacement(fix: &Fix, text: &str, lines: &[usize]) -> Replacement {
    let [line, column, length] = place(fix.at, text, lines);
    Replacement { line, column, length, replacement: fix.replacement.clone() }
}
