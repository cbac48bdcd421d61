//! `MATMUL_ORDER`: a chain of matrix products is computed in the cheapest order, forward and backward together. The weights of a
//! connection are such a chain, `X_t (c O)ᵀ X_sᵀ x`: made first and then used, or never made at all.
//!
//! The order is found by dynamic programming over the chain (Godbole 1973). A product is priced by its operations and by the
//! bytes that it moves, once for itself and once more for each factor that a gradient goes to.

use compact_str::{CompactString, CompactStringExt as _};

use super::super::choice::{Choice, Way};
use super::super::cost::{BYTE, NUMBER};
use super::super::draft::PlanDraft;
use super::super::op::Op;
use super::super::parameter::Parameter;
use super::super::tensor::{Sizes, TensorId};
use super::super::verify::Tensor;
use super::matmul_chain::{Chain, Factor, Fate, chains, fates, times};
use super::rewrite::Rewrite;
use super::{Goal, Pass};
use crate::diag::Bug;
use crate::options::Order;

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

/// Puts every chain in the order that is asked for.
pub(super) const MATMUL_ORDER: Pass =
    Pass { name: "matmul_order", on: |op| matches!(op, Op::MatMul { .. }), run: matmul_order };

fn matmul_order(mut parts: PlanDraft, Goal { order, sizes }: Goal) -> Result<PlanDraft, Bug> {
    let fates = fates(&parts);
    let priced = |chain: Chain| Priced::new(&parts, chain, &fates, sizes);
    let chains: Vec<Priced> = chains(&parts).into_iter().map(priced).collect();
    let choices: Vec<Choice> = chains.iter().filter_map(|chain| chain.choice(&parts, order)).collect();
    if order == Order::Synthesized {
        parts.choices.extend(choices);
        return Ok(parts);
    }
    let mut inside = vec![false; parts.tensors.len()];
    chains.iter().flat_map(|priced| &priced.chain.inside).for_each(|id| inside[id.0] = true);
    let mut list = Rewrite::of(&mut parts);
    let mut chains = chains.iter().peekable();
    for (index, inside) in inside.into_iter().enumerate() {
        let Some((tensor, _)) = list.next() else { break };
        if inside {
            list.leave(TensorId(0));
        } else if let Some(chain) = chains.next_if(|chain| chain.chain.id.0 == index) {
            let label = std::mem::take(&mut tensor.label);
            list.leave(TensorId(0));
            let whole = (0, chain.factors.len() - 1);
            let (id, _) = product(&mut list, &parts.parameters, chain, whole, order);
            list.replace(id);
            list.written()[id.0].label = label;
        } else {
            list.keep();
        }
    }
    parts.choices.extend(choices);
    Ok(list.finish(parts))
}

/// A chain with the price of each order.
struct Priced {
    chain: Chain,
    factors: Vec<Part>,
    /// The best way for every stretch of factors: at first · factors + last.
    table: Vec<Best>,
}

impl Priced {
    fn new(parts: &PlanDraft, chain: Chain, fates: &[Fate], sizes: Sizes) -> Self {
        let part = |factor: &Factor| {
            let dims = parts.tensors[factor.id.0].shape.dims();
            let (rows, columns) = if factor.transposed { (dims[2], dims[1]) } else { (dims[1], dims[2]) };
            let fate = fates[factor.id.0];
            Part { rows: rows.at(sizes) as u64, columns: columns.at(sizes) as u64, fate }
        };
        let factors: Vec<Part> = chain.factors.iter().map(part).collect();
        let table = table(&factors);
        Self { chain, factors, table }
    }

    /// Returns behind which factor a stretch is cut in two.
    fn cut(&self, order: Order, from: usize, to: usize) -> usize {
        match order {
            // as it was written
            Order::Synthesized => {
                let written = self.chain.cuts.iter().find(|(stretch, _)| *stretch == (from, to));
                written.map_or(from, |(_, cut)| *cut)
            }
            // the activity is the last factor: from there on, one factor at a time
            Order::Factored => from,
            Order::Cheapest | Order::Matrices => self.table[from * self.factors.len() + to].cut,
        }
    }

