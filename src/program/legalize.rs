//! Which kernel an operation gets on a target: one match, which names all operations.

use super::product::{BatchedProduct, Product};
use super::{AdamUpdate, Loop, Target};
use crate::plan::{Op, Plan, TensorId};

/// Multiplications from which on a library makes a product on a GPU.
const LARGE: f64 = 16e6;

/// What makes a tensor.
#[derive(Debug, Clone, PartialEq)]
pub enum Kernel {
    /// A number that depends on the step alone, computed in double precision.
    Number,
    /// The batch is taken in, and laid out as the plan has it.
    Batch,
    /// Several element-by-element operations in one loop.
    Loop(Loop),
    /// A loop of gemc's own for this one operation.
    Own,
    /// A product of matrices by tiles of gemc's own.
    Tiles(Product),
    /// A product of matrices by the crate `gemm`.
    Gemm(Product),
    /// Products of matrices side by side, by a loop of gemc's own.
    Batched(BatchedProduct),
    /// A sum over receptive fields, or along listed pairs of neurons.
    Pairs,
    /// Adam's update of a row and its moments, in place.
    Adam(AdamUpdate),
    /// An expression in a kernel that is written for the plan.
    Expression,
    /// libtorch.
    Library,
}

/// Returns the kernel of a tensor that goes to memory and is no loop of several operations; `shapes` are those of all tensors,
/// and `comes` tells which of them is the samples as they come.
pub(super) fn kernel(
    plan: &Plan,
    id: TensorId,
    shapes: &[Vec<usize>],
    target: Target,
    comes: impl Fn(TensorId) -> bool,
) -> Kernel {
    match target {
        Target::Torch => Kernel::Library,
        Target::Cuda if is_library(&plan.tensor(id).op, terms(plan, id, shapes)) => Kernel::Library,
        Target::Cuda => Kernel::Expression,
        Target::Cpu { lanes } => on_cpu(plan, id, shapes, lanes, comes),
    }
}

/// Tells for each tensor whether it is one number that depends on the step alone.
pub(super) fn numbers(plan: &Plan) -> Vec<bool> {
    let mut numbers: Vec<bool> = Vec::with_capacity(plan.tensors().len());
    for tensor in plan.tensors() {
        let computed = is_elementwise(&tensor.op) || matches!(tensor.op, Op::Unsqueeze { .. });
        let of_numbers = computed && tensor.operands.iter().all(|operand| numbers[operand.index()]);
        numbers.push(of_numbers || matches!(tensor.op, Op::Scalar(_)));
    }
    numbers
}

/// Tells whether a GPU leaves an operation with this number of single products to libtorch.
pub(super) fn is_library(op: &Op, products: f64) -> bool {
    match op {
        Op::MatMul { .. } | Op::BatchedMatMul { .. } => products > LARGE,
        Op::Sparse(..) | Op::Gather(_) | Op::Scatter(_) => true,
        Op::Sample { .. }
        | Op::Labels { .. }
        | Op::Scalar(_)
        | Op::Parameter(_)
        | Op::Positions(_)
        | Op::Mask(_)
        | Op::Codes(_)
        | Op::Constant { .. }
        | Op::Unary(_)
        | Op::Affine { .. }
        | Op::Add
        | Op::Subtract
        | Op::Multiply
        | Op::Divide
        | Op::Sum { .. }
        | Op::Unsqueeze { .. }
        | Op::Squeeze { .. }
        | Op::Expand { .. }
        | Op::Select { .. }
        | Op::Pad { .. }
        | Op::Reshape { .. }
        | Op::Softmax { .. }
        | Op::LogSoftmax { .. }
        | Op::Symmetrize { .. }
        | Op::SymmetrizeGrad { .. }
        | Op::Diagonal
        | Op::DiagonalOf
        | Op::Pool(_)
        | Op::PoolGrad(_)
        | Op::LocalConv(..) => false,
    }
}

