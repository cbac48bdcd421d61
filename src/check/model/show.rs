//! A model as text: every size and attribute said, in the order of the source.

use std::fmt;

use compact_str::{CompactString, format_compact};

use super::{
    Bias, Encoding, GNetwork, Identity, Intake, Interaction, Model, Origin, Population, Projection, SineNetwork,
    Weights,
};
use crate::check::keywords::Faster;

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
        if let Some(ticks) = self.ticks {
            writeln!(f, "  unroll {ticks}")?;
        }
        writeln!(f, "  start {}", self.start)?;
        let taken = if self.intake == Intake::PLAIN { String::new() } else { format!(", {}", self.intake) };
        writeln!(f, "  input {}{taken}", self.population(self.input).name)?;
        writeln!(f, "  output {}", self.population(self.output).name)
    }
}

impl fmt::Display for Intake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { mean, deviation } = self;
        write!(f, "as (x - {mean:?}) / {deviation:?}")
    }
}

impl Model {
    fn describe_interaction(&self, interaction: &Interaction) -> String {
        let genome = self.genome(interaction.genome);
        let sparse =
            if interaction.sparse > 0.0 { format!(", sparse {:?}", interaction.sparse) } else { String::new() };
        format!(
            "{} over {}: {} × {} {}{sparse}{}",
            interaction.name,
            genome.name,
            genome.genes,
            genome.genes,
            interaction.rule,
            Faster(interaction.rate)
        )
    }

    fn describe_population(&self, population: &Population) -> String {
        let mut facts: Vec<String> = self.pool_name(population).into_iter().collect();
        facts.extend(population.identities.iter().map(|identity| self.describe_identity(identity)));
        if population.pool.is_none() {
            facts.push(format!("activation {}", population.activation));
            facts.push(format!("bias {}", self.bias_name(population)));
        }
        if population.learned_positions {
            facts.push("positions learned".to_owned());
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
        let partial = projection.window.is_some() || projection.mask.is_some();
        let synapses = if partial { format!(", {} synapses", projection.synapses) } else { String::new() };
        let (encoding, manner) = (self.encoding_name(projection), projection.described());
        let gain = projection.gain_said();
        format!("{} -> {} via {encoding}: {rows} × {columns}{manner}{synapses}{gain}{frozen}", source.name, target.name)
    }

    /// Returns what a projection's own tensors are called after: `image->c1`, and of several between the same ends by the
    /// same encoding from the second on `image->c1.window3_padding1`. A subspace beside a basis is `image->c1.subspace`, and the
    /// other way round: both have a matrix R.
    pub fn link_name(&self, projection: &Projection) -> CompactString {
        let (source, target) = (&self.population(projection.source).name, &self.population(projection.target).name);
        let word = match projection.encoding {
            Encoding::Basis(_) if projection.namesake => ".basis",
            Encoding::Subspace(_) if projection.namesake => ".subspace",
            Encoding::Genes(_)
            | Encoding::Direct
            | Encoding::Basis(_)
            | Encoding::GNetwork(_)
            | Encoding::Sine(_)
            | Encoding::Subspace(_) => "",
        };
        if !projection.again {
            return CompactString::from_iter([source.as_str(), "->", target.as_str(), word]);
        }
        let manner = projection.manner();
        let manner = if manner.is_empty() { "whole".to_owned() } else { manner.replace(", ", "_").replace(' ', "") };
        format_compact!("{source}->{target}{word}.{manner}")
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
            Encoding::Sine(SineNetwork { inputs, chunks, hidden }) => {
                format!("sine(inputs: {inputs}, chunks: {chunks}, hidden: {hidden})")
            }
        }
    }
}

impl Projection {
    /// Returns which neurons it joins and what its weights may be, as in the source: `window 5, padding 1`, `within 0.4`,
    /// `heaviside`; nothing where it joins all by any weights.
    pub fn manner(&self) -> String {
        let window = self.window.map(|window| window.to_string());
        let mask = self.mask.as_ref().map(ToString::to_string);
        let weights = (self.weights != Weights::Real).then(|| self.weights.to_string());
        window.into_iter().chain(mask).chain(weights).collect::<Vec<String>>().join(", ")
    }

    /// Returns its gain with a comma before it, to stand after something; nothing where it is 1.
    pub fn gain_said(&self) -> String {
        match self.gain {
            1.0 => String::new(),
            gain => format!(", gain {gain:?}"),
        }
    }

    /// Returns [its manner](Self::manner) with a comma before it, to stand after something.
    pub fn described(&self) -> String {
        let manner = self.manner();
        if manner.is_empty() { manner } else { format!(", {manner}") }
    }
}

impl Identity {
    /// Returns how it is written in the source, after its genome's name.
    pub fn form(&self) -> String {
        if self.split { format!("split({})", self.expression) } else { self.expression.to_string() }
    }
}
