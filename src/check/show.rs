//! A model as text: every size and attribute said, in the order of the source.

use std::fmt;

use super::model::{Encoding, Interaction, Model, Origin, Projection};
use super::neurons::{Bias, Identity, Population};
use super::rivals::GNetwork;

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "model {}", self.name)?;
        for setting in &self.settings {
            let origin = match setting.origin {
                Origin::Default => "",
                Origin::Set => " (set)",
                Origin::Data => " (from the data set)",
            };
            writeln!(f, "  parameter {} = {}{origin}", setting.name, setting.value)?;
        }
        for (index, genome) in self.genomes.iter().enumerate() {
            writeln!(f, "  gen{index} {}: {} genes", genome.name, genome.genes)?;
        }
        for (index, interaction) in self.interactions.iter().enumerate() {
            writeln!(f, "  o{index} {}", self.describe_interaction(interaction))?;
        }
        for (index, population) in self.populations.iter().enumerate() {
            writeln!(f, "  pop{index} {}", self.describe_population(population))?;
        }
        for (index, projection) in self.projections.iter().enumerate() {
            writeln!(f, "  proj{index} {}", self.describe_projection(projection))?;
        }
        writeln!(f, "  input {}", self.population(self.input).name)?;
        writeln!(f, "  output {}", self.population(self.output).name)
    }
}

impl Model {
    fn describe_interaction(&self, interaction: &Interaction) -> String {
        let genome = self.genome(interaction.genome);
        let sparse =
            if interaction.sparse > 0.0 { format!(", sparse {:?}", interaction.sparse) } else { String::new() };
        format!(
            "{} over {}: {} × {} {}{sparse}",
            interaction.name, genome.name, genome.genes, genome.genes, interaction.rule
        )
    }

    fn describe_population(&self, population: &Population) -> String {
        let mut facts: Vec<String> = self.pool_name(population).into_iter().collect();
        facts.extend(population.identities.iter().map(|identity| self.describe_identity(identity)));
        if population.pool.is_none() {
            facts.push(format!("activation {}", population.activation));
            facts.push(format!("bias {}", self.bias_name(population)));
        }
        let shape = &population.shape;
        format!("{} = {shape}, {} neurons: {}", population.name, shape.neurons(), facts.join(", "))
    }

    fn describe_identity(&self, identity: &Identity) -> String {
        format!("{} {}", self.genome(identity.genome).name, identity.form())
    }

    fn describe_projection(&self, projection: &Projection) -> String {
        let (source, target) = (self.population(projection.source), self.population(projection.target));
        let frozen = if projection.frozen { ", frozen" } else { "" };
        let (rows, columns) = (source.shape.neurons(), target.shape.neurons());
        let window = projection.window.map_or(String::new(), |window| {
            format!(", {window}, {} synapses", window.synapses(&source.shape, &target.shape))
        });
        let encoding = self.encoding_name(projection);
        format!("{} -> {} via {encoding}: {rows} × {columns}{window}{frozen}", source.name, target.name)
    }

    /// Returns what a projection's own tensors are called after: `image->c1`, and of several between the same ends by the
    /// same encoding from the second on `image->c1.window3_padding1`.
    pub fn link_name(&self, projection: &Projection) -> String {
        let (source, target) = (&self.population(projection.source).name, &self.population(projection.target).name);
        let field = projection.window.map_or("whole".to_owned(), |window| window.to_string());
        let field = field.replace(", ", "_").replace(' ', "");
        if projection.again { format!("{source}->{target}.{field}") } else { format!("{source}->{target}") }
    }

    /// Returns how a pool is made, or nothing for a population that is none.
    pub fn pool_name(&self, population: &Population) -> Option<String> {
        let pool = population.pool?;
        Some(format!("average_pool of {}, {}", self.population(pool.source).name, pool.size))
    }

    /// Returns how a population's bias is written in the source.
    pub fn bias_name(&self, population: &Population) -> String {
        match population.bias {
            Bias::Expressed(genome) => format!("expressed({})", self.genome(genome).name),
            other @ (Bias::None | Bias::Free | Bias::PerMap) => other.to_string(),
        }
    }

    /// Returns how a projection's encoding is written in the source.
    pub fn encoding_name(&self, projection: &Projection) -> String {
        match projection.encoding {
            Encoding::Genes(interaction) => self.interaction(interaction).name.to_string(),
            Encoding::Direct => "direct".to_owned(),
            Encoding::Basis(rows) => format!("basis({rows})"),
            Encoding::GNetwork(GNetwork { hidden, layers: 1 }) => format!("gnetwork(hidden: {hidden})"),
            Encoding::GNetwork(GNetwork { hidden, layers }) => format!("gnetwork(hidden: {hidden}, layers: {layers})"),
            Encoding::Subspace(dimension) => format!("subspace({dimension})"),
        }
    }
}

impl Identity {
    /// Returns how it is written in the source, after its genome's name.
    pub fn form(&self) -> String {
        if self.split { format!("split({})", self.expression) } else { self.expression.to_string() }
    }
}
