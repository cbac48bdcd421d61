//! SPARSIFY: of the weights under a mask only those of joined pairs are made and used, where that is cheaper. Before, all are made,
//! and multiplied by a matrix of zeros and ones; after, each is made by itself, from the two rows of its ends, or taken out of
//! the matrix that holds it. What is left unread, DROP removes.

use super::super::builder::Builder;
use super::super::choice::{Choice, Way};
use super::super::cost::Cost;
use super::super::draft::PlanDraft;
use super::super::op::{Bilinear, Op};
use super::super::parameter::{Extent, Init};
use super::super::sparse_pattern::SparsePattern;
use super::super::tensor::{Shape, Sizes, TensorId};
use super::super::verify::Tensor;
use super::matmul_chain::{Fate, fates, times};
use super::{Goal, Pass, uses};
use crate::diag::Bug;
use crate::options::Order;

/// Replaces masked weights by those that are joined.
pub(super) const SPARSIFY: Pass = Pass { name: "sparsify", on: |op| matches!(op, Op::Mask(_)), run: sparsify };

fn sparsify(mut parts: PlanDraft, Goal { order, sizes }: Goal) -> Result<PlanDraft, Bug> {
    let found = masked(&parts);
    if found.is_empty() {
        return Ok(parts);
    }
    let fates = fates(&parts);
    let mut sparsified: Vec<Option<Masked>> = parts.tensors.iter().map(|_| None).collect();
    for masked in found {
        let (choice, sparse) = masked.choice(&Pricing { parts: &parts, fates: &fates, sizes }, order);
        parts.choices.push(choice);
        if sparse {
            let weights = masked.weights.0;
            sparsified[weights] = Some(masked);
        }
    }
    for masked in sparsified.iter().flatten() {
        for parameter in &mut parts.parameters {
            if let Init::Gain { extent, .. } = &mut parameter.start
                && *extent == Extent::Mask(masked.mask)
            {
                *extent = Extent::SparsePattern(masked.wires.clone());
            }
        }
    }
    rewritten(parts, &sparsified)
}

/// Masked weights, and all that is done with them.
struct Masked {
    /// Mask times weights.
    weights: TensorId,
    mask: TensorId,
    wires: SparsePattern,
    /// What the weights are before anything is done to each.
    base: TensorId,
    /// The rows of target and source whose products these are, if they are that and nobody else reads them.
    ends: Option<[TensorId; 2]>,
    /// What is done to each, from the first on.
    maps: Vec<TensorId>,
    /// What is received through them.
    received: Vec<TensorId>,
}

/// Returns all weights under a mask that nothing but sums over them reads.
fn masked(parts: &PlanDraft) -> Vec<Masked> {
    let tensors = &parts.tensors;
    let is_mask = |id: &TensorId| matches!(tensors[id.0].op, Op::Mask(_));
    let product = |tensor: &Tensor| tensor.op == Op::Multiply && is_mask(&tensor.operands[1]);
    let mut found: Vec<Option<Masked>> = Vec::new();
    let mut place: Vec<Option<usize>> = vec![None; tensors.len()];
    let uses = uses(parts);
    for (index, _) in tensors.iter().enumerate().filter(|(_, tensor)| product(tensor)) {
        place[index] = Some(found.len());
        found.push(Masked::read(parts, &uses, TensorId(index)));
    }
    for (index, tensor) in tensors.iter().enumerate() {
        let sums = tensor.op == Op::MatMul { transpose_left: true, transpose_right: false };
        for (side, operand) in tensor.operands.iter().enumerate() {
            let Some(own) = place[operand.0].and_then(|at| found[at].as_mut()) else { continue };
            if sums && side == 0 {
                own.received.push(TensorId(index));
            }
        }
    }
    // somebody else reads the rest as matrices
    let whole = |masked: &Masked| masked.received.len() == uses[masked.weights.0];
    found.into_iter().flatten().filter(whole).collect()
}

impl Masked {
    /// Reads a tensor as mask times weights.
    fn read(parts: &PlanDraft, uses: &[usize], weights: TensorId) -> Option<Self> {
        let tensors = &parts.tensors;
        let (mut base, mask) = (tensors[weights.0].operands[0], tensors[weights.0].operands[1]);
        let Op::Mask(wires) = &tensors[mask.0].op else { return None };
        let mut maps = Vec::new();
        while uses[base.0] == 1 && matches!(tensors[base.0].op, Op::Unary(_)) {
            maps.insert(0, base);
            base = tensors[base.0].operands[0];
        }
        let made = &tensors[base.0];
        let rows = made.op == Op::MatMul { transpose_left: false, transpose_right: true };
        let ends = (rows && uses[base.0] == 1).then(|| [made.operands[1], made.operands[0]]);
        let whole = made.shape == Shape::per_run(&wires.ends());
        whole.then(|| Self { weights, mask, wires: wires.clone(), base, ends, maps, received: Vec::new() })
    }

    /// Returns what is chosen, and whether that is to make only what is joined.
    fn choice(&self, pricing: &Pricing<'_>, order: Order) -> (Choice, bool) {
        let (dense, sparse) = (self.dense(pricing), self.sparse(pricing));
        let thinner = match order {
            Order::Synthesized | Order::Matrices => false,
            Order::Factored => true,
            Order::Cheapest => sparse.price < dense.price,
        };
        let (way, flop) = if thinner { (Way::Sparse, sparse.flop) } else { (Way::Dense, dense.flop) };
        let label = &pricing.parts.tensors[self.weights.0].label;
        let connection = label.strip_suffix(".W").unwrap_or(label).into();
        let others = [(Way::Dense, dense.flop), (Way::Sparse, sparse.flop)];
        (Choice { connection, way, flop, others }, thinner)
    }

