//! ASSOCIATE: a chain of matrix products is computed in the cheapest order, forward and backward together. The weights of a
//! connection are such a chain, `X_t (c O)ᵀ X_sᵀ x`: made first and then used, or never made at all.
//!
//! The order is found by dynamic programming over the chain (Godbole 1973). A product is priced by its operations and by the
//! bytes that it moves, once for itself and once more for each factor that a gradient goes to.

use super::super::leaf::Leaf;
use super::super::op::Op;
use super::super::tensor::{Sizes, TensorId};
use super::super::verify::{Parts, Tensor};
use super::chain::{Chain, Fate, chains, fates};
use crate::options::Order;

/// What one byte moved costs, in floating-point operations: about a core's arithmetic over its share of the memory's speed.
const BYTE: u64 = 4;

/// Bytes of one number.
const NUMBER: u64 = 4;

/// One product or factor of a chain, as far as prices go.
#[derive(Debug, Clone, Copy)]
struct Part {
    rows: u64,
    columns: u64,
    fate: Fate,
}

/// The best way to make the product of a stretch of factors.
#[derive(Debug, Clone, Copy)]
struct Best {
    price: u64,
    /// Where it is cut in two.
    cut: usize,
}

/// Puts every chain in the order that `order` asks for.
pub(super) fn associate(mut parts: Parts, order: Order, sizes: Sizes) -> Parts {
    if order == Order::Synthesized {
        return parts;
    }
    let chains = chains(&parts);
    let fates = fates(&parts);
    let mut plan =
        Rebuilt { tensors: Vec::with_capacity(parts.tensors.len()), place: vec![TensorId(0); parts.tensors.len()] };
    let mut inside = vec![false; parts.tensors.len()];
    chains.iter().flatten().flat_map(|chain| &chain.inside).for_each(|id| inside[id.0] = true);
    for (index, tensor) in std::mem::take(&mut parts.tensors).into_iter().enumerate() {
        match &chains[index] {
            _ if inside[index] => {}
            Some(chain) => {
                plan.place[index] = plan.chain(&parts.leaves, chain, (order, sizes, &fates));
                plan.tensors[plan.place[index].0].label = tensor.label;
            }
            None => plan.keep(tensor, TensorId(index)),
        }
    }
    let place = plan.place;
    parts.moved(plan.tensors, |id| place[id.0])
}

/// A list of tensors with some chains in another order.
struct Rebuilt {
    tensors: Vec<Tensor>,
    place: Vec<TensorId>,
}

impl Rebuilt {
    fn push(&mut self, tensor: Tensor) -> TensorId {
        self.tensors.push(tensor);
        TensorId(self.tensors.len() - 1)
    }

    fn keep(&mut self, mut tensor: Tensor, id: TensorId) {
        tensor.operands.iter_mut().for_each(|operand| *operand = self.place[operand.0]);
        self.place[id.0] = self.push(tensor);
    }

    /// Appends the products of one chain and returns the last.
    fn chain(&mut self, leaves: &[Leaf], chain: &Chain, how: (Order, Sizes, &[Fate])) -> TensorId {
        let (order, sizes, fates) = how;
        let factors: Vec<Part> = chain
            .factors
            .iter()
            .map(|factor| {
                let dims = self.tensors[self.place[factor.id.0].0].shape.at(sizes);
                let (rows, columns) = if factor.transposed { (dims[2], dims[1]) } else { (dims[1], dims[2]) };
                Part { rows: rows as u64, columns: columns as u64, fate: fates[factor.id.0] }
            })
            .collect();
        let table = table(&factors);
        let last = factors.len() - 1;
        let cut = |from: usize, to: usize| match order {
            // the activity is the last factor: from there on, one factor at a time
            Order::Factored => from,
            Order::Cheapest | Order::Synthesized => table[from][to].cut,
        };
        self.product(leaves, chain, (0, last), &cut).0
    }

    /// Appends the product of the factors from `from` to `to`; returns it and whether it is to be read transposed.
    fn product(
        &mut self,
        leaves: &[Leaf],
        chain: &Chain,
        (from, to): (usize, usize),
        cut: &impl Fn(usize, usize) -> usize,
    ) -> (TensorId, bool) {
        if from == to {
            let factor = chain.factors[from];
            return (self.place[factor.id.0], factor.transposed);
        }
        let middle = cut(from, to);
        let (left, transpose_left) = self.product(leaves, chain, (from, middle), cut);
        let (right, transpose_right) = self.product(leaves, chain, (middle + 1, to), cut);
        let op = Op::MatMul { transpose_left, transpose_right };
        let shape = op.shape(&[&self.tensors[left.0].shape, &self.tensors[right.0].shape], leaves);
        let shape = shape.unwrap_or_else(|_| self.tensors[left.0].shape.clone());
        (self.push(Tensor { op, operands: [left, right].as_slice().into(), shape, label: String::new() }), false)
    }
}

/// Returns the best way for every stretch of factors, by its first and last.
fn table(factors: &[Part]) -> Vec<Vec<Best>> {
    let count = factors.len();
    let mut table = vec![vec![Best { price: 0, cut: 0 }; count]; count];
    for length in 1..count {
        for from in 0..count - length {
            let to = from + length;
            let way = |cut: usize| {
                let (left, right) = (stretch(&factors[from..=cut]), stretch(&factors[cut + 1..=to]));
                let price = table[from][cut].price.saturating_add(table[cut + 1][to].price);
                Best { price: price.saturating_add(price_of(left, right)), cut }
            };
            if let Some(best) = (from..to).map(way).min_by_key(|best| best.price) {
                table[from][to] = best;
            }
        }
    }
    table
}

fn stretch(factors: &[Part]) -> Part {
    let (first, last) = (factors[0], factors[factors.len() - 1]);
    let fate = Fate {
        learned: factors.iter().any(|factor| factor.fate.learned),
        changing: factors.iter().any(|factor| factor.fate.changing),
    };
    Part { rows: first.rows, columns: last.columns, fate }
}

/// A product, and one of the same size for each factor that a gradient goes to. What never changes costs nothing.
fn price_of(left: Part, right: Part) -> u64 {
    if !left.fate.changing && !right.fate.changing {
        return 0;
    }
    let times = u64::from(left.fate.learned) + u64::from(right.fate.learned);
    let flop = left.rows.saturating_mul(left.columns).saturating_mul(right.columns).saturating_mul(2);
    let sides = [(left.rows, left.columns), (right.rows, right.columns), (left.rows, right.columns)];
    let numbers = sides.iter().fold(0, |sum: u64, (rows, columns)| sum.saturating_add(rows.saturating_mul(*columns)));
    flop.saturating_add(numbers.saturating_mul(BYTE * NUMBER)).saturating_mul(1 + times)
}
