//! The rows of a list of edges → who is joined to whom. Rows that join the same neurons are refused or summed up.

use indexmap::IndexMap;
use miette::{Diagnostic, LabeledSpan};
use thiserror::Error;

use super::columns::Found;
use super::flaws::Flaws;
use super::places::Places;
use super::strangers::{EXPRESSED, Strangers};
use super::table::Row;
use crate::diag::{Problems, grouped};
use crate::span::Span;

/// Edges are listed more than once.
#[derive(Debug, Error, Diagnostic)]
#[error("{what}")]
#[diagnostic(
    code(data::duplicate_edge),
    help("`--duplicates sum` adds up the weights of such rows and makes one edge of them; or list every edge once")
)]
struct DuplicateEdge {
    what: String,
    #[label(collection)]
    places: Vec<LabeledSpan>,
    #[label("first here")]
    first: Option<Span>,
}

/// What is done with rows that join the same neurons.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Duplicates {
    /// They are a fault.
    #[default]
    Refuse,
    /// Their weights are summed up; a row without a weight weighs 1.
    Sum,
}

/// What a list of edges holds.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) neurons: Vec<String>,
    pub(super) edges: Vec<(usize, usize)>,
    /// Rows that were added to an earlier one.
    pub(super) repeated: u64,
}

/// One pair of neurons, and what its rows say.
struct Edge {
    weight: f64,
    first: Span,
}

/// Reads a list of edges between the `known` neurons, or between those that it names.
pub(super) fn listed(
    rows: &[Row],
    (columns, duplicates): (Found, Duplicates),
    known: Option<&[String]>,
    (flaws, problems): (&mut Flaws, &mut Problems),
) -> Listed {
    let mut places: IndexMap<&str, usize> = known.into_iter().flatten().map(String::as_str).zip(0..).collect();
    let mut edges: IndexMap<(usize, usize), Edge> = IndexMap::new();
    let (mut strangers, mut twice, mut repeated) = (Strangers::default(), Places::default(), 0);
    for row in rows {
        let mut end = |column: usize| {
            let name = row.name(column, flaws)?;
            match (places.get(name.as_str()), known) {
                (Some(place), _) => Some(*place),
                (None, None) => Some(places.insert_full(name.as_str(), places.len()).0),
                (None, Some(_)) => {
                    strangers.add(name);
                    None
                }
            }
        };
        let ends = (end(columns.source), end(columns.target));
        let weight = columns.weight.map_or(Some(1.0), |column| row.number(column, flaws));
        let ((Some(source), Some(target)), Some(weight)) = (ends, weight) else { continue };
        match edges.get_mut(&(source, target)) {
            None => drop(edges.insert((source, target), Edge { weight, first: row.span })),
            Some(edge) if duplicates == Duplicates::Sum => {
                edge.weight += weight;
                repeated += 1;
            }
            Some(edge) => {
                let name = |column: usize| row.cells.get(column).map(ToString::to_string).unwrap_or_default();
                twice.add(row.span, (name(columns.source), name(columns.target), edge.first));
            }
        }
    }
    strangers.tell(known.unwrap_or_default(), EXPRESSED, problems);
    tell(&twice, problems);
    let edges = edges.into_iter().filter(|(_, edge)| edge.weight != 0.0).map(|(ends, _)| ends).collect();
    Listed { neurons: places.into_keys().map(str::to_owned).collect(), edges, repeated }
}

/// Tells of edges that are there more than once.
fn tell(twice: &Places<(String, String, Span)>, problems: &mut Problems) {
    if let Some(((from, to, first), rows)) = twice.first() {
        let what = match rows {
            1 => format!("`{from}` is joined to `{to}` twice"),
            _ => format!("{} rows repeat an earlier edge, the first from `{from}` to `{to}`", grouped(rows)),
        };
        let places = twice.labels(|(from, to, _)| format!("`{from}` to `{to}` again"));
        problems.push(DuplicateEdge { what, places, first: Some(*first) });
    }
}
