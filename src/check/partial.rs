//! What is known of a text at fault: each thing that was read without fault, in its place.

use super::model::{Genome, Intake, Interaction, Model, PopId, Population, Projection, Setting, Start};
use crate::span::Name;

/// A model in which things may be missing. Ids count as in a [`Model`]: a thing that is at fault keeps its place.
#[derive(Debug, Clone)]
pub struct PartialModel {
    /// The model's name.
    pub name: Name,
    /// The parameters whose values are known.
    pub settings: Vec<Setting>,
    /// The genomes; one whose number of genes is at fault has one gene.
    pub genomes: Vec<Genome>,
    /// First each genome's own interaction, then the further ones.
    pub interactions: Vec<Option<Interaction>>,
    /// The populations, in the order of the text.
    pub populations: Vec<Option<Population>>,
    /// The projections whose ends are known, in the order of the text.
    pub projections: Vec<Option<Projection>>,
    /// The population that holds the sample.
    pub input: Option<PopId>,
    /// How the input scales the sample's numbers.
    pub intake: Intake,
    /// The population that is read.
    pub output: Option<PopId>,
    /// How many ticks the network runs, where the text says so.
    pub ticks: Option<usize>,
    /// How constants start.
    pub start: Start,
}

impl PartialModel {
    /// Returns the model of a text without errors; of any other the partial model comes back.
    pub(super) fn complete(self) -> Result<Model, Box<Self>> {
        let lacks_things = self.interactions.iter().any(Option::is_none)
            || self.populations.iter().any(Option::is_none)
            || self.projections.iter().any(Option::is_none);
        let (Some(input), Some(output), false) = (self.input, self.output, lacks_things) else {
            return Err(Box::new(self));
        };
        Ok(Model {
            name: self.name,
            settings: self.settings,
            genomes: self.genomes,
            interactions: self.interactions.into_iter().flatten().collect(),
            populations: self.populations.into_iter().flatten().collect(),
            projections: self.projections.into_iter().flatten().collect(),
            input,
            intake: self.intake,
            output,
            ticks: self.ticks,
            start: self.start,
        })
    }
}

impl From<Model> for PartialModel {
    fn from(model: Model) -> Self {
        Self {
            name: model.name,
            settings: model.settings,
            genomes: model.genomes,
            interactions: model.interactions.into_iter().map(Some).collect(),
            populations: model.populations.into_iter().map(Some).collect(),
            projections: model.projections.into_iter().map(Some).collect(),
            input: Some(model.input),
            intake: model.intake,
            output: Some(model.output),
            ticks: model.ticks,
            start: model.start,
        }
    }
}
