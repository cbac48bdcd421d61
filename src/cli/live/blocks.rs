//! The values of a sweep → blocks, each trained as one program: on a GPU values that differ in numbers of genes, as many as fit. On a
//! CPU each value is a block, so that its runs are computed as they would be without a sweep, to the last bit.

use std::ops::Range;

use crate::check::Model;
use crate::compile::Stages;
use crate::emit::Place;
use crate::plan::Sizes;
use crate::program::{Program, Target};
use crate::train::Recipe;

/// One value of a sweep.
#[derive(Debug)]
pub(super) struct Point {
    /// As it was written.
    pub(super) value: String,
    /// The model with it.
    pub(super) stages: Stages,
}

/// Bytes that the tensors of a block's step may take.
const BYTES: u64 = 4 << 30;

/// Divides points, in their order, into blocks.
pub(super) fn blocks(points: &[Point], recipe: &Recipe, place: Place) -> Vec<Range<usize>> {
    let mut blocks = Vec::new();
    let mut start = 0;
    while start < points.len() {
        let fits = |end: &usize| place.device.is_cuda() && fits(&points[start..=*end], recipe);
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

fn fits(block: &[Point], recipe: &Recipe) -> bool {
    let Some(largest) = largest(block) else { return false };
    let sizes = Sizes { runs: recipe.runs.saturating_mul(block.len()), batch: recipe.batch };
    let plan = &largest.stages.plan;
    block.iter().all(|point| lies_within(point.stages.model(), largest.stages.model()))
        && Program::step(plan, sizes, Target::Torch).bytes() <= BYTES
}

/// Tells whether a model is another with no more genes.
fn lies_within(model: &Model, other: &Model) -> bool {
    let genes = || model.genomes().iter().zip(other.genomes());
    model.is_alike_but_for_genes(other) && genes().all(|(few, many)| few.genes <= many.genes)
}
