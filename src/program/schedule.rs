//! Which tensors are made in which launch. A CPU and libtorch make one after the other; a GPU makes at once what depends on
//! nothing but what earlier launches have made.

use rustc_hash::FxHashSet;

use super::fuse::Fused;
use super::legalize::{Kernel, kernel};
use super::{AdamUpdate, Home, Launch, Make, Target};
use crate::plan::{Plan, TensorId};

/// Returns the launches that make what goes to memory of the tensors in `order`.
pub(super) fn launches(
    plan: &Plan,
    order: &[TensorId],
    (shapes, fused, homes): (&[Vec<usize>], &Fused, &[Home]),
    target: Target,
) -> Vec<Launch> {
    let comes = |id: TensorId| homes[id.index()] == Home::Samples;
    let mut launches: Vec<Launch> = Vec::new();
    let mut levels = vec![0_usize; plan.tensors().len()];
    let updated: FxHashSet<TensorId> = fused.updates.iter().map(|update| update.values[0]).collect();
    for id in order.iter().filter(|id| !updated.contains(*id)) {
        let before = plan.tensor(*id).operands.iter().map(|operand| levels[operand.index()]).max().unwrap_or(0);
        let nothing = match homes[id.index()] {
            // libtorch makes a view
            Home::Of(_) => target != Target::Torch,
            Home::Constant(_) | Home::Samples => true,
            Home::Nowhere | Home::Prepared | Home::Memory { .. } | Home::Row(_) | Home::Result => false,
        };
        let is_made = fused.stored[id.index()] && !nothing;
        levels[id.index()] = before + usize::from(is_made);
        if !is_made {
            continue;
        }
        let make = if let Some(found) = fused.loops[id.index()].clone() {
            let reads = found.reads(plan);
            Make { tensor: *id, kernel: Kernel::Loop(found), reads }
        } else {
            let all = plan.tensor(*id).operands.to_vec();
            let reads = if target == Target::Cuda { in_memory(plan, all, fused, homes) } else { all };
            let is_number = fused.numbers[id.index()] && matches!(target, Target::Cpu { .. });
            let kernel = if is_number { Kernel::Number } else { kernel(plan, *id, shapes, target, comes) };
            Make { tensor: *id, kernel, reads }
        };
        match (target, launches.get_mut(before)) {
            (Target::Cuda, Some(launch)) => launch.makes.push(make),
            _ => launches.push(Launch { makes: vec![make], ends: Vec::new() }),
        }
    }
    launches.extend(updates(plan, (fused, homes), target));
    launches
}

/// Returns what writes rows, after all that reads them.
fn updates(plan: &Plan, (fused, homes): (&Fused, &[Home]), target: Target) -> Vec<Launch> {
    let make = |update: &AdamUpdate| {
        let all = update.rows.into_iter().chain([update.gradient]).chain(update.scalars).collect();
        let reads = if target == Target::Cuda { in_memory(plan, all, fused, homes) } else { all };
        Make { tensor: update.values[0], kernel: Kernel::Adam(*update), reads }
    };
    let makes: Vec<Make> = fused.updates.iter().map(make).collect();
    let launch = |makes: Vec<Make>| Launch { makes, ends: Vec::new() };
    match target {
        _ if makes.is_empty() => Vec::new(),
        Target::Cuda => vec![launch(makes)],
        Target::Cpu { .. } | Target::Torch => makes.into_iter().map(|make| launch(vec![make])).collect(),
    }
}

/// Returns the tensors in memory that expressions of these are made of, each once.
fn in_memory(plan: &Plan, mut open: Vec<TensorId>, fused: &Fused, homes: &[Home]) -> Vec<TensorId> {
    let (mut found, mut seen) = (Vec::new(), FxHashSet::default());
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        if homes[id.index()] == Home::Prepared || fused.stored[id.index()] {
            found.push(id);
        } else {
            open.extend(&plan.tensor(id).operands);
        }
    }
    found.sort_unstable();
    found
}
