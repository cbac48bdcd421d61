//! `GRADIENT_NORM`: the loss becomes half the squared length of its own gradient, so that deriving once more gives the Hessian times the
//! gradient. The list of operations is closed under differentiation; this is what a method of second order starts from.

use super::super::builder::Builder;
use super::super::draft::PlanDraft;
use super::super::function::Function;
use super::super::op::Op;
use super::{Goal, Pass};
use crate::diag::Bug;

/// Replaces each run's loss, for a plan whose backward is there.
pub(super) const GRADIENT_NORM: Pass = Pass { name: "gradient_norm", on: |_| true, run: gradient_norm };

fn gradient_norm(mut parts: PlanDraft, _: Goal) -> Result<PlanDraft, Bug> {
    let (tensors, parameters) = (std::mem::take(&mut parts.tensors), std::mem::take(&mut parts.parameters));
    let mut builder = Builder::of(tensors, parameters);
    let mut sum = None;
    for gradient in std::mem::take(&mut parts.gradients) {
        let square = builder.map(Function::Square, gradient, "")?;
        let length = builder.total(square, "")?;
        sum = Some(match sum {
            None => length,
            Some(sum) => builder.push(Op::Add, &[sum, length], "")?,
        });
    }
    if let Some(sum) = sum {
        parts.losses = builder.push(Op::Affine { factor: 0.5, offset: 0.0 }, &[sum], "steepness")?;
    }
    (parts.tensors, parts.parameters) = (builder.tensors, builder.parameters);
    Ok(parts)
}
