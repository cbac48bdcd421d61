//! Which element-by-element operations are one loop on a CPU, and which products are made row by row within one.

use super::super::legalize::{batched, is_elementwise};
use super::super::product::BatchedProduct;
use crate::plan::{Plan, TensorId};

/// Steps of one loop at most.
const STEPS: usize = 8;
/// Inputs of one loop at most.
const INPUTS: usize = 4;
/// Numbers in a row of a product at most that is made row by row within a loop.
pub const ROW: usize = 4096;

/// Several element-by-element operations as one loop; the last step makes its result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loop {
    /// What it works on.
    pub inputs: Vec<LoopInput>,
    /// The operations, operands first.
    pub steps: Vec<LoopStep>,
}

/// What a loop works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoopInput {
    /// A tensor in memory.
    Stored(TensorId),
    /// A product of matrices, whose rows are made when they are read.
    Rows(TensorId, BatchedProduct),
}

/// One operation of a loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoopStep {
    /// The tensor whose operation it is.
    pub tensor: TensorId,
    /// Its operands; the second is any where there is only one.
    pub from: [Source; 2],
}

/// An operand of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// One of the loop's inputs.
    Input(usize),
    /// The result of an earlier step.
    Step(usize),
}

impl Loop {
    /// Returns the tensors that it reads, in the order of its inputs: of a product both operands.
    pub(in crate::program) fn reads(&self, plan: &Plan) -> Vec<TensorId> {
        let of = |input: &LoopInput| match input {
            LoopInput::Stored(id) => vec![*id],
            LoopInput::Rows(id, _) => plan.tensor(*id).operands.to_vec(),
        };
        self.inputs.iter().flat_map(of).collect()
    }

    /// Returns the number of an input.
    fn input(&mut self, input: LoopInput) -> usize {
        self.inputs.iter().position(|before| *before == input).unwrap_or_else(|| {
            self.inputs.push(input);
            self.inputs.len() - 1
        })
    }
}

/// Tensors that have the same numbers, by the one that owns them.
struct Sharing<'a> {
    owners: &'a [TensorId],
    /// How often the numbers are read.
    reads: Vec<usize>,
    /// Whether one of the tensors is wanted.
    wanted: Vec<bool>,
}

impl<'a> Sharing<'a> {
    fn new(plan: &Plan, order: &[TensorId], wanted: &[bool], owners: &'a [TensorId]) -> Self {
        let mut sharing = Self { owners, reads: vec![0; owners.len()], wanted: vec![false; owners.len()] };
        for id in order {
            let owner = owners[id.index()];
            sharing.wanted[owner.index()] |= wanted[id.index()];
            // what only has other axes reads nothing
            if owner == *id {
                plan.tensor(*id).operands.iter().for_each(|read| sharing.reads[owners[read.index()].index()] += 1);
            }
        }
        sharing
    }

    /// Returns the owner of numbers that one operation alone reads, and nobody wants.
    fn read_once(&self, id: TensorId) -> Option<TensorId> {
        let owner = self.owners[id.index()];
        (self.reads[owner.index()] == 1 && !self.wanted[owner.index()]).then_some(owner)
    }
}

/// Finds loops.
pub(super) struct Loops<'a> {
    plan: &'a Plan,
    shapes: &'a [Vec<usize>],
    numbers: &'a [bool],
    sharing: Sharing<'a>,
}

impl<'a> Loops<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        order: &[TensorId],
        (shapes, wanted, owners): (&'a [Vec<usize>], &[bool], &'a [TensorId]),
        numbers: &'a [bool],
    ) -> Self {
        Self { plan, shapes, numbers, sharing: Sharing::new(plan, order, wanted, owners) }
    }

    /// Tells whether a tensor's operation may be part of a loop.
    fn is_element(&self, id: TensorId) -> bool {
        let (tensor, shape) = (self.plan.tensor(id), &self.shapes[id.index()]);
        let as_large = tensor.operands.iter().all(|operand| &self.shapes[operand.index()] == shape);
        is_elementwise(&tensor.op) && !self.numbers[id.index()] && as_large
    }

    /// Finds the loops, and notes what is stored no more.
    pub(super) fn find(&self, order: &[TensorId], stored: &mut [bool], loops: &mut [Option<Loop>]) {
        for id in order.iter().rev().filter(|id| self.is_element(**id)) {
            if !stored[id.index()] {
                continue;
            }
            let mut found = Loop { inputs: Vec::new(), steps: Vec::new() };
            self.add(*id, &mut found, &mut 0);
            let products = found.inputs.iter().filter_map(|input| match input {
                LoopInput::Rows(id, _) => Some(*id),
                LoopInput::Stored(_) => None,
            });
            let inside: Vec<TensorId> = found.steps.iter().map(|step| step.tensor).chain(products).collect();
            if inside.len() > 1 && found.inputs.len() <= INPUTS {
                inside.iter().filter(|inside| *inside != id).for_each(|inside| stored[inside.index()] = false);
                loops[id.index()] = Some(found);
            }
        }
    }

    /// Adds a tensor's operation after those of its operands; returns where its result is found.
    fn add(&self, id: TensorId, found: &mut Loop, taken: &mut usize) -> Source {
        *taken += 1;
        let mut from = [Source::Input(0); 2];
        for (from, operand) in from.iter_mut().zip(&self.plan.tensor(id).operands) {
            let inner = self.sharing.read_once(*operand);
            *from = match inner.filter(|inner| self.is_element(*inner) && *taken < STEPS) {
                Some(inner) => self.add(inner, found, taken),
                None => Source::Input(found.input(self.input(*operand, inner))),
            };
        }
        found.steps.push(LoopStep { tensor: id, from });
        Source::Step(found.steps.len() - 1)
    }

    /// Returns what a loop reads an operand as.
    fn input(&self, operand: TensorId, read_once: Option<TensorId>) -> LoopInput {
        let rows = |id: TensorId| {
            let product = batched(self.plan, id, self.shapes)?;
            (product.product.columns * product.batch <= ROW).then_some(LoopInput::Rows(id, product))
        };
        read_once.and_then(rows).unwrap_or(LoopInput::Stored(operand))
    }
}
