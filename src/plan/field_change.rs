//! What a task has changed of weights within receptive fields. A step down the gradient changes W\[p, o, k\] by
//! η Σ d\[p o, s\] a\[p k, s\], with a the sources' activity for the support samples s and d the gradient by what targets receive. So it
//! brings of x
//!
//! η Σ d\[p o, s\] (Σ a\[p k, s\] x\[p k\]),
//!
//! and the inner sum, over the neurons that a place sees, is a sum over receptive fields of a ⊗ x with all weights 1. No weights of tasks
//! are made.

use super::builder::Builder;
use super::conv_geometry::ConvGeometry;
use super::op::{Bilinear, Op};
use super::tensor::{Dim, Shape, TensorId};
use crate::diag::Bug;

/// A change of weights within receptive fields.
#[derive(Debug, Clone, Copy)]
pub(super) struct FieldChange {
    pub(super) field: ConvGeometry,
    /// a, R × `N_s` × S · B.
    pub(super) sent: TensorId,
    /// d, R × `N_t` × S · B.
    pub(super) gradient: TensorId,
    /// η, R × 1 × 1.
    pub(super) rate: TensorId,
}

impl FieldChange {
    /// Appends what the change takes from what `active`, R × `N_s` × q · B, brings: R × `N_t` × q · B.
    pub(super) fn carry(self, builder: &mut Builder, active: TensorId) -> Result<TensorId, Bug> {
        let reshape = |builder: &mut Builder, id: TensorId, dims: &[Dim]| {
            builder.push(Op::Reshape { shape: Box::new(Shape::new(dims)) }, &[id], "")
        };
        let (support, samples) = (each(builder, self.sent), each(builder, active));
        let [one, many, asked, batch] = [Dim::Size(1), Dim::Size(support), Dim::Size(samples), Dim::Batch];
        let [sources, targets] = [self.field.sources(), self.field.targets()].map(Dim::Size);
        let [places, maps] = [self.field.places(), self.field.maps()].map(Dim::Size);
        let sent = reshape(builder, self.sent, &[Dim::Runs, sources, many, one, batch])?;
        let active = reshape(builder, active, &[Dim::Runs, sources, one, asked, batch])?;
        let pairs = builder.push(Op::Multiply, &[sent, active], "")?;
        let all = Dim::samples(support.saturating_mul(samples));
        let pairs = reshape(builder, pairs, &[Dim::Runs, sources, all])?;
        let [rows, columns, _] = self.field.target;
        let field = ConvGeometry { target: [rows, columns, 1], ..self.field };
        let shape = Box::new(Shape::per_run(&[field.places(), 1, field.seen()]));
        let ones = builder.push(Op::Constant { value: 1.0, shape }, &[], "")?;
        let seen = builder.push(Op::LocalConv(Bilinear::Forward, Box::new(field)), &[ones, pairs], "")?;
        let seen = reshape(builder, seen, &[Dim::Runs, places, one, many, asked, batch])?;
        let gradient = reshape(builder, self.gradient, &[Dim::Runs, places, maps, many, one, batch])?;
        let brought = builder.push(Op::Multiply, &[gradient, seen], "")?;
        let brought = builder.push(Op::Sum { axis: 3 }, &[brought], "")?;
        let brought = reshape(builder, brought, &[Dim::Runs, targets, Dim::samples(samples)])?;
        builder.push(Op::Multiply, &[brought, self.rate], "")
    }
}

/// Returns k of R × N × k · B.
fn each(builder: &Builder, id: TensorId) -> usize {
    match builder.tensors[id.index()].shape.dims() {
        [_, _, Dim::Samples(each)] => *each,
        _ => 1,
    }
}
