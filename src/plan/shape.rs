//! One shape rule for each operation: the rule that builds a plan also re-checks it.

use std::borrow::Cow;

use super::op::{Bilinear, Op, Squares};
use super::parameter::Parameter;
use super::sparse_pattern::SparsePattern;
use super::tensor::{Dim, Dims, Shape, Sizes, TensorId};
use super::verify::Tensor;

impl Op {
    /// Returns the shape of its result where `operands` are among `tensors`; that of an operand, or of a row, where it is the
    /// same.
    ///
    /// # Errors
    ///
    /// Says which rule the operands break.
    pub(super) fn shape_among<'a>(
        &'a self,
        tensors: &'a [Tensor],
        operands: &[TensorId],
        parameters: &'a [Parameter],
    ) -> Result<Cow<'a, Shape>, String> {
        let shape = |id: TensorId| &tensors[id.0].shape;
        match *operands {
            [] => self.rule(&[], parameters),
            [x] => self.rule(&[shape(x)], parameters),
            [x, y] => self.rule(&[shape(x), shape(y)], parameters),
            _ => self.rule(&operands.iter().map(|id| shape(*id)).collect::<Vec<_>>(), parameters),
        }
    }

    /// Returns the result's shape.
    ///
    /// # Errors
    ///
    /// Says which rule the operands break.
    pub fn shape(&self, operands: &[&Shape], parameters: &[Parameter]) -> Result<Shape, String> {
        self.rule(operands, parameters).map(Cow::into_owned)
    }

    /// Returns it as that of an operand, or of a row, where it is the same.
    fn rule<'a>(&'a self, operands: &[&'a Shape], parameters: &'a [Parameter]) -> Result<Cow<'a, Shape>, String> {
        match (self, operands) {
            (Self::Parameter(id), []) => parameters
                .get(id.0)
                .map(|parameter| Cow::Borrowed(&parameter.shape))
                .ok_or_else(|| format!("no row {id}")),
            (Self::Constant { shape, .. }, []) => Ok(Cow::Borrowed(shape)),
            (Self::Unary(_) | Self::Affine { .. }, [x]) => Ok(Cow::Borrowed(x)),
            (Self::Softmax { axis } | Self::LogSoftmax { axis }, [x]) => without(x, *axis).map(|_| Cow::Borrowed(*x)),
            (Self::Add | Self::Subtract | Self::Multiply | Self::Divide, [x, y]) if x == y => Ok(Cow::Borrowed(x)),
            _ => self.another(operands).map(Cow::Owned),
        }
    }

    /// Returns the result's shape where it is that of no operand.
    fn another(&self, operands: &[&Shape]) -> Result<Shape, String> {
        match (self, operands) {
            (Self::Sample { neurons: size, set } | Self::Labels { classes: size, set }, []) => {
                Ok(Shape::new([Dim::Runs, Dim::Size(*size), Dim::samples(set.each())]))
            }
            (Self::Scalar(_), []) => Ok(Shape::fixed(&[1])),
            (Self::Positions(space), []) => Ok(Shape::fixed(&[1, space.neurons(), space.dims()])),
            (Self::Mask(wires), []) => {
                let [sources, targets] = wires.ends();
                Ok(Shape::fixed(&[1, sources, targets]))
            }
            (Self::Codes(codes), []) => Ok(Shape::fixed(&[1, codes.neurons(), codes.bits()])),
            (Self::Add | Self::Subtract | Self::Multiply | Self::Divide, [x, y]) => broadcast(x, y),
            (Self::Sum { axis }, [x]) => without(x, *axis),
            (Self::Unsqueeze { axis }, [x]) => with_one(x, *axis),
            (Self::Squeeze { axis }, [x]) => of_one(x, *axis).and_then(|()| without(x, *axis)),
            (Self::Expand { axis, length }, [x]) => repeated(x, *axis, *length),
            (Self::Select { axis, index }, [x]) => selected(x, *axis, *index),
            (Self::Pad { axis, index, length }, [x]) => placed(x, *axis, *index, *length),
            (Self::Reshape { shape }, [x]) => reshaped(x, shape),
            (Self::MatMul { transpose_left, transpose_right }, [x, y]) => {
                product(x, *transpose_left, y, *transpose_right)
            }
            (Self::BatchedMatMul { transpose_left, transpose_right }, [x, y]) => {
                batched_product([x, y], [*transpose_left, *transpose_right])
            }
            (Self::Symmetrize { size }, [x]) => {
                expect(x, &Shape::per_run(&[triangle(*size)])).map(|()| Shape::per_run(&[*size, *size]))
            }
            (Self::SymmetrizeGrad { size }, [x]) => {
                expect(x, &Shape::per_run(&[*size, *size])).map(|()| Shape::per_run(&[triangle(*size)]))
            }
            (Self::Diagonal, [x]) => match x.dims() {
                [Dim::Runs, size] => Ok(Shape::new([Dim::Runs, *size, *size])),
                _ => Err(format!("needs [R, n], found {x}")),
            },
            (Self::DiagonalOf, [x]) => match x.dims() {
                [Dim::Runs, size, other] if size == other => Ok(Shape::new([Dim::Runs, *size])),
                _ => Err(format!("needs [R, n, n], found {x}")),
            },
            (Self::Pool(squares), [x]) => {
                let [whole, pooled] = sides(*squares)?;
                replaced(x, whole, pooled)
            }
            (Self::PoolGrad(squares), [x]) => {
                let [whole, pooled] = sides(*squares)?;
                replaced(x, pooled, whole)
            }
            (Self::LocalConv(over, field), [x, y]) => {
                let weights = Shape::per_run(&[field.places(), field.maps(), field.seen()]);
                weighed(*over, weights, [field.sources(), field.targets()], [x, y])
            }
            (Self::Sparse(over, wires), [x, y]) => weighed(*over, listed(wires), wires.ends(), [x, y]),
            (Self::Gather(wires), [x]) => expect(x, &whole(wires)).map(|()| listed(wires)),
            (Self::Scatter(wires), [x]) => expect(x, &listed(wires)).map(|()| whole(wires)),
            _ => Err(format!("takes {} operands, found {}", self.arity(), operands.len())),
        }
    }
}

