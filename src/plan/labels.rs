//! Names of tensors for printed plans: each is called after what it is of, so that one more operation renames only the
//! tensors beside it.

use compact_str::{CompactString, ToCompactString, format_compact};
use rustc_hash::FxHashMap;

use super::op::Op;
use super::tensor::{ParameterId, TensorId};
use super::verify::{Plan, Tensor};
use crate::geometry::Space;

/// How tensors and rows of the table are called where a plan is printed.
///
/// A labelled tensor has its label: `hidden`, `pixels->hidden.W`, `∂hidden`, and `brain(3)` at tick 3. Any other one is a step to
/// the first labelled tensor that is made of it. Steps of the forward pass are counted from the first one on, `hidden.1`,
/// `hidden.2`; those of a gradient are counted down to it, `∂hidden.2`, `∂hidden.1`, `∂hidden`, as the backward pass takes the
/// operations from the last one on. So an operation at the end of a layer changes no numbers of steps before it. Positions, which many
/// populations share, are called after their grid, `positions(28×28)`, and views of them are counted from there on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorNames {
    tensors: Vec<CompactString>,
    parameters: Vec<CompactString>,
}

impl TensorNames {
    /// Returns the names that people read; no two tensors share one.
    pub fn new(plan: &Plan) -> Self {
        let mut names =
            Naming { tensors: vec![CompactString::default(); plan.tensors().len()], taken: FxHashMap::default() };
        names.label(plan);
        names.count_steps(plan);
        let parameters = plan.rows().iter().map(|row| row.name.clone()).collect();
        Self { tensors: names.tensors, parameters }
    }

    /// Returns the ids that scripts read, `t7` and `p3`.
    pub fn ids(plan: &Plan) -> Self {
        let tensors = plan.numbered().map(|(id, _)| id.to_compact_string()).collect();
        let parameters = (0..plan.rows().len()).map(|index| ParameterId(index).to_compact_string()).collect();
        Self { tensors, parameters }
    }

    /// Returns a tensor's name; nothing for a tensor of another plan.
    pub fn tensor(&self, id: TensorId) -> &str {
        self.tensors.get(id.index()).map_or("", CompactString::as_str)
    }

    /// Returns the name of a row of the parameter table; nothing for a row of another plan.
    pub fn parameter(&self, id: ParameterId) -> &str {
        self.parameters.get(id.index()).map_or("", CompactString::as_str)
    }

    /// Returns the names of some tensors with commas between them.
    pub fn list<'a>(&self, ids: impl IntoIterator<Item = &'a TensorId>) -> String {
        ids.into_iter().map(|id| self.tensor(*id)).collect::<Vec<&str>>().join(", ")
    }
}

/// Names while they are given.
struct Naming {
    /// The name of each tensor; empty where it has none yet.
    tensors: Vec<CompactString>,
    /// The names of labelled tensors, and how many others have each with a prime.
    taken: FxHashMap<CompactString, usize>,
}

impl Naming {
    /// Names what has a label: rows of the table first, which keep their names, then all else in the plan's order.
    fn label(&mut self, plan: &Plan) {
        let is_row = |tensor: &Tensor| matches!(tensor.op, Op::Parameter(_));
        let rows = plan.numbered().filter(|(_, tensor)| is_row(tensor));
        let others = plan.numbered().filter(|(_, tensor)| !is_row(tensor));
        for (id, tensor) in rows.chain(others) {
            if let Some(name) = named(tensor) {
                self.tensors[id.index()] = self.free(name);
            }
        }
        for (parameter, gradient) in plan.learned().zip(plan.gradients()) {
            if self.tensors[gradient.index()].is_empty() {
                self.tensors[gradient.index()] = self.free(format_compact!("{GRADIENT}{}", parameter.name));
            }
        }
    }

    /// Takes a name: with a prime where another tensor has it, `labels'`, and with a number from the third one on, `labels'2`.
    fn free(&mut self, name: CompactString) -> CompactString {
        let mut free = name.clone();
        let mut primes = self.taken.get(&name).copied().unwrap_or(0);
        while self.taken.contains_key(&free) {
            primes += 1;
            free = if primes == 1 { format_compact!("{name}'") } else { format_compact!("{name}'{primes}") };
        }
        self.taken.insert(name, primes);
        self.taken.entry(free.clone()).or_insert(0);
        free
    }

