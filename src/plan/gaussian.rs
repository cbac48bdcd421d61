//! Gaussian identities, in two forms of one function: by the distance from each neuron to each gene's centre, and as a product
//! of one Gaussian for each axis of the grid, exp(−Σ d²/σ²) = Π exp(−d²/σ²), which takes far fewer exponentials.

use super::builder::Builder;
use super::function::Function;
use super::op::Op;
use super::tensor::{Dim, Shape, TensorId};
use crate::diag::Bug;
use crate::geometry::Space;

/// A population's Gaussians.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gaussians<'a> {
    /// Where the neurons lie.
    pub(super) space: &'a Space,
    /// atanh of where they lie, R × N × dims, where that is learned.
    pub(super) learned: Option<TensorId>,
    /// atanh of the centres, R × G × dims.
    pub(super) mu: TensorId,
    /// Logarithms of the widths, R × G, or R × G × dims where each axis has its own.
    pub(super) sigma: TensorId,
    /// Whether it has.
    pub(super) anisotropic: bool,
}

impl Gaussians<'_> {
    /// Appends X, R × N × G, by distances.
    pub(super) fn whole(self, builder: &mut Builder, label: &str) -> Result<TensorId, Bug> {
        let centre = builder.map(Function::Tanh, self.mu, "")?;
        let positions = positions(builder, self.space, self.learned)?;
        let positions = builder.push(Op::Unsqueeze { axis: 2 }, &[positions], "")?;
        let centre = builder.push(Op::Unsqueeze { axis: 1 }, &[centre], "")?;
        let offset = builder.push(Op::Subtract, &[positions, centre], "")?;
        let exponent = if self.anisotropic {
            let precision = self.power(builder, -1.0)?;
            let precision = builder.push(Op::Unsqueeze { axis: 1 }, &[precision], "")?;
            let scaled = builder.push(Op::Multiply, &[offset, precision], "")?;
            let length = squared_length(builder, scaled)?;
            builder.scale(-1.0, length)?
        } else {
            let distance = squared_length(builder, offset)?;
            let precision = self.power(builder, -2.0)?;
            let precision = builder.push(Op::Unsqueeze { axis: 1 }, &[precision], "")?;
            let negated = builder.scale(-1.0, precision)?;
            builder.push(Op::Multiply, &[distance, negated], "")?
        };
        builder.map(Function::Exp, exponent, label)
    }

    /// Appends X, R × N × G, as a product over the `axes` of a grid, the last of which runs fastest.
    pub(super) fn separated(self, builder: &mut Builder, axes: &[usize], label: &str) -> Result<TensorId, Bug> {
        let centre = builder.map(Function::Tanh, self.mu, "")?;
        let precision = self.power(builder, -2.0)?;
        let negated = builder.scale(-1.0, precision)?;
        let mut product = self.along(builder, (axes, 0), centre, negated)?;
        for axis in 1..axes.len() {
            let factor = self.along(builder, (axes, axis), centre, negated)?;
            let rows = builder.push(Op::Unsqueeze { axis: 2 }, &[product], "")?;
            let columns = builder.push(Op::Unsqueeze { axis: 1 }, &[factor], "")?;
            let both = builder.push(Op::Multiply, &[rows, columns], "")?;
            let neurons = axes.iter().take(axis + 1).fold(1, |count: usize, axis| count.saturating_mul(*axis));
            let dims = builder.tensors[both.0].shape.dims();
            let shape = Box::new(Shape::new([dims[0], Dim::Size(neurons), dims[3]]));
            let label = if axis + 1 == axes.len() { label } else { "" };
            product = builder.push(Op::Reshape { shape }, &[both], label)?;
        }
        Ok(product)
    }

    /// Appends exp(−d²/σ²) along one axis of n neurons, R × n × G.
    fn along(
        self,
        builder: &mut Builder,
        (lengths, axis): (&[usize], usize),
        centre: TensorId,
        negated: TensorId,
    ) -> Result<TensorId, Bug> {
        let positions = builder.push(Op::Positions(Space::Grid(vec![lengths[axis]])), &[], "")?;
        let centre = of_axis(builder, centre, axis)?;
        let offset = builder.push(Op::Subtract, &[positions, centre], "")?;
        let square = builder.map(Function::Square, offset, "")?;
        let negated = if self.anisotropic {
            of_axis(builder, negated, axis)?
        } else {
            builder.push(Op::Unsqueeze { axis: 1 }, &[negated], "")?
        };
        let exponent = builder.push(Op::Multiply, &[square, negated], "")?;
        builder.map(Function::Exp, exponent, "")
    }

    /// Appends σ to the power `exponent`, from its logarithm.
    fn power(self, builder: &mut Builder, exponent: f64) -> Result<TensorId, Bug> {
        let scaled = builder.scale(exponent, self.sigma)?;
        builder.map(Function::Exp, scaled, "")
    }
}

/// Appends where neurons lie, 1 × N × dims, or R × N × dims where atanh of it is `learned`.
pub(super) fn positions(builder: &mut Builder, space: &Space, learned: Option<TensorId>) -> Result<TensorId, Bug> {
    match learned {
        None => builder.push(Op::Positions(space.clone()), &[], ""),
        Some(row) => builder.map(Function::Tanh, row, ""),
    }
}

/// Appends one axis of R × G × dims as R × 1 × G.
fn of_axis(builder: &mut Builder, of: TensorId, index: usize) -> Result<TensorId, Bug> {
    let one = builder.push(Op::Select { axis: 2, index }, &[of], "")?;
    let genes = builder.push(Op::Squeeze { axis: 2 }, &[one], "")?;
    builder.push(Op::Unsqueeze { axis: 1 }, &[genes], "")
}

/// Appends the sum of squares over the last of four axes.
fn squared_length(builder: &mut Builder, vectors: TensorId) -> Result<TensorId, Bug> {
    let squares = builder.map(Function::Square, vectors, "")?;
    builder.push(Op::Sum { axis: 3 }, &[squares], "")
}
