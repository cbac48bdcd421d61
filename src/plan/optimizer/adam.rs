//! Adam (Kingma, Ba 2015; β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸), with g the gradient, t the number of the update from 1:
//!
//! m ← m + (1 − β₁)(g − m), v ← v + (1 − β₂)(g² − v), p ← p − (m · α / (1 − β₁ᵗ)) / (√v / √(1 − β₂ᵗ) + ε).

use compact_str::{CompactString, format_compact};
use rustc_hash::FxHashMap;

use super::super::builder::{Builder, dotted};
use super::super::function::Function;
use super::super::op::{Op, Scalar};
use super::super::tensor::{ParameterId, TensorId};
use crate::diag::Bug;

const BETA1: f64 = 0.9;
const BETA2: f64 = 0.999;
/// 1 − β₁ and 1 − β₂, as they are written.
const FRESH1: f64 = 0.1;
const FRESH2: f64 = 0.001;
const EPSILON: f64 = 1e-8;

/// Appends the updates of all learned rows, whose gradients are given in the table's order, and of their moments.
pub(super) fn updates(builder: &mut Builder, gradients: &[TensorId]) -> Result<Vec<(ParameterId, TensorId)>, Bug> {
    let learned = builder.learned();
    let mut updates = Vec::with_capacity(3 * learned.len());
    let mut adam = Adam { builder, numbers: FxHashMap::default() };
    for (value, gradient) in learned.into_iter().zip(gradients) {
        let Some(row) = adam.builder.row_of(value) else { continue };
        updates.extend(adam.update((row, value), *gradient)?);
    }
    Ok(updates)
}

struct Adam<'a> {
    builder: &'a mut Builder,
    /// Numbers that depend on the step alone, by their labels: one of each for all rows.
    numbers: FxHashMap<CompactString, TensorId>,
}

impl Adam<'_> {
    fn update(
        &mut self,
        (row, value): (ParameterId, TensorId),
        gradient: TensorId,
    ) -> Result<[(ParameterId, TensorId); 3], Bug> {
        let (name, rate) = (self.builder.parameters[row.0].name.clone(), self.builder.parameters[row.0].rate);
        let rank = self.builder.tensors[value.0].shape.rank();
        let [(first_row, first), (second_row, second)] = [
            self.builder.state(row, &dotted(&name, "adam.m"), "the running mean of its gradients")?,
            self.builder.state(row, &dotted(&name, "adam.v"), "the running mean of their squares")?,
        ];
        let square = self.builder.map(Function::Square, gradient, "")?;
        let first = self.lerp((first, gradient), FRESH1, &dotted(&name, "adam.m'"))?;
        let second = self.lerp((second, square), FRESH2, &dotted(&name, "adam.v'"))?;
        let (stride, root) = (self.stride(rate, rank)?, self.root(rank)?);
        let builder = &mut *self.builder;
        let deviation = builder.map(Function::SquareRoot, second, "")?;
        let deviation = builder.push(Op::Divide, &[deviation, root], "")?;
        let deviation = builder.push(Op::Affine { factor: 1.0, offset: EPSILON }, &[deviation], "")?;
        let scaled = builder.push(Op::Multiply, &[first, stride], "")?;
        let change = builder.push(Op::Divide, &[scaled, deviation], "")?;
        let value = builder.push(Op::Subtract, &[value, change], &(name.clone() + "'"))?;
        Ok([(row, value), (first_row, first), (second_row, second)])
    }

    /// Appends x + part · (y − x).
    fn lerp(&mut self, (x, y): (TensorId, TensorId), part: f64, label: &str) -> Result<TensorId, Bug> {
        let apart = self.builder.push(Op::Subtract, &[y, x], "")?;
        let part = self.builder.scale(part, apart)?;
        self.builder.push(Op::Add, &[x, part], label)
    }

    /// Appends rate · α / (1 − β₁ᵗ), with as many axes as a row has.
    fn stride(&mut self, rate: f64, rank: usize) -> Result<TensorId, Bug> {
        let usual = self.number("adam.stride", |adam| {
            let alpha = adam.input(Scalar::LearningRate, "learning-rate")?;
            let correction = adam.correction(BETA1)?;
            adam.builder.push(Op::Divide, &[alpha, correction], "adam.stride")
        })?;
        if rate.to_bits() == 1.0_f64.to_bits() {
            return self.raised(usual, rank, "adam.stride");
        }
        let label = format_compact!("adam.stride×{rate:?}");
        let own =
            self.number(&label, |adam| adam.builder.push(Op::Affine { factor: rate, offset: 0.0 }, &[usual], &label))?;
        self.raised(own, rank, &label)
    }

    /// Appends √(1 − β₂ᵗ) likewise.
    fn root(&mut self, rank: usize) -> Result<TensorId, Bug> {
        let root = self.number("adam.root", |adam| {
            let correction = adam.correction(BETA2)?;
            adam.builder.map(Function::SquareRoot, correction, "adam.root")
        })?;
        self.raised(root, rank, "adam.root")
    }

    /// Appends 1 − βᵗ, as −(e^(t ln β) − 1): nothing is lost where βᵗ is near 1.
    fn correction(&mut self, beta: f64) -> Result<TensorId, Bug> {
        let step = self.input(Scalar::Step, "step")?;
        let exponent = self.builder.scale(beta.ln(), step)?;
        let power = self.builder.map(Function::ExpMinusOne, exponent, "")?;
        self.builder.scale(-1.0, power)
    }

    fn input(&mut self, scalar: Scalar, label: &str) -> Result<TensorId, Bug> {
        self.number(label, |adam| adam.builder.push(Op::Scalar(scalar), &[], label))
    }

    /// Gives a number more axes, each of length 1.
    fn raised(&mut self, number: TensorId, rank: usize, label: &str) -> Result<TensorId, Bug> {
        (1..rank).try_fold(number, |number, axis| {
            let label = format_compact!("{label}({})", axis + 1);
            self.number(&label, |adam| adam.builder.push(Op::Unsqueeze { axis }, &[number], &label))
        })
    }

    /// Returns the number of this label, made where it is new.
    fn number(&mut self, label: &str, make: impl FnOnce(&mut Self) -> Result<TensorId, Bug>) -> Result<TensorId, Bug> {
        if let Some(known) = self.numbers.get(label) {
            return Ok(*known);
        }
        let number = make(self)?;
        self.numbers.insert(label.into(), number);
        Ok(number)
    }
}
