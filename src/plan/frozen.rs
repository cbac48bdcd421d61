//! Rows of the table by what people call them, and rows that stay as they start though the text would have them learned.

use super::builder::{AT_START, dotted};
use super::parameter::Parameter;
use crate::check::{GenomeId, Model};
use crate::wire::Wiring;

/// Tells whether `row`, the name of a row, is meant by `name`: the same, its beginning up to a dot, or a genome whose O or whose
/// expression it holds.
pub fn is_row_of(model: &Model, row: &str, name: &str) -> bool {
    let genome = model.genomes().iter().position(|genome| genome.name.as_str() == name).map(GenomeId);
    let begins = row.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    begins || genome.is_some_and(|genome| belongs(model, row, (genome, name)))
}

/// Tells whether a row holds an O of a genome, or how a population expresses it.
fn belongs(model: &Model, row: &str, (id, name): (GenomeId, &str)) -> bool {
    let mut interactions = model.interactions().iter().filter(|interaction| interaction.genome == id);
    let is_expressed = |population: &str| {
        let rest = row.strip_prefix(population).and_then(|rest| rest.strip_prefix('.'));
        rest.and_then(|rest| rest.strip_prefix(name)).is_some_and(|rest| rest.starts_with('.'))
    };
    let own = row.strip_suffix(AT_START).unwrap_or(row);
    interactions.any(|interaction| own == dotted(interaction.name.as_str(), "O"))
        || model.populations().iter().any(|population| is_expressed(population.name.as_str()))
}

/// Takes what a wiring keeps frozen out of what is learned.
pub(super) fn freeze(wiring: &Wiring, rows: &mut [Parameter]) {
    for row in rows.iter_mut().filter(|row| row.learned) {
        row.learned = !wiring.frozen().iter().any(|name| is_row_of(wiring.model(), &row.name, name));
    }
}
