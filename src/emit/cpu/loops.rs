//! Loops of several element-by-element operations: what lies in between stays in the nearest cache.

use super::elementwise::{Element, element};
use crate::plan::Plan;
use crate::program::{Loop, Source};

/// Numbers that go through all steps of a loop before the next ones do: few enough to stay in the nearest cache.
const BLOCK: usize = 512;
/// Steps of one loop at most.
const STEPS: usize = 8;
/// Tensors that one loop reads at most.
pub(super) const INPUTS: usize = 4;

/// Several operations as one.
#[derive(Debug, Clone)]
pub(super) struct ReadyLoop {
    steps: Vec<Step>,
}

/// One operation; its result is known by its place among the steps.
#[derive(Debug, Clone, Copy)]
struct Step {
    element: Element,
    from: [Source; 2],
}

impl ReadyLoop {
    /// Makes a loop ready; `None` where one of its operations is none on single numbers.
    pub(super) fn new(plan: &Plan, found: &Loop) -> Option<Self> {
        let step = |step: &crate::program::LoopStep| {
            Some(Step { element: element(&plan.tensor(step.tensor).op)?, from: step.from })
        };
        Some(Self { steps: found.steps.iter().map(step).collect::<Option<_>>()? })
    }

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

#[cfg(test)]
impl ReadyLoop {
    /// Makes a loop of these operations.
    pub(super) fn of(steps: &[(Element, [Source; 2])]) -> Self {
        Self { steps: steps.iter().map(|(element, from)| Step { element: *element, from: *from }).collect() }
    }
}
