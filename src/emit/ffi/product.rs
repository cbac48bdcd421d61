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
    /// How far it is to the next row that lies there, counted in numbers.
    pub(in crate::emit) step: usize,
}

impl<'a> Matrix<'a> {
    /// Takes the numbers of a matrix of known sizes whose rows, or columns where it is turned, follow each other.
    pub(in crate::emit) fn dense(numbers: &'a [f32], [rows, columns]: [usize; 2], turned: bool) -> Self {
        Self { numbers, turned, step: if turned { rows } else { columns } }
    }

    /// Returns how far it is to the next row and to the next column, of a matrix that lies within its numbers.
    ///
    /// # Panics
    ///
    /// Where it does not.
    fn steps(self, [rows, columns]: [usize; 2]) -> [isize; 2] {
        let (lines, length) = if self.turned { (columns, rows) } else { (rows, columns) };
        let end = if lines * length == 0 { 0 } else { (lines - 1) * self.step + length };
        assert!(length <= self.step && end <= self.numbers.len(), "{lines} lines of {length} numbers");
        if self.turned { [1, self.step.cast_signed()] } else { [self.step.cast_signed(), 1] }
    }
}

/// Some rows of the result of a product: `first` and those behind it.
#[derive(Debug)]
pub(in crate::emit) struct Rows<'a> {
    pub(in crate::emit) first: usize,
    pub(in crate::emit) numbers: &'a mut [f32],
    /// How far it is to the next row, counted in numbers.
    pub(in crate::emit) step: usize,
}

/// Writes some rows of the product of `left`, rows × inner, and `right`, inner × columns, to `out`, as many as it holds. Each number
/// is a sum in one order, which the sizes of the whole product decide alone.
///
/// # Panics
///
/// Where a slice is shorter than its matrix, or `out` reaches beyond the last row or has rows that are shorter.
pub(in crate::emit) fn multiply(
    [rows, inner, columns]: [usize; 3],
    [left, right]: [Matrix<'_>; 2],
    Rows { first, numbers: out, step }: Rows<'_>,
) {
    let some = out.len() / step.max(1);
    assert!(columns <= step && first + some <= rows, "rows {first} to {} of {rows}", first + some);
    let (left_steps, right_steps) = (left.steps([rows, inner]), right.steps([inner, columns]));
    let gemm = get_gemm_fn();
    let parts = inner.div_ceil(TERMS).max(1);
    for part in 0..parts {
        let (start, end) = (inner * part / parts, inner * (part + 1) / parts);
        let to_first = first.cast_signed() * left_steps[0];
        let left = left.numbers.as_ptr().wrapping_offset(to_first + start.cast_signed() * left_steps[1]);
        let right = right.numbers.as_ptr().wrapping_offset(start.cast_signed() * right_steps[0]);
        // SAFETY: both matrices lie within their numbers, `out` holds some × step, and the steps lead from one to
        // the next row and column of each; of the inner ones those from `start` to `end` are read, and of the rows some from
        // `first` on, which are no more than there are. `out` is borrowed mutably, so it is neither of the others. Steps and sizes fit isize, as the slices do.
        unsafe {
            gemm(
                some,
                columns,
                end - start,
                out.as_mut_ptr(),
                1,
                step.cast_signed(),
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
