//! What each operation computes, by its definition.

use super::array::Array;
use super::pairs;
use crate::plan::op::{Op, Squares};
use crate::plan::tensor::Sizes;

/// Applies an operation that reads neither batch nor table. `None` where the operands do not fit it.
pub(super) fn apply(op: &Op, operands: &[&Array], sizes: Sizes) -> Option<Array> {
    match (op, operands) {
        (Op::Positions(space), []) => Array::new(&[1, space.neurons(), space.dims()], space.positions()),
        (Op::Mask(wires), []) => {
            let [sources, targets] = wires.ends();
            let mut mask = Array::filled(&[1, sources, targets], 0.0);
            wires.joins().each(|source, target| mask.numbers_mut()[source * targets + target] = 1.0);
            Some(mask)
        }
        (Op::Codes(codes), []) => Array::new(&[1, codes.neurons(), codes.bits()], codes.values()),
        (Op::Constant { value, shape }, []) => Some(Array::filled(&shape.at(sizes), *value)),
        (Op::Unary(function), [x]) => Some(x.map(|x| function.value(x))),
        (Op::Affine { factor, offset }, [x]) => Some(x.map(|x| factor * x + offset)),
        (Op::Add, [x, y]) => x.zip(y, |x, y| x + y),
        (Op::Subtract, [x, y]) => x.zip(y, |x, y| x - y),
        (Op::Multiply, [x, y]) => x.zip(y, |x, y| x * y),
        (Op::Divide, [x, y]) => x.zip(y, |x, y| x / y),
        (Op::Sum { axis }, [x]) => {
            let sums = x.along(*axis, 1, |line, sum| sum[0] = line.iter().sum())?;
            sums.reshaped(&without(sums.sizes(), *axis))
        }
        (Op::Unsqueeze { axis }, [x]) => {
            let mut sizes = x.sizes().to_vec();
            sizes.insert(*axis, 1);
            x.reshaped(&sizes)
        }
        (Op::Squeeze { axis }, [x]) => x.reshaped(&without(x.sizes(), *axis)),
        (Op::Expand { axis, length }, [x]) => x.along(*axis, length.at(sizes), |line, to| to.fill(line[0])),
        (Op::Select { axis, index }, [x]) => x.along(*axis, 1, |line, to| to[0] = line[*index]),
        (Op::Pad { axis, index, length }, [x]) => x.along(*axis, *length, |line, to| to[*index] = line[0]),
        (Op::Reshape { shape }, [x]) => x.reshaped(&shape.at(sizes)),
        (Op::Softmax { axis }, [x]) => x.along(*axis, x.around(*axis)?[1], |line, to| {
            let log = log_of_sum(line);
            line.iter().zip(to).for_each(|(x, to)| *to = (x - log).exp());
        }),
        (Op::LogSoftmax { axis }, [x]) => x.along(*axis, x.around(*axis)?[1], |line, to| {
            let log = log_of_sum(line);
            line.iter().zip(to).for_each(|(x, to)| *to = x - log);
        }),
        (Op::MatMul { transpose_left, transpose_right }, [x, y]) => x.product(*transpose_left, y, *transpose_right),
        (Op::BatchedMatMul { transpose_left, transpose_right }, [x, y]) => {
            x.batched_product(*transpose_left, y, *transpose_right)
        }
        _ => moved(op, operands),
    }
}