fn expect(found: &Shape, wanted: &Shape) -> Result<(), String> {
    if found == wanted { Ok(()) } else { Err(format!("needs {wanted}, found {found}")) }
}

/// Returns the entries of an upper triangle.
fn triangle(size: usize) -> usize {
    size.saturating_mul(size.saturating_add(1)) / 2
}

fn broadcast(left: &Shape, right: &Shape) -> Result<Shape, String> {
    if left.rank() != right.rank() {
        return Err(format!("{left} and {right} differ in rank"));
    }
    let one = Dim::Size(1);
    if left.dims().iter().zip(right.dims()).any(|(a, b)| a != b && *a != one && *b != one) {
        return Err(format!("{left} and {right} do not broadcast"));
    }
    Ok(left.with(|dims| {
        for (dim, other) in dims.iter_mut().zip(right.dims()).filter(|(dim, _)| **dim == one) {
            *dim = *other;
        }
    }))
}

fn without(shape: &Shape, axis: usize) -> Result<Shape, String> {
    if axis >= shape.rank() {
        return Err(format!("{shape} has no axis {axis}"));
    }
    Ok(shape.with(|dims| {
        dims.remove(axis);
    }))
}

fn with_one(shape: &Shape, axis: usize) -> Result<Shape, String> {
    if axis > shape.rank() {
        return Err(format!("{shape} has no place {axis}"));
    }
    Ok(shape.with(|dims| dims.insert(axis, Dim::Size(1))))
}

fn of_one(shape: &Shape, axis: usize) -> Result<(), String> {
    match shape.dims().get(axis) {
        Some(Dim::Size(1)) => Ok(()),
        _ => Err(format!("axis {axis} of {shape} is not of length 1")),
    }
}

fn repeated(shape: &Shape, axis: usize, length: Dim) -> Result<Shape, String> {
    of_one(shape, axis)?;
    Ok(shape.with(|dims| dims[axis] = length))
}

