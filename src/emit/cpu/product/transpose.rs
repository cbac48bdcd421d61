//! Transposing a matrix, some rows at a time.

/// Rows that are read side by side: as many places as a processor keeps in registers.
const SIDE: usize = 8;

/// Transposes a matrix whose rows lie `from_apart` numbers from each other into one whose rows lie `to_apart` ones.
#[inline(always)]
pub(super) fn transpose(
    from: &[f32],
    (rows, columns): (usize, usize),
    from_apart: usize,
    to: &mut [f32],
    to_apart: usize,
) {
    for first in (0..rows).step_by(SIDE) {
        let (high, from) = (SIDE.min(rows - first), &from[first * from_apart..]);
        let to = to.chunks_mut(to_apart).take(columns).map(|to| &mut to[first..first + high]);
        if high < SIDE {
            for (column, to) in to.enumerate() {
                to.iter_mut().enumerate().for_each(|(row, to)| *to = from[row * from_apart + column]);
            }
            continue;
        }
        let mut side = [from; SIDE];
        for (row, place) in side.iter_mut().enumerate() {
            *place = &from[row * from_apart..][..columns];
        }
        for (column, to) in to.enumerate() {
            let Some(to) = to.first_chunk_mut::<SIDE>() else { return };
            for (row, to) in side.iter().zip(to) {
                *to = row[column];
            }
        }
    }
}

/// Copies the first numbers of `from`: a few, for which a call of the system's copy is dear.
#[inline(always)]
pub(super) fn copy(from: &[f32], to: &mut [f32]) {
    let from = &from[..to.len()];
    let ((to, rest), (from, from_rest)) = (to.as_chunks_mut::<16>(), from.as_chunks::<16>());
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
    let ((to, rest), (from, from_rest)) = (rest.as_chunks_mut::<4>(), from_rest.as_chunks::<4>());
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
    rest.iter_mut().zip(from_rest).for_each(|(to, from)| *to = *from);
}
