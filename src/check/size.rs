//! The memory limit: what the weights and parameters of one run take while training, known from sizes alone.

use miette::Diagnostic;
use thiserror::Error;

use super::genomes::GeneSets;
use super::model::{Encoding, Expression, GNetwork, Layout, PopId, Population, Projection, Share, SineNetwork, Window};
use crate::diag::Problems;
use crate::options::{Options, Order};
use crate::span::Span;

/// Bytes of one number in single precision.
const NUMBER: u64 = 4;
/// Copies that training keeps of a parameter: itself, its gradient, two moments, the best so far.
const LEARNED: u64 = 5;
/// Copies that a step keeps of a number it makes: itself and its gradient.
const MADE: u64 = 2;

/// Copies of a number that is drawn once: itself, and the best run's.
const DRAWN: u64 = 2;
/// Copies of a number that a g-network of two hidden layers makes for a pair of neurons and a unit.
const PAIRWISE: u64 = 4;

/// Bytes that a joined pair takes in the list of them: both ends, and its number and target once more in the order of sources.
const LISTED: u64 = 16;
/// The part of pairs up to which only joined ones are made, whatever the sizes.
const FEW: f64 = 0.2;

/// The network is larger than the memory limit.
#[derive(Debug, Error, Diagnostic)]
#[error("the network needs {needed} of memory, the limit is {limit}")]
#[diagnostic(code(gem::too_large), help("make {what} smaller, or raise the limit with `--memory-limit`"))]
struct TooLarge {
    needed: String,
    limit: String,
    what: &'static str,
    #[label(primary, "{what}: {largest}")]
    at: Span,
    largest: String,
}

/// One thing that takes memory.
struct Part {
    bytes: u64,
    what: &'static str,
    at: Span,
}

/// Reports a network that does not fit `limit` bytes, at the part that takes most.
pub(super) fn size(
    genes: &GeneSets,
    populations: &[Option<Population>],
    projections: &[&Projection],
    options: &Options,
    problems: &mut Problems,
) {
    let limit = options.memory_limit;
    let mut parts: Vec<Part> = Vec::new();
    for population in populations.iter().flatten() {
        parts.extend(identities(population, genes));
    }
    for interaction in genes.interactions.iter().flatten() {
        let genes = genes.genomes[interaction.genome.index()].genes;
        parts.push(part(&[genes, genes], LEARNED, "the interaction matrix", interaction.name.span));
    }
    let shape = |id: PopId| populations.get(id.index())?.as_ref().map(|population| &population.shape);
    for projection in projections {
        if let (Some(source), Some(target)) = (shape(projection.source), shape(projection.target)) {
            if matches!(options.order, Order::Cheapest | Order::Factored)
                && let Some(part) = joined(projection, [source, target])
            {
                parts.push(part);
                continue;
            }
            parts.extend(mask(projection, [source, target]));
            parts.push(match projection.window {
                None => weights(projection, source.neurons(), target.neurons()),
                Some(window) => fields(projection, window, genes, [source, target]),
            });
        }
    }
    let needed = parts.iter().fold(0, |sum: u64, part| sum.saturating_add(part.bytes));
    if let (true, Some(largest)) = (needed > limit, parts.iter().max_by_key(|part| part.bytes)) {
        let (what, at, bytes) = (largest.what, largest.at, largest.bytes);
        problems.push(TooLarge { needed: human(needed), limit: human(limit), what, at, largest: human(bytes) });
    }
}

/// Counts the weights that are grown under a drawn mask which joins so few pairs that only those are made, and their list.
fn joined(projection: &Projection, [source, target]: [&Layout; 2]) -> Option<Part> {
    let drawn = projection.mask.as_ref().filter(|mask| mask.within.is_none())?.density.as_ref()?.part;
    let grown = matches!(projection.encoding, Encoding::Genes(_)) && drawn <= FEW;
    let pairs = source.neurons() as f64 * target.neurons() as f64;
    // the mean of what is drawn; beyond 2⁶⁴ there is no difference any more
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let bytes = (pairs * drawn * (MADE * NUMBER + LISTED) as f64) as u64;
    grown.then_some(Part { bytes, what: "the weights", at: projection.span })
}

/// Counts a mask, and where it asks for distances the positions of both ends.
fn mask(projection: &Projection, [source, target]: [&Layout; 2]) -> Vec<Part> {
    let Some(mask) = &projection.mask else { return Vec::new() };
    let mut parts = vec![part(&[source.neurons(), target.neurons()], 1, "the mask", projection.span)];
    if mask.within.is_some() {
        let positions =
            |end: &Layout| part(&[end.neurons(), end.space().dims()], MADE, "the positions", projection.span);
        parts.extend([source, target].map(positions));
    }
    parts
}

