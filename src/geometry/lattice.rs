//! Near pairs between two grids. Along an axis the neurons near to a place stand side by side, so each pair of rows is settled by
//! bisection; and to count, every distance along an axis is looked at once, however many pairs have it.

use std::ops::Range;

use super::along;
use super::mask::Counted;

/// Two grids of as many axes, and the square of the distance that near neurons stay below.
pub(super) struct Lattice {
    /// Of each axis its lengths at source and target.
    axes: Vec<[usize; 2]>,
    square: f64,
}

/// Different squared distances along an axis, each with how many pairs of places have it.
type Distances = Vec<(f64, u64)>;

/// Steps that a bisection takes at most, on average over an axis.
const BISECTION: u64 = 16;

impl Lattice {
    /// Lays a grid over another.
    pub(super) fn new(sent: &[usize], received: &[usize], square: f64) -> Self {
        Self { axes: sent.iter().zip(received).map(|(sent, received)| [*sent, *received]).collect(), square }
    }

    /// Counts near pairs, if that takes at most `most` steps. They are the same as [`Lattice::row`] finds: a sum of squares grows
    /// with each of them, rounded or not.
    pub(super) fn counted(&self, most: u64) -> Option<Counted> {
        let pairs = |axis: &[usize; 2]| (axis[0] as u64).saturating_mul(axis[1] as u64);
        let longest = (0..self.axes.len()).max_by_key(|axis| pairs(&self.axes[*axis]))?;
        let others = || self.axes.iter().enumerate().filter(|(axis, _)| *axis != longest);
        let listed = others().map(|(_, axis)| pairs(axis)).fold(0, u64::saturating_add);
        if listed > most {
            return None;
        }
        let distances: Vec<Distances> = others().map(|(_, axis)| distances(*axis)).collect();
        let combinations = distances.iter().fold(1, |all: u64, one| all.saturating_mul(one.len() as u64));
        let [short, long] = sorted(self.axes[longest]);
        let steps = combinations.saturating_mul(short as u64).saturating_mul(BISECTION).saturating_add(listed);
        if steps > most {
            return None;
        }
        let mut joined = 0;
        each_combination(&distances, &mut Vec::new(), 1, &mut |others, times| {
            let (before, after) = others.split_at(longest);
            let near = |one: f64, other: f64| {
                let along = (one - other) * (one - other);
                before.iter().chain([&along]).chain(after).fold(0.0, |sum, square| sum + square) < self.square
            };
            // the farthest a combination lies from itself is nowhere: many fail at once
            if near(0.0, 0.0) {
                let rows = (0..short).map(|place| stretch(long, along(short, place), near).len() as u64);
                joined += times * rows.sum::<u64>();
            }
        });
        Some(Counted { joined, steps })
    }

    /// Counts near pairs and the steps in which [`Lattice::row`] finds them all, if that takes at most `most` steps.
    pub(super) fn search(&self, most: u64) -> Option<Counted> {
        let counted = self.counted(most)?;
        let (last, first) = self.axes.split_last()?;
        // the rows that are near enough without their last axis
        let rows =
            if first.is_empty() { 1 } else { Self { axes: first.to_vec(), square: self.square }.counted(most)?.joined };
        let bisections = rows.saturating_mul(last[0] as u64).saturating_mul(BISECTION);
        Some(Counted { steps: counted.steps.saturating_add(bisections).saturating_add(counted.joined), ..counted })
    }

    /// Appends the targets near to `source`, in their order.
    pub(super) fn row(&self, source: usize, found: &mut Vec<Range<usize>>) {
        self.rows(&self.axes, (source, self.axes.iter().map(|axis| axis[0]).product()), (0.0, 0), found);
    }

    /// Goes on along `axes`, from a sum of squares and the target's place on the axes before.
    fn rows(
        &self,
        axes: &[[usize; 2]],
        (source, sources): (usize, usize),
        (sum, base): (f64, usize),
        found: &mut Vec<Range<usize>>,
    ) {
        let Some(([length, targets], rest)) = axes.split_first().map(|(axis, rest)| (*axis, rest)) else { return };
        let stride = sources / length.max(1);
        let at = along(length, source / stride.max(1));
        let stretch = stretch(targets, at, |one, other| sum + (one - other) * (one - other) < self.square);
        if rest.is_empty() {
            if !stretch.is_empty() {
                found.push(base * targets + stretch.start..base * targets + stretch.end);
            }
            return;
        }
        for target in stretch {
            let apart = at - along(targets, target);
            let left = (source % stride.max(1), stride);
            self.rows(rest, left, (sum + apart * apart, base * targets + target), found);
        }
    }
}

fn sorted([one, other]: [usize; 2]) -> [usize; 2] {
    [one.min(other), one.max(other)]
}

/// Returns the squared distances between the places of an axis.
fn distances([sent, received]: [usize; 2]) -> Distances {
    let apart = |from: usize, to: usize| along(sent, from) - along(received, to);
    let all = (0..sent).flat_map(|from| (0..received).map(move |to| apart(from, to) * apart(from, to)));
    let mut all: Vec<f64> = all.collect();
    all.sort_unstable_by(f64::total_cmp);
    all.chunk_by(|one, other| one.total_cmp(other).is_eq()).map(|same| (same[0], same.len() as u64)).collect()
}

/// Calls `found` with one distance of each list, and how many times they come together.
fn each_combination(lists: &[Distances], chosen: &mut Vec<f64>, times: u64, found: &mut impl FnMut(&[f64], u64)) {
    let Some((list, rest)) = lists.split_first() else { return found(chosen, times) };
    for (square, pairs) in list {
        chosen.push(*square);
        each_combination(rest, chosen, times * pairs, found);
        chosen.pop();
    }
}

/// Returns the places of an axis that are near to `at`: the nearer a place, the sooner it is near.
fn stretch(length: usize, at: f64, near: impl Fn(f64, f64) -> bool) -> Range<usize> {
    let middle = bisect(0..length, |place| along(length, place) < at);
    let start = bisect(0..middle, |place| !near(at, along(length, place)));
    let end = bisect(middle..length, |place| near(at, along(length, place)));
    start..end
}

/// Returns the first number of which `holds` is false, where it is true of all before.
fn bisect(mut range: Range<usize>, holds: impl Fn(usize) -> bool) -> usize {
    while !range.is_empty() {
        let middle = range.start + range.len() / 2;
        if holds(middle) {
            range.start = middle + 1;
        } else {
            range.end = middle;
        }
    }
    range.start
}
