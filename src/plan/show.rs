//! A plan as text: the parameter table, then every tensor with its shape, what makes it, and what it costs.

use std::fmt;

use super::cost::Cost;
use super::field::Field;
use super::op::Op;
use super::tensor::{LeafId, Shape, Sizes};
use super::verify::{Plan, Tensor};
use crate::space::Space;

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = self.counts();
        writeln!(f, "plan {}", self.name())?;
        writeln!(
            f,
            "  {} parameters, {} synapses, {} uncompressed, {:.1} times compressed",
            counts.parameters,
            counts.synapses,
            counts.uncompressed,
            counts.compression()
        )?;
        let step = self.step_cost(Sizes::SHOWN);
        let mflop = step.flop as f64 / 1e6;
        writeln!(f, "  a step costs {mflop:.1} MFLOP and moves {:.1} MB at R = 1, B = 64", step.bytes as f64 / 1e6)?;
        if !self.choices().is_empty() {
            writeln!(f, "orders")?;
        }
        for choice in self.choices() {
            writeln!(f, "  {choice}")?;
        }
        writeln!(f, "table")?;
        for (index, leaf) in self.leaves().iter().enumerate() {
            let learned = if leaf.learned { "learned" } else { "fixed" };
            let rate = match leaf.rate {
                1.0 => String::new(),
                rate => format!(" at rate {rate:?}"),
            };
            writeln!(f, "  p{index:<3} {} {} {learned}{rate}, starts {}", leaf.name, leaf.shape, leaf.start)?;
        }
        for received in self.received().iter().filter(|received| !received.grown.is_empty()) {
            writeln!(f, "  calibrate {received}")?;
        }
        writeln!(f, "tensors")?;
        for ((id, tensor), changing) in self.numbered().zip(self.changing()) {
            let price = match self.cost(id, Sizes::SHOWN) {
                Cost { bytes: 0, .. } => String::new(),
                _ if !changing => "  once".to_owned(),
                Cost { flop: 0, .. } => String::new(),
                Cost { flop, .. } => format!("  {:.3} MFLOP", flop as f64 / 1e6),
            };
            let label = if tensor.label.is_empty() { String::new() } else { format!("  # {}", tensor.label) };
            writeln!(f, "  {:<4} {} = {}{price}{label}", id.to_string(), tensor.shape, Shown(tensor))?;
        }
        writeln!(f, "output {}", self.output())?;
        if let Some(penalty) = self.penalty() {
            writeln!(f, "penalty {penalty}")?;
        }
        writeln!(f, "loss {}", self.losses())?;
        let learned = (0..).zip(self.leaves()).filter(|(_, leaf)| leaf.learned);
        for ((index, _), gradient) in learned.zip(self.gradients()) {
            writeln!(f, "update {} by adam along {gradient}", LeafId(index))?;
        }
        Ok(())
    }
}

impl Tensor {
    /// Returns its operation with the operands, as printed plans spell it: `t3 @ t4ᵀ`.
    pub fn spelt(&self) -> String {
        Shown(self).to_string()
    }
}

/// An operation with its operands, as printed.
struct Shown<'a>(&'a Tensor);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operand = |index: usize| self.0.operands.get(index).map(ToString::to_string).unwrap_or_default();
        match &self.0.op {
            Op::Sample { .. } => f.write_str("sample"),
            Op::Labels { .. } => f.write_str("labels"),
            Op::Fill { value, .. } => write!(f, "{value:?}"),
            Op::Leaf(id) => write!(f, "leaf {id}"),
            Op::Positions(Space::Grid(axes)) => write!(f, "positions {}", Shape::fixed(axes)),
            Op::Positions(Space::Cloud(cloud)) => write!(f, "positions of a cloud, seed {}", cloud.seed),
            Op::Mask(wires) => write!(f, "mask {}", wires.joins().mask),
            Op::Codes(codes) => write!(f, "labels of neurons {}", Shape::fixed(&codes.axes)),
            Op::Map(function) => write!(f, "{} {}", function.name(), operand(0)),
            Op::Affine { factor, offset: 0.0 } => write!(f, "{factor:?} * {}", operand(0)),
            Op::Affine { factor, offset } => write!(f, "{factor:?} * {} + {offset:?}", operand(0)),
            Op::Add => write!(f, "{} + {}", operand(0), operand(1)),
            Op::Subtract => write!(f, "{} - {}", operand(0), operand(1)),
            Op::Multiply => write!(f, "{} * {}", operand(0), operand(1)),
            Op::Sum { axis } => write!(f, "sum {} over axis {axis}", operand(0)),
            Op::Insert { axis } => write!(f, "insert axis {axis} in {}", operand(0)),
            Op::Remove { axis } => write!(f, "remove axis {axis} of {}", operand(0)),
            Op::Repeat { axis, length } => write!(f, "repeat {} {length} times along axis {axis}", operand(0)),
            Op::Select { axis, index } => write!(f, "place {index} of {} along axis {axis}", operand(0)),
            Op::Place { axis, index, length } => {
                write!(f, "{} as place {index} of {length} along axis {axis}", operand(0))
            }
            Op::Reshape { .. } => write!(f, "reshape {}", operand(0)),
            Op::Softmax { axis } => write!(f, "softmax {} over axis {axis}", operand(0)),
            Op::LogSoftmax { axis } => write!(f, "log softmax {} over axis {axis}", operand(0)),
            Op::MatMul { transpose_left, transpose_right } => {
                let mark = |transposed: bool| if transposed { "ᵀ" } else { "" };
                write!(f, "{}{} @ {}{}", operand(0), mark(*transpose_left), operand(1), mark(*transpose_right))
            }
            Op::Symmetric { .. } => write!(f, "symmetric {}", operand(0)),
            Op::Triangle { .. } => write!(f, "triangle {}", operand(0)),
            Op::Diagonal => write!(f, "diagonal {}", operand(0)),
            Op::DiagonalOf => write!(f, "diagonal of {}", operand(0)),
            Op::Pool(squares) => write!(f, "pool {} in squares of {}", operand(0), squares.size),
            Op::Spread(squares) => write!(f, "spread {} over squares of {}", operand(0), squares.size),
            Op::Window(over, field) => write!(f, "{} {} {} in {}", over.name(), operand(0), operand(1), Squared(field)),
            Op::Joined(over, wires) => {
                write!(f, "{} {} {} along {} synapses", over.name(), operand(0), operand(1), wires.synapses())
            }
            Op::Gather(wires) => write!(f, "gather {} of {}", wires.synapses(), operand(0)),
            Op::Scatter(wires) => write!(f, "scatter {} to {} synapses", operand(0), wires.synapses()),
        }
    }
}

/// Receptive fields as printed: `windows of 5`, and stride and padding where they are not the usual ones.
struct Squared<'a>(&'a Field);

impl fmt::Display for Squared<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Field { size, stride, padding, .. } = self.0;
        write!(f, "windows of {size}")?;
        if *stride != 1 {
            write!(f, ", stride {stride}")?;
        }
        if *padding != 0 { write!(f, ", padding {padding}") } else { Ok(()) }
    }
}