    /// Returns what a step takes, forward and backward, with all weights made.
    fn dense(&self, pricing: &Pricing<'_>) -> Price {
        let made = self.ends.map(|_| self.base).into_iter().chain(self.maps.iter().copied());
        made.chain([self.weights]).chain(self.received.iter().copied()).fold(Price::default(), |sum, id| {
            let Tensor { op, operands, shape, .. } = &pricing.parts.tensors[id.0];
            sum.with(pricing.of(op, (operands, &pricing.shapes(operands)), shape))
        })
    }

    /// Returns what it takes with only those made that are joined.
    fn sparse(&self, pricing: &Pricing<'_>) -> Price {
        let tensors = &pricing.parts.tensors;
        let listed = Shape::per_run(&[self.wires.synapses()]);
        let mut sum = self.made(pricing, &listed);
        for map in &self.maps {
            let Tensor { op, operands, .. } = &tensors[map.0];
            sum = sum.with(pricing.of(op, (operands, &[&listed]), &listed));
        }
        for id in &self.received {
            let Tensor { operands, shape, .. } = &tensors[id.0];
            let shapes = [&listed, &tensors[operands[1].0].shape];
            let seen = Op::Sparse(Bilinear::Forward, self.wires.clone());
            sum = sum.with(pricing.of(&seen, (operands, &shapes), shape));
        }
        sum
    }

    /// Returns what making the joined weights takes, or taking them out of a matrix and putting their gradients back.
    fn made(&self, pricing: &Pricing<'_>, listed: &Shape) -> Price {
        let wires = self.wires.clone();
        if let Some(ends) = &self.ends {
            return pricing.of(&Op::Sparse(Bilinear::WeightGradient, wires), (ends, &pricing.shapes(ends)), listed);
        }
        let (fate, whole) = (pricing.fates[self.base.0], &pricing.parts.tensors[self.base.0].shape);
        let (gather, scatter) = (Op::Gather(wires.clone()), Op::Scatter(wires));
        let there = Price::of(&gather, gather.cost(&[whole], listed, pricing.sizes), u64::from(fate.changing));
        let back = Price::of(&scatter, scatter.cost(&[listed], whole, pricing.sizes), u64::from(fate.learned));
        there.with(back)
    }
}

/// Floating-point operations, and what they and the bytes that they move are weighed as.
#[derive(Debug, Clone, Copy, Default)]
struct Price {
    flop: u64,
    price: u64,
}

impl Price {
    /// Returns the price of an operation that is done `times` times.
    fn of(op: &Op, cost: Cost, times: u64) -> Self {
        Self { flop: cost.flop.saturating_mul(times), price: op.price(cost).saturating_mul(times) }
    }

    fn with(self, other: Self) -> Self {
        Self { flop: self.flop.saturating_add(other.flop), price: self.price.saturating_add(other.price) }
    }
}

/// What prices depend on.
struct Pricing<'a> {
    parts: &'a PlanDraft,
    fates: &'a [Fate],
    sizes: Sizes,
}

impl Pricing<'_> {
    /// Returns the price of an operation, forward and backward.
    fn of(&self, op: &Op, (operands, shapes): (&[TensorId], &[&Shape]), made: &Shape) -> Price {
        let times = times(operands.iter().map(|id| self.fates[id.0]));
        Price::of(op, op.cost(shapes, made, self.sizes), times)
    }

    fn shapes(&self, operands: &[TensorId]) -> Vec<&Shape> {
        operands.iter().map(|id| &self.parts.tensors[id.0].shape).collect()
    }
}

/// Rebuilds a plan with joined weights in the place of those that are sparsified.
fn rewritten(mut parts: PlanDraft, sparsified: &[Option<Masked>]) -> Result<PlanDraft, Bug> {
    let tensors = std::mem::take(&mut parts.tensors);
    let mut along: Vec<Option<SparsePattern>> = vec![None; tensors.len()];
    for masked in sparsified.iter().flatten() {
        masked.received.iter().for_each(|id| along[id.0] = Some(masked.wires.clone()));
    }
    let mut builder = Builder::of(Vec::with_capacity(tensors.len()), std::mem::take(&mut parts.parameters));
    let mut place: Vec<TensorId> = Vec::with_capacity(tensors.len());
    for (index, mut tensor) in tensors.into_iter().enumerate() {
        if let Some(masked) = &sparsified[index] {
            let id = joined(&mut builder, masked, &place, &tensor.label)?;
            place.push(id);
            continue;
        }
        tensor.operands.iter_mut().for_each(|id| *id = place[id.0]);
        if let Some(wires) = along[index].take() {
            tensor.op = Op::Sparse(Bilinear::Forward, wires);
        }
        place.push(TensorId(builder.tensors.len()));
        builder.tensors.push(tensor);
    }
    (parts.tensors, parts.parameters) = (Vec::new(), builder.parameters);
    Ok(parts.moved(builder.tensors, |id| place[id.0]))
}

/// Appends the weights of joined pairs.
fn joined(builder: &mut Builder, masked: &Masked, place: &[TensorId], label: &str) -> Result<TensorId, Bug> {
    let last = masked.maps.len();
    let name = |index: usize| if index == last { label } else { "" };
    let wires = masked.wires.clone();
    let mut made = match masked.ends {
        Some(ends) => {
            builder.push(Op::Sparse(Bilinear::WeightGradient, wires), &ends.map(|id| place[id.0]), name(0))?
        }
        None => builder.push(Op::Gather(wires), &[place[masked.base.0]], name(0))?,
    };
    for (index, map) in masked.maps.iter().enumerate() {
        let op = builder.tensors[place[map.0].0].op.clone();
        made = builder.push(op, &[made], name(index + 1))?;
    }
    Ok(made)
}