fn selected(shape: &Shape, axis: usize, index: usize) -> Result<Shape, String> {
    match shape.dims().get(axis) {
        Some(Dim::Size(length)) if index < *length => Ok(shape.with(|dims| dims[axis] = Dim::Size(1))),
        _ => Err(format!("axis {axis} of {shape} has no place {index}")),
    }
}

fn placed(shape: &Shape, axis: usize, index: usize, length: usize) -> Result<Shape, String> {
    if index >= length {
        return Err(format!("an axis of {length} has no place {index}"));
    }
    repeated(shape, axis, Dim::Size(length))
}

fn reshaped(found: &Shape, wanted: &Shape) -> Result<Shape, String> {
    // k · B may become k and B, and they k · B
    let open = |dim: &Dim| match dim {
        Dim::Runs => Some(Dim::Runs),
        Dim::Batch | Dim::Samples(_) => Some(Dim::Batch),
        Dim::Size(_) => None,
    };
    let (before, after): (Dims, Dims) =
        (found.dims().iter().filter_map(open).collect(), wanted.dims().iter().filter_map(open).collect());
    let one = Sizes { runs: 1, batch: 1 };
    if before == after && found.count(one) == wanted.count(one) {
        Ok(wanted.clone())
    } else {
        Err(format!("{found} does not fill {wanted}"))
    }
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

/// The rule of products side by side: that of matrices, with B behind.
fn batched_product(operands: [&Shape; 2], transposed: [bool; 2]) -> Result<Shape, String> {
    let matrix = |shape: &Shape| match *shape.dims() {
        [runs, rows, columns, batch] if batch.is_batched() => Ok((Shape::new([runs, rows, columns]), batch)),
        _ => Err(format!("needs [R, a, b, B], found {shape}")),
    };
    let [(left, behind_left), (right, behind_right)] = [matrix(operands[0])?, matrix(operands[1])?];
    if behind_left != behind_right {
        return Err(format!("{} and {} do not go side by side", operands[0], operands[1]));
    }
    let product = product(&left, transposed[0], &right, transposed[1])?;
    Ok(product.with(|dims| dims.push(behind_left)))
}

/// Returns the neurons of the whole grid and of the pooled one.
fn sides(squares: Squares) -> Result<[usize; 2], String> {
    let Squares { grid: [rows, columns, maps], size } = squares;
    if size == 0 || !rows.is_multiple_of(size) || !columns.is_multiple_of(size) {
        return Err(format!("squares of {size} do not cut {rows} × {columns}"));
    }
    let count = |rows: usize, columns: usize| rows.saturating_mul(columns).saturating_mul(maps);
    Ok([count(rows, columns), count(rows / size, columns / size)])
}

/// Replaces the neurons of R × N × n.
fn replaced(shape: &Shape, from: usize, to: usize) -> Result<Shape, String> {
    match *shape.dims() {
        [runs, Dim::Size(neurons), rest] if neurons == from => Ok(Shape::new([runs, Dim::Size(to), rest])),
        _ => Err(format!("needs [R, {from}, n], found {shape}")),
    }
}

/// Returns the shape of one number for each joined pair.
fn listed(wires: &SparsePattern) -> Shape {
    Shape::per_run(&[wires.synapses()])
}

/// Returns the shape of one number for each pair, joined or not.
fn whole(wires: &SparsePattern) -> Shape {
    Shape::per_run(&wires.ends())
}

/// The rule of sums over pairs of neurons, with weights of this shape between these numbers of neurons.
fn weighed(
    over: Bilinear,
    weights: Shape,
    [sources, targets]: [usize; 2],
    [x, y]: [&Shape; 2],
) -> Result<Shape, String> {
    match over {
        Bilinear::Forward => expect(x, &weights).and_then(|()| replaced(y, sources, targets)),
        Bilinear::InputGradient => expect(x, &weights).and_then(|()| replaced(y, targets, sources)),
        Bilinear::WeightGradient => {
            let received = replaced(y, sources, targets)?;
            expect(x, &received).map(|()| weights)
        }
    }
}
