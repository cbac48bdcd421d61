//! The closed list of operations, with one shape rule each: the rule that builds a plan also re-checks it.

use super::leaf::Leaf;
use super::tensor::{Dim, LeafId, Shape};

/// One operation. Arithmetic broadcasts as `NumPy`'s does: equal dimensions, or a 1 against anything.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    /// The batch: R × B × N of the input population.
    Sample {
        /// N.
        neurons: usize,
    },
    /// A row of the parameter table.
    Leaf(LeafId),
    /// Positions of a grid's neurons, 1 × N × axes: each axis of n > 1 evenly on [−1, 1], ends included, the last axis
    /// fastest; an axis of length 1 at 0.
    Positions {
        /// Lengths of the axes.
        axes: Vec<usize>,
    },
    /// An element-by-element function.
    Map(Function),
    /// factor · x + offset.
    Affine {
        /// Multiplies.
        factor: f64,
        /// Is added.
        offset: f64,
    },
    /// x + y.
    Add,
    /// x − y.
    Subtract,
    /// x · y, element by element.
    Multiply,
    /// Sum over one axis, which disappears.
    Sum {
        /// The axis, from 0.
        axis: usize,
    },
    /// A new axis of length 1.
    Insert {
        /// Where it will stand, from 0.
        axis: usize,
    },
    /// Products of matrices, one for each run.
    MatMul {
        /// Whether the left one is transposed first.
        transpose_left: bool,
        /// Whether the right one is transposed first.
        transpose_right: bool,
    },
    /// The symmetric matrix whose upper triangle, row by row, is the operand.
    Symmetric {
        /// Rows.
        size: usize,
    },
    /// The matrix whose diagonal is the operand and that is 0 elsewhere.
    Diagonal,
}

/// A function applied to every element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// max(x, 0).
    Relu,
    /// The hyperbolic tangent.
    Tanh,
    /// 1 / (1 + e⁻ˣ).
    Sigmoid,
    /// x Φ(x), with the exact normal distribution function.
    Gelu,
    /// eˣ.
    Exp,
    /// x².
    Square,
    /// 1 / x.
    Reciprocal,
    /// |x|.
    Absolute,
}

impl Function {
    /// Returns its name in printed plans.
    pub fn name(self) -> &'static str {
        match self {
            Self::Relu => "relu",
            Self::Tanh => "tanh",
            Self::Sigmoid => "sigmoid",
            Self::Gelu => "gelu",
            Self::Exp => "exp",
            Self::Square => "square",
            Self::Reciprocal => "reciprocal",
            Self::Absolute => "absolute",
        }
    }
}

impl Op {
    /// Returns how many operands it takes.
    pub fn arity(&self) -> usize {
        match self {
            Self::Sample { .. } | Self::Leaf(_) | Self::Positions { .. } => 0,
            Self::Add | Self::Subtract | Self::Multiply | Self::MatMul { .. } => 2,
            Self::Map(_)
            | Self::Affine { .. }
            | Self::Sum { .. }
            | Self::Insert { .. }
            | Self::Symmetric { .. }
            | Self::Diagonal => 1,
        }
    }

    /// Returns the result's shape.
    ///
    /// # Errors
    ///
    /// Says which rule the operands break.
    pub fn shape(&self, operands: &[&Shape], leaves: &[Leaf]) -> Result<Shape, String> {
        if operands.len() != self.arity() {
            return Err(format!("takes {} operands, found {}", self.arity(), operands.len()));
        }
        match self {
            Self::Sample { neurons } => Ok(Shape::new([Dim::Runs, Dim::Batch, Dim::Size(*neurons)])),
            Self::Leaf(id) => leaves.get(id.0).map(|leaf| leaf.shape.clone()).ok_or_else(|| format!("no row {id}")),
            Self::Positions { axes } => Ok(Shape::new([
                Dim::Size(1),
                Dim::Size(axes.iter().fold(1, |count: usize, axis| count.saturating_mul(*axis))),
                Dim::Size(axes.len()),
            ])),
            Self::Map(_) | Self::Affine { .. } => Ok(operands[0].clone()),
            Self::Add | Self::Subtract | Self::Multiply => broadcast(operands[0], operands[1]),
            Self::Sum { axis } => without(operands[0], *axis),
            Self::Insert { axis } => with_one(operands[0], *axis),
            Self::MatMul { transpose_left, transpose_right } => {
                product(operands[0], *transpose_left, operands[1], *transpose_right)
            }
            Self::Symmetric { size } => {
                expect(operands[0], &Shape::per_run(&[size.saturating_mul(size.saturating_add(1)) / 2]))
                    .map(|()| Shape::per_run(&[*size, *size]))
            }
            Self::Diagonal => match operands[0].dims() {
                [Dim::Runs, size] => Ok(Shape::new([Dim::Runs, *size, *size])),
                _ => Err(format!("needs [R, n], found {}", operands[0])),
            },
        }
    }
}

fn expect(found: &Shape, wanted: &Shape) -> Result<(), String> {
    if found == wanted { Ok(()) } else { Err(format!("needs {wanted}, found {found}")) }
}

fn broadcast(left: &Shape, right: &Shape) -> Result<Shape, String> {
    let pair = |(a, b): (&Dim, &Dim)| match (*a, *b) {
        (a, b) if a == b => Ok(a),
        (Dim::Size(1), b) => Ok(b),
        (a, Dim::Size(1)) => Ok(a),
        _ => Err(format!("{left} and {right} do not broadcast")),
    };
    if left.rank() != right.rank() {
        return Err(format!("{left} and {right} differ in rank"));
    }
    left.dims().iter().zip(right.dims()).map(pair).collect::<Result<Vec<Dim>, String>>().map(Shape::new)
}

fn without(shape: &Shape, axis: usize) -> Result<Shape, String> {
    let mut dims = shape.dims().to_vec();
    if axis >= dims.len() {
        return Err(format!("{shape} has no axis {axis}"));
    }
    dims.remove(axis);
    Ok(Shape::new(dims))
}

fn with_one(shape: &Shape, axis: usize) -> Result<Shape, String> {
    let mut dims = shape.dims().to_vec();
    if axis > dims.len() {
        return Err(format!("{shape} has no place {axis}"));
    }
    dims.insert(axis, Dim::Size(1));
    Ok(Shape::new(dims))
}

fn product(left: &Shape, transpose_left: bool, right: &Shape, transpose_right: bool) -> Result<Shape, String> {
    let (&[runs, a, b], &[others, c, d]) = (left.dims(), right.dims()) else {
        return Err(format!("needs two stacks of matrices, found {left} and {right}"));
    };
    let (rows, inner) = if transpose_left { (b, a) } else { (a, b) };
    let (outer, columns) = if transpose_right { (d, c) } else { (c, d) };
    if runs != others || inner != outer {
        return Err(format!("{left} and {right} do not chain"));
    }
    Ok(Shape::new([runs, rows, columns]))
}
