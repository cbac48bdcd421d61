//! Adam (Kingma, Ba 2015; β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸), with g the gradient, t the number of the update from 1:
//!
//! m ← m + (1 − β₁)(g − m), v ← v + (1 − β₂)(g² − v), p ← p − (m · α / (1 − β₁ᵗ)) / (√v / √(1 − β₂ᵗ) + ε).

use super::super::builder::{Builder, dotted};
use super::super::function::Function;
use super::super::op::{Op, Scalar};
use super::super::tensor::{ParameterId, TensorId};
use crate::diag::Bug;

const BETA1: f64 = 0.9;
/// 1 − β₁ and 1 − β₂, as they are written.
const FRESH1: f64 = 0.1;
const FRESH2: f64 = 0.001;
const BETA2: f64 = 0.999;
const EPSILON: f64 = 1e-8;

/// Appends the updates of all learned rows, whose gradients are given in the table's order, and of their moments.
pub(super) fn updates(builder: &mut Builder, gradients: &[TensorId]) -> Result<Vec<(ParameterId, TensorId)>, Bug> {
    let learned = builder.learned();
    let mut updates = Vec::with_capacity(3 * learned.len());
    for (value, gradient) in learned.into_iter().zip(gradients) {
        let Some(row) = builder.row_of(value) else { continue };
        updates.extend(update(builder, (row, value), *gradient)?);
    }
    Ok(updates)
}

fn update(
    builder: &mut Builder,
    (row, value): (ParameterId, TensorId),
    gradient: TensorId,
) -> Result<[(ParameterId, TensorId); 3], Bug> {
    let (name, rate) = (builder.parameters[row.0].name.clone(), builder.parameters[row.0].rate);
    let [(first_row, first), (second_row, second)] = [
        builder.state(row, dotted(&name, "adam.m"), "the running mean of its gradients")?,
        builder.state(row, dotted(&name, "adam.v"), "the running mean of their squares")?,
    ];
    let square = builder.map(Function::Square, gradient, "")?;
    let first = lerp(builder, (first, gradient), FRESH1, &dotted(&name, "adam.m'"))?;
    let second = lerp(builder, (second, square), FRESH2, &dotted(&name, "adam.v'"))?;
    let rank = builder.tensors[value.0].shape.rank();
    let stride = stride(builder, rate, rank)?;
    let correction = correction(builder, BETA2)?;
    let root = builder.map(Function::SquareRoot, correction, "")?;
    let root = raised(builder, root, rank)?;
    let deviation = builder.map(Function::SquareRoot, second, "")?;
    let deviation = builder.push(Op::Divide, &[deviation, root], "")?;
    let deviation = builder.push(Op::Affine { factor: 1.0, offset: EPSILON }, &[deviation], "")?;
    let scaled = builder.push(Op::Multiply, &[first, stride], "")?;
    let change = builder.push(Op::Divide, &[scaled, deviation], "")?;
    let value = builder.push(Op::Subtract, &[value, change], &(name.clone() + "'"))?;
    Ok([(row, value), (first_row, first), (second_row, second)])
}

/// Appends x + part · (y − x).
fn lerp(builder: &mut Builder, (x, y): (TensorId, TensorId), part: f64, label: &str) -> Result<TensorId, Bug> {
    let apart = builder.push(Op::Subtract, &[y, x], "")?;
    let part = builder.scale(part, apart)?;
    builder.push(Op::Add, &[x, part], label)
}

/// Appends rate · α / (1 − β₁ᵗ), with as many axes as a row has.
fn stride(builder: &mut Builder, rate: f64, rank: usize) -> Result<TensorId, Bug> {
    let alpha = builder.push(Op::Scalar(Scalar::LearningRate), &[], "")?;
    let correction = correction(builder, BETA1)?;
    let stride = builder.push(Op::Divide, &[alpha, correction], "")?;
    let stride = if rate.to_bits() == 1.0_f64.to_bits() { stride } else { builder.scale(rate, stride)? };
    raised(builder, stride, rank)
}

/// Appends 1 − βᵗ, as −(e^(t ln β) − 1): nothing is lost where βᵗ is near 1.
fn correction(builder: &mut Builder, beta: f64) -> Result<TensorId, Bug> {
    let step = builder.push(Op::Scalar(Scalar::Step), &[], "")?;
    let exponent = builder.scale(beta.ln(), step)?;
    let power = builder.map(Function::ExpMinusOne, exponent, "")?;
    builder.scale(-1.0, power)
}

/// Gives a scalar more axes, each of length 1.
fn raised(builder: &mut Builder, scalar: TensorId, rank: usize) -> Result<TensorId, Bug> {
    (1..rank).try_fold(scalar, |scalar, axis| builder.push(Op::Unsqueeze { axis }, &[scalar], ""))
}
