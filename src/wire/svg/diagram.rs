//! [`Wiring`] → [`Diagram`]: what is said of each population, connection and genome, before anything has a place.

use super::ink::{self, Stroke, clip};
use super::legend::legend;
use crate::check::{Bias, Encoding, Identity, Layout, Model, PopId, Population, Projection, Weights};
use crate::diag::{count, grouped};
use crate::wire::Wiring;

/// The longest name that is written whole; hovering shows longer ones.
pub(super) const NAME_LIMIT: usize = 26;

/// What there is to draw.
#[derive(Debug)]
pub(super) struct Diagram {
    /// The model's name.
    pub(super) name: String,
    /// Lines beneath the name.
    pub(super) totals: Vec<String>,
    /// The boxes.
    pub(super) cards: Vec<Card>,
    /// The lines between them. Those that lead to no higher layer are feedback.
    pub(super) links: Vec<Link>,
    /// What the colours mean.
    pub(super) legend: Vec<Entry>,
}

/// One box.
#[derive(Debug)]
pub(super) struct Card {
    /// Its heading.
    pub(super) name: String,
    /// Its size, in words.
    pub(super) facts: Vec<String>,
    /// Activation and bias.
    pub(super) note: Option<String>,
    /// Lengths of its axes; empty for a box that stands for many populations.
    pub(super) axes: Vec<usize>,
    /// Whether its neurons lie anywhere.
    pub(super) scattered: bool,
    /// The genomes it expresses.
    pub(super) chips: Vec<Chip>,
    /// What it is to the world outside.
    pub(super) marks: Vec<&'static str>,
    /// The longest path to it from where paths begin.
    pub(super) layer: usize,
    /// Shown on hovering.
    pub(super) hint: String,
}

/// A genome that a box expresses.
#[derive(Debug)]
pub(super) struct Chip {
    pub(super) text: String,
    pub(super) ink: &'static str,
}

/// One line between boxes.
#[derive(Debug)]
pub(super) struct Link {
    /// The box it leaves.
    pub(super) from: usize,
    /// The box it enters.
    pub(super) to: usize,
    pub(super) label: String,
    pub(super) ink: &'static str,
    pub(super) stroke: Stroke,
    pub(super) synapses: u64,
    /// Shown on hovering.
    pub(super) hint: String,
}

/// One block of the legend.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) lines: Vec<String>,
    pub(super) ink: &'static str,
    /// Of a line; a whole one stands for a colour.
    pub(super) stroke: Stroke,
}

impl Link {
    /// Tells whether it leads to no higher layer.
    pub(super) fn leads_back(&self, cards: &[Card]) -> bool {
        cards[self.to].layer <= cards[self.from].layer
    }
}

impl Diagram {
    /// Says everything: one box a population, one line a connection or pool.
    pub(super) fn whole(wiring: &Wiring) -> Self {
        let model = wiring.model();
        let layers = layers(wiring);
        let cards = (0..layers.len()).map(|index| card(model, PopId(index), layers[index])).collect();
        let pools = (0..layers.len()).filter_map(|index| pool(model, PopId(index)));
        let links = model.projections().iter().map(|projection| link(model, projection)).chain(pools).collect();
        Self { name: clip(model.name(), 60), totals: vec![totals(wiring)], cards, links, legend: legend(model) }
    }
}

/// Returns each population's layer: the longest path to it, feedback aside.
pub(super) fn layers(wiring: &Wiring) -> Vec<usize> {
    let mut layers = vec![0; wiring.model().populations().len()];
    let mut placed = vec![false; layers.len()];
    let model = wiring.model();
    for population in wiring.schedule() {
        let pooled = model.population(*population).pool.map(|pool| pool.source);
        let joined = wiring.incoming(*population).iter().map(|projection| model.projection(*projection).source);
        // a source that comes no earlier feeds back
        for source in joined.chain(pooled).filter(|source| placed[source.index()]) {
            layers[population.index()] = layers[population.index()].max(layers[source.index()] + 1);
        }
        placed[population.index()] = true;
    }
    layers
}

/// Writes how much there is of everything.
pub(super) fn totals(wiring: &Wiring) -> String {
    let model = wiring.model();
    let neurons = model.populations().iter().map(|population| population.shape.neurons() as u64);
    let synapses = model.projections().iter().map(|projection| model.synapses(projection));
    let mut parts = vec![
        count(model.populations().len() as u64, "population"),
        count(neurons.fold(0, u64::saturating_add), "neuron"),
        count(model.projections().len() as u64, "connection"),
        count(synapses.fold(0, u64::saturating_add), "synapse"),
    ];
    let pools = model.populations().iter().filter(|population| population.pool.is_some()).count();
    if pools > 0 {
        parts.insert(3, count(pools as u64, "pool"));
    }
    if !wiring.ticks().is_empty() {
        parts.push(count(wiring.ticks().len() as u64, "tick"));
    }
    parts.join(" · ")
}