/// Applies an operation that puts numbers elsewhere, or sums over pairs of neurons.
fn moved(op: &Op, operands: &[&Array]) -> Option<Array> {
    match (op, operands) {
        (Op::Symmetrize { size }, [x]) => {
            let [runs, entries, _] = x.around(1)?;
            let of = |at: &[usize]| x.numbers()[at[0] * entries + entry(*size, at[1], at[2])];
            Some(Array::from_fn(&[runs, *size, *size], of))
        }
        (Op::SymmetrizeGrad { size }, [x]) => {
            let entries = size * (size + 1) / 2;
            let mut made = Array::filled(&[x.around(0)?[1], entries], 0.0);
            for (place, number) in x.numbers().iter().enumerate() {
                let (run, row, column) = (place / (size * size), place / size % size, place % size);
                made.numbers_mut()[run * entries + entry(*size, row, column)] += number;
            }
            Some(made)
        }
        (Op::Diagonal, [x]) => {
            let [runs, size, _] = x.around(1)?;
            let of = |at: &[usize]| if at[1] == at[2] { x.numbers()[at[0] * size + at[1]] } else { 0.0 };
            Some(Array::from_fn(&[runs, size, size], of))
        }
        (Op::DiagonalOf, [x]) => {
            let [runs, size, _] = x.around(1)?;
            Some(Array::from_fn(&[runs, size], |at| x.numbers()[(at[0] * size + at[1]) * size + at[1]]))
        }
        (Op::Pool(squares), [x]) => pool(*squares, x),
        (Op::PoolGrad(squares), [x]) => spread(*squares, x),
        (Op::LocalConv(over, field), [x, y]) => pairs::sum(*over, &pairs::of_field(field), [x, y]),
        (Op::Sparse(over, wires), [x, y]) => pairs::sum(*over, &pairs::of_list(wires), [x, y]),
        (Op::Gather(wires), [x]) => {
            let ([sources, targets], [_, runs, _]) = (wires.ends(), x.around(0)?);
            let list = pairs::of_list(wires).list;
            let of = |at: &[usize]| x.numbers()[(at[0] * sources + list[at[1]].source) * targets + list[at[1]].target];
            Some(Array::from_fn(&[runs, list.len()], of))
        }
        (Op::Scatter(wires), [x]) => {
            let ([sources, targets], [runs, synapses, _]) = (wires.ends(), x.around(1)?);
            let mut made = Array::filled(&[runs, sources, targets], 0.0);
            for (run, pair) in
                (0..runs).flat_map(|run| pairs::of_list(wires).list.into_iter().map(move |pair| (run, pair)))
            {
                let place = (run * sources + pair.source) * targets + pair.target;
                made.numbers_mut()[place] = x.numbers()[run * synapses + pair.weight];
            }
            Some(made)
        }
        _ => None,
    }
}

/// Returns where the upper triangle of a matrix, row by row, holds what stands at `row` and `column`, or at their mirror.
fn entry(size: usize, row: usize, column: usize) -> usize {
    let (upper, right) = (row.min(column), row.max(column));
    upper * size + right - upper * (upper + 1) / 2
}

fn without(sizes: &[usize], axis: usize) -> Vec<usize> {
    let mut sizes = sizes.to_vec();
    sizes.remove(axis);
    sizes
}

/// Returns ln Σ eˣ, without overflow.
fn log_of_sum(line: &[f64]) -> f64 {
    let most = line.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    most + line.iter().map(|x| (x - most).exp()).sum::<f64>().ln()
}

/// Makes the mean over each square of a map.
fn pool(squares: Squares, x: &Array) -> Option<Array> {
    let Squares { grid: [rows, columns, maps], size } = squares;
    let [runs, _, behind] = x.around(1)?;
    let mut made = Array::filled(&[runs, rows / size * (columns / size) * maps, behind], 0.0);
    let (share, pooled) = (1.0 / (size * size) as f64, made.sizes()[1]);
    for (place, number) in x.numbers().iter().enumerate() {
        let (run, neuron, n) =
            (place / behind / (rows * columns * maps), place / behind % (rows * columns * maps), place % behind);
        let square = square_of(squares, neuron);
        made.numbers_mut()[(run * pooled + square) * behind + n] += share * number;
    }
    Some(made)
}

/// Gives each neuron of a square its share of the mean.
fn spread(squares: Squares, x: &Array) -> Option<Array> {
    let Squares { grid: [rows, columns, maps], size } = squares;
    let ([runs, pooled, behind], share) = (x.around(1)?, 1.0 / (size * size) as f64);
    let of = |at: &[usize]| share * x.numbers()[(at[0] * pooled + square_of(squares, at[1])) * behind + at[2]];
    Some(Array::from_fn(&[runs, rows * columns * maps, behind], of))
}

/// Returns the neuron of the pooled grid whose square holds a neuron of the whole grid.
fn square_of(squares: Squares, neuron: usize) -> usize {
    let Squares { grid: [_, columns, maps], size } = squares;
    let (row, column, map) = (neuron / maps / columns, neuron / maps % columns, neuron % maps);
    (row / size * (columns / size) + column / size) * maps + map
}
