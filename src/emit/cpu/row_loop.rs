//! Loops whose inputs are products of matrices: rows of these are made when they are read, and stay in the nearest cache.

use pulp::{Arch, Simd, WithSimd};

use super::batched_product::Line;
use super::loops::{INPUTS, ReadyLoop};
use crate::emit::threads::side_by_side;
use crate::program::{BatchedProduct, LoopInput, ROW};

/// Numbers of a result from which on several threads share the rows.
const LARGE: usize = 1 << 14;

/// A loop over rows, columns × B each.
#[derive(Debug, Clone)]
pub(super) struct RowLoop {
    steps: ReadyLoop,
    /// What each input is: the product whose rows it has, or a tensor.
    inputs: Vec<Option<BatchedProduct>>,
    /// Numbers of a row.
    length: usize,
}

impl RowLoop {
    /// Makes a loop ready; `None` where no input is a product.
    pub(super) fn new(steps: ReadyLoop, inputs: &[LoopInput]) -> Option<Self> {
        let product = |input: &LoopInput| match input {
            LoopInput::Stored(_) => None,
            LoopInput::Rows(_, product) => Some(*product),
        };
        let inputs: Vec<Option<BatchedProduct>> = inputs.iter().map(product).collect();
        let BatchedProduct { product, batch } = inputs.iter().copied().flatten().next()?;
        Some(Self { steps, inputs, length: product.columns * batch })
    }

    /// Makes `out` from the operands of all inputs. Each number is made by one thread, which changes no digit of it.
    pub(super) fn run(&self, operands: &[&[f32]], out: &mut [f32], threads: usize) {
        let threads = if out.len() < LARGE { 1 } else { threads.max(1) };
        let all = out.len() / self.length.max(1);
        let share = all.div_ceil(threads).max(1);
        let work = |(first, out): (usize, &mut [f32])| Arch::new().dispatch(Job { of: self, operands, first, out });
        if threads == 1 {
            work((0, out));
        } else {
            let parts = out.chunks_mut(share * self.length.max(1)).enumerate();
            side_by_side(parts.map(|(part, out)| (part * share, out)), work);
        }
    }
}

/// Some rows of the result.
struct Job<'a> {
    of: &'a RowLoop,
    operands: &'a [&'a [f32]],
    /// The first of the rows, those of all runs counted.
    first: usize,
    out: &'a mut [f32],
}

impl WithSimd for Job<'_> {
    type Output = ();

    // a step takes no memory, and a row of each input fits on any stack
    #[allow(clippy::large_stack_arrays)]
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let mut made = [[0.0_f32; ROW]; INPUTS];
        let length = self.of.length;
        for (row, out) in self.out.chunks_exact_mut(length.max(1)).enumerate() {
            let row = self.first + row;
            let mut operands = self.operands.iter().copied();
            let mut inputs: [&[f32]; INPUTS] = [&[]; INPUTS];
            for ((input, made), product) in inputs.iter_mut().zip(&mut made).zip(&self.of.inputs) {
                let stored = operands.next().unwrap_or_default();
                *input = match product {
                    None => &stored[row * length..(row + 1) * length],
                    Some(product) => {
                        let right = operands.next().unwrap_or_default();
                        let made = &mut made[..length];
                        product.line((stored, right), row).make_all(made);
                        made
                    }
                };
            }
            self.of.steps.run(inputs, out);
        }
    }
}

impl BatchedProduct {
    /// Returns a row of the result, those of all runs counted.
    #[inline(always)]
    fn line<'a>(self, (left, right): (&'a [f32], &'a [f32]), row: usize) -> Line<'a> {
        let Self { product, batch } = self;
        let (run, row) = (row / product.rows, row % product.rows);
        let (of_left, of_right) = (product.rows * product.inner * batch, product.inner * product.columns * batch);
        let (left, right) = (&left[run * of_left..][..of_left], &right[run * of_right..][..of_right]);
        Line { product, batch, left, right, row }
    }
}

#[cfg(test)]
mod tests {
    use super::super::elementwise::{Element, Pair};
    use super::*;
    use crate::program::{Product, Source};

    fn numbers(count: usize) -> Vec<f32> {
        (0..count).map(|at| ((at * 37 + 11) % 101) as f32 / 50.0 - 1.0).collect()
    }

    /// x − a b of two runs, by products first and by rows, with one thread and with more than divide the rows evenly.
    #[test]
    fn rows_are_those_of_the_product() {
        let (runs, rows, inner, columns, batch) = (2, 301, 3, 7, 48);
        for left_turned in [false, true] {
            let product = Product { rows, inner, columns, left_turned, right_turned: false };
            let product = BatchedProduct { product, batch };
            let (left, right) = (numbers(runs * rows * inner * batch), numbers(runs * inner * columns * batch));
            let x = numbers(runs * rows * columns * batch);
            let mut wanted = vec![f32::NAN; x.len()];
            product.multiply((&left, &right), &mut wanted, 1);
            wanted.iter_mut().zip(&x).for_each(|(made, x)| *made = x - *made);
            let steps = ReadyLoop::of(&[(Element::Pair(Pair::Subtract), [Source::Input(0), Source::Input(1)])]);
            let inputs = [None, Some(product)].to_vec();
            let fused = RowLoop { steps, inputs, length: columns * batch };
            for threads in [1, 2, 5] {
                let mut out = vec![f32::NAN; x.len()];
                fused.run(&[&x, &left, &right], &mut out, threads);
                assert!(out == wanted, "{threads} threads, {left_turned}");
            }
        }
    }
}
