//! Weights of tasks read as a sum: those of all tasks, and products of low rank.

use super::super::super::function::Function;
use super::super::super::op::Op;
use super::super::super::tensor::{Dim, Shape, TensorId};
use super::super::super::verify::Tensor;

/// One part of a sum of weights.
#[derive(Debug, Clone)]
pub(super) struct Term {
    /// Numbers that multiply it, R × 1 × 1 × 1.
    pub(super) scales: Vec<TensorId>,
    /// Whether it is subtracted.
    pub(super) negative: bool,
    pub(super) part: Part,
}

/// What a part of a sum is.
#[derive(Debug, Clone)]
pub(super) enum Part {
    /// Weights of all tasks, R × a × b.
    Shared(TensorId),
    /// A product u v.
    LowRank(LowRank),
}

/// A product of two sums, u v, either transposed first; the gradient stops before it where it is to be taken as it is.
#[derive(Debug, Clone)]
pub(super) struct LowRank {
    pub(super) factors: [Vec<TensorId>; 2],
    pub(super) transposed: [bool; 2],
    pub(super) stopped: bool,
}

/// Reads a tensor as a sum of shared weights and products; nothing where it is something else, or such a product alone.
pub(super) fn terms(tensors: &[Tensor], weights: TensorId) -> Option<Vec<Term>> {
    let mut terms = Vec::new();
    let whole = Term { scales: Vec::new(), negative: false, part: Part::Shared(weights) };
    add_terms(tensors, weights, &whole, &mut terms)?;
    let terms = terms.into_iter().fold(Vec::new(), |merged, term| with_common_factor(tensors, merged, term));
    terms.iter().any(|term| matches!(term.part, Part::Shared(_))).then_some(terms)
}

/// Adds the parts of a tensor, which is multiplied as `outer` says.
fn add_terms(tensors: &[Tensor], id: TensorId, outer: &Term, terms: &mut Vec<Term>) -> Option<()> {
    let tensor = &tensors[id.0];
    match (&tensor.op, tensor.operands.as_slice()) {
        (Op::Add | Op::Subtract, &[left, right]) => {
            add_terms(tensors, left, outer, terms)?;
            let negative = outer.negative != (tensor.op == Op::Subtract);
            add_terms(tensors, right, &Term { negative, ..outer.clone() }, terms)
        }
        (Op::Multiply, &[part, scale]) if is_scale(&tensors[scale.0].shape) => {
            let mut outer = outer.clone();
            outer.scales.push(scale);
            add_terms(tensors, part, &outer, terms)
        }
        (Op::Expand { axis: 3, .. }, &[beside]) => match (&tensors[beside.0].op, tensors[beside.0].operands.as_slice())
        {
            (Op::Unsqueeze { axis: 3 }, &[shared]) => {
                terms.push(Term { part: Part::Shared(shared), ..outer.clone() });
                Some(())
            }
            _ => None,
        },
        (Op::Unary(Function::StopGradient), &[product]) => low_rank(tensors, product, true, outer, terms),
        _ => low_rank(tensors, id, false, outer, terms),
    }
}

fn low_rank(tensors: &[Tensor], id: TensorId, stopped: bool, outer: &Term, terms: &mut Vec<Term>) -> Option<()> {
    let tensor = &tensors[id.0];
    match (&tensor.op, tensor.operands.as_slice()) {
        // what several gradients were added up to: cycles
        (Op::Add, &[left, right]) => {
            low_rank(tensors, left, stopped, outer, terms)?;
            low_rank(tensors, right, stopped, outer, terms)
        }
        (&Op::BatchedMatMul { transpose_left, transpose_right }, &[left, right]) => {
            let (factors, transposed) = ([vec![left], vec![right]], [transpose_left, transpose_right]);
            let part = Part::LowRank(LowRank { factors, transposed, stopped });
            terms.push(Term { part, ..outer.clone() });
            Some(())
        }
        _ => None,
    }
}

/// Adds a part: u v + u w is u (v + w), and so it is where the second factor is the same.
fn with_common_factor(tensors: &[Tensor], mut terms: Vec<Term>, term: Term) -> Vec<Term> {
    if let Part::LowRank(product) = &term.part {
        for before in &mut terms {
            let alike = (before.negative, &before.scales) == (term.negative, &term.scales);
            if let Part::LowRank(other) = &mut before.part
                && alike
                && other.take(tensors, product)
            {
                return terms;
            }
        }
    }
    terms.push(term);
    terms
}

impl LowRank {
    /// Adds a product that has a factor of this one; tells whether it has.
    fn take(&mut self, tensors: &[Tensor], other: &Self) -> bool {
        if (self.transposed, self.stopped) != (other.transposed, other.stopped) {
            return false;
        }
        for (common, summed) in [(0, 1), (1, 0)] {
            let [own, theirs] = [&self.factors[common], &other.factors[common]];
            if own.len() == theirs.len() && own.iter().zip(theirs).all(|(own, theirs)| is_same(tensors, *own, *theirs))
            {
                self.factors[summed].extend(&other.factors[summed]);
                return true;
            }
        }
        false
    }
}

/// Tells whether two tensors are one, or one laid out for each task twice.
fn is_same(tensors: &[Tensor], one: TensorId, other: TensorId) -> bool {
    let [left, right] = [one, other].map(|id| &tensors[id.0]);
    let laid_out = matches!(left.op, Op::Reshape { .. }) && left.op == right.op && left.operands == right.operands;
    one == other || laid_out
}

fn is_scale(shape: &Shape) -> bool {
    matches!(shape.dims(), [_, Dim::Size(1), Dim::Size(1), Dim::Size(1)])
}