    /// Returns what was chosen for a connection, where the chain makes and uses one's weights.
    fn choice(&self, parts: &PlanDraft, order: Order) -> Option<Choice> {
        let named = |id: &TensorId| parts.tensors[id.0].label.strip_suffix(".W");
        let connections: Vec<&str> = self.chain.inside.iter().filter_map(named).collect();
        let last = self.factors.len() - 1;
        let same = |other: Order| {
            let cuts = |from: usize| self.cut(order, from, last) == self.cut(other, from, last);
            (0..last).all(cuts)
        };
        let way = match order {
            Order::Synthesized => Way::Synthesized,
            Order::Factored => Way::Factored,
            // weights that are made in another order are made all the same
            _ if self.cut(order, 0, last) == self.cut(Order::Synthesized, 0, last) => Way::Synthesized,
            _ if same(Order::Factored) => Way::Factored,
            Order::Cheapest | Order::Matrices => Way::Mixed,
        };
        let others = [(Way::Synthesized, Order::Synthesized), (Way::Factored, Order::Factored)];
        (!connections.is_empty()).then(|| Choice {
            connection: connections.join_compact(" and "),
            way,
            flop: self.flop(order, 0, last),
            others: others.map(|(way, order)| (way, self.flop(order, 0, last))),
        })
    }

    /// Returns the operations of a step, forward and backward, that the products of a stretch take.
    fn flop(&self, order: Order, from: usize, to: usize) -> u64 {
        if from == to {
            return 0;
        }
        let middle = self.cut(order, from, to);
        let own = arithmetic(stretch(&self.factors[from..=middle]), stretch(&self.factors[middle + 1..=to]));
        own.saturating_add(self.flop(order, from, middle)).saturating_add(self.flop(order, middle + 1, to))
    }
}

/// Writes the product of the factors from `from` to `to`; returns it and whether it is to be read transposed.
fn product(
    list: &mut Rewrite,
    parameters: &[Parameter],
    chain: &Priced,
    (from, to): (usize, usize),
    order: Order,
) -> (TensorId, bool) {
    if from == to {
        let factor = chain.chain.factors[from];
        return (list.place(factor.id), factor.transposed);
    }
    let middle = chain.cut(order, from, to);
    let (left, transpose_left) = product(list, parameters, chain, (from, middle), order);
    let (right, transpose_right) = product(list, parameters, chain, (middle + 1, to), order);
    let op = Op::MatMul { transpose_left, transpose_right };
    let tensors = list.written();
    let shape = op.shape(&[&tensors[left.0].shape, &tensors[right.0].shape], parameters);
    let shape = shape.unwrap_or_else(|_| tensors[left.0].shape.clone());
    (
        list.write(Tensor { op, operands: [left, right].as_slice().into(), shape, label: CompactString::default() }),
        false,
    )
}

/// Returns the best way for every stretch of factors, at its first · `factors` + its last.
fn table(factors: &[Part]) -> Vec<Best> {
    let count = factors.len();
    let mut table = vec![Best { price: 0, cut: 0 }; count * count];
    for length in 1..count {
        for from in 0..count - length {
            let to = from + length;
            let way = |cut: usize| {
                let (left, right) = (stretch(&factors[from..=cut]), stretch(&factors[cut + 1..=to]));
                let parts = table[from * count + cut].price.saturating_add(table[(cut + 1) * count + to].price);
                Best { price: parts.saturating_add(price_of(left, right)), cut }
            };
            if let Some(best) = (from..to).map(way).min_by_key(|best| best.price) {
                table[from * count + to] = best;
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
    let sides = [(left.rows, left.columns), (right.rows, right.columns), (left.rows, right.columns)];
    let numbers = sides.iter().fold(0, |sum: u64, (rows, columns)| sum.saturating_add(rows.saturating_mul(*columns)));
    let bytes = numbers.saturating_mul(NUMBER).saturating_mul(times([left.fate, right.fate].into_iter()));
    arithmetic(left, right).saturating_add(bytes.saturating_mul(BYTE))
}

/// Returns the operations of the same.
fn arithmetic(left: Part, right: Part) -> u64 {
    let flop = left.rows.saturating_mul(left.columns).saturating_mul(right.columns).saturating_mul(2);
    flop.saturating_mul(times([left.fate, right.fate].into_iter()))
}
