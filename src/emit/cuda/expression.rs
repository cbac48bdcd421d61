//! One number of a tensor as C: read where it is laid down, else made from its operands' numbers.
#![allow(clippy::wildcard_enum_match_arm)] // what holds of few operations

use super::c_writer::{Writer, linear, literal};
use crate::emit::cpu::BatchBuffer;
use crate::plan::{Function, Op, SampleSet, Scalar, Squares, TensorId};
use crate::program::Home;

impl Writer<'_> {
    /// Writes what makes the number of `id` at a place, and returns its name. `None` where an operation is not written here.
    pub(super) fn value(&mut self, id: TensorId, at: &[String]) -> Option<String> {
        let known = self.find(id, at);
        if known.is_some() {
            return known;
        }
        let place = linear(self.program.shape(id), at);
        let made = match (self.program.home(id), self.tables[id.index()]) {
            (Home::Memory { start, .. }, _) => self.number(&format!("m[{start} + {place}]")),
            (Home::Prepared, Some(table)) => self.number(&format!("given[{table}][{place}]")),
            _ => self.made(id, at)?,
        };
        self.keep(id, at, &made);
        Some(made)
    }

    /// Writes the operation itself, wherever its result may be laid down.
    pub(super) fn made(&mut self, id: TensorId, at: &[String]) -> Option<String> {
        let tensor = self.plan.tensor(id);
        let (op, first) = (&tensor.op, tensor.operands.first().copied());
        match (op, first) {
            (Op::Constant { value, .. }, _) => Some(literal(*value)),
            (Op::Sample { neurons, set: set @ SampleSet::Support(_) }, _) => {
                let sample = self.sample(*set, at);
                Some(self.number(&format!("support[{sample} * {neurons} + {}]", at[1])))
            }
            (Op::Sample { neurons, set }, _) => {
                let (sample, darkest) = (self.sample(*set, at), literal(BatchBuffer::DARKEST.into()));
                let byte = format!("pixels[index[{sample}] * {neurons} + {}] * {darkest}", at[1]);
                Some(self.number(&format!("index ? {byte} : x[{sample} * {neurons} + {}]", at[1])))
            }
            (Op::Labels { set, .. }, _) => {
                let (sample, share) = (self.sample(*set, at), literal(set.weight(self.program.sizes().batch)));
                let label = match set {
                    SampleSet::Batch(_) => format!("labels[index ? index[{sample}] : {sample}]"),
                    SampleSet::Support(_) => format!("support_labels[{sample}]"),
                };
                Some(self.number(&format!("{label} == {} ? {share} : 0.0f", at[1])))
            }
            (Op::Scalar(Scalar::LearningRate), _) => Some("scalars[0]".to_owned()),
            (Op::Scalar(Scalar::Step), _) => Some("scalars[1]".to_owned()),
            (Op::Unary(function), Some(x)) => {
                let x = self.value(x, at)?;
                Some(self.number(&map(*function, &x)))
            }
            (Op::Affine { factor, offset }, Some(x)) => {
                let x = self.value(x, at)?;
                Some(self.number(&affine(*factor, *offset, &x)))
            }
            (Op::Add, _) => self.pair(id, at, "+"),
            (Op::Subtract, _) => self.pair(id, at, "-"),
            (Op::Multiply, _) => self.pair(id, at, "*"),
            (Op::Divide, _) => self.pair(id, at, "/"),
            (Op::Softmax { axis }, Some(x)) => self.softmax(x, *axis, at, false),
            (Op::LogSoftmax { axis }, Some(x)) => self.softmax(x, *axis, at, true),
            (Op::Sum { .. } | Op::MatMul { .. } | Op::BatchedMatMul { .. } | Op::LocalConv(..), _) => self.sum(id, at),
            (Op::Pool(squares), Some(x)) => self.pool(*squares, x, at),
            (_, Some(x)) => self.moved(id, x, at),
            _ => None,
        }
    }

    /// Returns which sample of all runs' batches a place belongs to.
    fn sample(&mut self, set: SampleSet, at: &[String]) -> String {
        self.whole(&format!("{} * {} + {}", at[0], set.each() * self.program.sizes().batch, at[2]))
    }

    fn pair(&mut self, id: TensorId, at: &[String], sign: &str) -> Option<String> {
        let tensor = self.plan.tensor(id);
        let &[x, y] = tensor.operands.as_slice() else { return None };
        let (from_x, from_y) = (self.repeated(x, at), self.repeated(y, at));
        let (x, y) = (self.value(x, &from_x)?, self.value(y, &from_y)?);
        Some(self.number(&format!("{x} {sign} {y}")))
    }

    /// Returns the place in an operand whose axes of length 1 are repeated.
    pub(super) fn repeated(&self, id: TensorId, at: &[String]) -> Vec<String> {
        let one = |(size, at): (&usize, &String)| if *size == 1 { "0".to_owned() } else { at.clone() };
        self.sizes(id).iter().zip(at).map(one).collect()
    }

    /// Writes operations whose numbers stand elsewhere in the operand, or are 0.
    fn moved(&mut self, id: TensorId, x: TensorId, at: &[String]) -> Option<String> {
        let mut from = at.to_vec();
        let mut only = None;
        match &self.plan.tensor(id).op {
            Op::Unsqueeze { axis } => drop(from.remove(*axis)),
            Op::Squeeze { axis } => from.insert(*axis, "0".to_owned()),
            Op::Expand { axis, .. } => "0".clone_into(&mut from[*axis]),
            Op::Select { axis, index } => from[*axis] = index.to_string(),
            Op::Pad { axis, index, .. } => {
                only = Some(format!("{} == {index}", std::mem::replace(&mut from[*axis], "0".to_owned())));
            }
            Op::Reshape { .. } => from = self.reshaped(self.sizes(id), self.sizes(x), at),
            Op::Symmetrize { size } => from = vec![at[0].clone(), self.triangle(*size, &at[1], &at[2])],
            Op::Diagonal => {
                only = Some(format!("{} == {}", at[1], at[2]));
                from = vec![at[0].clone(), at[1].clone()];
            }
            Op::DiagonalOf => from = vec![at[0].clone(), at[1].clone(), at[1].clone()],
            Op::PoolGrad(squares) => return self.spread(*squares, x, at),
            Op::SymmetrizeGrad { size } => return self.fold(*size, x, at),
            _ => return None,
        }
        let value = self.value(x, &from)?;
        Some(match only {
            Some(only) => self.number(&format!("{only} ? {value} : 0.0f")),
            None => value,
        })
    }

    /// Returns the place in a tensor of sizes `from` of what stands `at` a place of sizes `to`.
    fn reshaped(&mut self, to: &[usize], from: &[usize], at: &[String]) -> Vec<String> {
        let same = |(a, b): &(&usize, &usize)| a == b;
        let front = to.iter().zip(from).take_while(same).count();
        let most = to.len().min(from.len()) - front;
        let back = to.iter().rev().zip(from.iter().rev()).take(most).take_while(same).count();
        let middle = linear(&to[front..to.len() - back], &at[front..to.len() - back]);
        let middle = self.whole(&middle);
        let mut place = at[..front].to_vec();
        place.extend(self.unfold(&from[front..from.len() - back], &middle));
        place.extend_from_slice(&at[to.len() - back..]);
        place
    }

    /// Returns the place that stands at `index`, counted row by row.
    pub(super) fn unfold(&mut self, sizes: &[usize], index: &str) -> Vec<String> {
        let mut place = vec!["0".to_owned(); sizes.len()];
        let mut apart = 1;
        let first = sizes.iter().position(|size| *size > 1);
        for (axis, size) in sizes.iter().enumerate().rev().filter(|(_, size)| **size > 1) {
            let over = if apart == 1 { index.to_owned() } else { format!("{index} / {apart}") };
            place[axis] = self.whole(&if Some(axis) == first { over } else { format!("({over}) % {size}") });
            apart *= size;
        }
        place
    }

    /// Returns where the upper triangle of a symmetric matrix, row by row, holds an entry.
    fn triangle(&mut self, size: usize, row: &str, column: &str) -> String {
        let (upper, right) = (self.name('i'), self.name('i'));
        self.line(&format!("const int {upper} = {row} < {column} ? {row} : {column};"));
        self.line(&format!("const int {right} = {row} < {column} ? {column} : {row};"));
        self.whole(&format!("{upper} * {size} - {upper} * ({upper} + 1) / 2 + {right}"))
    }

    /// Writes an entry of a matrix plus its mirror, found by its place in the upper triangle.
    fn fold(&mut self, size: usize, x: TensorId, at: &[String]) -> Option<String> {
        let (row, column) = (self.name('r'), self.name('r'));
        self.line(&format!("int {row} = 0, {column} = {};", at[1]));
        self.line(&format!("while ({column} >= {size} - {row}) {{ {column} -= {size} - {row}; {row} += 1; }}"));
        self.line(&format!("{column} += {row};"));
        let one = self.value(x, &[at[0].clone(), row.clone(), column.clone()])?;
        let other = self.value(x, &[at[0].clone(), column.clone(), row.clone()])?;
        Some(self.number(&format!("{row} == {column} ? {one} : {one} + {other}")))
    }

    /// Writes the mean over a square.
    fn pool(&mut self, squares: Squares, x: TensorId, at: &[String]) -> Option<String> {
        let Squares { grid: [rows, columns, maps], size } = squares;
        let place = self.unfold(&[rows / size.max(1), columns / size.max(1), maps], &at[1]);
        let mut terms = Vec::new();
        for (down, right) in (0..size * size).map(|step| (step / size, step % size)) {
            let row = format!("({} * {size} + {down}) * {columns}", place[0]);
            let neuron = self.whole(&format!("({row} + {} * {size} + {right}) * {maps} + {}", place[1], place[2]));
            let mut from = at.to_vec();
            from[1] = neuron;
            terms.push(self.value(x, &from)?);
        }
        Some(self.number(&format!("({}) * {}", terms.join(" + "), literal(1.0 / (size * size).max(1) as f64))))
    }

    /// Writes the share of a neuron in the mean over its square.
    fn spread(&mut self, squares: Squares, x: TensorId, at: &[String]) -> Option<String> {
        let Squares { grid: [rows, columns, maps], size } = squares;
        let place = self.unfold(&[rows, columns, maps], &at[1]);
        let row = format!("({} / {size}) * {}", place[0], columns / size.max(1));
        let mut from = at.to_vec();
        from[1] = self.whole(&format!("({row} + {} / {size}) * {maps} + {}", place[1], place[2]));
        let value = self.value(x, &from)?;
        Some(self.number(&format!("{value} * {}", literal(1.0 / (size * size).max(1) as f64))))
    }
}

