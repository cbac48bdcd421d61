//! The parameter table for people and scripts: every learned tensor, its shape, count and users, and the totals.

use std::fmt;

use compact_str::CompactString;
#[cfg(feature = "serde")]
use serde::Serialize;

use super::tensor::Sizes;
use super::verify::Plan;

/// What `--emit params` shows; the fields are stable.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(Serialize))]
pub struct Table {
    /// The model's name.
    pub model: String,
    /// Numbers that are learned.
    pub parameters: u64,
    /// Weights that exist.
    pub synapses: u64,
    /// Synapses and biases.
    pub uncompressed: u64,
    /// uncompressed / parameters; `null` in JSON where nothing is learned.
    pub compression: Option<f64>,
    /// The learned tensors.
    pub tensors: Vec<TableRow>,
}

/// One learned tensor.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize))]
pub struct TableRow {
    /// Its name.
    pub name: CompactString,
    /// Its sizes, for one run.
    pub shape: Vec<usize>,
    /// Its numbers, for one run; those under a mask are not counted.
    pub count: u64,
    /// What its numbers mean.
    pub holds: &'static str,
    /// The connections and populations that use it.
    pub shared_by: Vec<CompactString>,
}

impl Plan {
    /// Returns the table of learned tensors with the totals.
    pub fn table(&self) -> Table {
        let counts = self.counts();
        let one = Sizes { runs: 1, batch: 1 };
        let row = |parameter: &super::Parameter| TableRow {
            name: parameter.name.clone(),
            shape: parameter.shape.at(one).split_off(1),
            count: parameter.used(),
            holds: parameter.holds,
            shared_by: parameter.shared_by.clone(),
        };
        Table {
            model: self.name().to_owned(),
            parameters: counts.parameters,
            synapses: counts.synapses,
            uncompressed: counts.uncompressed,
            compression: (counts.parameters > 0).then(|| counts.compression()),
            tensors: self.parameters().iter().filter(|parameter| parameter.learned).map(row).collect(),
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widest = self.tensors.iter().map(|row| row.name.chars().count()).max().unwrap_or(0).max("tensor".len());
        writeln!(f, "{:<widest$}  {:>12}  {:>9}  holds; shared by", "tensor", "shape", "count")?;
        for row in &self.tensors {
            let sizes: Vec<String> = row.shape.iter().map(usize::to_string).collect();
            let (shape, users) = (sizes.join(" × "), row.shared_by.join(", "));
            writeln!(f, "{:<widest$}  {shape:>12}  {:>9}  {}; {users}", row.name, row.count, row.holds)?;
        }
        writeln!(f)?;
        writeln!(f, "{:>12}  parameters", self.parameters)?;
        writeln!(f, "{:>12}  synapses", self.synapses)?;
        writeln!(f, "{:>12}  uncompressed (synapses and biases)", self.uncompressed)?;
        match self.compression {
            Some(ratio) => writeln!(f, "{ratio:>12.1}  times compressed"),
            None => writeln!(f, "{:>12}  is learned, so there is no ratio", "nothing"),
        }
    }
}
