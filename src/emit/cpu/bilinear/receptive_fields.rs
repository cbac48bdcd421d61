//! Which source neurons a target place sees: one run of neighbours for each row of its square.

use crate::plan::ConvGeometry;

/// Source neurons that lie, and are seen, side by side.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    /// Their row of the source grid.
    pub(super) row: usize,
    /// The first one.
    pub(super) neuron: usize,
    /// k of the first one.
    pub(super) k: usize,
    /// How many there are.
    pub(super) length: usize,
}

/// Returns what the target place in `row` and `column` sees; neurons beyond the edge are left out.
pub(super) fn runs(field: &ConvGeometry, row: usize, column: usize) -> impl Iterator<Item = Run> {
    let ConvGeometry { source: [rows, columns, maps], size, stride, padding, .. } = *field;
    let left = column * stride;
    // places of the square, from its left side, that lie on the grid
    let (from, to) = (padding.saturating_sub(left), size.min((columns + padding).saturating_sub(left)));
    let lines = if from < to { 0..size } else { 0..0 };
    lines.filter_map(move |down| {
        let row = (row * stride + down).checked_sub(padding).filter(|row| *row < rows)?;
        let neuron = (row * columns + left + from - padding) * maps;
        Some(Run { row, neuron, k: (down * size + from) * maps, length: (to - from) * maps })
    })
}

/// Lists (k, source neuron) for the target place in `row` and `column`.
pub(super) fn seen(field: &ConvGeometry, row: usize, column: usize, list: &mut Vec<(usize, usize)>) {
    list.clear();
    for Run { neuron, k, length, .. } in runs(field, row, column) {
        list.extend((0..length).map(|next| (k + next, neuron + next)));
    }
}