#[allow(clippy::float_cmp)]
fn affine(factor: f64, offset: f64, x: &str) -> String {
    match (factor, offset) {
        (-1.0, 0.0) => format!("-{x}"),
        (_, 0.0) => format!("{} * {x}", literal(factor)),
        (1.0, _) => format!("{x} + {}", literal(offset)),
        _ => format!("{} * {x} + {}", literal(factor), literal(offset)),
    }
}

/// Writes a function; what is not a number stays so.
fn map(function: Function, x: &str) -> String {
    match function {
        Function::Relu => format!("{x} < 0.0f ? 0.0f : {x}"),
        Function::Tanh => format!("tanhf({x})"),
        Function::Sine => format!("sinf({x})"),
        Function::Cosine => format!("cosf({x})"),
        Function::Sigmoid => format!("1.0f / (1.0f + expf(-{x}))"),
        Function::Gelu => format!("0.5f * {x} * (1.0f + erff({x} * 0.70710678f))"),
        Function::Normal => format!("0.5f * erfcf(-{x} * 0.70710678f)"),
        Function::Exp => format!("expf({x})"),
        Function::Square => format!("{x} * {x}"),
        Function::SquareRoot => format!("sqrtf({x})"),
        Function::ExpMinusOne => format!("expm1f({x})"),
        Function::Lorentzian => format!("1.0f / (1.0f + {x} * {x})"),
        Function::Absolute => format!("fabsf({x})"),
        Function::Sign => format!("{x} > 0.0f ? 1.0f : {x} < 0.0f ? -1.0f : {x}"),
        Function::StopGradient => x.to_owned(),
        Function::StraightThroughStep => format!("{x} > 0.0f ? 1.0f : {x} <= 0.0f ? 0.0f : {x}"),
    }
}
