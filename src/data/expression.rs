//! The text of a CSV file → what neurons express: a header with the genes' names, then a row for each neuron, its name first.

use indexmap::IndexMap;
use miette::Diagnostic;
use thiserror::Error;

use super::flaws::Flaws;
use super::table::{Row, Table, table};
use crate::diag::Problems;
use crate::span::Span;

const WANTED: &str = "gene expression is a header `name,GENE,…` and a row for each neuron";

/// Neurons have names and nothing that they express.
#[derive(Debug, Error, Diagnostic)]
#[error("the file has no column for a gene")]
#[diagnostic(
    code(data::no_genes),
    help("the first column holds the neurons' names, each further one a gene; or let X be learned: `--genes G`")
)]
struct NoGenes {
    #[label(primary, "only names")]
    at: Span,
}

/// What each neuron expresses.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneExpression {
    genes: Vec<String>,
    neurons: Vec<String>,
    values: Vec<f64>,
}

impl GeneExpression {
    /// Reads the text of a file. Nothing comes back where there is a fault.
    pub fn read(text: &str, problems: &mut Problems) -> Option<Self> {
        let mut flaws = Flaws::default();
        let Table { header, rows } = table(text, WANTED, &mut flaws, problems)?;
        if header.cells.len() < 2 {
            problems.push(NoGenes { at: header.span });
            return None;
        }
        let genes = names(header.cells.iter().enumerate().skip(1).map(|(index, _)| (&header, index)), &mut flaws);
        let neurons = names(rows.iter().map(|row| (row, 0)), &mut flaws);
        let mut values = Vec::with_capacity(rows.len().saturating_mul(genes.len()));
        for row in &rows {
            values.extend((1..row.cells.len()).filter_map(|index| row.number(index, &mut flaws)));
        }
        flaws.tell(problems);
        let owned = |names: IndexMap<&str, Span>| names.into_keys().map(str::to_owned).collect();
        (!problems.has_errors()).then(|| Self { genes: owned(genes), neurons: owned(neurons), values })
    }

    /// Returns the genes, in the order of the columns.
    pub fn genes(&self) -> &[String] {
        &self.genes
    }

    /// Returns the neurons, in the order of the rows.
    pub fn neurons(&self) -> &[String] {
        &self.neurons
    }

    /// Returns what every neuron expresses, neuron by neuron.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Returns what these neurons express, in their order; nothing where one is not there.
    pub fn of(&self, neurons: &[String]) -> Option<Vec<f64>> {
        let places: IndexMap<&str, usize> = self.neurons.iter().map(String::as_str).zip(0..).collect();
        let row = |name: &String| {
            let from = places.get(name.as_str())? * self.genes.len();
            self.values.get(from..from + self.genes.len())
        };
        neurons.iter().map(row).collect::<Option<Vec<&[f64]>>>().map(|rows| rows.concat())
    }
}

/// Returns the names in these cells, each once, with their places.
pub(super) fn names<'a>(cells: impl Iterator<Item = (&'a Row, usize)>, flaws: &mut Flaws) -> IndexMap<&'a str, Span> {
    let mut names = IndexMap::new();
    for (row, index) in cells {
        let Some(name) = row.name(index, flaws) else { continue };
        match names.get(name.as_str()) {
            Some(first) => flaws.twice(name, *first),
            None => drop(names.insert(name.as_str(), name.span)),
        }
    }
    names
}
