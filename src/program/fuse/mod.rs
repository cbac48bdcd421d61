//! What never goes to memory. On a CPU element-by-element operations that only feed each other are one loop. On a GPU
//! everything is computed where it is read, unless that costs more than a further launch.
#![allow(clippy::wildcard_enum_match_arm)] // what holds of few operations

mod loops;

use self::loops::Loops;
pub use self::loops::{Loop, LoopInput, LoopStep, ROW, Source};
use super::Target;
use super::legalize::{is_library, numbers, terms};
use super::update::{AdamUpdate, updates};
use crate::plan::{Bilinear, Function, Op, Plan, TensorId};

/// Single operations that are made again on a GPU rather than laid down: about what it does while it is given the next work.
const AGAIN: f64 = 2e6;
/// Single operations in the making of one number at most.
const LONG: f64 = 2e3;
/// What it costs to read a number that is laid down.
const READ: f64 = 2.0;

/// What is fused.
#[derive(Debug)]
pub(super) struct Fused {
    /// Whether a tensor's numbers go to memory.
    pub(super) stored: Vec<bool>,
    /// For each tensor that a loop makes the loop.
    pub(super) loops: Vec<Option<Loop>>,
    /// Updates that are made in place.
    pub(super) updates: Vec<AdamUpdate>,
    /// Whether a tensor is one number that depends on the step alone.
    pub(super) numbers: Vec<bool>,
}

/// Settles which of the tensors in `order` go to memory; those that are `wanted` do in any case. `owners` have the same numbers.
pub(super) fn fuse(
    plan: &Plan,
    order: &[TensorId],
    (shapes, wanted, owners): (&[Vec<usize>], &[bool], &[TensorId]),
    target: Target,
) -> Fused {
    let (uses, numbers) = (uses(plan, order), numbers(plan));
    let loops = plan.tensors().iter().map(|_| None).collect();
    let mut fused = Fused { stored: vec![true; shapes.len()], loops, updates: Vec::new(), numbers };
    match target {
        Target::Torch => return fused,
        Target::Cpu { .. } => {
            let loops = Loops::new(plan, order, (shapes, wanted, owners), &fused.numbers);
            loops.find(order, &mut fused.stored, &mut fused.loops);
        }
        Target::Cuda => fused.stored = Expressions::new(plan, order, shapes, wanted).find(order),
    }
    for (update, inside) in updates(plan, &uses, wanted) {
        let [_, first, second] = update.values;
        inside.into_iter().chain([first, second]).for_each(|id| {
            fused.stored[id.index()] = false;
            fused.loops[id.index()] = None;
        });
        // rows are written while it is read
        fused.stored[update.gradient.index()] = true;
        fused.updates.push(update);
    }
    fused
}

/// Counts how often operations read each tensor.
fn uses(plan: &Plan, order: &[TensorId]) -> Vec<usize> {
    let mut uses = vec![0; plan.tensors().len()];
    order.iter().flat_map(|id| &plan.tensor(*id).operands).for_each(|operand| uses[operand.index()] += 1);
    uses
}

/// Finds what is laid down on a GPU, on the way back from the results.
struct Expressions<'a> {
    plan: &'a Plan,
    shapes: &'a [Vec<usize>],
    /// How often a tensor's numbers are read altogether.
    reads: Vec<f64>,
    /// Whether some reader reads within a loop.
    looped: Vec<bool>,
    /// Operations in the making of one number, all that is made for it alone among them.
    weights: Vec<f64>,
    stored: Vec<bool>,
}

impl<'a> Expressions<'a> {
    fn new(plan: &'a Plan, order: &[TensorId], shapes: &'a [Vec<usize>], wanted: &[bool]) -> Self {
        let count = plan.tensors().len();
        let (reads, mut weights, looped) = (vec![0.0; count], vec![READ; count], vec![false; count]);
        let stored = wanted.to_vec();
        for id in order {
            let tensor = plan.tensor(*id);
            let operands = tensor.operands.iter().map(|operand| weights[operand.index()]).sum::<f64>();
            weights[id.index()] = if tensor.op.is_reduction() { READ } else { effort(&tensor.op) + operands };
        }
        Self { plan, shapes, reads, looped, weights, stored }
    }

    fn find(mut self, order: &[TensorId]) -> Vec<bool> {
        order.iter().rev().for_each(|id| self.decide(*id));
        self.stored
    }

    /// Decides on a tensor whose readers are decided on, and tells its operands how often they are read.
    fn decide(&mut self, id: TensorId) {
        let (op, at) = (&self.plan.tensor(id).op, id.index());
        let size: f64 = self.shapes[at].iter().map(|size| *size as f64).product();
        let (reads, library) = (self.reads[at], is_library(op, terms(self.plan, id, self.shapes)));
        let again = reads > size && reads * self.weights[at] > AGAIN || self.weights[at] > LONG;
        self.stored[at] |= library
            || matches!(op, Op::Sample { .. } | Op::Softmax { .. } | Op::LogSoftmax { .. })
            || op.is_reduction() && (self.looped[at] || reads > size)
            || !moves(op) && again;
        let each = if self.stored[at] { size } else { reads };
        let within = self.looped[at] && !self.stored[at];
        for (place, operand) in self.plan.tensor(id).operands.iter().enumerate() {
            let times = self.times(id, place);
            self.reads[operand.index()] += each * times;
            self.looped[operand.index()] |= within || times > 1.0;
            self.stored[operand.index()] |= library;
        }
    }

    /// Returns how many numbers of an operand are read for one of a tensor's.
    fn times(&self, id: TensorId, operand: usize) -> f64 {
        let tensor = self.plan.tensor(id);
        let of = |place: usize| tensor.operands.get(place).map_or(&[] as &[usize], |id| &self.shapes[id.index()]);
        let times = match &tensor.op {
            Op::Sum { axis } => of(0).get(*axis).copied().unwrap_or(1),
            Op::Softmax { axis } | Op::LogSoftmax { axis } => 3 * of(0).get(*axis).copied().unwrap_or(1),
            Op::MatMul { transpose_left, .. } | Op::BatchedMatMul { transpose_left, .. } => {
                of(0).get(if *transpose_left { 1 } else { 2 }).copied().unwrap_or(1)
            }
            Op::Pool(squares) => squares.size * squares.size,
            Op::SymmetrizeGrad { .. } => 2,
            Op::LocalConv(Bilinear::Forward, field) => field.seen(),
            Op::LocalConv(Bilinear::WeightGradient, _) => of(operand).last().copied().unwrap_or(1),
            Op::LocalConv(Bilinear::InputGradient, field) => field.size * field.size * field.maps(),
            _ => 1,
        };
        times as f64
    }
}

/// Tells whether an operation computes nothing: the same numbers stand elsewhere.
fn moves(op: &Op) -> bool {
    matches!(
        op,
        Op::Labels { .. }
            | Op::Scalar(_)
            | Op::Constant { .. }
            | Op::Unsqueeze { .. }
            | Op::Squeeze { .. }
            | Op::Expand { .. }
            | Op::Select { .. }
            | Op::Pad { .. }
            | Op::Reshape { .. }
            | Op::Symmetrize { .. }
            | Op::Diagonal
            | Op::DiagonalOf
    )
}

/// Returns roughly how many single operations one number takes.
fn effort(op: &Op) -> f64 {
    match op {
        Op::Unary(
            Function::Relu | Function::Square | Function::Absolute | Function::Sign | Function::StraightThroughStep,
        ) => 1.0,
        Op::Unary(_) => 10.0,
        Op::Pool(squares) => (squares.size * squares.size) as f64,
        _ => 1.0,
    }
}
