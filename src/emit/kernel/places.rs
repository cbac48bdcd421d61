//! Who sees whom: for a target place the source neurons it sees, for a source place the target places that see it.

use crate::plan::Field;

/// Lists (k, source neuron) for the target place in `row` and `column`; neurons beyond the edge are left out.
pub(super) fn seen(field: &Field, row: usize, column: usize, list: &mut Vec<(usize, usize)>) {
    list.clear();
    let [rows, columns, maps] = field.source;
    for down in 0..field.size {
        let Some(y) = within(row * field.stride + down, field.padding, rows) else { continue };
        for across in 0..field.size {
            let Some(x) = within(column * field.stride + across, field.padding, columns) else { continue };
            let (k, neuron) = ((down * field.size + across) * maps, (y * columns + x) * maps);
            list.extend((0..maps).map(|map| (k + map, neuron + map)));
        }
    }
}

/// Lists (target place, k of its first map) for the source place in `row` and `column`.
pub(super) fn seers(field: &Field, row: usize, column: usize, list: &mut Vec<(usize, usize)>) {
    list.clear();
    let ([_, _, maps], [rows, columns, _]) = (field.source, field.target);
    for down in 0..field.size {
        let Some(v) = seer(row, down, field, rows) else { continue };
        for across in 0..field.size {
            let Some(u) = seer(column, across, field, columns) else { continue };
            list.push((v * columns + u, (down * field.size + across) * maps));
        }
    }
}

fn within(padded: usize, padding: usize, length: usize) -> Option<usize> {
    padded.checked_sub(padding).filter(|at| *at < length)
}

/// Returns the target row that sees source row `at` as the row `offset` of its square.
fn seer(at: usize, offset: usize, field: &Field, length: usize) -> Option<usize> {
    let start = (at + field.padding).checked_sub(offset)?;
    let target = start / field.stride.max(1);
    (start.is_multiple_of(field.stride.max(1)) && target < length).then_some(target)
}
