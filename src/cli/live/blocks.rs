//! The values of a sweep → blocks, each trained as one program: values that differ in numbers of genes, as many as fit.

use std::ops::Range;

use crate::check::Model;
use crate::compile::Stages;
use crate::emit::Place;
use crate::plan::Sizes;
use crate::train::Recipe;

/// One value of a sweep.
#[derive(Debug)]
pub(super) struct Point {
    /// As it was written.
    pub(super) value: String,
    /// The model with it.
    pub(super) stages: Stages,
}

/// What a block may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Bytes of the tensors of a step.
    bytes: u64,
    /// Arithmetic of a step, with unused genes, over what it would be without.
    waste: f64,
}

impl Limits {
    /// Returns what is fastest: a CPU wants its caches to hold a step and no arithmetic for nothing; a GPU, much at once.
    pub(super) fn of(place: Place) -> Self {
        if place.device.is_cuda() {
            Self { bytes: 4 << 30, waste: f64::INFINITY }
        } else {
            Self { bytes: 8 << 20, waste: 1.25 }
        }
    }
}

/// Divides points, in their order, into blocks.
pub(super) fn blocks(points: &[Point], recipe: &Recipe, limits: Limits) -> Vec<Range<usize>> {
    let mut blocks = Vec::new();
    let mut start = 0;
    while start < points.len() {
        let fits = |end: &usize| fits(&points[start..=*end], recipe, limits);
        let end = (start + 1..points.len()).take_while(fits).last().unwrap_or(start) + 1;
        blocks.push(start..end);
        start = end;
    }
    blocks
}

/// Returns the point of a block that has the most genes.
pub(super) fn largest(block: &[Point]) -> Option<&Point> {
    let genes = |point: &&Point| point.stages.model().genomes().iter().map(|genome| genome.genes).sum::<usize>();
    block.iter().max_by_key(genes)
}

fn fits(block: &[Point], recipe: &Recipe, limits: Limits) -> bool {
    let Some(largest) = largest(block) else { return false };
    let sizes = Sizes { runs: recipe.runs.saturating_mul(block.len()), batch: recipe.batch };
    let plan = &largest.stages.plan;
    let flop = |point: &Point| point.stages.plan.step_cost(Sizes { runs: 1, batch: recipe.batch }).flop as f64;
    let (padded, own) = (flop(largest) * block.len() as f64, block.iter().map(flop).sum::<f64>());
    block.iter().all(|point| lies_within(point.stages.model(), largest.stages.model()))
        && plan.held_bytes(&plan.lessons(), sizes) <= limits.bytes
        && padded <= own * limits.waste
}

/// Tells whether a model is another with no more genes.
fn lies_within(model: &Model, other: &Model) -> bool {
    let genes = || model.genomes().iter().zip(other.genomes());
    model.is_alike_but_for_genes(other) && genes().all(|(few, many)| few.genes <= many.genes)
}