/// Returns the single products of a product of matrices; 0 for other operations.
pub(super) fn terms(plan: &Plan, id: TensorId, shapes: &[Vec<usize>]) -> f64 {
    let tensor = plan.tensor(id);
    let (Op::MatMul { transpose_left, .. } | Op::BatchedMatMul { transpose_left, .. }, Some(left)) =
        (&tensor.op, tensor.operands.first())
    else {
        return 0.0;
    };
    let inner = shapes[left.index()].get(if *transpose_left { 1 } else { 2 }).copied().unwrap_or(1);
    shapes[id.index()].iter().map(|size| *size as f64).product::<f64>() * inner as f64
}

/// Tells whether an operation computes each number of its result from one number of each operand.
pub(super) fn is_elementwise(op: &Op) -> bool {
    matches!(op, Op::Unary(_) | Op::Affine { .. } | Op::Add | Op::Subtract | Op::Multiply | Op::Divide)
}

/// Returns the products side by side that a tensor is, if it is such.
pub(super) fn batched(plan: &Plan, id: TensorId, shapes: &[Vec<usize>]) -> Option<BatchedProduct> {
    let tensor = plan.tensor(id);
    let (&Op::BatchedMatMul { transpose_left, transpose_right }, Some(left)) = (&tensor.op, tensor.operands.first())
    else {
        return None;
    };
    let inner = shapes[left.index()].get(if transpose_left { 1 } else { 2 }).copied().unwrap_or(1);
    let [rows, columns, batch] = [1, 2, 3].map(|axis| shapes[id.index()].get(axis).copied().unwrap_or(1));
    let product = Product { rows, inner, columns, left_turned: transpose_left, right_turned: transpose_right };
    Some(BatchedProduct { product, batch })
}

fn on_cpu(plan: &Plan, id: TensorId, shapes: &[Vec<usize>], lanes: usize, comes: impl Fn(TensorId) -> bool) -> Kernel {
    let tensor = plan.tensor(id);
    match &tensor.op {
        Op::Sample { .. } | Op::Labels { .. } | Op::Scalar(_) => Kernel::Batch,
        Op::MatMul { transpose_left, transpose_right } => {
            let &[left, right] = tensor.operands.as_slice() else { return Kernel::Library };
            let (lies, made) = (&shapes[left.index()], &shapes[id.index()]);
            let inner = lies.get(if *transpose_left { 1 } else { 2 }).copied().unwrap_or(1);
            let [rows, columns] = [1, 2].map(|axis| made.get(axis).copied().unwrap_or(1));
            // the samples as they come are the transpose of what the plan has
            let (left_turned, right_turned) = (*transpose_left != comes(left), *transpose_right != comes(right));
            let product = Product { rows, inner, columns, left_turned, right_turned };
            if product.pays(lanes) { Kernel::Tiles(product) } else { Kernel::Gemm(product) }
        }
        Op::BatchedMatMul { .. } => batched(plan, id, shapes).map_or(Kernel::Library, Kernel::Batched),
        Op::LocalConv(..) | Op::Sparse(..) | Op::Gather(_) | Op::Scatter(_) => Kernel::Pairs,
        Op::Unary(_)
        | Op::Affine { .. }
        | Op::Add
        | Op::Subtract
        | Op::Multiply
        | Op::Divide
        | Op::Sum { .. }
        | Op::Expand { .. }
        | Op::Select { .. }
        | Op::Pad { .. }
        | Op::Softmax { .. }
        | Op::LogSoftmax { .. }
        | Op::Pool(_)
        | Op::PoolGrad(_) => Kernel::Own,
        // numbers that are known before, never made, or moved
        Op::Parameter(_)
        | Op::Positions(_)
        | Op::Mask(_)
        | Op::Codes(_)
        | Op::Constant { .. }
        | Op::Unsqueeze { .. }
        | Op::Squeeze { .. }
        | Op::Reshape { .. }
        | Op::Symmetrize { .. }
        | Op::SymmetrizeGrad { .. }
        | Op::Diagonal
        | Op::DiagonalOf => Kernel::Library,
    }
}
