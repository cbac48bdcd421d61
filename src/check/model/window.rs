//! Receptive fields: which source neurons a target neuron sees, counted exactly.

use super::Layout;

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

    /// Returns the pairs of neurons that are joined, both of which exist; saturates. The window must map the source's grid
    /// onto the target's.
    pub fn synapses(&self, source: &Layout, target: &Layout) -> u64 {
        let ([rows, columns, maps], [up, across, fields]) = (source.grid(), target.grid());
        let places = self.pairs(rows, up).saturating_mul(self.pairs(columns, across));
        places.saturating_mul(maps as u64).saturating_mul(fields as u64)
    }

    /// Returns the sum over target rows of how many of `length` source rows each of them sees: that of where its window
    /// ends, less that of where it begins, both cut off at the edges. It takes no longer for a larger grid.
    fn pairs(&self, length: usize, targets: usize) -> u64 {
        let [size, stride, padding] = [self.size, self.stride, self.padding].map(|part| part as i128);
        let (length, targets) = (length as i128, targets as i128);
        let triangle = |count: i128| stride * (count * (count - 1) / 2);
        let edge = length + padding;
        let whole = if edge < size { 0 } else { targets.min((edge - size) / stride + 1) };
        let ends = triangle(whole) + size * whole + (targets - whole) * edge;
        let cut = targets.min((padding + stride - 1) / stride);
        let begins = cut * padding + triangle(targets) - triangle(cut);
        u64::try_from((ends - begins).max(0)).unwrap_or(u64::MAX)
    }
}
