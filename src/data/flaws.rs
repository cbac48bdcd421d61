//! What is wrong with the cells of a table, kind by kind: found anywhere, told once for each kind with a count and the first places.

use miette::{Diagnostic, LabeledSpan};
use thiserror::Error;

use super::places::Places;
use crate::diag::{Problems, count, grouped};
use crate::span::{Name, Span};

/// Rows have another number of cells than the header.
#[derive(Debug, Error, Diagnostic)]
#[error("{what}")]
#[diagnostic(
    code(data::ragged_row),
    help("every row has as many cells as the header; is a separator missing, or a quote?")
)]
struct RaggedRow {
    what: String,
    #[label(collection)]
    places: Vec<LabeledSpan>,
}

/// Cells that should hold a number do not.
#[derive(Debug, Error, Diagnostic)]
#[error("{what}")]
#[diagnostic(
    code(data::not_a_number),
    help("write a finite number with a point, such as `0.25`; a missing value is not filled in")
)]
struct NotANumber {
    what: String,
    #[label(collection)]
    places: Vec<LabeledSpan>,
}

/// Cells that should hold a name are empty.
#[derive(Debug, Error, Diagnostic)]
#[error("{what}")]
#[diagnostic(code(data::unnamed), help("every neuron and every gene has a name"))]
struct Unnamed {
    what: String,
    #[label(collection)]
    places: Vec<LabeledSpan>,
}

/// Neurons or genes have two rows or two columns.
#[derive(Debug, Error, Diagnostic)]
#[error("{what}")]
#[diagnostic(
    code(data::duplicate_name),
    help("a neuron has one row, and a neuron or gene one column; names are compared letter by letter")
)]
struct DuplicateName {
    what: String,
    #[label(collection)]
    places: Vec<LabeledSpan>,
    #[label("first here")]
    first: Option<Span>,
}

/// What was found wrong with a table so far.
#[derive(Debug, Default)]
pub(super) struct Flaws {
    /// Line and cells of rows that have too few or too many.
    ragged: Places<(u64, u64)>,
    expected: u64,
    /// What stands in place of a number.
    numbers: Places<String>,
    /// Lines that lack a name.
    unnamed: Places<u64>,
    /// Names that were there before, and where.
    twice: Places<(String, Span)>,
}

impl Flaws {
    /// Notes a row of `found` cells where the header has `expected`.
    pub(super) fn ragged(&mut self, at: Span, line: u64, [found, expected]: [usize; 2]) {
        self.expected = expected as u64;
        self.ragged.add(at, (line, found as u64));
    }

    /// Notes a cell that holds no number.
    pub(super) fn not_a_number(&mut self, cell: &Name) {
        self.numbers.add(cell.span, cell.text.to_string());
    }

    /// Notes a cell that holds no name.
    pub(super) fn unnamed(&mut self, at: Span, line: u64) {
        self.unnamed.add(at, line);
    }

    /// Notes a name that stands at `first` already.
    pub(super) fn twice(&mut self, name: &Name, first: Span) {
        self.twice.add(name.span, (name.text.to_string(), first));
    }

    /// Tells what was found, once for each kind.
    pub(super) fn tell(self, problems: &mut Problems) {
        let expected = self.expected;
        if let Some(((line, found), rows)) = self.ragged.first() {
            let what = match rows {
                1 => format!("line {line} has {}, the header has {expected}", count(*found, "cell")),
                _ => format!(
                    "{} rows have another number of cells than the header, which has {expected}; the first, line {line}, has {found}",
                    grouped(rows)
                ),
            };
            let places = self.ragged.labels(|(_, found)| format!("{found} here, {expected} expected"));
            problems.push(RaggedRow { what, places });
        }
        if let Some((cell, cells)) = self.numbers.first() {
            let what = match cells {
                1 => format!("`{cell}` is not a number"),
                _ => format!("{} cells hold no number, the first `{cell}`", grouped(cells)),
            };
            problems.push(NotANumber { what, places: self.numbers.labels(|_| "a number is expected here".to_owned()) });
        }
        if let Some((line, lines)) = self.unnamed.first() {
            let what = match lines {
                1 => format!("line {line} lacks a name"),
                _ => format!("{} names are missing, the first on line {line}", grouped(lines)),
            };
            problems.push(Unnamed { what, places: self.unnamed.labels(|_| "a name is expected here".to_owned()) });
        }
        if let Some(((name, first), names)) = self.twice.first() {
            let what = match names {
                1 => format!("`{name}` is there twice"),
                _ => format!("{} names repeat an earlier one: {}", grouped(names), self.twice.listed(|(name, _)| name)),
            };
            let (places, first) = (self.twice.labels(|(name, _)| format!("`{name}` again")), Some(*first));
            problems.push(DuplicateName { what, places, first });
        }
    }
}
