//! Products of matrices by the crate `gemm`, whose one function takes pointers.

use gemm_common::Parallelism;
use gemm_f32::gemm::f32::get_gemm_fn;

/// Terms that are summed before the sum goes to memory, at most. The crate would choose by the processor's caches otherwise.
const TERMS: usize = 512;

/// A matrix of a product: its numbers row by row, of itself or of its transpose.
#[derive(Debug, Clone, Copy)]
pub(in crate::emit) struct Matrix<'a> {
    pub(in crate::emit) numbers: &'a [f32],
    pub(in crate::emit) turned: bool,
}

/// Writes some rows of the product of `left`, rows × inner, and `right`, inner × columns, to `out`: `first` and those behind it, as many
/// as it holds. Each number is a sum in one order, which the sizes of the whole product decide alone.
///
/// # Panics
///
/// Where a slice is shorter than its matrix, or `out` reaches beyond the last row.
pub(in crate::emit) fn multiply(
    [rows, inner, columns]: [usize; 3],
    [left, right]: [Matrix<'_>; 2],
    (first, out): (usize, &mut [f32]),
) {
    let some = out.len() / columns.max(1);
    assert!(first + some <= rows, "rows {first} to {} of {rows}", first + some);
    let (lefts, rights) = (&left.numbers[..rows * inner], &right.numbers[..inner * columns]);
    let [left_steps, right_steps] = [steps(rows, inner, left.turned), steps(inner, columns, right.turned)];
    let gemm = get_gemm_fn();
    let parts = inner.div_ceil(TERMS).max(1);
    for part in 0..parts {
        let (start, end) = (inner * part / parts, inner * (part + 1) / parts);
        let to_first = first.cast_signed() * left_steps[0];
        let left = lefts.as_ptr().wrapping_offset(to_first + start.cast_signed() * left_steps[1]);
        let right = rights.as_ptr().wrapping_offset(start.cast_signed() * right_steps[0]);
        // SAFETY: the slices hold rows × inner, inner × columns and some × columns numbers, and the steps lead from one to
        // the next row and column of each; of the inner ones those from `start` to `end` are read, and of the rows some from
        // `first` on, which are no more than there are. `out` is borrowed mutably, so it is neither of the others. Steps and sizes fit isize, as the slices do.
        unsafe {
            gemm(
                some,
                columns,
                end - start,
                out.as_mut_ptr(),
                1,
                columns.cast_signed(),
                part > 0,
                left,
                left_steps[1],
                left_steps[0],
                right,
                right_steps[1],
                right_steps[0],
                1.0,
                1.0,
                false,
                false,
                false,
                Parallelism::None,
            );
        }
    }
}

/// Returns how far it is to the next row and to the next column.
fn steps(rows: usize, columns: usize, turned: bool) -> [isize; 2] {
    if turned { [1, rows.cast_signed()] } else { [columns.cast_signed(), 1] }
}
