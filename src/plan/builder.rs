//! The growing plan: every operation appended goes through its shape rule, every row of the table is entered once.

use std::borrow::Cow;

use compact_str::CompactString;
use rustc_hash::FxHashMap;

use super::function::Function;
use super::op::Op;
use super::parameter::{Init, Parameter};
use super::tensor::{ParameterId, Shape, TensorId};
use super::verify::{Operands, Tensor};
use crate::diag::Bug;

/// A plan while it is lowered.
#[derive(Debug, Default)]
pub(super) struct Builder {
    pub(super) tensors: Vec<Tensor>,
    pub(super) parameters: Vec<Parameter>,
    by_name: FxHashMap<CompactString, (ParameterId, TensorId)>,
}

/// A row to be entered.
#[derive(Debug)]
pub(super) struct Row {
    /// Its name.
    pub(super) name: CompactString,
    /// Its shape.
    pub(super) shape: Shape,
    /// How it starts.
    pub(super) start: Init,
    /// Whether training changes it.
    pub(super) learned: bool,
    /// How fast, in learning rates.
    pub(super) rate: f64,
    /// What its numbers mean.
    pub(super) holds: &'static str,
}

impl Builder {
    /// Goes on with a list of tensors; rows of their table are entered by it no more.
    pub(super) fn of(tensors: Vec<Tensor>, parameters: Vec<Parameter>) -> Self {
        Self { tensors, parameters, by_name: FxHashMap::default() }
    }

    /// Appends an operation.
    pub(super) fn push(&mut self, op: Op, operands: &[TensorId], label: &str) -> Result<TensorId, Bug> {
        let id = TensorId(self.tensors.len());
        let shape = op.shape_among(&self.tensors, operands, &self.parameters);
        let shape =
            shape.map(Cow::into_owned).map_err(|why| Bug { pass: "lower", tensor: format!("{id} {label}"), why })?;
        self.tensors.push(Tensor { op, operands: Operands::from_slice(operands), shape, label: label.into() });
        Ok(id)
    }

    /// Appends an element-by-element function.
    pub(super) fn map(&mut self, function: Function, operand: TensorId, label: &str) -> Result<TensorId, Bug> {
        self.push(Op::Unary(function), &[operand], label)
    }

    /// Appends factor · x.
    pub(super) fn scale(&mut self, factor: f64, operand: TensorId) -> Result<TensorId, Bug> {
        self.push(Op::Affine { factor, offset: 0.0 }, &[operand], "")
    }

    /// Appends left · right.
    pub(super) fn product(&mut self, left: TensorId, right: TensorId, label: &str) -> Result<TensorId, Bug> {
        self.push(Op::MatMul { transpose_left: false, transpose_right: false }, &[left, right], label)
    }

    /// Appends left · rightᵀ.
    pub(super) fn product_with(&mut self, left: TensorId, right: TensorId, label: &str) -> Result<TensorId, Bug> {
        self.push(Op::MatMul { transpose_left: false, transpose_right: true }, &[left, right], label)
    }

    /// Appends leftᵀ · right.
    pub(super) fn product_of(&mut self, left: TensorId, right: TensorId, label: &str) -> Result<TensorId, Bug> {
        self.push(Op::MatMul { transpose_left: true, transpose_right: false }, &[left, right], label)
    }

    /// Appends the sum of all entries of each run, [R].
    pub(super) fn total(&mut self, operand: TensorId, label: &str) -> Result<TensorId, Bug> {
        let mut sum = operand;
        for axis in (1..self.tensors[operand.0].shape.rank()).rev() {
            sum = self.push(Op::Sum { axis }, &[sum], if axis == 1 { label } else { "" })?;
        }
        Ok(sum)
    }

    /// Returns the row of the table that a tensor is.
    pub(super) fn row_of(&self, tensor: TensorId) -> Option<ParameterId> {
        if let Op::Parameter(id) = self.tensors[tensor.0].op { Some(id) } else { None }
    }

