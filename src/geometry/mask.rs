//! Masks: which pairs of neurons a connection joins, how many they are, and all of them in order. None of it looks at pairs
//! that are far apart where distances decide.

use std::fmt;
use std::ops::Range;

use super::Space;
use super::cells::Cells;
use super::lattice::Lattice;
use crate::parallel;
use crate::random::{Lots, RandomStream};

/// Which pairs of neurons a connection joins: those that every part of the mask leaves.
#[derive(Debug, Clone, PartialEq)]
pub struct Mask {
    /// Only neurons whose distance is less than this.
    pub within: Option<f64>,
    /// Only some, drawn once.
    pub density: Option<Density>,
    /// Only from a neuron to those with a higher number.
    pub acyclic: bool,
}

/// A part of all pairs, each drawn by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Density {
    /// The part, above 0 and at most 1.
    pub part: f64,
    /// The seed.
    pub seed: u64,
    /// What is drawn: two connections with one seed draw apart.
    pub purpose: String,
}

/// A mask between two populations.
#[derive(Debug, Clone, PartialEq)]
pub struct Joins {
    /// The mask.
    pub mask: Mask,
    /// Where the neurons of source and target lie.
    pub ends: [Space; 2],
}

/// How many pairs are joined, and what it took to count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Pairs.
    pub joined: u64,
    /// Numbers that were drawn or compared, a few nanoseconds each.
    pub steps: u64,
}

/// Pairs that one core draws at a time.
const STRETCH: u64 = 1 << 22;
/// Steps that it takes to draw for a pair by itself.
const LEAP: u64 = 16;

/// Pairs of neurons that are near to each other.
enum Near {
    Lattice(Lattice),
    Cells(Cells),
}

impl Joins {
    /// Tells of each pair whether it is joined, source by source: what a mask means, pair by pair. [`Joins::counted`] and
    /// [`Joins::each`] say the same without looking at every pair.
    pub fn pairs(&self) -> impl Iterator<Item = bool> {
        let [sources, targets] = self.ends.each_ref().map(Space::neurons);
        let [sent, received] =
            self.ends.each_ref().map(|space| self.mask.within.map_or(Vec::new(), |_| space.positions()));
        let dims = self.ends[0].dims().max(1);
        let (within, acyclic) = (self.mask.within, self.mask.acyclic);
        let near = move |source: usize, target: usize| {
            let Some(radius) = within else { return true };
            let (from, to) = (&sent[source * dims..][..dims], &received[target * dims..][..dims]);
            from.iter().zip(to).map(|(one, other)| (one - other) * (one - other)).sum::<f64>() < radius * radius
        };
        let mut draw = self.mask.density.as_ref().map(|some| (RandomStream::new(some.seed, &some.purpose), some.part));
        let pairs = (0..sources).flat_map(move |source| (0..targets).map(move |target| (source, target)));
        pairs.map(move |(source, target)| {
            let drawn = draw.as_mut().is_none_or(|(draw, part)| draw.unit() < *part);
            drawn && (!acyclic || source < target) && near(source, target)
        })
    }

    /// Counts the pairs that are joined, if that takes at most `most` steps.
    pub fn counted(&self, most: u64) -> Option<Counted> {
        let within = |steps: u64| (steps <= most).then_some(steps);
        let Some(radius) = self.mask.within else {
            let all = self.possible();
            let Some(density) = &self.mask.density else { return Some(Counted { joined: all, steps: 0 }) };
            let steps = within(all)?;
            return Some(Counted { joined: self.drawn(density), steps });
        };
        let near = self.near(radius, most)?;
        if let (Near::Lattice(lattice), None) = (&near, &self.mask.density) {
            let count = lattice.counted(most)?;
            // distances are the same both ways: half of all, and no neuron to itself
            let selves = if 0.0 < radius * radius { self.ends[0].neurons() as u64 } else { 0 };
            let joined = if self.mask.acyclic { (count.joined - selves) / 2 } else { count.joined };
            return Some(Counted { joined, ..count });
        }
        let found = match &near {
            Near::Lattice(lattice) => lattice.search(most)?,
            Near::Cells(cells) => cells.search(),
        };
        let leaps = if self.mask.density.is_some() { found.joined.saturating_mul(LEAP) } else { 0 };
        let steps = within(found.steps.saturating_add(leaps))?;
        let mut joined = 0;
        match (&near, &self.mask.density) {
            // in no order
            (Near::Cells(cells), None) => {
                let acyclic = self.mask.acyclic;
                let mut count = |source: usize| {
                    cells.near(source, |target| joined += u64::from(!acyclic || source < target));
                };
                (0..self.ends[0].neurons()).for_each(&mut count);
            }
            _ => self.each_near(&near, |_, _| joined += 1),
        }
        Some(Counted { joined, steps })
    }

