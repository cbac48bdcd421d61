//! The legend: what the colours mean. Says it of a [`Model`], then gives each block its place beneath the picture.

use ::svg::node::element::{Circle, Group, Line};

use super::diagram::{Entry, NAME_LIMIT};
use super::ink::{self, Stroke, clip, tenth};
use super::type_set;
use crate::check::{Encoding, GenomeId, InteractionId, Model, Projection};
use crate::diag::{count, grouped};

/// The most genomes that are listed.
const LIMIT: usize = 24;
/// From one block to the next, and from a block's left edge to its text.
const GAP: f64 = 30.0;
const INDENT: f64 = 20.0;
/// From one line to the next.
const LEADING: f64 = 17.0;

/// Says what the colours mean: the genomes with their interactions, then what is grey and what is dashed.
pub(super) fn legend(model: &Model) -> Vec<Entry> {
    let (genomes, interactions) = (model.genomes(), model.interactions());
    let mut lines = vec![Vec::new(); genomes.len().min(LIMIT)];
    for (index, interaction) in interactions.iter().enumerate() {
        if let Some(lines) = lines.get_mut(interaction.genome.index()) {
            lines.push(matrix(model, InteractionId(index)));
        }
    }
    let mut entries = Vec::new();
    for (index, lines) in lines.into_iter().enumerate() {
        let genome = model.genome(GenomeId(index));
        let name = format!("{} · {}", clip(genome.name.as_str(), NAME_LIMIT), count(genome.genes as u64, "gene"));
        entries.push(Entry { name, lines, ink: ink::of_genome(index), stroke: Stroke::Whole });
    }
    if genomes.len() > LIMIT {
        let name = format!("and {} more", count((genomes.len() - LIMIT) as u64, "genome"));
        entries.push(Entry { name, lines: Vec::new(), ink: ink::SOFT, stroke: Stroke::Whole });
    }
    entries.extend(neutral(model));
    entries
}

fn matrix(model: &Model, id: InteractionId) -> String {
    let interaction = model.interaction(id);
    let genes = model.genome(interaction.genome).genes;
    let learned = interaction.rule.learned(genes);
    let sparse = if interaction.sparse > 0.0 { format!(", sparse {:?}", interaction.sparse) } else { String::new() };
    let own = interaction.name.as_str() == model.genome(interaction.genome).name.as_str();
    let name = if own { "O".to_owned() } else { clip(interaction.name.as_str(), NAME_LIMIT) };
    let (size, learned) = (grouped(genes as u64), grouped(learned as u64));
    format!("{name}: {size} × {size} {}{sparse} · {learned} learned", interaction.rule)
}

fn neutral(model: &Model) -> Vec<Entry> {
    let any = |test: fn(&Projection) -> bool| model.projections().iter().any(test);
    let entry = |name: &str, line: &str, ink, stroke| Entry {
        name: name.to_owned(),
        lines: vec![line.to_owned()],
        ink,
        stroke,
    };
    let mut entries = Vec::new();
    if any(|projection| matches!(projection.encoding, Encoding::Direct)) {
        entries.push(entry("direct", "W itself is learned", ink::DIRECT, Stroke::Whole));
    }
    if any(|projection| matches!(projection.encoding, Encoding::Basis(_))) {
        entries.push(entry("basis(b)", "W = R P: R random, P learned", ink::BASIS, Stroke::Whole));
    }
    if any(|projection| matches!(projection.encoding, Encoding::GNetwork(_))) {
        entries.push(entry("gnetwork(…)", "a small network makes W of labels", ink::BASIS, Stroke::Whole));
    }
    if any(|projection| matches!(projection.encoding, Encoding::Subspace(_))) {
        entries.push(entry("subspace(b)", "W = W0 + R θ, θ learned, one for all", ink::BASIS, Stroke::Whole));
    }
    if any(|projection| matches!(projection.encoding, Encoding::Sine(_))) {
        entries.push(entry("sine(…)", "W = W0 + β φ(α): φ frozen, α, β learned", ink::BASIS, Stroke::Whole));
    }
    if any(|projection| projection.frozen) {
        entries.push(entry("frozen", "stays as it starts", ink::SOFT, Stroke::Dashed));
    }
    if model.populations().iter().any(|population| population.pool.is_some()) {
        entries.push(entry("average pool", "mean over squares, nothing is learned", ink::SOFT, Stroke::Dotted));
    }
    entries
}

/// Returns how wide the widest block is.
pub(super) fn least_width(entries: &[Entry]) -> f64 {
    entries.iter().map(block_width).fold(0.0, f64::max)
}

/// Draws the blocks in rows no wider than `width`, the first at (`left`, `top`); returns where they end.
pub(super) fn draw(entries: &[Entry], left: f64, top: f64, width: f64) -> (Group, f64) {
    let mut group = Group::new().set("class", "legend");
    let (mut x, mut y, mut lines) = (left, top, 0);
    for entry in entries {
        let wide = block_width(entry);
        if x > left && x + wide > left + width {
            y += row_height(lines);
            (x, lines) = (left, 0);
        }
        group = group.add(block(entry, x, y));
        x += wide + GAP;
        lines = lines.max(entry.lines.len());
    }
    (group, y + row_height(lines))
}

fn row_height(lines: usize) -> f64 {
    LEADING * (lines + 1) as f64 + 10.0
}

fn block_width(entry: &Entry) -> f64 {
    let lines = entry.lines.iter().map(|line| ink::width(line, ink::SMALL));
    INDENT + lines.fold(ink::width(&entry.name, ink::STRONG), f64::max)
}

fn block(entry: &Entry, x: f64, y: f64) -> Group {
    let mut group = Group::new();
    if let Some(dashes) = entry.stroke.dashes() {
        let line = Line::new().set("x1", tenth(x)).set("x2", tenth(x + 14.0)).set("y1", tenth(y + 8.0));
        let line = line.set("y2", tenth(y + 8.0)).set("stroke", entry.ink).set("stroke-width", 2);
        group = group.add(line.set("stroke-dasharray", dashes));
    } else {
        let dot = Circle::new().set("cx", tenth(x + 6.0)).set("cy", tenth(y + 8.0)).set("r", 5);
        group = group.add(dot.set("fill", entry.ink));
    }
    group = group.add(type_set(&entry.name, ink::STRONG, ink::INK, x + INDENT, y + 12.0));
    for (index, line) in entry.lines.iter().enumerate() {
        let baseline = y + 12.0 + LEADING * (index + 1) as f64;
        group = group.add(type_set(line, ink::SMALL, ink::SOFT, x + INDENT, baseline));
    }
    group
}
