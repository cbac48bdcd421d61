//! `SEPARABLE_GAUSSIAN`: a Gaussian of the distance on a grid becomes a product of one Gaussian for each axis, which takes far fewer
//! exponentials. It is recognised as `express` writes it: exp(−Σ d²/σ²) of positions and centres.

use super::super::builder::Builder;
use super::super::draft::PlanDraft;
use super::super::function::Function;
use super::super::gaussian::Gaussians;
use super::super::op::Op;
use super::super::tensor::TensorId;
use super::super::verify::Tensor;
use super::{Goal, Pass};
use crate::diag::Bug;
use crate::geometry::Space;

/// Replaces every Gaussian on a grid of more than one axis.
pub(super) const SEPARABLE_GAUSSIAN: Pass =
    Pass { name: "separable_gaussian", on: |op| matches!(op, Op::Positions(_)), run: separable_gaussian };

fn separable_gaussian(mut parts: PlanDraft, _: Goal) -> Result<PlanDraft, Bug> {
    let found: Vec<Option<Found>> =
        (0..parts.tensors.len()).map(|index| bells(&parts.tensors, TensorId(index))).collect();
    if found.iter().all(Option::is_none) {
        return Ok(parts);
    }
    let tensors = std::mem::take(&mut parts.tensors);
    let parameters = std::mem::take(&mut parts.parameters);
    let mut builder = Builder::of(Vec::with_capacity(tensors.len()), parameters);
    let mut place: Vec<TensorId> = Vec::with_capacity(tensors.len());
    for (mut tensor, found) in tensors.into_iter().zip(found) {
        let made = if let Some(Found { axes, mu, sigma, anisotropic }) = found {
            let space = &Space::Grid(axes.clone());
            let bells = Gaussians { space, learned: None, mu: place[mu.0], sigma: place[sigma.0], anisotropic };
            bells.separated(&mut builder, &axes, &tensor.label)?
        } else {
            tensor.operands.iter_mut().for_each(|id| *id = place[id.0]);
            builder.tensors.push(tensor);
            TensorId(builder.tensors.len() - 1)
        };
        place.push(made);
    }
    let Builder { tensors, parameters, .. } = builder;
    parts.parameters = parameters;
    Ok(parts.moved(tensors, |id| place[id.0]))
}

/// Gaussians on a grid of more than one axis.
struct Found {
    axes: Vec<usize>,
    mu: TensorId,
    sigma: TensorId,
    anisotropic: bool,
}

/// Reads a tensor as Gaussians of the distance, if it is that.
fn bells(tensors: &[Tensor], root: TensorId) -> Option<Found> {
    let of = Reading(tensors);
    let exponent = of.map(root, Function::Exp)?;
    let (offset, sigma, anisotropic) = of.widths_of_all_axes(exponent).or_else(|| of.widths_of_each_axis(exponent))?;
    let (positions, centre) = of.pair(offset, &Op::Subtract)?;
    let Op::Positions(Space::Grid(axes)) = &tensors[of.one(positions, &Op::Unsqueeze { axis: 2 })?.0].op else {
        return None;
    };
    if axes.len() < 2 {
        return None;
    }
    let mu = of.map(of.one(centre, &Op::Unsqueeze { axis: 1 })?, Function::Tanh)?;
    Some(Found { axes: axes.clone(), mu, sigma, anisotropic })
}

/// Tensors, read from a result back to what it is made of.
#[derive(Clone, Copy)]
struct Reading<'a>(&'a [Tensor]);

impl Reading<'_> {
    /// Reads (Σ offset²) · −σ⁻².
    fn widths_of_all_axes(self, exponent: TensorId) -> Option<(TensorId, TensorId, bool)> {
        let (distance, negated) = self.pair(exponent, &Op::Multiply)?;
        let precision = self.one(self.scaled(negated, -1.0)?, &Op::Unsqueeze { axis: 1 })?;
        Some((self.squares(distance)?, self.power(precision, -2.0)?, false))
    }

    /// Reads −Σ (offset · σ⁻¹)².
    fn widths_of_each_axis(self, exponent: TensorId) -> Option<(TensorId, TensorId, bool)> {
        let (offset, precision) = self.pair(self.squares(self.scaled(exponent, -1.0)?)?, &Op::Multiply)?;
        Some((offset, self.power(self.one(precision, &Op::Unsqueeze { axis: 1 })?, -1.0)?, true))
    }

    /// Reads Σ x² over the last of four axes; returns x.
    fn squares(self, sum: TensorId) -> Option<TensorId> {
        self.map(self.one(sum, &Op::Sum { axis: 3 })?, Function::Square)
    }

    /// Reads e to the `exponent` times x; returns x.
    fn power(self, made: TensorId, exponent: f64) -> Option<TensorId> {
        self.scaled(self.map(made, Function::Exp)?, exponent)
    }

    fn map(self, made: TensorId, function: Function) -> Option<TensorId> {
        self.one(made, &Op::Unary(function))
    }

    fn scaled(self, made: TensorId, factor: f64) -> Option<TensorId> {
        self.one(made, &Op::Affine { factor, offset: 0.0 })
    }

    /// Returns the operand of a tensor that `op` makes.
    fn one(self, made: TensorId, op: &Op) -> Option<TensorId> {
        let tensor = &self.0[made.0];
        if tensor.op == *op { tensor.operands.first().copied() } else { None }
    }

    /// Returns both operands of a tensor that `op` makes.
    fn pair(self, made: TensorId, op: &Op) -> Option<(TensorId, TensorId)> {
        let tensor = &self.0[made.0];
        match tensor.operands.as_slice() {
            [x, y] if tensor.op == *op => Some((*x, *y)),
            _ => None,
        }
    }
}
