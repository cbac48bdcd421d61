//! Ticks: whether there are enough of them for every link to act, and which populations are computed at each.
//!
//! At each tick every population reads its sources' states of the tick before; all but the input begin at zero. What is
//! still known to be zero, and what can no longer reach the output after the last tick, is not computed.

use std::collections::VecDeque;

use miette::Diagnostic;
use thiserror::Error;

use super::order::within;
use crate::check::{Activation, Bias, Model, PopId, ProjId, Skeleton, SkeletonLink, Ticks};
use crate::diag::Problems;
use crate::span::Span;

/// There are ticks, and nothing that needs them.
#[derive(Debug, Error, Diagnostic)]
#[error("`unroll` says nothing: the wiring has no cycle")]
#[diagnostic(
    code(gem::unroll_without_cycle),
    severity(warning),
    help("each population is evaluated once, after all that feed it: remove it, or close a cycle")
)]
struct UnrollWithoutCycle {
    #[label(primary, "has no effect")]
    at: Span,
}

/// A link cannot act before the output is read.
#[derive(Debug, Error, Diagnostic)]
#[error("{ticks} are too few: from input to output by way of `{link}` it takes {needed}")]
#[diagnostic(code(gem::too_few_ticks), help("write `unroll {needed}` or more: activity crosses one connection a tick"))]
struct TooFewTicks {
    ticks: String,
    needed: usize,
    link: String,
    #[label(primary, "at least {needed} are needed")]
    at: Span,
}

/// Warns of ticks that no cycle needs, and reports too few of them, at the link that would need most.
pub(super) fn enough(
    skeleton: &Skeleton,
    ticks: Ticks,
    (links, part_of): (&[SkeletonLink], &[usize]),
    problems: &mut Problems,
) {
    if !links.iter().any(|link| within(link, part_of)) {
        problems.push(UnrollWithoutCycle { at: ticks.span });
        return;
    }
    let (Some(input), Some(output), Some(count)) = (skeleton.input, skeleton.output, ticks.count) else { return };
    let populations = skeleton.populations.len();
    let forwards = distances(populations, input, links.iter().map(|link| (link.source, link.target)));
    let backwards = distances(populations, output, links.iter().map(|link| (link.target, link.source)));
    let needs = |link: &SkeletonLink| Some(forwards[link.source.index()]? + 1 + backwards[link.target.index()]?);
    let lost = links.iter().filter_map(|link| Some((needs(link)?, link))).filter(|(needs, _)| *needs > count);
    // of equals the first in the order of the text
    if let Some((needed, link)) = lost.rev().max_by_key(|(needs, _)| *needs) {
        let name = |id: PopId| &skeleton.populations[id.index()];
        let ticks_written = crate::diag::count(count as u64, "tick");
        let written = format!("{} -> {}", name(link.source), name(link.target));
        problems.push(TooFewTicks { ticks: ticks_written, needed, link: written, at: ticks.span });
    }
}

/// Returns how many links lie between `from` and each population at least.
fn distances(populations: usize, from: PopId, links: impl Iterator<Item = (PopId, PopId)>) -> Vec<Option<usize>> {
    let mut next = vec![Vec::new(); populations];
    links.for_each(|(source, target)| next[source.index()].push(target.index()));
    let mut distances = vec![None; populations];
    distances[from.index()] = Some(0);
    let mut open = VecDeque::from([(from.index(), 0)]);
    while let Some((at, distance)) = open.pop_front() {
        for &target in &next[at] {
            if distances[target].is_none() {
                distances[target] = Some(distance + 1);
                open.push_back((target, distance + 1));
            }
        }
    }
    distances
}

/// Returns for each of `count` ticks the populations that are computed at it, in the order of `schedule`.
pub(super) fn ticks(model: &Model, schedule: &[PopId], incoming: &[Vec<ProjId>], count: usize) -> Vec<Vec<PopId>> {
    let sources = |id: PopId| {
        let pool = model.population(id).pool.map(|pool| pool.source);
        incoming[id.index()].iter().map(|id| model.projection(*id).source).chain(pool)
    };
    let woken = woken(model, sources);
    let mut wanted = vec![false; schedule.len()];
    wanted[model.output().index()] = true;
    let mut ticks = Vec::with_capacity(count);
    for tick in (1..=count).rev() {
        let computed = |id: &&PopId| wanted[id.index()] && woken[id.index()].is_some_and(|first| first <= tick);
        let now: Vec<PopId> = schedule.iter().filter(computed).copied().collect();
        wanted = vec![false; schedule.len()];
        for source in now.iter().flat_map(|id| sources(*id)).filter(|source| *source != model.input()) {
            wanted[source.index()] = true;
        }
        ticks.push(now);
    }
    ticks.reverse();
    ticks
}

/// Returns the tick from which on each population may be other than zero; nothing for one that never is.
fn woken<I: Iterator<Item = PopId>>(model: &Model, sources: impl Fn(PopId) -> I) -> Vec<Option<usize>> {
    let populations = model.populations().len();
    let mut readers = vec![Vec::new(); populations];
    for id in (0..populations).map(PopId) {
        sources(id).for_each(|source| readers[source.index()].push(id.index()));
    }
    let mut woken = vec![None; populations];
    woken[model.input().index()] = Some(0);
    let mut open = VecDeque::from([(model.input().index(), 0)]);
    for (index, population) in model.populations().iter().enumerate() {
        // what answers to nothing with something
        if population.bias != Bias::None || population.activation == Activation::Sigmoid {
            woken[index] = Some(1);
            open.push_back((index, 1));
        }
    }
    while let Some((at, tick)) = open.pop_front() {
        for &reader in &readers[at] {
            if woken[reader].is_none() {
                woken[reader] = Some(tick + 1);
                open.push_back((reader, tick + 1));
            }
        }
    }
    woken
}
