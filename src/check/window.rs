//! Receptive fields: which source neurons a target neuron sees, counted exactly.

use super::neurons::Layout;

/// The receptive fields of a projection between two grids: target row i sees the source rows from i · stride − padding
/// on, `size` of them, columns alike, and all maps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    /// Side of the square that a target neuron sees, in source rows and columns.
    pub size: usize,
    /// Source rows between the squares of neighbouring target rows.
    pub stride: usize,
    /// Rows that the squares may hang over each edge; there is nothing there.
    pub padding: usize,
    /// Whether target neurons share weights.
    pub share: Share,
}

/// Which target neurons share their weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Share {
    /// None: every neuron has its own.
    Nothing,
    /// Those of one map, as in a classical convolution.
    Maps,
}

impl Window {
    /// Returns how many target rows a source of `length` rows gives, or `None` where the squares do not come out even.
    pub fn fits(&self, length: usize) -> Option<usize> {
        let padded = length.checked_add(self.padding.checked_mul(2)?)?;
        let room = padded.checked_sub(self.size)?;
        room.is_multiple_of(self.stride).then_some(room / self.stride + 1)
    }

    /// Returns the pairs of neurons that are joined, both of which exist; saturates.
    pub fn synapses(&self, source: &Layout, target: &Layout) -> u64 {
        let ([rows, columns, maps], [up, across, fields]) = (source.grid(), target.grid());
        let pairs = |length, targets| (0..targets).map(|at| self.seen(at, length)).fold(0, u64::saturating_add);
        let places = pairs(rows, up).saturating_mul(pairs(columns, across));
        places.saturating_mul(maps as u64).saturating_mul(fields as u64)
    }

    /// Returns how many of `length` source rows target row `at` sees.
    fn seen(&self, at: usize, length: usize) -> u64 {
        let first = at.saturating_mul(self.stride);
        let (low, high) = (first.max(self.padding), first.saturating_add(self.size).min(length + self.padding));
        high.saturating_sub(low) as u64
    }
}