/// Returns the colour of a projection's line.
pub(super) fn colour(model: &Model, projection: &Projection) -> &'static str {
    match projection.encoding {
        Encoding::Genes(interaction) => ink::of_genome(model.interaction(interaction).genome.index()),
        Encoding::Direct => ink::DIRECT,
        Encoding::Basis(_) | Encoding::GNetwork(_) | Encoding::Sine(_) | Encoding::Subspace(_) => ink::BASIS,
    }
}

/// Returns what a population is to the world outside.
pub(super) fn marks(model: &Model, population: PopId) -> Vec<&'static str> {
    let ports = [(model.input(), "INPUT"), (model.output(), "OUTPUT")];
    ports.iter().filter(|(port, _)| *port == population).map(|(_, mark)| *mark).collect()
}

fn card(model: &Model, id: PopId, layer: usize) -> Card {
    let population = model.population(id);
    let neurons = count(population.shape.neurons() as u64, "neuron");
    let chips = population.identities.iter().map(|identity| chip(model, identity)).collect();
    let note = (id != model.input()).then(|| note(model, population));
    Card {
        name: clip(population.name.as_str(), NAME_LIMIT),
        facts: vec![shape(population), neurons],
        hint: hint(model, population),
        axes: population.shape.axes().to_vec(),
        scattered: matches!(population.shape, Layout::Cloud(_)),
        marks: marks(model, id),
        note,
        chips,
        layer,
    }
}

/// Writes `grid 28 × 28` for `grid(28, 28)`.
fn shape(population: &Population) -> String {
    if let Layout::Cloud(cloud) = population.shape {
        return format!("cloud in {}", count(cloud.dims as u64, "dimension"));
    }
    population.shape.to_string().replace(", ", " × ").replace('(', " ").replace(')', "")
}

fn note(model: &Model, population: &Population) -> String {
    if let Some(pool) = population.pool {
        return format!("mean of {size} × {size}", size = pool.size);
    }
    let bias = match population.bias {
        Bias::None => "no bias".to_owned(),
        Bias::Free => "free bias".to_owned(),
        Bias::PerMap => "bias per map".to_owned(),
        Bias::Expressed(genome) => format!("bias from {}", clip(model.genome(genome).name.as_str(), NAME_LIMIT)),
    };
    format!("{} · {bias}", population.activation)
}

fn chip(model: &Model, identity: &Identity) -> Chip {
    let expression = identity.expression.to_string();
    let word = expression.split('(').next().unwrap_or(&expression);
    let split = if identity.split { "split " } else { "" };
    let name = clip(model.genome(identity.genome).name.as_str(), NAME_LIMIT);
    Chip { text: format!("{name} {split}{word}"), ink: ink::of_genome(identity.genome.index()) }
}

fn hint(model: &Model, population: &Population) -> String {
    let identity = |identity: &Identity| format!("{}: {}", model.genome(identity.genome).name, identity.form());
    let mut parts = vec![format!("{} = {}", population.name, population.shape)];
    parts.extend(population.identities.iter().map(identity));
    parts.extend(population.learned_positions.then(|| "positions learned".to_owned()));
    parts.join("\n")
}

fn link(model: &Model, projection: &Projection) -> Link {
    let (source, target) = (model.population(projection.source), model.population(projection.target));
    let (encoding, synapses) = (model.encoding_name(projection), model.synapses(projection));
    let short = projection.window.map_or(String::new(), |window| format!(" · window {}", window.size));
    let mask = projection.mask.as_ref().map(|mask| clip(&mask.to_string(), NAME_LIMIT));
    let weights = (projection.weights != Weights::Real).then(|| projection.weights.to_string());
    let short: String =
        [short].into_iter().chain(mask.into_iter().chain(weights).map(|part| format!(" · {part}"))).collect();
    let long = projection.described();
    Link {
        from: projection.source.index(),
        to: projection.target.index(),
        label: format!("via {}{short} · {}", clip(&encoding, NAME_LIMIT), grouped(synapses)),
        ink: colour(model, projection),
        stroke: if projection.frozen { Stroke::Dashed } else { Stroke::Whole },
        synapses,
        hint: format!("{} → {} via {encoding}{long}: {}", source.name, target.name, count(synapses, "synapse")),
    }
}

/// Returns the line from a pool's source, or nothing for a population that is no pool.
fn pool(model: &Model, id: PopId) -> Option<Link> {
    let (population, pool) = (model.population(id), model.population(id).pool?);
    let (source, size) = (model.population(pool.source), pool.size);
    Some(Link {
        from: pool.source.index(),
        to: id.index(),
        label: "average pool".to_owned(),
        ink: ink::SOFT,
        stroke: Stroke::Dotted,
        synapses: 0,
        hint: format!("{} is the mean of {} over squares of {size} × {size}", population.name, source.name),
    })
}