    /// Names all other tensors: steps to the first labelled tensor that is made of them.
    fn count_steps(&mut self, plan: &Plan) {
        let goals = self.goals(plan);
        let unread = self.free(CompactString::const_new("unread"));
        let mut counts = vec![0_usize; goals.len() + 1];
        let steps: Vec<usize> = (0..goals.len()).filter(|step| goals[*step] != Some(*step)).collect();
        let is_gradient =
            |names: &Self, step: &usize| goals[*step].is_some_and(|goal| names.tensors[goal].starts_with(GRADIENT));
        let (backward, forward): (Vec<usize>, Vec<usize>) = steps.into_iter().partition(|step| is_gradient(self, step));
        for step in forward.into_iter().chain(backward.into_iter().rev()) {
            let goal = goals[step].map_or(&unread, |goal| &self.tensors[goal]).clone();
            let count = &mut counts[goals[step].unwrap_or(goals.len())];
            self.tensors[step] = self.step(&goal, count);
        }
    }

    /// Returns the name of the next step to `goal`; a label may look like one.
    fn step(&self, goal: &str, count: &mut usize) -> CompactString {
        loop {
            *count += 1;
            let name = format_compact!("{goal}.{count}");
            if !self.taken.contains_key(&name) {
                return name;
            }
        }
    }

    /// Returns the labelled tensor that each tensor is, or is made into first, or is a view of; nothing where there is none.
    fn goals(&self, plan: &Plan) -> Vec<Option<usize>> {
        let positions = positions(plan);
        let mut goals: Vec<Option<usize>> = vec![None; self.tensors.len()];
        for (id, tensor) in plan.numbered().rev() {
            let index = id.index();
            if self.tensors[index].is_empty() {
                goals[index] = positions[index].or(goals[index]);
            } else {
                goals[index] = Some(index);
            }
            // earlier readers come later here, and have the last word
            for operand in &tensor.operands {
                goals[operand.index()] = goals[index].or(goals[operand.index()]);
            }
        }
        goals
    }
}

/// Returns the positions that each tensor is, or is made of alone: many populations share them, so they are steps to none.
fn positions(plan: &Plan) -> Vec<Option<usize>> {
    let mut of: Vec<Option<usize>> = Vec::with_capacity(plan.tensors().len());
    for (id, tensor) in plan.numbered() {
        let mut sources = tensor.operands.iter().map(|operand| of[operand.index()]);
        let first = sources.next().flatten();
        let made = first.filter(|_| sources.all(|source| source.is_some()));
        of.push(if matches!(tensor.op, Op::Positions(_)) { Some(id.index()) } else { made });
    }
    of
}

/// Returns what a tensor is called by itself: its label, `∂hidden` for `∂ hidden` and `brain(3)` for `brain at tick 3`, or what its
/// positions are of.
fn named(tensor: &Tensor) -> Option<CompactString> {
    match (&tensor.op, tensor.label.as_str()) {
        (Op::Positions(Space::Grid(axes)), "") => {
            let axes: Vec<String> = axes.iter().map(ToString::to_string).collect();
            Some(format_compact!("positions({})", axes.join("×")))
        }
        (Op::Positions(Space::Cloud(_)), "") => Some(CompactString::const_new("positions(cloud)")),
        (_, "") => None,
        (_, label) => Some(short(label)),
    }
}

/// What names of gradients begin with.
const GRADIENT: char = '∂';

/// Shortens a label.
fn short(label: &str) -> CompactString {
    let mut marks = CompactString::default();
    let mut label = label;
    while let Some(rest) = label.strip_prefix("∂ ") {
        marks.push(GRADIENT);
        label = rest;
    }
    let (label, step) = label.split_once(" at step ").map_or((label, ""), |(label, step)| (label, step));
    let (name, tick) = label.split_once(" at tick ").map_or((label, ""), |(name, tick)| (name, tick));
    let tick = if tick.is_empty() { CompactString::default() } else { format_compact!("({tick})") };
    let step = if step.is_empty() { CompactString::default() } else { format_compact!("[{step}]") };
    format_compact!("{marks}{name}{tick}{step}")
}
