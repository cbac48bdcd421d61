//! What does not change meanwhile, made once: by the steps of each run on a CPU in single precision, elsewhere by the table.

use tch::Tensor as Live;

use super::cpu::Replicas;
use super::device::Place;
use super::fault::TorchFault;
use super::net::missing;
use super::threads::OneThread;
use super::torch::{EvalContext, Scalars, Values, size};
use crate::plan::{Dim, TensorId};

/// Makes those of the `wanted` tensors that are not `known` yet, from those that are, without a batch, and takes them in.
pub(super) fn make(given: EvalContext<'_>, known: &mut Values, wanted: &[TensorId]) -> Result<(), TorchFault> {
    let (plan, place) = (given.plan, given.frame.place);
    let is_each_runs = |id: &TensorId| plan.tensor(*id).shape.dims().first() == Some(&Dim::Runs);
    let new = wanted.iter().copied().filter(|id| known.get(*id).is_none());
    let (by_run, by_table): (Vec<TensorId>, Vec<TensorId>) =
        new.partition(|id| place == Place::CPU && is_each_runs(id));
    let made = {
        let _guard = OneThread::new();
        EvalContext { known, ..given }.make(&by_table)?
    };
    known.take_in(&made, &by_table);
    if by_run.is_empty() {
        return Ok(());
    }
    let mut runs = Replicas::fitting(None, EvalContext { known, ..given }, &by_run)?;
    let nothing = Live::f_zeros([size(given.frame.sizes.runs), 0, 0], place.options())?;
    runs.run(plan, ((&nothing).into(), Scalars::default()), None)?;
    for id in by_run {
        known.set(id, Some(runs.view(id).ok_or_else(|| missing(id))?));
    }
    Ok(())
}
