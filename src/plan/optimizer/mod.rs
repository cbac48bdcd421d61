//! Optimizers as builder calls: what each learned row, and the state that belongs to it, becomes in a step.

mod adam;

use super::builder::Builder;
use super::draft::PlanDraft;
use super::passes::{Goal, Pass};
use crate::diag::Bug;

/// Appends Adam's update of every learned row to a plan whose backward is there.
pub(super) const ADAM: Pass = Pass { name: "adam", on: |_| true, run: adam };

fn adam(mut draft: PlanDraft, _: Goal) -> Result<PlanDraft, Bug> {
    let (tensors, parameters) = (std::mem::take(&mut draft.tensors), std::mem::take(&mut draft.parameters));
    let mut builder = Builder::of(tensors, parameters);
    draft.updates = adam::updates(&mut builder, &draft.gradients)?;
    (draft.tensors, draft.parameters) = (builder.tensors, builder.parameters);
    Ok(draft)
}
