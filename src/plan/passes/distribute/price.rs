//! What products with weights of each task cost, made from these or from the parts of their sum.

use super::super::super::draft::PlanDraft;
use super::super::super::op::Op;
use super::super::super::tensor::{Dim, Shape, Sizes, TensorId};
use super::terms::{LowRank, Part, Term};

/// Tells whether the products of `readers` with `weights` are cheaper from the parts of their sum, operations and bytes weighed. The
/// weights, which then are not made, count as dear as all that is done to make them from those of the step before.
pub(super) fn cheaper(
    parts: &PlanDraft,
    weights: TensorId,
    terms: &[Term],
    readers: &[TensorId],
    sizes: Sizes,
) -> bool {
    let mut whole = making(parts, weights, sizes);
    let mut apart = 0_u64;
    for reader in readers {
        let tensor = &parts.tensors[reader.0];
        whole = whole.saturating_add(price_of(parts, *reader, sizes));
        let [_, other] = [0, 1].map(|place| &parts.tensors[tensor.operands[place].0].shape);
        for term in terms {
            apart = apart.saturating_add(price_of_term(parts, term, other, &tensor.shape, sizes));
        }
    }
    apart < whole
}

/// Returns the price of a tensor's operation.
fn price_of(parts: &PlanDraft, id: TensorId, sizes: Sizes) -> u64 {
    let tensor = &parts.tensors[id.0];
    let operands: Vec<&Shape> = tensor.operands.iter().map(|operand| &parts.tensors[operand.0].shape).collect();
    tensor.op.price(tensor.op.cost(&operands, &tensor.shape, sizes))
}

/// Returns the price of the last step to weights: the sum, the product with the rate, that of low rank.
fn making(parts: &PlanDraft, weights: TensorId, sizes: Sizes) -> u64 {
    let tensor = &parts.tensors[weights.0];
    let own = price_of(parts, weights, sizes);
    match (&tensor.op, tensor.operands.as_slice()) {
        (Op::Add | Op::Subtract, &[_, change]) => own.saturating_add(making(parts, change, sizes)),
        (Op::Multiply | Op::Unary(_), &[part, ..]) => own.saturating_add(making(parts, part, sizes)),
        _ => own,
    }
}

/// Returns the price of what one part of the sum contributes to a product of this shape with `other`.
fn price_of_term(parts: &PlanDraft, term: &Term, other: &Shape, made: &Shape, sizes: Sizes) -> u64 {
    let each = Op::BatchedMatMul { transpose_left: false, transpose_right: false };
    let price = |op: &Op, operands: &[&Shape], made: &Shape| op.price(op.cost(operands, made, sizes));
    let times = term.scales.len() as u64;
    let product = match &term.part {
        Part::Shared(weights) => {
            let merged = |shape: &Shape| Shape::new([shape.dims()[0], shape.dims()[1], samples(shape)]);
            let weights = &parts.tensors[weights.0].shape;
            let op = Op::MatMul { transpose_left: weights.dims()[2] != other.dims()[1], transpose_right: false };
            let scaling = price(&Op::Multiply, &[made, made], made).saturating_mul(times);
            price(&op, &[weights, &merged(other)], &merged(made)).saturating_add(scaling)
        }
        Part::LowRank(LowRank { factors: [left, _], transposed, .. }) => {
            let rank = parts.tensors[left[0].0].shape.dims()[if transposed[0] { 1 } else { 2 }];
            let inner = other.with(|dims| dims[1] = rank);
            // whichever comes first has the rows that `other` has
            let [first, then] = [other, made].map(|ends| ends.with(|dims| dims[2] = rank));
            let narrow = first.with(|dims| dims.swap(1, 2));
            let scaling = price(&Op::Multiply, &[&inner, &inner], &inner).saturating_mul(times);
            let products = price(&each, &[&narrow, other], &inner).saturating_add(price(&each, &[&then, &inner], made));
            products.saturating_add(scaling)
        }
    };
    product.saturating_add(price(&Op::Add, &[made, made], made))
}

/// Returns k · B of R × n × k × B.
fn samples(shape: &Shape) -> Dim {
    Dim::samples(if let Dim::Size(each) = shape.dims()[2] { each } else { 1 })
}
