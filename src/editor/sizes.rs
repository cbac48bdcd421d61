//! Sizes of a model's parts in words: neurons, genes, parameters, fan-in.

use super::document::Document;
use crate::check::{Interaction, PopId};
use crate::diag::{count, grouped};

impl Document {
    /// Counts the parameters whose tensors are named after `name`; nothing where the text was not compiled.
    pub(super) fn parameters_of(&self, name: &str) -> Option<u64> {
        let table = self.known.table.as_ref()?;
        let of = |row: &&crate::plan::TableRow| row.name.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
        Some(table.tensors.iter().filter(of).map(|row| row.count).sum())
    }

    /// Says how many numbers of O are learned.
    pub(super) fn interaction_size(&self, interaction: &Interaction) -> Option<String> {
        let model = self.known.model.as_ref()?;
        let genome = model.genomes.get(interaction.genome.index())?;
        Some(count(interaction.rule.learned(genome.genes) as u64, "parameter"))
    }

    /// Returns the O of this name.
    pub(super) fn interaction(&self, name: &str) -> Option<&Interaction> {
        self.known.model.as_ref()?.interactions.iter().flatten().find(|found| found.name.as_str() == name)
    }

    /// Says from where a population receives, a line for each connection; counts are known where the text was compiled.
    pub(super) fn sources_of(&self, name: &str) -> Vec<String> {
        let Some(model) = &self.known.model else { return Vec::new() };
        let called = |id: PopId| Some(model.populations.get(id.index())?.as_ref()?.name.as_str());
        let neurons = self.population(name).map_or(1, |population| population.shape.neurons().max(1));
        let links = model.projections.iter().flatten().filter(|link| called(link.target) == Some(name));
        let told = links.filter_map(|link| {
            let source = called(link.source)?;
            let counted = self.known.table.is_some().then(|| {
                let fan_in = link.synapses as f64 / neurons as f64;
                format!(": {}, fan-in {fan_in:.1}", count(link.synapses, "synapse"))
            });
            Some(format!("`{source}`{}", counted.unwrap_or_default()))
        });
        told.collect()
    }

    /// Says how many parameters and weights the model has, and how far it is compressed.
    pub(super) fn totals(&self) -> Option<String> {
        let table = self.known.table.as_ref()?;
        let (parameters, weights) = (count(table.parameters, "parameter"), count(table.synapses, "weight"));
        let compression = match table.compression {
            Some(times) if times >= 10.0 => format!(", compressed {} times", grouped(whole(times))),
            Some(times) => format!(", compressed {times:.1} times"),
            None => String::new(),
        };
        Some(format!("{parameters}, {weights}{compression}"))
    }
}

/// Rounds a positive number.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is positive, and rounded")]
fn whole(number: f64) -> u64 {
    number.round() as u64
}
