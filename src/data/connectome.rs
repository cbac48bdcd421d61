//! The text of a CSV file → who is joined to whom: a list of edges under a header that begins `source,target`, or an adjacency
//! matrix with a name before every row and above every column, 0 where two neurons are not joined.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use miette::Diagnostic;
use thiserror::Error;

use super::expression::names;
use super::table::{Row, Table, table};
use crate::diag::{Problems, did_you_mean};
use crate::span::{Name, Span};

const WANTED: &str =
    "a connectome is a header `source,target` and a row for each edge, or an adjacency matrix with names";
/// The header of a list of edges.
const EDGES: [&str; 2] = ["source", "target"];
/// Where the neurons of a connectome must be, if gene expression is given.
const EXPRESSED: &str = "in the file of gene expression";

/// A neuron is named that is not known otherwise.
#[derive(Debug, Error, Diagnostic)]
#[error("there is no neuron `{name}` {place}")]
#[diagnostic(code(data::unknown_neuron))]
struct UnknownNeuron {
    name: Name,
    place: &'static str,
    #[label(primary, "unknown")]
    at: Span,
    #[help]
    help: String,
}

/// An edge is listed twice.
#[derive(Debug, Error, Diagnostic)]
#[error("`{from}` is joined to `{to}` twice")]
#[diagnostic(code(data::duplicate_edge), help("list every edge once; how strong it is does not count"))]
struct DuplicateEdge {
    from: Name,
    to: Name,
    #[label(primary, "again here")]
    at: Span,
    #[label("first here")]
    first: Span,
}

/// There is no edge, or there is nothing else.
#[derive(Debug, Error, Diagnostic)]
#[error("{what} of {pairs} pairs of neurons is joined")]
#[diagnostic(code(data::no_edges), help("joined pairs are told from those that are not: there must be some of each"))]
struct NoEdges {
    what: &'static str,
    pairs: u64,
}

/// Who is joined to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connectome {
    neurons: Vec<String>,
    edges: Vec<(usize, usize)>,
}

impl Connectome {
    /// Reads the text of a file. Where `known` are given, a list of edges is one between these neurons, and every neuron of a
    /// matrix must be among them; else the neurons are those that are named. Nothing comes back where there is a fault.
    pub fn read(text: &str, known: Option<&[String]>, problems: &mut Problems) -> Option<Self> {
        let table = table(text, WANTED, problems)?;
        let header: Vec<&str> = table.header.cells.iter().map(Name::as_str).take(EDGES.len()).collect();
        let read = if header == EDGES { list(&table.rows, known, problems) } else { matrix(&table, known, problems) };
        let pairs = (read.neurons.len() as u64).saturating_pow(2);
        let what = match read.edges.len() as u64 {
            0 => Some("none"),
            edges if edges == pairs => Some("each"),
            _ => None,
        };
        if let (Some(what), false) = (what, problems.has_errors()) {
            problems.push(NoEdges { what, pairs });
        }
        (!problems.has_errors()).then_some(read)
    }

    /// Returns the neurons' names.
    pub fn neurons(&self) -> &[String] {
        &self.neurons
    }

    /// Returns who is joined to whom, by their places among the neurons.
    pub fn edges(&self) -> &[(usize, usize)] {
        &self.edges
    }
}

/// Reads a list of edges.
fn list(rows: &[Row], known: Option<&[String]>, problems: &mut Problems) -> Connectome {
    let mut places: IndexMap<&str, usize> = known.into_iter().flatten().map(String::as_str).zip(0..).collect();
    let mut seen: HashMap<(usize, usize), Span> = HashMap::new();
    let mut edges = Vec::new();
    for row in rows {
        let mut end = |index: usize| {
            let name = row.name(index, problems)?;
            match (places.get(name.as_str()), known) {
                (Some(place), _) => Some(*place),
                (None, None) => Some(places.insert_full(name.as_str(), places.len()).0),
                (None, Some(known)) => {
                    problems.push(unknown(name, known, EXPRESSED));
                    None
                }
            }
        };
        let ends = (end(0), end(1));
        if let ((Some(source), Some(target)), [from, to, ..]) = (ends, row.cells.as_slice()) {
            match seen.insert((source, target), row.span) {
                None => edges.push((source, target)),
                Some(first) => {
                    problems.push(DuplicateEdge { from: from.clone(), to: to.clone(), at: row.span, first });
                }
            }
        }
        if problems.many() {
            break;
        }
    }
    Connectome { neurons: places.into_keys().map(str::to_owned).collect(), edges }
}

/// Reads an adjacency matrix, whose rows may stand in another order than its columns.
fn matrix(table: &Table, known: Option<&[String]>, problems: &mut Problems) -> Connectome {
    let Table { header, rows } = table;
    let columns = names((1..header.cells.len()).map(|index| (header, index)), problems);
    let lines = names(rows.iter().map(|row| (row, 0)), problems);
    let neurons: Vec<String> = columns.keys().map(|name| (*name).to_owned()).collect();
    strangers(&lines, &neurons, "above a column", problems);
    strangers(&columns, &lines.keys().map(|name| (*name).to_owned()).collect::<Vec<_>>(), "before a row", problems);
    if let Some(known) = known {
        strangers(&columns, known, EXPRESSED, problems);
    }
    let mut edges = Vec::new();
    for row in rows {
        let source = row.cells.first().and_then(|name| columns.get_index_of(name.as_str()));
        for target in 0..row.cells.len().saturating_sub(1) {
            if problems.many() {
                return Connectome { neurons, edges };
            }
            let joined = row.number(target + 1, problems).is_some_and(|number| number != 0.0);
            edges.extend(source.filter(|_| joined).map(|source| (source, target)));
        }
    }
    edges.sort_unstable();
    Connectome { neurons, edges }
}

/// Reports names that are not among the `known`.
fn strangers(names: &IndexMap<&str, Span>, known: &[String], place: &'static str, problems: &mut Problems) {
    let there: HashSet<&str> = known.iter().map(String::as_str).collect();
    for (name, span) in names.iter().filter(|(name, _)| !there.contains(**name)) {
        if problems.many() {
            break;
        }
        problems.push(unknown(&Name::new(*name, *span), known, place));
    }
}

fn unknown(name: &Name, known: &[String], place: &'static str) -> UnknownNeuron {
    let near = did_you_mean(name.as_str(), known.iter().map(String::as_str));
    let help = near.unwrap_or_else(|| "names are compared letter by letter, blanks around them left out".to_owned());
    UnknownNeuron { name: name.clone(), place, at: name.span, help }
}
