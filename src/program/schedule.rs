//! Which tensors are made in which launch. A CPU and libtorch make one after the other; a GPU makes at once what depends on
//! nothing but what earlier launches have made.

use rustc_hash::FxHashSet;

use super::fuse::Fused;
use super::legalize::{Kernel, kernel};
use super::{Home, Launch, Make, Target};
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
    for id in order {
        let before = plan.tensor(*id).operands.iter().map(|operand| levels[operand.index()]).max().unwrap_or(0);
        let nothing = match homes[id.index()] {
            // libtorch makes a view
            Home::Of(_) => target != Target::Torch,
            home => matches!(home, Home::Constant(_) | Home::Samples),
        };
        let is_made = fused.stored[id.index()] && !nothing;
        levels[id.index()] = before + usize::from(is_made);
        if !is_made {
            continue;
        }
        let make = match fused.loops[id.index()].clone() {
            Some((found, reads)) => Make { tensor: *id, kernel: Kernel::Loop(found), reads },
            None => {
                let reads = if target == Target::Cuda { reads(plan, *id, fused, homes) } else { operands(plan, *id) };
                Make { tensor: *id, kernel: kernel(plan, *id, shapes, target, comes), reads }
            }
        };
        match (target, launches.get_mut(before)) {
            (Target::Cuda, Some(launch)) => launch.makes.push(make),
            _ => launches.push(Launch { makes: vec![make], ends: Vec::new() }),
        }
    }
    launches
}

fn operands(plan: &Plan, id: TensorId) -> Vec<TensorId> {
    plan.tensor(id).operands.to_vec()
}

/// Returns the tensors in memory that an expression reads, each once.
fn reads(plan: &Plan, id: TensorId, fused: &Fused, homes: &[Home]) -> Vec<TensorId> {
    let (mut open, mut found, mut seen) = (operands(plan, id), Vec::new(), FxHashSet::default());
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        if homes[id.index()] == Home::Given || fused.stored[id.index()] {
            found.push(id);
        } else {
            open.extend(&plan.tensor(id).operands);
        }
    }
    found.sort_unstable();
    found
}
