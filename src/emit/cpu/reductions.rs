//! Sums along an axis, and what is made of them: softmax, means over squares.

use super::vector_math::exp;
use crate::plan::Squares;

/// Numbers that are summed side by side.
const LANES: usize = 16;

/// One axis of a tensor, and those behind it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Along {
    /// Its length.
    pub(super) length: usize,
    /// Numbers of all axes behind it.
    pub(super) inner: usize,
}

impl Along {
    /// Finds the axis in a shape.
    pub(super) fn new(sizes: &[usize], axis: usize) -> Self {
        let length = sizes.get(axis).copied().unwrap_or(1);
        Self { length, inner: sizes.iter().skip(axis + 1).product() }
    }

    /// Sums `x` along the axis.
    #[inline(always)]
    pub(super) fn sum(self, x: &[f32], out: &mut [f32]) {
        if self.inner == 1 {
            out.iter_mut().zip(x.chunks_exact(self.length)).for_each(|(out, row)| *out = total(row));
            return;
        }
        for (out, part) in out.chunks_exact_mut(self.inner).zip(x.chunks_exact(self.length * self.inner)) {
            out.fill(0.0);
            for row in part.chunks_exact(self.inner) {
                out.iter_mut().zip(row).for_each(|(out, x)| *out += x);
            }
        }
    }

    /// Copies one place of the axis.
    #[inline(always)]
    pub(super) fn select(self, index: usize, x: &[f32], out: &mut [f32]) {
        for (out, part) in out.chunks_exact_mut(self.inner).zip(x.chunks_exact(self.length * self.inner)) {
            out.copy_from_slice(&part[index * self.inner..(index + 1) * self.inner]);
        }
    }

    /// Copies to one place of the axis, among zeros.
    #[inline(always)]
    pub(super) fn place(self, index: usize, x: &[f32], out: &mut [f32]) {
        out.fill(0.0);
        for (part, x) in out.chunks_exact_mut(self.length * self.inner).zip(x.chunks_exact(self.inner)) {
            part[index * self.inner..(index + 1) * self.inner].copy_from_slice(x);
        }
    }

    /// Makes eˣ / Σ eˣ along the axis, or its logarithm.
    #[inline(always)]
    pub(super) fn softmax(self, log: bool, x: &[f32], out: &mut [f32]) {
        let whole = self.length * self.inner;
        let (mut highest, mut sum) = (vec![0.0_f32; self.inner], vec![0.0_f32; self.inner]);
        for (out, x) in out.chunks_exact_mut(whole).zip(x.chunks_exact(whole)) {
            highest.fill(f32::NEG_INFINITY);
            for row in x.chunks_exact(self.inner) {
                // what is not a number is taken over, and stays
                highest.iter_mut().zip(row).for_each(|(most, x)| *most = if *x <= *most { *most } else { *x });
            }
            sum.fill(0.0);
            for (out, row) in out.chunks_exact_mut(self.inner).zip(x.chunks_exact(self.inner)) {
                for (((out, x), most), sum) in out.iter_mut().zip(row).zip(&highest).zip(&mut sum) {
                    let shifted = x - most;
                    let power = exp(shifted);
                    *sum += power;
                    *out = if log { shifted } else { power };
                }
            }
            if log {
                for sum in &mut sum {
                    *sum = sum.ln();
                }
            }
            for out in out.chunks_exact_mut(self.inner) {
                let pairs = out.iter_mut().zip(&sum);
                pairs.for_each(|(out, sum)| *out = if log { *out - sum } else { *out / sum });
            }
        }
    }
}

/// Sums a row, several numbers side by side.
#[inline(always)]
fn total(row: &[f32]) -> f32 {
    let mut sums = [0.0_f32; LANES];
    let parts = row.chunks_exact(LANES);
    let rest: f32 = parts.remainder().iter().sum();
    for part in parts {
        sums.iter_mut().zip(part).for_each(|(sum, x)| *sum += x);
    }
    sums.iter().sum::<f32>() + rest
}

/// A grid that is cut into squares, as rows of numbers: every place of the grid has `maps` · n of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    /// Numbers of one place.
    place: usize,
    /// Numbers of one row of the grid.
    row: usize,
    /// Side of a square.
    size: usize,
}

impl Cut {
    /// Works out the lengths, with n numbers behind each neuron.
    pub(super) fn new(Squares { grid: [_, columns, maps], size }: Squares, n: usize) -> Self {
        Self { place: maps * n, row: columns * maps * n, size: size.max(1) }
    }

    /// Takes means over squares, R × N × n → R × N / size² × n.
    #[inline(always)]
    pub(super) fn pool(self, x: &[f32], out: &mut [f32]) {
        out.fill(0.0);
        for (row, x) in x.chunks_exact(self.row).enumerate() {
            let start = self.squares(row);
            for (column, x) in x.chunks_exact(self.place).enumerate() {
                let at = start + column / self.size * self.place;
                out[at..at + self.place].iter_mut().zip(x).for_each(|(out, x)| *out += self.share() * x);
            }
        }
    }

    /// Gives every neuron of a square its share, R × N / size² × n → R × N × n.
    #[inline(always)]
    pub(super) fn spread(self, x: &[f32], out: &mut [f32]) {
        for (row, out) in out.chunks_exact_mut(self.row).enumerate() {
            let start = self.squares(row);
            for (column, out) in out.chunks_exact_mut(self.place).enumerate() {
                let at = start + column / self.size * self.place;
                out.iter_mut().zip(&x[at..at + self.place]).for_each(|(out, x)| *out = self.share() * x);
            }
        }
    }

    /// Returns the numbers of a row of squares.
    pub(super) fn row_of_squares(self) -> usize {
        self.row * self.size
    }

    /// Returns the places of a square.
    pub(super) fn square(self) -> usize {
        self.size * self.size
    }

    fn share(self) -> f32 {
        1.0 / (self.size * self.size) as f32
    }

    /// Returns where the squares begin that this row of the grid belongs to. Grids of all runs follow each other, and
    /// squares divide their rows.
    fn squares(self, row: usize) -> usize {
        row / self.size * (self.row / self.size)
    }
}
