//! In which order a plan's tensors are computed, and which are let go after each: made once, walked in every step.

use tch::Tensor as Live;

use super::fault::TorchFault;
use super::ops::{Frame, apply, size, words};
use crate::plan::{Dim, Op, Plan, Tensor, TensorId};

/// The tensors that some wanted ones need, beyond those already known.
#[derive(Debug, Clone, Default)]
pub(super) struct Walk {
    steps: Vec<Step>,
}

#[derive(Debug, Clone)]
struct Step {
    /// What is computed.
    make: TensorId,
    /// What nobody needs afterwards.
    drop: Vec<TensorId>,
}

/// Live values by [`TensorId`]; those of one evaluation, or those that are kept between evaluations.
#[derive(Debug, Default)]
pub(super) struct Values(Vec<Option<Live>>);

impl Values {
    /// Makes room for a plan's tensors, none of them known.
    pub(super) fn of(plan: &Plan) -> Self {
        Self(plan.tensors().iter().map(|_| None).collect())
    }

    /// Returns the same values.
    pub(super) fn shallow_clone(&self) -> Self {
        Self(self.0.iter().map(|value| value.as_ref().map(Live::shallow_clone)).collect())
    }

    /// Returns one, if it is there.
    pub(super) fn get(&self, id: TensorId) -> Option<&Live> {
        self.0.get(id.index())?.as_ref()
    }

    /// Returns those of one run.
    pub(super) fn of_run(&self, plan: &Plan, run: usize) -> Result<Self, TorchFault> {
        let own = |(value, tensor): (&Option<Live>, &Tensor)| {
            let Some(live) = value else { return Ok(None) };
            let split = tensor.shape.dims().first() == Some(&Dim::Runs);
            Ok(Some(if split { live.f_narrow(0, size(run), 1)? } else { live.shallow_clone() }))
        };
        Ok(Self(self.0.iter().zip(plan.tensors()).map(own).collect::<Result<_, TorchFault>>()?))
    }

    /// Takes in those of the `wanted` ones that others have.
    pub(super) fn take_in(&mut self, others: &Self, wanted: &[TensorId]) {
        for id in wanted {
            if let Some(value) = others.get(*id) {
                self.set(*id, Some(value.shallow_clone()));
            }
        }
    }

    /// Puts one in its place, or lets it go.
    pub(super) fn set(&mut self, id: TensorId, value: Option<Live>) {
        if let Some(place) = self.0.get_mut(id.index()) {
            *place = value;
        }
    }
}

/// What an evaluation starts from: the plan, what is known, what its operations have prepared, and the batch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given<'a> {
    pub(super) plan: &'a Plan,
    pub(super) known: &'a Values,
    pub(super) prepared: &'a Values,
    pub(super) frame: Frame,
    pub(super) batch: Batch<'a>,
}

/// The batch, where there is one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Batch<'a> {
    /// R × N × B.
    pub(super) sample: Option<&'a Live>,
    /// R × C × B.
    pub(super) labels: Option<&'a Live>,
}

impl Walk {
    /// Finds the way to `wanted` from what is `known`. With `keep`, nothing is let go.
    pub(super) fn new(plan: &Plan, wanted: &[TensorId], known: &Values, keep: bool) -> Self {
        let mut needed = vec![false; plan.tensors().len()];
        let mut open: Vec<TensorId> = wanted.to_vec();
        while let Some(id) = open.pop() {
            if known.get(id).is_none()
                && let Some(place) = needed.get_mut(id.index())
                && !std::mem::replace(place, true)
            {
                open.extend(&plan.tensor(id).operands);
            }
        }
        let order: Vec<TensorId> =
            plan.numbered().map(|(id, _)| id).filter(|id| needed.get(id.index()) == Some(&true)).collect();
        let mut steps: Vec<Step> = order.into_iter().map(|make| Step { make, drop: Vec::new() }).collect();
        if !keep {
            mark_last_uses(plan, wanted, &mut steps);
        }
        Self { steps }
    }

    /// Returns what is computed, in order.
    pub(super) fn order(&self) -> impl Iterator<Item = TensorId> {
        self.steps.iter().map(|step| step.make)
    }

    /// Computes the wanted tensors; of the others only those are returned that were kept.
    ///
    /// # Errors
    ///
    /// Names the tensor whose computation libtorch refuses.
    pub(super) fn run(&self, given: Given<'_>) -> Result<Values, TorchFault> {
        self.watched(given, |_| {})
    }

    /// Does the same, and calls `made` after each tensor.
    ///
    /// # Errors
    ///
    /// As for [`Walk::run`].
    pub(super) fn watched(&self, given: Given<'_>, mut made: impl FnMut(TensorId)) -> Result<Values, TorchFault> {
        let mut values = Values::of(given.plan);
        for step in &self.steps {
            let value =
                compute(given, &values, step.make).map_err(|fault| fault.during(&words(given.plan, step.make)))?;
            values.set(step.make, Some(value));
            for id in &step.drop {
                values.set(*id, None);
            }
            made(step.make);
        }
        Ok(values)
    }
}

/// Notes for every tensor the step after which nobody needs it.
fn mark_last_uses(plan: &Plan, wanted: &[TensorId], steps: &mut [Step]) {
    let mut seen = vec![false; plan.tensors().len()];
    let mut first_time = |id: TensorId| seen.get_mut(id.index()).is_some_and(|place| !std::mem::replace(place, true));
    for id in wanted {
        first_time(*id);
    }
    for step in steps.iter_mut().rev() {
        let operands = &plan.tensor(step.make).operands;
        step.drop = operands.iter().copied().filter(|id| first_time(*id)).collect();
    }
}

fn compute(given: Given<'_>, values: &Values, id: TensorId) -> Result<Live, TorchFault> {
    let missing = |what: &str| TorchFault { message: format!("{what} is missing: a bug in gemc, please report it") };
    let tensor = given.plan.tensor(id);
    if let Op::Sample { .. } = tensor.op {
        return given.batch.sample.map(Live::shallow_clone).ok_or_else(|| missing("the batch"));
    }
    if let Op::Labels { .. } = tensor.op {
        return given.batch.labels.map(Live::shallow_clone).ok_or_else(|| missing("the labels"));
    }
    let find = |id: &TensorId| values.get(*id).or_else(|| given.known.get(*id)).ok_or_else(|| missing(&id.to_string()));
    // no operation takes more than two; an array spares an allocation for each tensor of each step
    let result = match tensor.operands.as_slice() {
        [] => apply(&tensor.op, &[], given.prepared.get(id), given.frame),
        [x] => apply(&tensor.op, &[find(x)?], given.prepared.get(id), given.frame),
        [x, y] => apply(&tensor.op, &[find(x)?, find(y)?], given.prepared.get(id), given.frame),
        _ => None,
    };
    Ok(result.ok_or_else(|| missing("an operand"))??)
}
