//! The gradient of each element-by-element function, written with functions of the same list.

use super::super::builder::Builder;
use super::super::function::Function;
use super::super::op::Op;
use super::super::tensor::TensorId;
use crate::diag::Bug;

/// The height of the normal density at 0: 1 / √(2π).
const NORMAL_PEAK: f64 = 0.398_942_280_401_432_7;

/// Appends the gradient of y = `function`(x) by x; `None` where it is 0 everywhere.
pub(super) fn gradient(
    builder: &mut Builder,
    function: Function,
    x: TensorId,
    y: TensorId,
) -> Result<Option<TensorId>, Bug> {
    let gradient = match function {
        // y is never negative
        Function::Relu => builder.map(Function::Sign, y, "")?,
        Function::Absolute => builder.map(Function::Sign, x, "")?,
        Function::Tanh => {
            let square = builder.map(Function::Square, y, "")?;
            builder.push(Op::Affine { factor: -1.0, offset: 1.0 }, &[square], "")?
        }
        Function::Sine => builder.map(Function::Cosine, x, "")?,
        Function::Cosine => {
            let sine = builder.map(Function::Sine, x, "")?;
            builder.scale(-1.0, sine)?
        }
        Function::Sigmoid => {
            let square = builder.map(Function::Square, y, "")?;
            builder.push(Op::Subtract, &[y, square], "")?
        }
        Function::Gelu => {
            let (density, below) = (density(builder, x)?, builder.map(Function::Normal, x, "")?);
            let weighted = builder.push(Op::Multiply, &[x, density], "")?;
            builder.push(Op::Add, &[below, weighted], "")?
        }
        Function::Normal => density(builder, x)?,
        Function::Exp => y,
        Function::Square => builder.scale(2.0, x)?,
        Function::SquareRoot => {
            // 1 / (2 y), as y / (2 x)
            let twice = builder.scale(2.0, x)?;
            builder.push(Op::Divide, &[y, twice], "")?
        }
        Function::ExpMinusOne => builder.push(Op::Affine { factor: 1.0, offset: 1.0 }, &[y], "")?,
        Function::Lorentzian => {
            let square = builder.map(Function::Square, y, "")?;
            let scaled = builder.scale(-2.0, x)?;
            builder.push(Op::Multiply, &[scaled, square], "")?
        }
        // what passes straight through a step is the rule's own
        Function::Sign | Function::StraightThroughStep | Function::StopGradient => return Ok(None),
    };
    Ok(Some(gradient))
}

/// Appends the normal density at x.
fn density(builder: &mut Builder, x: TensorId) -> Result<TensorId, Bug> {
    let square = builder.map(Function::Square, x, "")?;
    let exponent = builder.scale(-0.5, square)?;
    let bell = builder.map(Function::Exp, exponent, "")?;
    builder.scale(NORMAL_PEAK, bell)
}
