//! `DISTRIBUTE`: x (W − η u v) = x W − η (x u) v. Weights that a task has learned are those of all tasks and a few matrices of low rank,
//! one for each step; what is received through them is computed from these, where that is cheaper, and the weights of a task
//! are never made. The shared weights are made, or not, in the order that is best for each product.

mod price;
mod terms;

use compact_str::CompactString;

use self::price::cheaper;
use self::terms::{LowRank, Part, Term, terms};
use super::super::builder::Builder;
use super::super::draft::PlanDraft;
use super::super::function::Function;
use super::super::op::Op;
use super::super::tensor::{Dim, Shape, Sizes, TensorId};
use super::super::verify::Tensor;
use super::{Goal, Pass, uses};
use crate::diag::Bug;

/// Distributes products over sums.
pub(super) const DISTRIBUTE: Pass =
    Pass { name: "distribute", on: |op| matches!(op, Op::BatchedMatMul { .. }), run: distribute };

fn distribute(mut parts: PlanDraft, Goal { sizes, .. }: Goal) -> Result<PlanDraft, Bug> {
    let uses = uses(&parts);
    let sums: Vec<Option<Vec<Term>>> = chosen(&parts, sizes);
    let (old, parameters) = (std::mem::take(&mut parts.tensors), std::mem::take(&mut parts.parameters));
    let mut writer = Writer {
        builder: Builder::of(Vec::with_capacity(old.len()), parameters),
        place: Vec::with_capacity(old.len()),
        old: &old,
        uses: &uses,
        again: vec![false; old.len()],
    };
    for tensor in &old {
        let id = writer.tensor(tensor, &sums)?;
        writer.place.push(id);
    }
    let Writer { builder: Builder { tensors, parameters, .. }, place, .. } = writer;
    parts.parameters = parameters;
    Ok(parts.moved(tensors, |id| place[id.0]))
}

/// Returns for each tensor the parts of the sum that it is, where products with it are to be made from those.
fn chosen(parts: &PlanDraft, sizes: Sizes) -> Vec<Option<Vec<Term>>> {
    let tensors = &parts.tensors;
    let mut readers: Vec<Vec<TensorId>> = vec![Vec::new(); tensors.len()];
    for (index, tensor) in tensors.iter().enumerate() {
        if let (Op::BatchedMatMul { .. }, [weights, _]) = (&tensor.op, tensor.operands.as_slice()) {
            readers[weights.0].push(TensorId(index));
        }
    }
    let choose = |(index, readers): (usize, Vec<TensorId>)| {
        let weights = TensorId(index);
        let terms = if readers.is_empty() { None } else { terms(tensors, weights) };
        terms.filter(|terms| cheaper(parts, weights, terms, &readers, sizes))
    };
    readers.into_iter().enumerate().map(choose).collect()
}

/// Writes the new list.
struct Writer<'a> {
    builder: Builder,
    /// Where each old tensor is found.
    place: Vec<TensorId>,
    old: &'a [Tensor],
    uses: &'a [usize],
    /// Which products of weights were written once, with their label.
    again: Vec<bool>,
}

