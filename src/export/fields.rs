//! Receptive fields as lists: which source neuron each place of the target sees.

use crate::plan::ConvGeometry;

/// Returns for each place, and each of the K neurons that it sees, its number in the source; nothing for one beyond the edge.
pub(super) fn seen(field: &ConvGeometry) -> Vec<Option<usize>> {
    let ([rows, columns, maps], [_, across, _]) = (field.source, field.target);
    let mut list = Vec::with_capacity(field.places().saturating_mul(field.seen()));
    for place in 0..field.places() {
        let (row, column) = (place / across * field.stride, place % across * field.stride);
        for k in 0..field.seen() {
            let (square, map) = (k / maps, k % maps);
            let at = [row + square / field.size, column + square % field.size].map(|at| at.checked_sub(field.padding));
            list.push(match at {
                [Some(row), Some(column)] if row < rows && column < columns => {
                    Some((row * columns + column) * maps + map)
                }
                _ => None,
            });
        }
    }
    list
}
