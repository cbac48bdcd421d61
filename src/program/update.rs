//! Adam's update as one kernel: found among a plan's operations, made in place.

use rustc_hash::FxHashMap;

use crate::plan::{Function, Op, ParameterId, Plan, TensorId};

/// An update of one row: m ← m + first · (g − m), v ← v + second · (g² − v), p ← p − m · stride / (√v / root + epsilon).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdamUpdate {
    /// 1 − β₁.
    pub first: f64,
    /// 1 − β₂.
    pub second: f64,
    /// ε.
    pub epsilon: f64,
    /// p, m and v as they are.
    pub rows: [TensorId; 3],
    /// What they become.
    pub values: [TensorId; 3],
    /// g.
    pub gradient: TensorId,
    /// The learning rate over 1 − β₁ᵗ, and √(1 − β₂ᵗ): numbers.
    pub scalars: [TensorId; 2],
}

/// Finds the updates of Adam among what is `wanted`, each with the tensors that only it is made through; `uses` counts how often each
/// tensor is read.
pub(super) fn updates(plan: &Plan, uses: &[usize], wanted: &[bool]) -> Vec<(AdamUpdate, Vec<TensorId>)> {
    let becomes: FxHashMap<TensorId, ParameterId> = plan.updates().iter().map(|(row, value)| (*value, *row)).collect();
    let is_of = |row: TensorId, value: TensorId| {
        let Op::Parameter(row) = plan.tensor(row).op else { return false };
        wanted[value.index()] && becomes.get(&value) == Some(&row)
    };
    let mut found = Vec::new();
    for (_, value) in plan.updates().iter().filter(|(_, value)| wanted[value.index()]) {
        let mut matcher = Matcher { plan, inside: Vec::new() };
        let Some(update) = matcher.update(*value) else { continue };
        let rows = update.rows.iter().zip(update.values).all(|(row, value)| is_of(*row, value));
        // an in-between number that someone else reads would have to be made for them, too
        let only_here = matcher.inside.iter().all(|id| uses[id.index()] == 1);
        if rows && only_here {
            found.push((update, matcher.inside));
        }
    }
    found
}

/// Reads the operations of an update.
struct Matcher<'a> {
    plan: &'a Plan,
    /// The tensors in between.
    inside: Vec<TensorId>,
}

impl Matcher<'_> {
    fn update(&mut self, value: TensorId) -> Option<AdamUpdate> {
        let [row, change] = self.pair(value, &Op::Subtract)?;
        let [scaled, deviation] = self.inner_pair(change, &Op::Divide)?;
        let [first_value, stride] = self.inner_pair(scaled, &Op::Multiply)?;
        let (offset, epsilon) = self.affine(deviation)?;
        let [root_of, root] = self.inner_pair(offset, &Op::Divide)?;
        let second_value = self.unary(root_of, Function::SquareRoot)?;
        let (first_row, gradient, first) = self.lerp(first_value)?;
        let (second_row, square, second) = self.lerp(second_value)?;
        let squared = self.unary(square, Function::Square)?;
        (squared == gradient).then_some(AdamUpdate {
            first,
            second,
            epsilon,
            rows: [row, first_row, second_row],
            values: [value, first_value, second_value],
            gradient,
            scalars: [stride, root],
        })
    }

    /// Reads x + part · (y − x).
    fn lerp(&mut self, id: TensorId) -> Option<(TensorId, TensorId, f64)> {
        let [x, part] = self.pair(id, &Op::Add)?;
        let Op::Affine { factor, offset: 0.0 } = self.plan.tensor(part).op else { return None };
        self.inside.push(part);
        let apart = *self.plan.tensor(part).operands.first()?;
        let [y, other] = self.inner_pair(apart, &Op::Subtract)?;
        (other == x).then_some((x, y, factor))
    }

    /// Reads x + offset.
    fn affine(&mut self, id: TensorId) -> Option<(TensorId, f64)> {
        let Op::Affine { factor: 1.0, offset } = self.plan.tensor(id).op else { return None };
        self.inside.push(id);
        Some((*self.plan.tensor(id).operands.first()?, offset))
    }

    fn unary(&mut self, id: TensorId, wanted: Function) -> Option<TensorId> {
        let Op::Unary(function) = self.plan.tensor(id).op else { return None };
        self.inside.push(id);
        self.plan.tensor(id).operands.first().copied().filter(|_| function == wanted)
    }

    fn pair(&self, id: TensorId, wanted: &Op) -> Option<[TensorId; 2]> {
        let tensor = self.plan.tensor(id);
        let operands = <[TensorId; 2]>::try_from(tensor.operands.as_slice()).ok()?;
        (tensor.op == *wanted).then_some(operands)
    }

    /// Reads an operation that lies in between.
    fn inner_pair(&mut self, id: TensorId, wanted: &Op) -> Option<[TensorId; 2]> {
        self.inside.push(id);
        self.pair(id, wanted)
    }
}