fn identities(population: &Population, genes: &GeneSets) -> Vec<Part> {
    let neurons = population.shape.neurons();
    let one = |identity: &super::model::Identity| {
        let genes = genes.genomes[identity.genome.index()].genes;
        let copies = match identity.expression {
            Expression::Free { .. } => LEARNED,
            Expression::Random { .. }
            | Expression::Gaussian { .. }
            | Expression::InverseSquare { .. }
            | Expression::Pooled => MADE,
        };
        part(&[neurons, genes], copies, "the identities", population.name.span)
    };
    let mut parts: Vec<Part> = population.identities.iter().map(one).collect();
    if let Layout::Cloud(cloud) = population.shape {
        let copies = if population.learned_positions { LEARNED } else { MADE };
        parts.push(part(&[cloud.neurons, cloud.dims], copies, "the positions", population.name.span));
    }
    if population.identities.is_empty() {
        parts.push(part(&[neurons], MADE, "the population", population.name.span));
    }
    parts
}

fn weights(projection: &Projection, source: usize, target: usize) -> Part {
    match projection.encoding {
        Encoding::Genes(_) => part(&[source, target], MADE, "the weights", projection.span),
        // what its units make of each neuron's label, and the labels' bits, of which there are at most 64 for each end
        Encoding::GNetwork(GNetwork { layers: 1, hidden, .. }) => {
            let whole = part(&[source, target], MADE, "the weights", projection.span);
            let rows = source.saturating_add(target).saturating_add(2 * 64);
            let units = part(&[rows, hidden], LEARNED, "the hidden units", projection.span);
            Part { bytes: whole.bytes.saturating_add(units.bytes), ..whole }
        }
        Encoding::Direct => part(&[source, target], LEARNED, "the weights", projection.span),
        Encoding::Basis(rows) => {
            let whole = part(&[source, target], MADE, "the weights", projection.span);
            let learned = part(&[rows, target], LEARNED, "the weights", projection.span);
            let drawn = part(&[source, rows], 1, "the weights", projection.span);
            Part { bytes: whole.bytes.saturating_add(learned.bytes).saturating_add(drawn.bytes), ..whole }
        }
        // what the second layer's units receive, their sines and the gradients of both
        Encoding::GNetwork(GNetwork { hidden, .. }) => {
            part(&[source, target, hidden], PAIRWISE, "the hidden units", projection.span)
        }
        // each chunk's last product is of `hidden` rows
        Encoding::Sine(SineNetwork { chunks, hidden, .. }) => {
            let whole = part(&[source, target], LEARNED, "the weights", projection.span);
            let chunk = source.saturating_mul(target) / chunks.max(1);
            let drawn = part(&[chunk.saturating_add(hidden), hidden], DRAWN, "the sine network", projection.span);
            let units = part(&[chunks, hidden], PAIRWISE, "the sine network", projection.span);
            Part { bytes: whole.bytes.saturating_add(drawn.bytes).saturating_add(units.bytes), ..drawn }
        }
        Encoding::Subspace(dimension) => {
            part(&[source, target, dimension.saturating_add(1)], DRAWN, "the subspace", projection.span)
        }
    }
}

/// Counts the weights of receptive fields, those that hang over an edge among them, and the identities of the neurons under
/// each, laid side by side.
fn fields(projection: &Projection, window: Window, genes: &GeneSets, [source, target]: [&Layout; 2]) -> Part {
    let ([_, _, maps], [rows, columns, fields]) = (source.grid(), target.grid());
    let kernel = [window.size, window.size, maps];
    let genes = match projection.encoding {
        Encoding::Genes(interaction) => {
            let interaction = genes.interactions.get(interaction.index()).and_then(Option::as_ref);
            interaction.map_or(1, |interaction| genes.genomes[interaction.genome.index()].genes)
        }
        Encoding::Direct | Encoding::Basis(_) | Encoding::GNetwork(_) | Encoding::Sine(_) | Encoding::Subspace(_) => {
            let kernels = if window.share == Share::Maps { fields } else { target.neurons() };
            return part(&[&kernel[..], &[kernels]].concat(), LEARNED, "the weights", projection.span);
        }
    };
    let unfolded = part(&[&kernel[..], &[rows, columns, genes]].concat(), MADE, "the weights", projection.span);
    let grown = part(&[&kernel[..], &[target.neurons()]].concat(), MADE, "the weights", projection.span);
    Part { bytes: unfolded.bytes.saturating_add(grown.bytes), ..unfolded }
}

fn part(sizes: &[usize], copies: u64, what: &'static str, at: Span) -> Part {
    let bytes = sizes.iter().fold(copies * NUMBER, |bytes, size| bytes.saturating_mul(*size as u64));
    Part { bytes, what, at }
}

/// Writes a number of bytes as people read it.
fn human(bytes: u64) -> String {
    const UNITS: &[&str] = &["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let (mut value, mut unit) = (bytes as f64, 0);
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} bytes") } else { format!("{value:.1} {}", UNITS[unit]) }
}
