//! A forward graph → an ONNX file. Every operation of the plan has its operators here, in one match that names all operations.
//!
//! The input is batch × neurons, numbers from 0 to 1; the output is batch × classes, before softmax. In between tensors have the shapes of
//! the plan with R = 1, and the batch last.

mod functions;
mod graph;
mod pairs;
mod writer;

pub use graph::{OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor};

use self::writer::Writer;
use super::fault::{ExportFault, TooLargeToExport, UnsupportedOp};
use super::forward::{ForwardGraph, ForwardStep};
use crate::plan::{Bilinear, Op, SampleSet};

/// Numbers in a file at most: a protocol buffer may have 2 GiB.
const MOST_NUMBERS: u64 = 500_000_000;

/// Translates a network to ONNX.
///
/// # Errors
///
/// [`UnsupportedOp`] for an operation that has no operators, [`TooLargeToExport`] for more numbers than a file may hold.
pub fn onnx(forward: &ForwardGraph) -> Result<OnnxGraph, ExportFault> {
    let found = forward.constants.iter().map(|constant| constant.array.numbers().len() as u64).sum();
    if found > MOST_NUMBERS {
        return Err(TooLargeToExport { found, most: MOST_NUMBERS }.into());
    }
    let mut writer = Writer::new(forward);
    for step in &forward.steps {
        let output = translated(&mut writer, step)?;
        writer.made(output);
    }
    Ok(writer.finish())
}

/// Writes the operators of one step; returns the name of the result.
fn translated(writer: &mut Writer<'_>, step: &ForwardStep) -> Result<String, UnsupportedOp> {
    let read: Vec<String> = step.inputs.iter().map(|input| writer.name(*input)).collect();
    let [first, second] = [0, 1].map(|place| read.get(place).map_or("", String::as_str));
    let unsupported = || UnsupportedOp { tensor: format!("`{}`", step.name), op: step.op.name(), format: "ONNX" };
    let name = step.name.as_str();
    Ok(match &step.op {
        Op::Sample { set: SampleSet::Batch(1), .. } => writer.samples(name),
        Op::Unary(function) => writer.function(name, *function, first),
        Op::Affine { factor, offset } => writer.affine(name, first, *factor, *offset),
        Op::Add => writer.node(name, "Add", [first, second]),
        Op::Subtract => writer.node(name, "Sub", [first, second]),
        Op::Multiply => writer.node(name, "Mul", [first, second]),
        Op::Divide => writer.node(name, "Div", [first, second]),
        // the mean that centred genes subtract: its error is the same for all neurons, so it adds up over them
        Op::Sum { axis } if !step.shape.is_batched() => writer.precise_sum(name, first, *axis),
        Op::Sum { axis } => writer.sum(name, first, *axis),
        Op::Unsqueeze { axis } => writer.along(name, "Unsqueeze", first, *axis),
        Op::Squeeze { axis } => writer.along(name, "Squeeze", first, *axis),
        Op::Expand { axis, .. } => writer.expand(name, first, *axis, &step.shape),
        Op::Select { axis, index } => writer.select(name, first, *axis, *index),
        Op::Reshape { shape } => writer.reshape(name, first, shape),
        Op::Softmax { axis } => writer.with_axis(name, "Softmax", first, *axis),
        Op::LogSoftmax { axis } => writer.with_axis(name, "LogSoftmax", first, *axis),
        Op::MatMul { transpose_left, transpose_right } => {
            let mut turned = |of: &str, turn: bool| {
                if turn { writer.transposed(&format!("{name}/{of}"), of) } else { of.to_owned() }
            };
            let (left, right) = (turned(first, *transpose_left), turned(second, *transpose_right));
            writer.node(name, "MatMul", [&left, &right])
        }
        Op::Symmetrize { size } => writer.symmetrize(name, first, *size),
        Op::Diagonal => writer.diagonal(name, first, &step.shape),
        Op::Pool(squares) => writer.pool(name, first, *squares),
        Op::LocalConv(Bilinear::Forward, field) => writer.fields_forward(name, [first, second], field),
        Op::LocalConv(Bilinear::WeightGradient, field) => writer.fields_weights(name, [first, second], field),
        // inputs of a training step, numbers that are always constants, and what only a backward pass computes
        Op::Sample { .. }
        | Op::Labels { .. }
        | Op::Scalar(_)
        | Op::Parameter(_)
        | Op::Positions(_)
        | Op::Mask(_)
        | Op::Codes(_)
        | Op::Constant { .. }
        | Op::Pad { .. }
        | Op::BatchedMatMul { .. }
        | Op::SymmetrizeGrad { .. }
        | Op::DiagonalOf
        | Op::PoolGrad(_)
        | Op::LocalConv(Bilinear::InputGradient, _)
        | Op::Sparse(..)
        | Op::Gather(_)
        | Op::Scatter(_) => return Err(unsupported()),
    })
}
