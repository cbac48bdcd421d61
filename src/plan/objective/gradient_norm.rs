//! The gradient norm: the loss becomes half the squared length of its own gradient, so that deriving once more gives the Hessian
//! times the gradient. The list of operations is closed under differentiation; methods of second order start from this.

use super::super::builder::Builder;
use super::super::derive::derive;
use super::super::draft::PlanDraft;
use super::super::function::Function;
use super::super::op::Op;
use super::super::passes::{Goal, Pass};
use super::super::tensor::TensorId;
use crate::diag::Bug;

/// Replaces each run's loss.
pub(in crate::plan) const GRADIENT_NORM: Pass = Pass { name: "gradient_norm", on: |_| true, run: replaced };

fn replaced(mut draft: PlanDraft, _: Goal) -> Result<PlanDraft, Bug> {
    let (tensors, parameters) = (std::mem::take(&mut draft.tensors), std::mem::take(&mut draft.parameters));
    let mut builder = Builder::of(tensors, parameters);
    draft.losses = gradient_norm(&mut builder, draft.losses)?;
    (draft.tensors, draft.parameters) = (builder.tensors, builder.parameters);
    Ok(draft)
}

/// Appends ½ Σ g², with g the gradient of `losses`, [R], by all learned rows; returns `losses` themselves where there are none.
fn gradient_norm(builder: &mut Builder, losses: TensorId) -> Result<TensorId, Bug> {
    let learned = builder.learned();
    let mut sum = None;
    for gradient in derive(builder, losses, &learned)? {
        let square = builder.map(Function::Square, gradient, "")?;
        let length = builder.total(square, "")?;
        sum = Some(match sum {
            None => length,
            Some(sum) => builder.push(Op::Add, &[sum, length], "")?,
        });
    }
    match sum {
        None => Ok(losses),
        Some(sum) => builder.push(Op::Affine { factor: 0.5, offset: 0.0 }, &[sum], "gradient norm"),
    }
}
