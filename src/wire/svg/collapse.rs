//! A wiring too large to show each population: its layers drawn together, in time linear in its size.

use std::collections::BTreeMap;

use super::diagram::{Card, Chip, Diagram, Entry, Link, NAME_LIMIT, colour, layers, marks, totals};
use super::ink::{self, Stroke, clip};
use super::legend::legend;
use crate::check::{Model, PopId};
use crate::diag::{count, grouped};
use crate::wire::Wiring;

/// Boxes at most.
const BANDS: usize = 12;
/// The colour of connections that do not have one colour.
const MIXED: &str = ink::INK;
/// Genomes that one box names.
const CHIPS: usize = 4;

/// Some consecutive layers.
#[derive(Debug, Clone, Default)]
struct Band {
    first: Option<usize>,
    last: usize,
    populations: u64,
    neurons: u64,
    inside: u64,
    /// How many populations express each genome.
    genomes: BTreeMap<usize, u64>,
    marks: Vec<&'static str>,
}

/// The connections from one band to another.
#[derive(Debug)]
struct Bundle {
    connections: u64,
    synapses: u64,
    ink: &'static str,
    stroke: Stroke,
}

impl Diagram {
    /// Says how much there is in each of a few bands of layers.
    pub(super) fn collapsed(wiring: &Wiring) -> Self {
        let model = wiring.model();
        let layers = layers(wiring);
        let depth = layers.iter().max().map_or(1, |deepest| deepest + 1);
        let band_of: Vec<usize> = layers.iter().map(|layer| layer * depth.min(BANDS) / depth).collect();
        let mut bands = bands(model, &layers, &band_of);
        let links: Vec<Link> = bundles(model, &band_of, &mut bands).into_iter().map(link).collect();
        let mut legend = legend(model);
        if links.iter().any(|link| link.ink == MIXED) {
            let said = vec!["connections of several kinds".to_owned()];
            legend.push(Entry { name: "mixed".to_owned(), lines: said, ink: MIXED, stroke: Stroke::Whole });
        }
        let cards = bands.into_iter().enumerate().map(|(index, band)| card(model, index, band)).collect();
        let note =
            "Too large to show one by one: each box holds some layers, each line the connections between two boxes";
        Self { name: clip(model.name(), 60), totals: vec![totals(wiring), note.to_owned()], cards, links, legend }
    }
}

fn bands(model: &Model, layers: &[usize], band_of: &[usize]) -> Vec<Band> {
    let mut bands = vec![Band::default(); band_of.iter().max().map_or(0, |last| last + 1)];
    for (index, population) in model.populations().iter().enumerate() {
        let (layer, band) = (layers[index], &mut bands[band_of[index]]);
        band.first = Some(band.first.map_or(layer, |first| first.min(layer)));
        band.last = band.last.max(layer);
        band.populations += 1;
        band.neurons = band.neurons.saturating_add(population.shape.neurons() as u64);
        band.marks.extend(marks(model, PopId(index)));
        for identity in &population.identities {
            *band.genomes.entry(identity.genome.index()).or_default() += 1;
        }
    }
    bands
}

/// One connection or pool, for the bundle that it belongs to.
struct Strand {
    ends: (usize, usize),
    synapses: u64,
    ink: &'static str,
    stroke: Stroke,
}

fn strands<'a>(model: &'a Model, band_of: &'a [usize]) -> impl Iterator<Item = Strand> + 'a {
    let connections = model.projections().iter().map(|projection| Strand {
        ends: (band_of[projection.source.index()], band_of[projection.target.index()]),
        synapses: model.synapses(projection),
        ink: colour(model, projection),
        stroke: if projection.frozen { Stroke::Dashed } else { Stroke::Whole },
    });
    let pools = model.populations().iter().enumerate().filter_map(|(index, population)| {
        let ends = (band_of[population.pool?.source.index()], band_of[index]);
        Some(Strand { ends, synapses: 0, ink: ink::SOFT, stroke: Stroke::Dotted })
    });
    connections.chain(pools)
}

/// Sums the connections and pools between bands, and counts those inside each.
fn bundles(model: &Model, band_of: &[usize], bands: &mut [Band]) -> BTreeMap<(usize, usize), Bundle> {
    let mut bundles: BTreeMap<(usize, usize), Bundle> = BTreeMap::new();
    for Strand { ends, synapses, ink, stroke } in strands(model, band_of) {
        if ends.0 == ends.1 {
            bands[ends.0].inside += 1;
            continue;
        }
        let bundle = bundles.entry(ends).or_insert(Bundle { connections: 0, synapses: 0, ink, stroke });
        bundle.connections += 1;
        bundle.synapses = bundle.synapses.saturating_add(synapses);
        if bundle.stroke != stroke {
            bundle.stroke = Stroke::Whole;
        }
        if bundle.ink != ink {
            bundle.ink = MIXED;
        }
    }
    bundles
}

fn link(((from, to), bundle): ((usize, usize), Bundle)) -> Link {
    let connections = count(bundle.connections, "connection");
    Link {
        from,
        to,
        label: format!("{} · {}", count(bundle.connections, "link"), grouped(bundle.synapses)),
        hint: format!("{connections}: {}", count(bundle.synapses, "synapse")),
        ink: bundle.ink,
        stroke: bundle.stroke,
        synapses: bundle.synapses,
    }
}

fn card(model: &Model, layer: usize, band: Band) -> Card {
    let first = band.first.unwrap_or(band.last);
    let name = if first == band.last { format!("layer {first}") } else { format!("layers {first}–{}", band.last) };
    let shown = band.genomes.iter().take(CHIPS).map(|(genome, expressing)| {
        let name = clip(model.genomes()[*genome].name.as_str(), NAME_LIMIT);
        Chip { text: format!("{name} in {}", grouped(*expressing)), ink: ink::of_genome(*genome) }
    });
    let mut chips: Vec<Chip> = shown.collect();
    if band.genomes.len() > CHIPS {
        let text = format!("and {} more", count((band.genomes.len() - CHIPS) as u64, "genome"));
        chips.push(Chip { text, ink: ink::SOFT });
    }
    Card {
        hint: name.clone(),
        name,
        facts: vec![count(band.populations, "population"), count(band.neurons, "neuron")],
        note: (band.inside > 0).then(|| format!("{} inside", count(band.inside, "connection"))),
        axes: Vec::new(),
        scattered: false,
        chips,
        marks: band.marks,
        layer,
    }
}
