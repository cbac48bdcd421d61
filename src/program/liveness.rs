//! Which tensors are made at all, and after which launch nobody needs one any more.

use super::{Launch, Request};
use crate::plan::{Plan, TensorId};

/// Returns what must be made for the results from what is given, operands first.
pub(super) fn order(plan: &Plan, request: &Request<'_>) -> Vec<TensorId> {
    let mut needed = vec![false; plan.tensors().len()];
    let mut open: Vec<TensorId> = request.wanted.to_vec();
    while let Some(id) = open.pop() {
        if !request.given[id.index()] && !std::mem::replace(&mut needed[id.index()], true) {
            open.extend(&plan.tensor(id).operands);
        }
    }
    plan.numbered().map(|(id, _)| id).filter(|id| needed[id.index()]).collect()
}

/// Notes for each launch whose numbers nobody reads after it. Results live to the end; what is given is never let go.
pub(super) fn note_ends(launches: &mut [Launch], owners: &[TensorId], request: &Request<'_>) {
    let mut settled: Vec<bool> = request.given.to_vec();
    for id in request.wanted {
        settled[owners[id.index()].index()] = true;
    }
    let mut sharing: Vec<Vec<TensorId>> = vec![Vec::new(); owners.len()];
    for make in launches.iter().flat_map(|launch| &launch.makes) {
        sharing[owners[make.tensor.index()].index()].push(make.tensor);
    }
    let mut first_time = |id: TensorId| !std::mem::replace(&mut settled[id.index()], true);
    for launch in launches.iter_mut().rev() {
        // a tensor that is made here and read by nobody ends here, too
        let read = launch.makes.iter().flat_map(|make| make.reads.iter().copied().chain([make.tensor]));
        let owners = read.map(|id| owners[id.index()]).filter(|id| first_time(*id));
        let mut ends: Vec<TensorId> = owners.flat_map(|owner| std::mem::take(&mut sharing[owner.index()])).collect();
        ends.sort_unstable();
        launch.ends = ends;
    }
}
