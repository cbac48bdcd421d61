//! Receptive fields as operations see them: two grids, and which neurons of one each neuron of the other sees.

use crate::check::{Layout, Window};

/// The receptive fields between a source grid and a target grid.
///
/// Target place p = (row, column) sees the source rows from row · stride − padding on, `size` of them, columns alike, and
/// all maps: K = size² · maps neurons, numbered with the map fastest, then the column. Neurons beyond the edge are zero.
/// The last axis of both grids, the maps, runs fastest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConvGeometry {
    /// Source rows, columns and maps.
    pub source: [usize; 3],
    /// Target rows, columns and maps.
    pub target: [usize; 3],
    /// Side of the square that a target neuron sees.
    pub size: usize,
    /// Source rows between neighbouring squares.
    pub stride: usize,
    /// Rows that the squares hang over each edge.
    pub padding: usize,
}

impl ConvGeometry {
    /// Makes the fields of `window` between two grids.
    pub fn new(window: Window, source: &Layout, target: &Layout) -> Self {
        let Window { size, stride, padding, .. } = window;
        Self { source: source.grid(), target: target.grid(), size, stride, padding }
    }

    /// Returns the number of target places: rows · columns.
    pub fn places(&self) -> usize {
        self.target[0].saturating_mul(self.target[1])
    }

    /// Returns the target's maps.
    pub fn maps(&self) -> usize {
        self.target[2]
    }

    /// Returns K, the source neurons that a target neuron sees.
    pub fn seen(&self) -> usize {
        self.size.saturating_mul(self.size).saturating_mul(self.source[2])
    }

    /// Returns the number of source neurons.
    pub fn sources(&self) -> usize {
        self.source.iter().fold(1, |count: usize, side| count.saturating_mul(*side))
    }

    /// Returns the number of target neurons.
    pub fn targets(&self) -> usize {
        self.places().saturating_mul(self.maps())
    }
}
