//! Element-by-element operations that only feed each other are one loop: what lies in between never goes to memory.

use super::compute::{Element, element};
use crate::emit::walk::Walk;
use crate::plan::{Op, Plan, Sizes, TensorId};

/// Numbers that go through all steps of a loop before the next ones do: few enough to stay in the nearest cache.
const BLOCK: usize = 512;
/// Steps of one loop at most.
const STEPS: usize = 8;
/// Tensors that one loop reads at most.
pub(super) const INPUTS: usize = 4;

/// Several operations as one.
#[derive(Debug, Clone)]
pub(super) struct Fused {
    steps: Vec<Step>,
}

/// One operation; its result is known by its place among the steps.
#[derive(Debug, Clone, Copy)]
struct Step {
    element: Element,
    from: [Source; 2],
}

#[derive(Debug, Clone, Copy)]
enum Source {
    Input(usize),
    Step(usize),
}

/// What is fused into one tensor's making.
#[derive(Debug)]
pub(super) struct Group {
    /// What the loop reads.
    pub(super) inputs: Vec<TensorId>,
    /// The loop.
    pub(super) fused: Fused,
}

impl Fused {
    /// Computes the last step's result from `inputs`, all as long as `out`.
    #[inline(always)]
    pub(super) fn run(&self, inputs: [&[f32]; INPUTS], out: &mut [f32]) {
        let mut between = [[0.0_f32; BLOCK]; STEPS];
        for (part, out) in out.chunks_mut(BLOCK).enumerate() {
            let (start, length) = (part * BLOCK, out.len());
            for (index, step) in self.steps.iter().enumerate() {
                let (before, behind) = between.split_at_mut(index);
                let read = |source| match source {
                    Source::Input(input) => &inputs[input][start..start + length],
                    Source::Step(step) => &before[step][..length],
                };
                let last = index + 1 == self.steps.len();
                let made = if last { &mut *out } else { &mut behind[0][..length] };
                step.element.run(read(step.from[0]), read(step.from[1]), made);
            }
        }
    }
}

/// Finds, for each tensor of a walk, what is fused into its making, and whether it is itself fused into another's.
pub(super) fn groups(plan: &Plan, walk: &Walk, wanted: &[TensorId], sizes: Sizes) -> (Vec<Option<Group>>, Vec<bool>) {
    let count = plan.tensors().len();
    let mut uses = vec![0_usize; count];
    let operands = walk.order().flat_map(|id| plan.tensor(id).operands.iter());
    operands.chain(wanted).for_each(|id| uses[id.index()] += 1);
    for id in wanted {
        uses[id.index()] = usize::MAX;
    }
    let mut computed = vec![false; count];
    walk.order().for_each(|id| computed[id.index()] = true);
    let mut finder = Finder { plan, sizes, uses, computed, inside: vec![false; count] };
    let mut groups: Vec<Option<Group>> = (0..count).map(|_| None).collect();
    let order: Vec<TensorId> = walk.order().collect();
    for id in order.into_iter().rev() {
        groups[id.index()] = finder.group(id);
    }
    (groups, finder.inside)
}

struct Finder<'a> {
    plan: &'a Plan,
    sizes: Sizes,
    uses: Vec<usize>,
    computed: Vec<bool>,
    inside: Vec<bool>,
}

impl Finder<'_> {
    fn group(&mut self, root: TensorId) -> Option<Group> {
        if self.inside[root.index()] || self.element(root).is_none() {
            return None;
        }
        let mut group = Group { inputs: Vec::new(), fused: Fused { steps: Vec::new() } };
        let mut taken = Vec::new();
        self.add(root, &mut group, &mut taken)?;
        if group.fused.steps.len() < 2 || group.inputs.len() > INPUTS {
            return None;
        }
        taken.iter().filter(|id| **id != root).for_each(|id| self.inside[id.index()] = true);
        Some(group)
    }

    /// Adds a tensor's operation after those of its operands; returns where its result is found.
    fn add(&self, id: TensorId, group: &mut Group, taken: &mut Vec<TensorId>) -> Option<Source> {
        let element = self.element(id)?;
        taken.push(id);
        let mut from = [Source::Input(0); 2];
        for (from, operand) in from.iter_mut().zip(&self.plan.tensor(id).operands) {
            let joins = self.uses[operand.index()] == 1
                && self.computed[operand.index()]
                && taken.len() < STEPS
                && self.element(*operand).is_some();
            *from = if joins { self.add(*operand, group, taken)? } else { Source::Input(input(group, *operand)) };
        }
        group.fused.steps.push(Step { element, from });
        Some(Source::Step(group.fused.steps.len() - 1))
    }

    /// Returns the operation on single numbers, where all operands are as large as the result.
    fn element(&self, id: TensorId) -> Option<Element> {
        let tensor = self.plan.tensor(id);
        let sizes = |id: &TensorId| self.plan.tensor(*id).shape.at(self.sizes);
        let (own, op): (Vec<usize>, &Op) = (sizes(&id), &tensor.op);
        tensor.operands.iter().all(|operand| sizes(operand) == own).then(|| element(op)).flatten()
    }
}

/// Returns which input of the group this tensor is.
fn input(group: &mut Group, id: TensorId) -> usize {
    let known = group.inputs.iter().position(|input| *input == id);
    known.unwrap_or_else(|| {
        group.inputs.push(id);
        group.inputs.len() - 1
    })
}
