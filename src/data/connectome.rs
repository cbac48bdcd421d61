//! The text of a CSV file → who is joined to whom: a list of edges under a header that names their two ends, or an adjacency
//! matrix with a name before every row and above every column, 0 where two neurons are not joined.

use std::collections::HashSet;

use indexmap::IndexMap;
use miette::Diagnostic;
use thiserror::Error;

use super::columns::{Columns, has_ends, neither};
use super::edges::{Duplicates, Listed, listed};
use super::expression::names;
use super::flaws::Flaws;
use super::strangers::{EXPRESSED, Strangers};
use super::table::{Table, table};
use crate::diag::Problems;
use crate::span::{Name, Span};

const WANTED: &str =
    "a connectome is a header such as `source,target` and a row for each edge, or an adjacency matrix with names";

/// There is no edge, or there is nothing else.
#[derive(Debug, Error, Diagnostic)]
#[error("{what} of {pairs} pairs of neurons is joined")]
#[diagnostic(code(data::no_edges), help("joined pairs are told from those that are not: there must be some of each"))]
struct NoEdges {
    what: &'static str,
    pairs: u64,
}

/// How a connectome is read.
#[derive(Debug, Clone, Default)]
pub struct Reading<'a> {
    /// The neurons that there are, where they are known: a list of edges is one between these, and every neuron of a matrix must
    /// be among them. Else the neurons are those that are named.
    pub known: Option<&'a [String]>,
    /// Which columns are read.
    pub columns: Columns,
    /// What becomes of rows that join the same neurons.
    pub duplicates: Duplicates,
}

/// Who is joined to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connectome {
    neurons: Vec<String>,
    edges: Vec<(usize, usize)>,
    form: String,
    repeated: u64,
}

impl Connectome {
    /// Reads the text of a file. Nothing comes back where there is a fault.
    pub fn read(text: &str, reading: &Reading<'_>, problems: &mut Problems) -> Option<Self> {
        let mut flaws = Flaws::default();
        let table = table(text, WANTED, &mut flaws, problems)?;
        let read = if reading.columns.are_asked_for() || has_ends(&table.header) {
            list(&table, reading, (&mut flaws, problems))
        } else if is_matrix(&table) {
            Some(matrix(&table, reading.known, (&mut flaws, problems)))
        } else {
            problems.push(neither(&table.header));
            None
        };
        flaws.tell(problems);
        let read = read?;
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

    /// Says as what the file was read: `edges from pre to post, but where synapses is 0`.
    pub fn form(&self) -> &str {
        &self.form
    }

    /// Returns how many rows were added to an earlier one that joins the same neurons.
    pub fn repeated(&self) -> u64 {
        self.repeated
    }
}

/// Reads a list of edges.
fn list(table: &Table, reading: &Reading<'_>, (flaws, problems): (&mut Flaws, &mut Problems)) -> Option<Connectome> {
    let Table { header, rows } = table;
    let found = reading.columns.find(header, problems)?;
    let Listed { neurons, edges, repeated } =
        listed(rows, (found, reading.duplicates), reading.known, (flaws, problems));
    let name = |column: usize| header.cells.get(column).map_or("", Name::as_str);
    let weight = found.weight.map(|column| format!(", but where `{}` is 0", name(column))).unwrap_or_default();
    let form = format!("edges from `{}` to `{}`{weight}", name(found.source), name(found.target));
    Some(Connectome { neurons, edges, form, repeated })
}

/// Tells whether a table may be an adjacency matrix: some name stands before a row and above a column.
fn is_matrix(Table { header, rows }: &Table) -> bool {
    let above: HashSet<&str> = header.cells.iter().skip(1).map(Name::as_str).collect();
    rows.iter().any(|row| row.cells.first().is_some_and(|name| above.contains(name.as_str())))
}

/// Reads an adjacency matrix, whose rows may stand in another order than its columns.
fn matrix(table: &Table, known: Option<&[String]>, (flaws, problems): (&mut Flaws, &mut Problems)) -> Connectome {
    let Table { header, rows } = table;
    let columns = names((1..header.cells.len()).map(|index| (header, index)), flaws);
    let lines = names(rows.iter().map(|row| (row, 0)), flaws);
    let owned = |names: &IndexMap<&str, Span>| names.keys().map(|name| (*name).to_owned()).collect::<Vec<String>>();
    let neurons = owned(&columns);
    strangers(&lines, &neurons, "above a column", problems);
    strangers(&columns, &owned(&lines), "before a row", problems);
    if let Some(known) = known {
        strangers(&columns, known, EXPRESSED, problems);
    }
    let mut edges = Vec::new();
    for row in rows {
        let source = row.cells.first().and_then(|name| columns.get_index_of(name.as_str()));
        for target in 0..row.cells.len().saturating_sub(1) {
            let joined = row.number(target + 1, flaws).is_some_and(|number| number != 0.0);
            edges.extend(source.filter(|_| joined).map(|source| (source, target)));
        }
    }
    edges.sort_unstable();
    Connectome { neurons, edges, form: "an adjacency matrix, from row to column".to_owned(), repeated: 0 }
}

/// Reports names that are not among the `known`.
fn strangers(names: &IndexMap<&str, Span>, known: &[String], place: &str, problems: &mut Problems) {
    let there: HashSet<&str> = known.iter().map(String::as_str).collect();
    let mut strangers = Strangers::default();
    for (name, span) in names.iter().filter(|(name, _)| !there.contains(**name)) {
        strangers.add(&Name::new(*name, *span));
    }
    strangers.tell(known, place, problems);
}
