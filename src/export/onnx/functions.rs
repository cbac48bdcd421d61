//! Element-by-element functions, and the structured matrices, as ONNX operators.

use super::graph::OnnxAttribute;
use super::writer::{Writer, whole};
use crate::plan::{Dim, Function, Shape, Squares};

impl Writer<'_> {
    /// Writes a function of each element.
    pub(super) fn function(&mut self, name: &str, function: Function, of: &str) -> String {
        let part = |part: &str| format!("{name}/{part}");
        match function {
            Function::Relu => self.node(name, "Relu", [of]),
            Function::Tanh => self.node(name, "Tanh", [of]),
            Function::Sine => self.node(name, "Sin", [of]),
            Function::Cosine => self.node(name, "Cos", [of]),
            Function::Sigmoid => self.node(name, "Sigmoid", [of]),
            Function::Exp => self.node(name, "Exp", [of]),
            Function::SquareRoot => self.node(name, "Sqrt", [of]),
            Function::Absolute => self.node(name, "Abs", [of]),
            Function::Sign => self.node(name, "Sign", [of]),
            Function::StopGradient => self.node(name, "Identity", [of]),
            Function::Square => self.node(name, "Mul", [of, of]),
            Function::Normal => self.normal(name, of),
            Function::Gelu => {
                let normal = self.normal(&part("normal"), of);
                self.node(name, "Mul", [of, &normal])
            }
            Function::ExpMinusOne => {
                let (exp, one) = (self.node(&part("exp"), "Exp", [of]), self.number(1.0));
                self.node(name, "Sub", [&exp, &one])
            }
            Function::Lorentzian => {
                let (square, one) = (self.node(&part("square"), "Mul", [of, of]), self.number(1.0));
                let sum = self.node(&part("sum"), "Add", [&square, &one]);
                self.node(name, "Reciprocal", [&sum])
            }
            Function::StraightThroughStep => {
                let zero = self.number(0.0);
                let above = self.node(&part("above"), "Greater", [of, &zero]);
                self.node_with(name, "Cast", &[&above], vec![("to", OnnxAttribute::Int(1))])
            }
        }
    }

    /// Writes a sum over an axis that is computed in double precision.
    pub(super) fn precise_sum(&mut self, name: &str, of: &str, axis: usize) -> String {
        let to = |kind: i64| vec![("to", OnnxAttribute::Int(kind))];
        let double = self.node_with(&format!("{name}/double"), "Cast", &[of], to(11));
        let sum = self.sum(&format!("{name}/sum"), &double, axis);
        self.node_with(name, "Cast", &[&sum], to(1))
    }

    /// Writes Φ(x) = (1 + erf(x / √2)) / 2.
    fn normal(&mut self, name: &str, of: &str) -> String {
        let root = self.number(std::f64::consts::FRAC_1_SQRT_2);
        let scaled = self.node(&format!("{name}/scaled"), "Mul", [of, &root]);
        let erf = self.node(&format!("{name}/erf"), "Erf", [&scaled]);
        let half = self.number(0.5);
        let halved = self.node(&format!("{name}/half"), "Mul", [&erf, &half]);
        self.node(name, "Add", [&halved, &half])
    }

    /// Writes factor · x + offset.
    pub(super) fn affine(&mut self, name: &str, of: &str, factor: f64, offset: f64) -> String {
        let by = self.number(factor);
        if offset == 0.0 {
            return self.node(name, "Mul", [of, &by]);
        }
        let scaled = self.node(&format!("{name}/scaled"), "Mul", [of, &by]);
        let offset = self.number(offset);
        self.node(name, "Add", [&scaled, &offset])
    }

    /// Writes the symmetric matrix whose upper triangle is given row by row.
    pub(super) fn symmetrize(&mut self, name: &str, of: &str, size: usize) -> String {
        let entry = |row: usize, column: usize| {
            let (upper, right) = (row.min(column), row.max(column));
            whole(upper * size + right - upper * (upper + 1) / 2)
        };
        let places: Vec<i64> = (0..size).flat_map(|row| (0..size).map(move |column| entry(row, column))).collect();
        let places = self.ints_of(&[size, size], &places);
        self.gathered(name, of, &places, 1)
    }

    /// Writes the matrix with a given diagonal.
    pub(super) fn diagonal(&mut self, name: &str, of: &str, shape: &Shape) -> String {
        let size = if let Some(Dim::Size(size)) = shape.dims().last() { *size } else { 0 };
        let column = self.along(&format!("{name}/column"), "Unsqueeze", of, 2);
        let mut unit = vec![0.0; size * size];
        unit.iter_mut().step_by(size + 1).for_each(|number| *number = 1.0);
        let unit = self.floats(&[1, size, size], &unit);
        self.node(name, "Mul", [&column, &unit])
    }

    /// Writes the means over squares of a grid, 1 × neurons × n.
    pub(super) fn pool(&mut self, name: &str, of: &str, squares: Squares) -> String {
        let Squares { grid: [rows, columns, maps], size } = squares;
        let (up, across) = (rows / size, columns / size);
        let sizes = [up, size, across, size, maps].map(whole);
        let cut = self.viewed(&format!("{name}/squares"), of, &[&sizes[..], &[-1]].concat());
        let attributes = vec![("axes", OnnxAttribute::Ints(vec![1, 3])), ("keepdims", OnnxAttribute::Int(0))];
        let means = self.node_with(&format!("{name}/means"), "ReduceMean", &[&cut], attributes);
        self.viewed(name, &means, &[1, whole(up * across * maps), -1])
    }
}