impl Writer<'_> {
    fn tensor(&mut self, tensor: &Tensor, sums: &[Option<Vec<Term>>]) -> Result<TensorId, Bug> {
        match (&tensor.op, tensor.operands.as_slice()) {
            (&Op::BatchedMatMul { transpose_left, transpose_right: false }, &[weights, other]) => {
                if let Some(terms) = &sums[weights.0] {
                    return self.distributed(terms, transpose_left, self.place[other.0], &tensor.label);
                }
            }
            (Op::MatMul { .. }, &[weights, other]) if self.is_product(weights) && self.uses[weights.0] > 1 => {
                let operands = [self.own_product(weights)?, self.place[other.0]];
                return self.builder.push(tensor.op.clone(), &operands, &tensor.label);
            }
            _ => {}
        }
        let operands: Vec<TensorId> = tensor.operands.iter().map(|id| self.place[id.0]).collect();
        self.builder.push(tensor.op.clone(), &operands, &tensor.label)
    }

    fn is_product(&self, id: TensorId) -> bool {
        matches!(self.old[id.0].op, Op::MatMul { .. })
    }

    /// Writes a product of matrices, and those that it is made of, once more, so that its reader may have it in an order of its own.
    fn own_product(&mut self, id: TensorId) -> Result<TensorId, Bug> {
        let tensor = &self.old[id.0];
        let mut operands = Vec::with_capacity(2);
        for operand in &tensor.operands {
            operands.push(if self.is_product(*operand) { self.own_product(*operand)? } else { self.place[operand.0] });
        }
        // one of them is called after the weights, for all
        let label = if std::mem::replace(&mut self.again[id.0], true) { "" } else { tensor.label.as_str() };
        self.builder.push(tensor.op.clone(), &operands, label)
    }

    /// Writes the product of a sum with `other`, R × n × k × B.
    fn distributed(
        &mut self,
        terms: &[Term],
        transposed: bool,
        other: TensorId,
        label: &CompactString,
    ) -> Result<TensorId, Bug> {
        let mut sum: Option<TensorId> = None;
        for (index, term) in terms.iter().enumerate() {
            let last = index + 1 == terms.len();
            let part = match &term.part {
                Part::Shared(weights) => {
                    let made = self.shared(*weights, transposed, other)?;
                    self.scaled(made, &term.scales)?
                }
                Part::LowRank(product) => self.low_rank(product, &term.scales, transposed, other)?,
            };
            let label = if last { label.as_str() } else { "" };
            sum = Some(match (sum, term.negative) {
                (None, false) => part,
                (None, true) => self.builder.scale(-1.0, part)?,
                (Some(sum), false) => self.builder.push(Op::Add, &[sum, part], label)?,
                (Some(sum), true) => self.builder.push(Op::Subtract, &[sum, part], label)?,
            });
        }
        sum.ok_or_else(|| Bug { pass: "distribute", tensor: label.to_string(), why: "is a sum of nothing".to_owned() })
    }

    /// Writes W z, or Wᵀ z, of all tasks at once: one product of matrices.
    fn shared(&mut self, weights: TensorId, transpose_left: bool, other: TensorId) -> Result<TensorId, Bug> {
        let weights = if self.is_product(weights) { self.own_product(weights)? } else { self.place[weights.0] };
        let (samples, each) = self.all_tasks(other)?;
        let product = Op::MatMul { transpose_left, transpose_right: false };
        let made = self.builder.push(product, &[weights, samples], "")?;
        let rows = self.builder.tensors[made.0].shape.dims()[1];
        let shape = Box::new(Shape::new([Dim::Runs, rows, each, Dim::Batch]));
        self.builder.push(Op::Reshape { shape }, &[made], "")
    }

    /// Returns R × n × k × B as R × n × k · B, and k.
    fn all_tasks(&mut self, other: TensorId) -> Result<(TensorId, Dim), Bug> {
        let tensor = &self.builder.tensors[other.0];
        let (dims, reshaped) = (tensor.shape.dims(), matches!(tensor.op, Op::Reshape { .. }));
        let (rows, each) = (dims[1], dims[2]);
        let samples = Dim::samples(if let Dim::Size(each) = each { each } else { 1 });
        let shape = Shape::new([Dim::Runs, rows, samples]);
        match tensor.operands.first() {
            // it was just laid out for each task
            Some(whole) if reshaped && self.builder.tensors[whole.0].shape == shape => Ok((*whole, each)),
            _ => Ok((self.builder.push(Op::Reshape { shape: Box::new(shape) }, &[other], "")?, each)),
        }
    }

    /// Writes u (v z), or vᵀ (uᵀ z), for each task. Scales multiply what is smallest, v z.
    fn low_rank(
        &mut self,
        product: &LowRank,
        scales: &[TensorId],
        transposed: bool,
        other: TensorId,
    ) -> Result<TensorId, Bug> {
        let [left, right] = [self.factor(product, 0)?, self.factor(product, 1)?];
        let [left_turned, right_turned] = product.transposed;
        let each = |transpose_left| Op::BatchedMatMul { transpose_left, transpose_right: false };
        let (first, then) = if transposed {
            ((left, !left_turned), (right, !right_turned))
        } else {
            ((right, right_turned), (left, left_turned))
        };
        let inner = self.builder.push(each(first.1), &[first.0, other], "")?;
        let inner = self.scaled(inner, scales)?;
        self.builder.push(each(then.1), &[then.0, inner], "")
    }

    /// Writes the sum that a factor is.
    fn factor(&mut self, product: &LowRank, which: usize) -> Result<TensorId, Bug> {
        let mut sum: Option<TensorId> = None;
        for id in &product.factors[which] {
            let mut part = self.place[id.0];
            if product.stopped {
                part = self.builder.map(Function::StopGradient, part, "")?;
            }
            sum = Some(match sum {
                None => part,
                Some(sum) => self.builder.push(Op::Add, &[sum, part], "")?,
            });
        }
        sum.ok_or_else(|| Bug { pass: "distribute", tensor: String::new(), why: "has a factor of nothing".to_owned() })
    }

    fn scaled(&mut self, part: TensorId, scales: &[TensorId]) -> Result<TensorId, Bug> {
        scales.iter().try_fold(part, |part, scale| self.builder.push(Op::Multiply, &[part, self.place[scale.0]], ""))
    }
}
