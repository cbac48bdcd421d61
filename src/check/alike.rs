//! Which models may be trained as one program though their sizes differ.

use super::model::Model;

impl Model {
    /// Tells whether `other` differs in nothing but how many genes its genomes have.
    pub fn is_alike_but_for_genes(&self, other: &Self) -> bool {
        let (ours, theirs) = (self.genomes.iter(), other.genomes.iter());
        ours.map(|genome| &genome.name).eq(theirs.map(|genome| &genome.name))
            && self.interactions == other.interactions
            && self.populations == other.populations
            && self.projections == other.projections
            && (self.input, self.output, self.ticks) == (other.input, other.output, other.ticks)
    }
}
