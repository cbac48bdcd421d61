//! Products of matrices by the crate `gemm`, whose one function takes pointers.

use gemm_common::Parallelism;
use gemm_f32::gemm::f32::get_gemm_fn;

use crate::parallel;

/// Terms that are summed before the sum goes to memory, at most. The crate would choose by the processor's caches otherwise.
const TERMS: usize = 512;

/// A matrix of a product: its numbers row by row, of itself or of its transpose.
#[derive(Debug, Clone, Copy)]
pub(in crate::emit) struct Matrix<'a> {
    pub(in crate::emit) numbers: &'a [f32],
    pub(in crate::emit) turned: bool,
}

/// Writes the product of `left`, rows × inner, and `right`, inner × columns, to `out`, row by row, with `threads` threads. Each
/// number is a sum in one order, which the sizes alone decide.
///
/// # Panics
///
/// Where a slice is shorter than its matrix.
pub(in crate::emit) fn multiply(
    [rows, inner, columns]: [usize; 3],
    [left, right]: [Matrix<'_>; 2],
    out: &mut [f32],
    threads: usize,
) {
    let (out, lefts, rights) =
        (&mut out[..rows * columns], &left.numbers[..rows * inner], &right.numbers[..inner * columns]);
    let [left_steps, right_steps] = [steps(rows, inner, left.turned), steps(inner, columns, right.turned)];
    let (threads, gemm) = (
        if threads > 1 && parallel::are_several() { Parallelism::Rayon(threads) } else { Parallelism::None },
        get_gemm_fn(),
    );
    let parts = inner.div_ceil(TERMS).max(1);
    for part in 0..parts {
        let (start, end) = (inner * part / parts, inner * (part + 1) / parts);
        let left = lefts.as_ptr().wrapping_offset(start.cast_signed() * left_steps[1]);
        let right = rights.as_ptr().wrapping_offset(start.cast_signed() * right_steps[0]);
        // SAFETY: the slices hold rows × inner, inner × columns and rows × columns numbers, and the steps lead from one to
        // the next row and column of each; of the inner ones those from `start` to `end` are read. `out` is borrowed mutably,
        // so it is neither of the others. Steps and sizes fit isize, as the slices do.
        unsafe {
            gemm(
                rows,
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
                threads,
            );
        }
    }
}

/// Returns how far it is to the next row and to the next column.
fn steps(rows: usize, columns: usize, turned: bool) -> [isize; 2] {
    if turned { [1, rows.cast_signed()] } else { [columns.cast_signed(), 1] }
}
