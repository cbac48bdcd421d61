//! Which models may be trained as one program though their sizes differ.

use super::model::Model;

impl Model {
    /// Tells whether `other` differs in nothing but how many genes its genomes have.
    pub fn is_alike_but_for_genes(&self, other: &Self) -> bool {
        let names = |model: &Self| model.genomes.iter().map(|genome| genome.name.text.clone()).collect::<Vec<_>>();
        names(self) == names(other)
            && self.interactions == other.interactions
            && self.populations == other.populations
            && self.projections == other.projections
            && (self.input, self.output, self.ticks) == (other.input, other.output, other.ticks)
    }
}
