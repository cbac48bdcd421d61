//! A plan as text: the parameter table, then every tensor with its shape, what makes it, and what it costs.

use std::fmt;

use super::conv_geometry::ConvGeometry;
use super::cost::Cost;
use super::labels::TensorNames;
use super::op::Op;
use super::tensor::{Shape, Sizes};
use super::verify::{Plan, Tensor};
use crate::geometry::Space;

/// Columns that a name takes, so that shapes stand below each other; a longer name moves its own line only.
const NAME: usize = 22;

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = TensorNames::new(self);
        self.write_head(f)?;
        self.write_table(f, &names)?;
        self.write_tensors(f, &names)?;
        writeln!(f, "output {}", names.tensor(self.output()))?;
        if let Some(penalty) = self.penalty() {
            writeln!(f, "penalty {}", names.tensor(penalty))?;
        }
        writeln!(f, "loss {}", names.tensor(self.losses()))?;
        for (row, value) in self.updates() {
            writeln!(f, "update {} = {}", names.parameter(*row), names.tensor(*value))?;
        }
        Ok(())
    }
}

impl Plan {
    fn write_head(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
        self.choices().iter().try_for_each(|choice| writeln!(f, "  {choice}"))
    }

    fn write_table(&self, f: &mut fmt::Formatter<'_>, names: &TensorNames) -> fmt::Result {
        writeln!(f, "table")?;
        for parameter in self.rows() {
            let learned = match (parameter.state, parameter.learned) {
                (true, _) => "state",
                (false, true) => "learned",
                (false, false) => "fixed",
            };
            let rate = match parameter.rate {
                1.0 => String::new(),
                rate => format!(" at rate {rate:?}"),
            };
            let (name, start) = (&parameter.name, parameter.start.spelt(names));
            writeln!(f, "  {name:<NAME$} {} {learned}{rate}, starts {start}", parameter.shape)?;
        }
        for received in self.received().iter().filter(|received| !received.grown.is_empty()) {
            writeln!(f, "  calibrate {}", received.spelt(names))?;
        }
        Ok(())
    }

    fn write_tensors(&self, f: &mut fmt::Formatter<'_>, names: &TensorNames) -> fmt::Result {
        writeln!(f, "tensors")?;
        for ((id, tensor), changing) in self.numbered().zip(self.changing()) {
            let price = match self.cost(id, Sizes::SHOWN) {
                Cost { bytes: 0, .. } => String::new(),
                _ if !changing => "  once".to_owned(),
                Cost { flop: 0, .. } => String::new(),
                Cost { flop, .. } => format!("  {:.3} MFLOP", flop as f64 / 1e6),
            };
            let (name, made) = (names.tensor(id), Shown(tensor, names));
            writeln!(f, "  {name:<NAME$} {} = {made}{price}", tensor.shape)?;
        }
        Ok(())
    }
}

impl Tensor {
    /// Returns its operation with the operands under their names, as printed plans spell it: `hidden.g.X @ hidden.1ᵀ`.
    pub fn spelt(&self, names: &TensorNames) -> String {
        Shown(self, names).to_string()
    }
}

/// An operation with its operands, as printed.
struct Shown<'a>(&'a Tensor, &'a TensorNames);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(tensor, names) = self;
        let operand = |index: usize| tensor.operands.get(index).map_or("", |id| names.tensor(*id));
        match &tensor.op {
            Op::Sample { .. } | Op::Labels { .. } | Op::Scalar(_) => f.write_str(tensor.op.name()),
            Op::Constant { value, .. } => write!(f, "{value:?}"),
            Op::Parameter(id) => write!(f, "parameter {}", names.parameter(*id)),
            Op::Positions(Space::Grid(axes)) => write!(f, "positions {}", Shape::fixed(axes)),
            Op::Positions(Space::Cloud(cloud)) => write!(f, "positions of a cloud, seed {}", cloud.seed),
            Op::Mask(wires) => write!(f, "mask {}", wires.joins().mask),
            Op::Codes(codes) => write!(f, "labels of neurons {}", Shape::fixed(&codes.axes)),
            Op::Unary(function) => write!(f, "{} {}", function.name(), operand(0)),
            Op::Affine { factor, offset: 0.0 } => write!(f, "{factor:?} * {}", operand(0)),
            Op::Affine { factor, offset } => write!(f, "{factor:?} * {} + {offset:?}", operand(0)),
            Op::Add => write!(f, "{} + {}", operand(0), operand(1)),
            Op::Subtract => write!(f, "{} - {}", operand(0), operand(1)),
            Op::Multiply => write!(f, "{} * {}", operand(0), operand(1)),
            Op::Divide => write!(f, "{} / {}", operand(0), operand(1)),
            Op::Sum { axis } => write!(f, "sum {} over axis {axis}", operand(0)),
            Op::Unsqueeze { axis } => write!(f, "unsqueeze {} at axis {axis}", operand(0)),
            Op::Squeeze { axis } => write!(f, "squeeze {} at axis {axis}", operand(0)),
            Op::Expand { axis, length } => write!(f, "expand {} to {length} along axis {axis}", operand(0)),
            Op::Select { axis, index } => write!(f, "select {index} of {} along axis {axis}", operand(0)),
            Op::Pad { axis, index, length } => {
                write!(f, "pad {} to place {index} of {length} along axis {axis}", operand(0))
            }
            Op::Reshape { .. } => write!(f, "reshape {}", operand(0)),
            Op::Softmax { axis } => write!(f, "softmax {} over axis {axis}", operand(0)),
            Op::LogSoftmax { axis } => write!(f, "log softmax {} over axis {axis}", operand(0)),
            Op::MatMul { transpose_left, transpose_right } | Op::BatchedMatMul { transpose_left, transpose_right } => {
                let mark = |transposed: bool| if transposed { "ᵀ" } else { "" };
                let sign = if matches!(tensor.op, Op::MatMul { .. }) { "@" } else { "@ each" };
                write!(f, "{}{} {sign} {}{}", operand(0), mark(*transpose_left), operand(1), mark(*transpose_right))
            }
            Op::Symmetrize { .. } => write!(f, "symmetrize {}", operand(0)),
            Op::SymmetrizeGrad { .. } => write!(f, "symmetrize gradient {}", operand(0)),
            Op::Diagonal => write!(f, "diagonal {}", operand(0)),
            Op::DiagonalOf => write!(f, "diagonal of {}", operand(0)),
            Op::Pool(squares) => write!(f, "pool {} in squares of {}", operand(0), squares.size),
            Op::PoolGrad(squares) => write!(f, "pool gradient {} in squares of {}", operand(0), squares.size),
            Op::LocalConv(over, field) => {
                write!(f, "{} {} {} in {}", over.of_conv(), operand(0), operand(1), Squared(field))
            }
            Op::Sparse(over, wires) => {
                write!(f, "{} {} {} along {} synapses", over.of_sparse(), operand(0), operand(1), wires.synapses())
            }
            Op::Gather(wires) => write!(f, "gather {} of {}", wires.synapses(), operand(0)),
            Op::Scatter(wires) => write!(f, "scatter {} to {} synapses", operand(0), wires.synapses()),
        }
    }
}

/// Receptive fields as printed: `windows of 5`, and stride and padding where they are not the usual ones.
struct Squared<'a>(&'a ConvGeometry);

impl fmt::Display for Squared<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ConvGeometry { size, stride, padding, .. } = self.0;
        write!(f, "windows of {size}")?;
        if *stride != 1 {
            write!(f, ", stride {stride}")?;
        }
        if *padding != 0 { write!(f, ", padding {padding}") } else { Ok(()) }
    }
}
