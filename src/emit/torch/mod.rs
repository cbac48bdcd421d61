//! Programs that libtorch runs, one operation after the other, on any device and in any precision.
//!
//! `ops` is the table of operations: one line of libtorch for each, or a call of a file of its own. What operations need besides
//! operands and never changes, such as positions, `prepare` makes once.

mod by_kernel;
pub(super) mod local_conv;
mod ops;
mod pools;
mod prepare;
pub(super) mod sparse;

use tch::Tensor as Live;

use self::ops::apply;
pub(super) use self::ops::size;
pub(super) use self::prepare::prepare_all;
use super::device::Place;
use super::fault::TorchFault;
use crate::plan::{Dim, Op, Plan, SampleSet, Scalar, Sizes, Tensor, TensorId};
use crate::program::{Program, Request, Target};

/// Sizes, device and kind of number of an evaluation.
#[derive(Debug, Clone, Copy)]
pub(in crate::emit) struct Frame {
    /// R and B.
    pub(super) sizes: Sizes,
    /// Device and kind of number.
    pub(super) place: Place,
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

    /// Tells for each tensor whether it is there.
    pub(super) fn known(&self) -> Vec<bool> {
        self.0.iter().map(Option::is_some).collect()
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
pub(super) struct EvalContext<'a> {
    pub(super) plan: &'a Plan,
    pub(super) known: &'a Values,
    pub(super) prepared: &'a Values,
    pub(super) frame: Frame,
    pub(super) batch: Batch<'a>,
}

/// The batch, where there is one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Batch<'a> {
    pub(super) samples: Samples<'a>,
    /// What tasks are learned from.
    pub(super) support: Samples<'a>,
    pub(super) scalars: Scalars,
}

/// Samples as a plan has them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Samples<'a> {
    /// R × N × k · B.
    pub(super) sample: Option<&'a Live>,
    /// R × C × k · B.
    pub(super) labels: Option<&'a Live>,
}

impl<'a> Batch<'a> {
    /// Returns the samples of a set.
    fn of(&self, set: SampleSet) -> Samples<'a> {
        match set {
            SampleSet::Batch(_) => self.samples,
            SampleSet::Support(_) => self.support,
        }
    }
}

/// The numbers that a step is given.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Scalars {
    /// The learning rate.
    pub(super) learning_rate: f64,
    /// The number of the update, from 1.
    pub(super) step: u64,
}

impl Scalars {
    /// Returns one of them.
    pub(super) fn value(self, scalar: Scalar) -> f64 {
        match scalar {
            Scalar::LearningRate => self.learning_rate,
            Scalar::Step => self.step as f64,
        }
    }

    fn of(self, scalar: Scalar, place: Place) -> Result<Live, TorchFault> {
        Ok(Live::f_full([1], self.value(scalar), place.options())?)
    }
}

impl EvalContext<'_> {
    /// Makes the program to `wanted` from what is known.
    pub(super) fn program(&self, wanted: &[TensorId], target: Target) -> Program {
        let (given, sizes) = (self.known.known(), self.frame.sizes);
        Program::new(self.plan, &Request { wanted, given: &given, sizes, target })
    }

    /// Returns `last` if it is for these sizes, else libtorch's program to `wanted`.
    pub(super) fn fitting(&self, last: Option<Program>, wanted: &[TensorId]) -> Program {
        let last = last.filter(|program| program.sizes() == self.frame.sizes);
        last.unwrap_or_else(|| self.program(wanted, Target::Torch))
    }

    /// Computes the wanted tensors that are not known yet.
    ///
    /// # Errors
    ///
    /// Names the tensor whose computation libtorch refuses.
    pub(super) fn make(&self, wanted: &[TensorId]) -> Result<Values, TorchFault> {
        self.run(&self.program(wanted, Target::Torch), |_| {})
    }

    /// Runs a program of libtorch's, and calls `made` after each tensor. Of its tensors only results are returned.
    ///
    /// # Errors
    ///
    /// Names the tensor whose computation libtorch refuses.
    pub(super) fn run(&self, program: &Program, mut made: impl FnMut(TensorId)) -> Result<Values, TorchFault> {
        let mut values = Values::of(self.plan);
        for launch in program.launches() {
            for make in &launch.makes {
                let value = self.compute(&values, make.tensor);
                let value = value.map_err(|fault| fault.during(&self.plan.words(make.tensor)))?;
                values.set(make.tensor, Some(value));
                made(make.tensor);
            }
            for id in &launch.ends {
                values.set(*id, None);
            }
        }
        Ok(values)
    }

    fn compute(&self, values: &Values, id: TensorId) -> Result<Live, TorchFault> {
        let missing = |what: &str| TorchFault::bug(&format!("{what} is missing"));
        let tensor = self.plan.tensor(id);
        if let Op::Sample { set, .. } = tensor.op {
            return self.batch.of(set).sample.map(Live::shallow_clone).ok_or_else(|| missing("the batch"));
        }
        if let Op::Labels { set, .. } = tensor.op {
            return self.batch.of(set).labels.map(Live::shallow_clone).ok_or_else(|| missing("the labels"));
        }
        if let Op::Scalar(scalar) = tensor.op {
            return self.batch.scalars.of(scalar, self.frame.place);
        }
        let find =
            |id: &TensorId| values.get(*id).or_else(|| self.known.get(*id)).ok_or_else(|| missing(&id.to_string()));
        // no operation takes more than two; an array spares an allocation for each tensor of each step
        let result = match tensor.operands.as_slice() {
            [] => apply(&tensor.op, &[], self.prepared.get(id), self.frame),
            [x] => apply(&tensor.op, &[find(x)?], self.prepared.get(id), self.frame),
            [x, y] => apply(&tensor.op, &[find(x)?, find(y)?], self.prepared.get(id), self.frame),
            _ => None,
        };
        Ok(result.ok_or_else(|| missing("an operand"))??)
    }
}

/// Applies an operation, and copies what it makes to where it is wanted.
///
/// # Errors
///
/// What libtorch refuses; a bug in gemc where operands are missing.
pub(super) fn make_into(
    op: &Op,
    operands: &[Live],
    (prepared, frame): (Option<&Live>, Frame),
    out: &Live,
) -> Result<(), TorchFault> {
    let operands: Vec<&Live> = operands.iter().collect();
    let value = apply(op, &operands, prepared, frame).ok_or_else(|| TorchFault::bug("lacks an operand"))??;
    out.shallow_clone().f_copy_(&value)?;
    Ok(())
}
