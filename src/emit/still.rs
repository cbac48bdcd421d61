//! What does not change meanwhile, made once: by the steps of each run on a CPU in single precision, elsewhere by the table.

use tch::Tensor as Live;

use super::device::Place;
use super::fault::TorchFault;
use super::native::Runs;
use super::net::missing;
use super::one_thread::OneThread;
use super::ops::size;
use super::walk::{Given, Values, Walk};
use crate::plan::{Dim, TensorId};

/// Makes those of the `wanted` tensors that are not `known` yet, from those that are, without a batch, and takes them in.
pub(super) fn make(given: Given<'_>, known: &mut Values, wanted: &[TensorId]) -> Result<(), TorchFault> {
    let (plan, place) = (given.plan, given.frame.place);
    let is_each_runs = |id: &TensorId| plan.tensor(*id).shape.dims().first() == Some(&Dim::Runs);
    let new = wanted.iter().copied().filter(|id| known.get(*id).is_none());
    let (by_run, by_table): (Vec<TensorId>, Vec<TensorId>) =
        new.partition(|id| place == Place::CPU && is_each_runs(id));
    let made = {
        let _guard = OneThread::new();
        Walk::new(plan, &by_table, known, false).run(Given { known, ..given })?
    };
    known.take_in(&made, &by_table);
    if by_run.is_empty() {
        return Ok(());
    }
    let walk = Walk::new(plan, &by_run, known, false);
    let mut runs = Runs::fitting(None, Given { known, ..given }, &walk, &by_run)?;
    let nothing = Live::f_zeros([size(given.frame.sizes.runs), 0, 0], place.options())?;
    runs.run(plan, (&nothing, &[]), None)?;
    for id in by_run {
        known.set(id, Some(runs.view(id).ok_or_else(|| missing(id))?));
    }
    Ok(())
}
