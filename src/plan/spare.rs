//! Genes that some runs leave out, so that runs with different numbers of genes are one program: a mask, R × G, 1 for the
//! genes that a run has, lies over all that is learned gene by gene or pair by pair. What a gene without O and bias expresses
//! changes nothing, so it has no gradient either.

use super::builder::{Builder, Row, dotted};
use super::op::Op;
use super::parameter::Init;
use super::tensor::{Shape, TensorId};
use crate::check::{GenomeId, Model};
use crate::diag::Bug;

/// Appends O under the mask of its genome's genes: O ∘ u uᵀ.
pub(super) fn pairs(
    builder: &mut Builder,
    model: &Model,
    genome: GenomeId,
    interaction: TensorId,
) -> Result<TensorId, Bug> {
    let used = mask(builder, model, genome)?;
    let sent = builder.push(Op::Unsqueeze { axis: 2 }, &[used], "")?;
    let received = builder.push(Op::Unsqueeze { axis: 1 }, &[used], "")?;
    let both = builder.push(Op::Multiply, &[sent, received], "")?;
    builder.push(Op::Multiply, &[interaction, both], "")
}

/// Appends one number for each gene under the same mask: b ∘ u.
pub(super) fn each(builder: &mut Builder, model: &Model, genome: GenomeId, numbers: TensorId) -> Result<TensorId, Bug> {
    let used = mask(builder, model, genome)?;
    builder.push(Op::Multiply, &[numbers, used], "")
}

/// Returns the mask of a genome's genes, R × G.
fn mask(builder: &mut Builder, model: &Model, genome: GenomeId) -> Result<TensorId, Bug> {
    let genome = model.genome(genome);
    let row = Row {
        name: dotted(genome.name.as_str(), "used"),
        shape: Shape::per_run(&[genome.genes]),
        start: Init::Constant(1.0),
        learned: false,
        rate: 1.0,
        holds: "1 for each gene that the run has",
    };
    builder.parameter(row, genome.name.as_str())
}
