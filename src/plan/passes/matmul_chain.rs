//! Chains of matrix products: products of products, where nobody else reads those in between.

use super::super::op::Op;
use super::super::tensor::TensorId;
use super::super::verify::PlanDraft;
use super::uses;

/// Products that a chain holds at most: the price of finding the best order grows with the cube.
const LONGEST: usize = 24;

/// One factor of a chain.
#[derive(Debug, Clone, Copy)]
pub(super) struct Factor {
    pub(super) id: TensorId,
    pub(super) transposed: bool,
}

/// A product of at least three factors.
#[derive(Debug, Clone)]
pub(super) struct Chain {
    /// The product.
    pub(super) id: TensorId,
    /// From left to right.
    pub(super) factors: Vec<Factor>,
    /// The products in between.
    pub(super) inside: Vec<TensorId>,
    /// For each product, from which factor to which it goes, and behind which these are cut in two.
    pub(super) cuts: Vec<((usize, usize), usize)>,
}

/// Returns the chains that are no part of a longer one, in the order of their products.
pub(super) fn chains(parts: &PlanDraft) -> Vec<Chain> {
    let uses = uses(parts);
    let mut chains = Vec::new();
    let mut taken = vec![false; parts.tensors.len()];
    for index in (0..parts.tensors.len()).rev() {
        let tensor = &parts.tensors[index];
        let inner = |id: &TensorId| uses[id.0] == 1 && matches!(parts.tensors[id.0].op, Op::MatMul { .. });
        if taken[index] || !matches!(tensor.op, Op::MatMul { .. }) || !tensor.operands.iter().any(inner) {
            continue;
        }
        let id = TensorId(index);
        let mut chain = Chain { id, factors: Vec::new(), inside: Vec::new(), cuts: Vec::new() };
        flatten(parts, &uses, Factor { id, transposed: false }, &mut chain);
        // the product itself is not in between
        chain.inside.retain(|inside| *inside != id);
        chain.inside.iter().for_each(|id| taken[id.0] = true);
        if chain.factors.len() > 2 {
            chains.push(chain);
        }
    }
    chains.reverse();
    chains
}

fn flatten(parts: &PlanDraft, uses: &[usize], factor: Factor, chain: &mut Chain) {
    let tensor = &parts.tensors[factor.id.0];
    let opens = chain.inside.is_empty() || (uses[factor.id.0] == 1 && chain.inside.len() < LONGEST);
    let (true, &Op::MatMul { transpose_left, transpose_right }) = (opens, &tensor.op) else {
        chain.factors.push(factor);
        return;
    };
    chain.inside.push(factor.id);
    let (left, right) = (tensor.operands[0], tensor.operands[1]);
    // (A B)ᵀ = Bᵀ Aᵀ
    let pair = if factor.transposed {
        [(right, !transpose_right), (left, !transpose_left)]
    } else {
        [(left, transpose_left), (right, transpose_right)]
    };
    let from = chain.factors.len();
    let ends = pair.map(|(id, transposed)| {
        flatten(parts, uses, Factor { id, transposed }, chain);
        chain.factors.len() - 1
    });
    chain.cuts.push(((from, ends[1]), ends[0]));
}

/// What becomes of a tensor from step to step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fate {
    /// Whether a gradient goes through it.
    pub(super) learned: bool,
    /// Whether it is made in each step.
    pub(super) changing: bool,
}

/// Returns how often a step does an operation on operands of these fates: once, and once more for each that a gradient goes
/// to. What never changes costs nothing.
pub(super) fn times(fates: impl Iterator<Item = Fate>) -> u64 {
    let (changing, learned) = fates
        .fold((false, 0), |(changing, learned), fate| (changing || fate.changing, learned + u64::from(fate.learned)));
    if changing { 1 + learned } else { 0 }
}

/// Returns the fate of each tensor.
pub(super) fn fates(parts: &PlanDraft) -> Vec<Fate> {
    let mut fates: Vec<Fate> = Vec::with_capacity(parts.tensors.len());
    for tensor in &parts.tensors {
        let own = matches!(tensor.op, Op::Parameter(id) if parts.parameters[id.0].learned);
        let inherits = |has: fn(&Fate) -> bool| tensor.operands.iter().any(|id| has(&fates[id.0]));
        let learned = own || inherits(|fate| fate.learned);
        fates.push(Fate { learned, changing: learned || tensor.op.reads_batch() || inherits(|fate| fate.changing) });
    }
    fates
}
