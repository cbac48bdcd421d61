//! Operations as expressions of Python, in one match that names all operations.

use crate::export::forward::ForwardStep;
use crate::plan::{Bilinear, ConvGeometry, Dim, Function, Op, SampleSet, Shape, Squares};

/// A step, and the expressions of what it reads.
pub(super) struct Step<'a> {
    pub(super) step: &'a ForwardStep,
    pub(super) reads: &'a [String],
}

/// Returns the expression of a step's result; nothing for an operation that only training has.
pub(super) fn expression(of: &Step<'_>) -> Option<String> {
    let read = |place: usize| of.reads.get(place).map_or("", String::as_str);
    let (x, y) = (read(0), read(1));
    Some(match &of.step.op {
        Op::Sample { set: SampleSet::Batch(1), .. } => "samples.t().unsqueeze(0)".to_owned(),
        Op::Unary(function) => unary(*function, x),
        Op::Affine { factor, offset } if *offset == 0.0 => format!("{factor:?} * {x}"),
        Op::Affine { factor, offset } => format!("{factor:?} * {x} + {offset:?}"),
        Op::Add => format!("{x} + {y}"),
        Op::Subtract => format!("{x} - {y}"),
        Op::Multiply => format!("{x} * {y}"),
        Op::Divide => format!("{x} / {y}"),
        Op::Sum { axis } => format!("{x}.sum({axis})"),
        Op::Unsqueeze { axis } => format!("{x}.unsqueeze({axis})"),
        Op::Squeeze { axis } => format!("{x}.squeeze({axis})"),
        Op::Expand { axis, length } => expand(x, *axis, *length, of.step.shape.rank()),
        Op::Select { axis, index } => format!("{x}.narrow({axis}, {index}, 1)"),
        Op::Reshape { shape } => format!("{x}.reshape({})", sizes(shape)),
        Op::Softmax { axis } => format!("torch.softmax({x}, {axis})"),
        Op::LogSoftmax { axis } => format!("torch.log_softmax({x}, {axis})"),
        Op::MatMul { transpose_left, transpose_right } => {
            let turned = |of: &str, turn: bool| if turn { format!("{of}.transpose(1, 2)") } else { of.to_owned() };
            format!("torch.matmul({}, {})", turned(x, *transpose_left), turned(y, *transpose_right))
        }
        Op::Symmetrize { size } => format!("symmetric({x}, {size})"),
        Op::Diagonal => format!("torch.diag_embed({x})"),
        Op::Pool(Squares { grid, size }) => format!("pool({x}, {grid:?}, {size})"),
        Op::LocalConv(Bilinear::Forward, field) => {
            let sums = format!("torch.matmul({x}, {})", seen(y, field));
            format!("{sums}.reshape(1, {}, -1)", field.targets())
        }
        Op::LocalConv(Bilinear::WeightGradient, field) => {
            let received = format!("{x}.reshape(1, {}, {}, -1)", field.places(), field.maps());
            format!("torch.matmul({received}, {}.transpose(2, 3))", seen(y, field))
        }
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
        | Op::Scatter(_) => return None,
    })
}

fn unary(function: Function, x: &str) -> String {
    match function {
        Function::Relu => format!("torch.relu({x})"),
        Function::Tanh => format!("torch.tanh({x})"),
        Function::Sine => format!("torch.sin({x})"),
        Function::Cosine => format!("torch.cos({x})"),
        Function::Sigmoid => format!("torch.sigmoid({x})"),
        Function::Gelu => format!("F.gelu({x})"),
        Function::Normal => format!("0.5 * torch.erfc(-{x} * math.sqrt(0.5))"),
        Function::Exp => format!("torch.exp({x})"),
        Function::Square => format!("torch.square({x})"),
        Function::SquareRoot => format!("torch.sqrt({x})"),
        Function::ExpMinusOne => format!("torch.expm1({x})"),
        Function::Lorentzian => format!("1 / (1 + torch.square({x}))"),
        Function::Absolute => format!("torch.abs({x})"),
        Function::Sign => format!("torch.sign({x})"),
        Function::StraightThroughStep => format!("Step.apply({x})"),
        Function::StopGradient => format!("{x}.detach()"),
    }
}

fn expand(x: &str, axis: usize, length: Dim, rank: usize) -> String {
    let length = match length {
        Dim::Batch | Dim::Samples(_) => "samples.shape[0]".to_owned(),
        Dim::Runs => "1".to_owned(),
        Dim::Size(size) => size.to_string(),
    };
    let sizes: Vec<String> = (0..rank).map(|own| if own == axis { length.clone() } else { "-1".to_owned() }).collect();
    format!("{x}.expand({})", sizes.join(", "))
}

fn sizes(shape: &Shape) -> String {
    let size = |dim: &Dim| match dim {
        Dim::Runs => "1".to_owned(),
        Dim::Batch | Dim::Samples(_) => "-1".to_owned(),
        Dim::Size(size) => size.to_string(),
    };
    shape.dims().iter().map(size).collect::<Vec<String>>().join(", ")
}

fn seen(x: &str, field: &ConvGeometry) -> String {
    let ConvGeometry { source, target, size, stride, padding } = field;
    format!("seen({x}, {source:?}, {target:?}, {size}, {stride}, {padding})")
}
