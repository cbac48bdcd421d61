//! Which tensors of a walk are laid down in memory, in which wave each is made, and by whom. All others are made again wherever
//! they are read, which costs less than a further launch.
#![allow(clippy::wildcard_enum_match_arm)] // what holds of few operations

use crate::emit::walk::Walk;
use crate::plan::{Bilinear, Function, Op, Plan, Sizes, TensorId};

/// Single operations that are made again rather than laid down: about what a GPU does while it is given the next work.
const AGAIN: f64 = 2e6;
/// Single operations in the making of one number at most.
const LONG: f64 = 2e3;
/// Multiplications from which on libtorch makes a product.
const LARGE: f64 = 16e6;
/// What it costs to read a number that is laid down.
const READ: f64 = 2.0;

/// How a walk is gone.
#[derive(Debug)]
pub(super) struct Schedule {
    /// Sizes of every tensor.
    pub(super) sizes: Vec<Vec<usize>>,
    /// Whether a tensor is laid down.
    pub(super) stored: Vec<bool>,
    /// Those that are, wave by wave: what one wave makes reads only what earlier ones have.
    pub(super) waves: Vec<Wave>,
}

/// What can be made at once.
#[derive(Debug, Default)]
pub(super) struct Wave {
    /// By a kernel of our own.
    pub(super) own: Vec<TensorId>,
    /// By libtorch's table.
    pub(super) torch: Vec<TensorId>,
}

/// What is found out about each tensor on the way back from the results.
struct Look<'a> {
    plan: &'a Plan,
    sizes: Vec<Vec<usize>>,
    /// How often its numbers are read altogether.
    reads: Vec<f64>,
    /// Whether some reader reads within a loop.
    looped: Vec<bool>,
    /// Operations in the making of one number, all that is made for it alone among them.
    weights: Vec<f64>,
    wanted: Vec<bool>,
    stored: Vec<bool>,
}

impl Schedule {
    /// Settles how the tensors of `walk` are made for these sizes; `wanted` are laid down in any case.
    pub(super) fn new(plan: &Plan, walk: &Walk, wanted: &[TensorId], sizes: Sizes) -> Self {
        let order: Vec<TensorId> = walk.order().collect();
        let mut look = Look::new(plan, &order, wanted, sizes);
        for id in order.iter().rev() {
            look.settle(*id);
        }
        let (mut levels, mut waves) = (vec![0; plan.tensors().len()], Vec::new());
        for id in order {
            let before = plan.tensor(id).operands.iter().map(|operand| levels[operand.index()]).max().unwrap_or(0);
            levels[id.index()] = before + usize::from(look.stored[id.index()]);
            if look.stored[id.index()] {
                waves.resize_with(waves.len().max(before + 1), Wave::default);
                let wave = &mut waves[before];
                if look.is_torchs(id) { wave.torch.push(id) } else { wave.own.push(id) }
            }
        }
        Self { sizes: look.sizes, stored: look.stored, waves }
    }
}

impl<'a> Look<'a> {
    fn new(plan: &'a Plan, order: &[TensorId], wanted: &[TensorId], sizes: Sizes) -> Self {
        let count = plan.tensors().len();
        let sizes: Vec<Vec<usize>> = plan.tensors().iter().map(|tensor| tensor.shape.at(sizes)).collect();
        let (reads, weights, mut marked) = (vec![0.0; count], vec![READ; count], vec![false; count]);
        for id in wanted {
            marked[id.index()] = true;
        }
        let (looped, stored) = (vec![false; count], vec![false; count]);
        let mut look = Self { plan, sizes, reads, looped, weights, wanted: marked, stored };
        for id in order {
            let tensor = plan.tensor(*id);
            let operands = tensor.operands.iter().map(|operand| look.weights[operand.index()]).sum::<f64>();
            look.weights[id.index()] = if sums(&tensor.op) { READ } else { effort(&tensor.op) + operands };
        }
        look
    }

    /// Decides on a tensor whose readers are decided on, and tells its operands how often they are read.
    fn settle(&mut self, id: TensorId) {
        let (op, at) = (&self.plan.tensor(id).op, id.index());
        let (size, reads) = (self.size(id), self.reads[at]);
        let again = reads > size && reads * self.weights[at] > AGAIN || self.weights[at] > LONG;
        let stored = self.wanted[at]
            || self.is_torchs(id)
            || matches!(op, Op::Sample { .. } | Op::Softmax { .. } | Op::LogSoftmax { .. })
            || sums(op) && (self.looped[at] || reads > size)
            || !moves(op) && again;
        self.stored[at] |= stored;
        let each = if self.stored[at] { size } else { reads };
        let within = self.looped[at] && !self.stored[at];
        for (place, operand) in self.plan.tensor(id).operands.iter().enumerate() {
            let times = self.times(id, place);
            self.reads[operand.index()] += each * times;
            self.looped[operand.index()] |= within || times > 1.0;
            self.stored[operand.index()] |= self.is_torchs(id);
        }
    }

    /// Returns how many numbers of an operand are read for one of a tensor's.
    fn times(&self, id: TensorId, operand: usize) -> f64 {
        let tensor = self.plan.tensor(id);
        let of = |place: usize| tensor.operands.get(place).map_or(&[] as &[usize], |id| &self.sizes[id.index()]);
        let times = match &tensor.op {
            Op::Sum { axis } => of(0).get(*axis).copied().unwrap_or(1),
            Op::Softmax { axis } | Op::LogSoftmax { axis } => 3 * of(0).get(*axis).copied().unwrap_or(1),
            Op::MatMul { transpose_left, .. } => of(0).get(if *transpose_left { 1 } else { 2 }).copied().unwrap_or(1),
            Op::Pool(squares) => squares.size * squares.size,
            Op::SymmetrizeGrad { .. } => 2,
            Op::LocalConv(Bilinear::Forward, field) => field.seen(),
            Op::LocalConv(Bilinear::WeightGradient, _) => of(operand).last().copied().unwrap_or(1),
            Op::LocalConv(Bilinear::InputGradient, field) => field.size * field.size * field.maps(),
            _ => 1,
        };
        times as f64
    }

    /// Tells whether libtorch makes a tensor: large products, and what is not written here.
    fn is_torchs(&self, id: TensorId) -> bool {
        match &self.plan.tensor(id).op {
            Op::MatMul { .. } => self.size(id) * self.times(id, 0) > LARGE,
            Op::Sparse(..) | Op::Gather(_) | Op::Scatter(_) => true,
            _ => false,
        }
    }

    fn size(&self, id: TensorId) -> f64 {
        self.sizes[id.index()].iter().map(|size| *size as f64).product()
    }
}

/// Tells whether an operation adds up many numbers.
pub(super) fn sums(op: &Op) -> bool {
    matches!(op, Op::Sum { .. } | Op::MatMul { .. } | Op::LocalConv(..))
}

/// Tells whether an operation computes nothing: the same numbers stand elsewhere.
fn moves(op: &Op) -> bool {
    matches!(
        op,
        Op::Labels { .. }
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