    /// Notes that `count` numbers of a row lie under a mask.
    pub(super) fn mask(&mut self, row: TensorId, count: u64) {
        if let Op::Parameter(id) = self.tensors[row.0].op {
            self.parameters[id.0].masked = count;
        }
    }

    /// Appends the sum of at least one tensor.
    pub(super) fn sum(&mut self, parts: Vec<TensorId>) -> Result<TensorId, Bug> {
        let missing = || Bug { pass: "lower", tensor: String::new(), why: "a sum of nothing".to_owned() };
        let mut parts = parts.into_iter();
        let first = parts.next().ok_or_else(missing)?;
        parts.try_fold(first, |sum, part| self.push(Op::Add, &[sum, part], ""))
    }

    /// Enters a row of the optimizer's state beside a learned one, all zeros at first; returns the row and its tensor.
    pub(super) fn state(
        &mut self,
        of: ParameterId,
        name: &CompactString,
        holds: &'static str,
    ) -> Result<(ParameterId, TensorId), Bug> {
        let id = ParameterId(self.parameters.len());
        let known = &self.parameters[of.0];
        let (shape, rate) = (known.shape.clone(), known.rate);
        self.parameters.push(Parameter {
            name: name.clone(),
            key: name.clone(),
            shape,
            start: Init::Constant(0.0),
            learned: false,
            state: true,
            rate,
            holds,
            shared_by: Vec::new(),
            masked: 0,
        });
        Ok((id, self.push(Op::Parameter(id), &[], name)?))
    }

    /// Returns the tensors of the learned rows, in the table's order.
    pub(super) fn learned(&self) -> Vec<TensorId> {
        let learned = |tensor: &Tensor| matches!(tensor.op, Op::Parameter(id) if self.parameters[id.0].learned);
        (0..self.tensors.len()).filter(|index| learned(&self.tensors[*index])).map(TensorId).collect()
    }

    /// Returns the tensor of a row, entering the row where it is new, and notes that `user` uses it.
    pub(super) fn parameter(&mut self, row: Row, user: &str) -> Result<TensorId, Bug> {
        if let Some((parameter, tensor)) = self.by_name.get(&row.name).copied() {
            let known = &self.parameters[parameter.0];
            let same =
                known.shape == row.shape && known.start == row.start && known.rate.to_bits() == row.rate.to_bits();
            if !same || known.learned != row.learned {
                let why = format!("{user} and {} mean two things by it", known.shared_by.join(", "));
                return Err(Bug { pass: "lower", tensor: row.name.to_string(), why });
            }
            let shared = &mut self.parameters[parameter.0].shared_by;
            if shared.last().map(CompactString::as_str) != Some(user) {
                shared.push(user.into());
            }
            return Ok(tensor);
        }
        let id = ParameterId(self.parameters.len());
        let key = row.name.strip_suffix(AT_START).unwrap_or(&row.name).into();
        self.parameters.push(Parameter {
            name: row.name.clone(),
            key,
            shape: row.shape,
            start: row.start,
            learned: row.learned,
            state: false,
            rate: row.rate,
            holds: row.holds,
            shared_by: vec![user.into()],
            masked: 0,
        });
        let tensor = self.push(Op::Parameter(id), &[], &row.name)?;
        self.by_name.insert(row.name, (id, tensor));
        Ok(tensor)
    }
}

/// Returns `owner.part`, what a row or tensor of an owner is called.
pub(super) fn dotted(owner: &str, part: &str) -> CompactString {
    CompactString::from_iter([owner, ".", part])
}

/// Ends the name of a row that holds what another row starts from.
pub(super) const AT_START: &str = "@start";

/// Turns a row into its own start, never learned: what a frozen connection reads. A row that is not learned stays itself.
pub(super) fn frozen(row: Row) -> Row {
    if row.learned { Row { name: row.name.clone() + AT_START, learned: false, ..row } } else { row }
}
