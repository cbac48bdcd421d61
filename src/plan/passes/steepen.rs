//! STEEPEN: the loss becomes half the squared length of its own gradient, so that deriving once more gives the Hessian times the
//! gradient. The list of operations is closed under differentiation; this is what a method of second order starts from.

use super::super::builder::Builder;
use super::super::function::Function;
use super::super::op::Op;
use super::super::verify::Parts;
use super::{Aim, Pass};
use crate::diag::Bug;

/// Replaces each run's loss, for a plan whose backward is there.
pub(super) const STEEPEN: Pass = Pass { name: "steepen", on: |_| true, run: steepen };

fn steepen(mut parts: Parts, _: Aim) -> Result<Parts, Bug> {
    let (tensors, leaves) = (std::mem::take(&mut parts.tensors), std::mem::take(&mut parts.leaves));
    let mut builder = Builder::of(tensors, leaves);
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
    (parts.tensors, parts.leaves) = (builder.tensors, builder.leaves);
    Ok(parts)
}