    /// Counts the pairs that are joined.
    pub fn count(&self) -> u64 {
        self.counted(u64::MAX).map_or(0, |counted| counted.joined)
    }

    /// Calls `found` with source and target of each pair that is joined, source by source.
    pub fn each(&self, mut found: impl FnMut(usize, usize)) {
        if let Some(near) = self.mask.within.and_then(|radius| self.near(radius, u64::MAX)) {
            return self.each_near(&near, found);
        }
        let [sources, targets] = self.ends.each_ref().map(Space::neurons);
        let first = |source: usize| if self.mask.acyclic { (source + 1).min(targets) } else { 0 };
        let Some(Density { part, seed, purpose }) = &self.mask.density else {
            (0..sources).for_each(|source| (first(source)..targets).for_each(|target| found(source, target)));
            return;
        };
        let mut lots = Lots::new(*seed, purpose, *part);
        for source in 0..sources {
            let row = source as u64 * targets as u64;
            lots.each(row + first(source) as u64..row + targets as u64, |pair| found(source, place(pair - row)));
        }
    }

    /// Counts the pairs among which a density draws.
    fn possible(&self) -> u64 {
        let [sources, targets] = self.ends.each_ref().map(|end| end.neurons() as u64);
        if !self.mask.acyclic {
            return sources.saturating_mul(targets);
        }
        // source s reaches those behind it, targets − 1 − s
        let (senders, targets) = (u128::from(sources.min(targets)), u128::from(targets));
        let pairs = senders * targets - senders * (senders + 1) / 2;
        u64::try_from(pairs).unwrap_or(u64::MAX)
    }

    /// Counts the pairs that a density draws, by all cores.
    fn drawn(&self, density: &Density) -> u64 {
        let lots = Lots::new(density.seed, &density.purpose, density.part);
        let [sources, targets] = self.ends.each_ref().map(|end| end.neurons() as u64);
        let rows = (STRETCH / targets.max(1)).max(1);
        let stretches: Vec<Range<u64>> =
            (0..sources.div_ceil(rows)).map(|part| part * rows..sources.min((part + 1) * rows)).collect();
        let count = |stretch: &Range<u64>| {
            let (mut lots, mut count) = (lots.clone(), 0_u64);
            if !self.mask.acyclic {
                lots.each(stretch.start * targets..stretch.end * targets, |_| count += 1);
                return count;
            }
            for source in stretch.clone() {
                let row = source * targets;
                lots.each(row + (source + 1).min(targets)..row + targets, |_| count += 1);
            }
            count
        };
        parallel::each(&stretches, 2, count).iter().sum()
    }

    /// Lays out what is needed to find near pairs, if that takes at most `most` steps.
    fn near(&self, radius: f64, most: u64) -> Option<Near> {
        let square = radius * radius;
        if let [Space::Grid(sent), Space::Grid(received)] = &self.ends {
            return Some(Near::Lattice(Lattice::new(sent, received, square)));
        }
        let coordinates = self.ends.iter().map(|end| (end.neurons() as u64).saturating_mul(end.dims() as u64));
        (coordinates.fold(0, u64::saturating_add) <= most).then(|| Near::Cells(Cells::new(&self.ends, radius)))
    }

    /// Calls `found` with each near pair that the rest of the mask leaves, source by source.
    fn each_near(&self, near: &Near, mut found: impl FnMut(usize, usize)) {
        let [sources, targets] = self.ends.each_ref().map(Space::neurons);
        let mut lots = self.mask.density.as_ref().map(|some| Lots::new(some.seed, &some.purpose, some.part));
        let mut row = Vec::new();
        for source in 0..sources {
            row.clear();
            match near {
                Near::Lattice(lattice) => lattice.row(source, &mut row),
                Near::Cells(cells) => cells.row(source, &mut row),
            }
            let first = if self.mask.acyclic { source + 1 } else { 0 };
            for target in row.iter().cloned().flatten().filter(|target| *target >= first) {
                let pair = source as u64 * targets as u64 + target as u64;
                if lots.as_mut().is_none_or(|lots| lots.has(pair)) {
                    found(source, target);
                }
            }
        }
    }
}

/// Returns a place among the neurons of a population.
fn place(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl fmt::Display for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let within = self.within.map(|radius| format!("within {radius:?}"));
        let density = self.density.as_ref().map(|some| format!("density {:?}, seed {}", some.part, some.seed));
        let acyclic = self.acyclic.then(|| "acyclic".to_owned());
        f.write_str(&[within, density, acyclic].into_iter().flatten().collect::<Vec<String>>().join(", "))
    }
}
