//! Near pairs where at least one end is a cloud: the cube is cut into cells no smaller than the distance, so that what is near to
//! a neuron lies in its cell or in one beside it.

use std::ops::Range;

use super::Space;
use super::mask::Counted;

/// Axes that are cut at most: in more dimensions most of what lies in the cells around is far all the same.
const CUT: usize = 3;
/// By how much a cell is larger than the distance, so that rounding moves no neuron out of reach.
const SLACK: f64 = 1.0 + 1e-9;

/// Two populations and the cells in which the target's neurons lie.
pub(super) struct Cells {
    dims: usize,
    sent: Vec<f64>,
    received: Vec<f64>,
    square: f64,
    /// Axes that are cut.
    axes: usize,
    /// Cells along each of them.
    across: usize,
    /// Target neurons, cell by cell.
    members: Vec<usize>,
    /// Where the members of each cell begin, and how many there are in all.
    firsts: Vec<usize>,
}

impl Cells {
    /// Sorts the neurons of the target into cells.
    pub(super) fn new(ends: &[Space; 2], radius: f64) -> Self {
        let dims = ends[0].dims().max(1);
        let [sent, received] = ends.each_ref().map(Space::positions);
        let (targets, axes) = (received.len() / dims, dims.min(CUT));
        let across = across(targets, axes, radius);
        let mut cells = Self {
            dims,
            sent,
            received,
            square: radius * radius,
            axes,
            across,
            members: vec![0; targets],
            firsts: vec![0; across.pow(u32::try_from(axes).unwrap_or(1)) + 1],
        };
        let homes: Vec<usize> = cells.received.chunks_exact(dims).map(|place| cells.cell(place)).collect();
        for home in &homes {
            cells.firsts[home + 1] += 1;
        }
        let mut sum = 0;
        for first in &mut cells.firsts {
            sum += *first;
            *first = sum;
        }
        let mut next = cells.firsts.clone();
        for (neuron, home) in homes.into_iter().enumerate() {
            cells.members[next[home]] = neuron;
            next[home] += 1;
        }
        cells
    }

    /// Counts the steps in which [`Cells::row`] finds all near pairs, and the pairs that may be near.
    pub(super) fn search(&self) -> Counted {
        let mut candidates = 0_u64;
        let mut sources = vec![0_u64; self.firsts.len()];
        self.sent.chunks_exact(self.dims).for_each(|place| sources[self.cell(place)] += 1);
        for (cell, count) in sources.iter().enumerate().filter(|(_, count)| **count > 0) {
            let mut around = 0;
            self.around(cell, |members| around += members.len() as u64);
            candidates = candidates.saturating_add(count.saturating_mul(around));
        }
        let coordinates = (self.sent.len() + self.received.len()) as u64;
        let each = 2 + self.dims as u64 / 4;
        Counted { joined: candidates, steps: candidates.saturating_mul(each).saturating_add(coordinates) }
    }

    /// Appends the targets near to `source`, in their order.
    pub(super) fn row(&self, source: usize, found: &mut Vec<Range<usize>>) {
        self.near(source, |target| found.push(target..target + 1));
        found.sort_unstable_by_key(|target| target.start);
    }

    /// Calls `found` with the targets near to `source`, cell by cell.
    pub(super) fn near(&self, source: usize, mut found: impl FnMut(usize)) {
        let from = &self.sent[source * self.dims..][..self.dims];
        self.around(self.cell(from), |members| {
            for &target in members {
                let to = &self.received[target * self.dims..][..self.dims];
                let square = from.iter().zip(to).map(|(one, other)| (one - other) * (one - other)).sum::<f64>();
                if square < self.square {
                    found(target);
                }
            }
        });
    }

    /// Returns the cell of a place.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn cell(&self, place: &[f64]) -> usize {
        let along = |at: &f64| (((at + 1.0) / 2.0 * self.across as f64) as usize).min(self.across - 1);
        place[..self.axes].iter().map(along).fold(0, |cell, at| cell * self.across + at)
    }

    /// Calls `found` with the members of a cell and of all beside it; those of neighbours on the last axis together.
    fn around(&self, cell: usize, mut found: impl FnMut(&[usize])) {
        let last = cell % self.across;
        let (low, high) = (last.saturating_sub(1), (last + 1).min(self.across - 1));
        self.rows(cell / self.across, self.axes - 1, &mut |row| {
            let first = row * self.across;
            found(&self.members[self.firsts[first + low]..self.firsts[first + high + 1]]);
        });
    }

    /// Calls `found` with a row of cells and all rows beside it, on `axes` axes.
    fn rows(&self, row: usize, axes: usize, found: &mut dyn FnMut(usize)) {
        if axes == 0 {
            return found(0);
        }
        let (last, across) = (row % self.across, self.across);
        for at in last.saturating_sub(1)..=(last + 1).min(across - 1) {
            self.rows(row / across, axes - 1, &mut |before| found(before * across + at));
        }
    }
}

/// Returns how many cells an axis is cut into: none smaller than the distance, and about as many in all as there are neurons.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn across(neurons: usize, axes: usize, radius: f64) -> usize {
    let wanted = (neurons as f64).powf(1.0 / axes as f64);
    let allowed = 2.0 / (radius * SLACK);
    (wanted.min(allowed).floor() as usize).max(1)
}
