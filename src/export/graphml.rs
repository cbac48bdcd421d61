//! A grown network → a file of `GraphML`: a node for each neuron, an edge for each synapse whose weight is not 0.

use super::fault::{ExportFault, TooManySynapses};
use super::fields::seen;
use super::forward::{ConstantLayout, ForwardConstant, ForwardGraph};
use crate::check::{Model, Population, Projection};
use crate::plan::ConvGeometry;

/// Synapses that are written at most.
const MOST_SYNAPSES: u64 = 2_000_000;

/// Keys of the file: of nodes and of edges.
const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="population" for="node" attr.name="population" attr.type="string"/>
<key id="neuron" for="node" attr.name="neuron" attr.type="int"/>
<key id="position" for="node" attr.name="position" attr.type="string"/>
<key id="connection" for="edge" attr.name="connection" attr.type="string"/>
<key id="weight" for="edge" attr.name="weight" attr.type="double"/>
"#;

/// Writes the network. Neurons are called `hidden:12`, counted from 0; of a cloud whose positions are learned the positions at the
/// start are written. Pools are edges, too: each brings its share of a mean.
///
/// # Errors
///
/// [`TooManySynapses`].
pub fn graphml(model: &Model, forward: &ForwardGraph) -> Result<String, ExportFault> {
    let synapses = model.projections().iter().map(|link| model.synapses(link));
    let pools = model.populations().iter().filter_map(|population| {
        population.pool.map(|pool| (population.shape.neurons() as u64).saturating_mul((pool.size * pool.size) as u64))
    });
    let found = synapses.chain(pools).fold(0, u64::saturating_add);
    if found > MOST_SYNAPSES {
        return Err(TooManySynapses { found, most: MOST_SYNAPSES }.into());
    }
    let mut text = format!("{HEAD}<graph id=\"{}\" edgedefault=\"directed\">\n", forward.model);
    for population in model.populations() {
        text += &nodes(population);
    }
    for link in model.projections() {
        let name = model.link_name(link);
        if let Some(weights) = forward.constant(&format!("{name}.weight")) {
            let ends = [link.source, link.target].map(|end| model.population(end).name.as_str());
            edges(&mut text, &name, ends, &pairs(model, link, weights));
        }
    }
    for population in model.populations() {
        text += &pooled(model, population);
    }
    Ok(text + "</graph>\n</graphml>\n")
}

fn nodes(population: &Population) -> String {
    let (name, space) = (population.name.as_str(), population.shape.space());
    let (positions, dims) = (space.positions(), space.dims().max(1));
    let mut text = String::new();
    for (neuron, place) in positions.chunks(dims).enumerate() {
        let place: Vec<String> = place.iter().map(|at| format!("{at:.4}")).collect();
        text += &format!(
            "<node id=\"{name}:{neuron}\"><data key=\"population\">{name}</data><data key=\"neuron\">{neuron}</data>"
        );
        text += &format!("<data key=\"position\">{}</data></node>\n", place.join(" "));
    }
    text
}

/// Writes source, target and weight of each pair.
fn edges(text: &mut String, name: &str, [source, target]: [&str; 2], pairs: &[(usize, usize, f64)]) {
    let name = name.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    for (from, to, weight) in pairs {
        *text += &format!(
            "<edge source=\"{source}:{from}\" target=\"{target}:{to}\"><data key=\"connection\">{name}</data>"
        );
        *text += &format!("<data key=\"weight\">{weight:?}</data></edge>\n");
    }
}

/// Returns source, target and weight of each synapse whose weight is not 0.
fn pairs(model: &Model, link: &Projection, weights: &ForwardConstant) -> Vec<(usize, usize, f64)> {
    let numbers = weights.array.numbers();
    let (source, target) = (&model.population(link.source).shape, &model.population(link.target).shape);
    let Some(window) = link.window else {
        let columns = source.neurons().max(1);
        let pair = |(place, weight): (usize, &f64)| (place % columns, place / columns, *weight);
        return numbers.iter().enumerate().map(pair).filter(|(_, _, weight)| *weight != 0.0).collect();
    };
    let field = ConvGeometry::new(window, source, target);
    let (seen, wide) = (seen(&field), field.seen());
    let shared = matches!(weights.layout, ConstantLayout::Kernel(_));
    let mut pairs = Vec::new();
    for neuron in 0..field.targets() {
        let (place, map) = (neuron / field.maps(), neuron % field.maps());
        let kernel = if shared { map } else { neuron };
        for k in 0..wide {
            if let (Some(from), Some(weight)) = (seen[place * wide + k], numbers.get(kernel * wide + k))
                && *weight != 0.0
            {
                pairs.push((from, neuron, *weight));
            }
        }
    }
    pairs
}

/// Returns the edges of a pool.
fn pooled(model: &Model, population: &Population) -> String {
    let Some(pool) = population.pool else { return String::new() };
    let source = model.population(pool.source);
    let [rows, columns, maps] = source.shape.grid();
    let (share, across) = (1.0 / (pool.size * pool.size) as f64, columns / pool.size.max(1));
    let mut pairs = Vec::new();
    for neuron in 0..rows * columns * maps {
        let (row, column, map) = (neuron / maps / columns, neuron / maps % columns, neuron % maps);
        pairs.push((neuron, (row / pool.size * across + column / pool.size) * maps + map, share));
    }
    let mut text = String::new();
    edges(&mut text, "pool", [source.name.as_str(), population.name.as_str()], &pairs);
    text
}
