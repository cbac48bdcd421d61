//! How the numbers of a result go with those of two operands, of which each may be repeated along some axes.

/// Rows shorter than this are gone through several at a time.
const SHORT: usize = 64;

/// A single stretch of this length or more is divided into as many parts, which threads share.
const LONG: usize = 1 << 16;
const PARTS: usize = 64;

/// A result's axes, merged where all three go on evenly.
#[derive(Debug, Clone)]
pub(super) struct Broadcast {
    outer: Vec<Axis>,
    inner: Axis,
    tiled: Option<Tiled>,
}

/// One axis: how long it is, and how far from one number to the next in each operand; 0 where an operand repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Axis {
    length: usize,
    steps: [usize; 2],
}

/// One operand has a short row that is repeated within the innermost axis: it is laid out before it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tiled {
    operand: usize,
    row: usize,
}

impl Broadcast {
    /// Works out the axes for a result and two operands of these sizes, aligned at the last axis as `NumPy` does.
    pub(super) fn new(result: &[usize], x: &[usize], y: &[usize]) -> Self {
        let steps = [steps(result.len(), x), steps(result.len(), y)];
        let mut axes: Vec<Axis> = Vec::new();
        for (axis, &length) in result.iter().enumerate().filter(|(_, length)| **length > 1) {
            let next = Axis { length, steps: [steps[0][axis], steps[1][axis]] };
            match axes.last_mut() {
                Some(last) if last.steps == next.steps.map(|step| step * length) => {
                    *last = Axis { length: last.length * length, steps: next.steps };
                }
                _ => axes.push(next),
            }
        }
        let inner = axes.pop().unwrap_or(Axis { length: 1, steps: [1, 1] });
        let mut broadcast = Self { outer: axes, inner, tiled: None };
        broadcast.tile();
        broadcast.split();
        broadcast
    }

    /// Returns how many numbers of the result are made in one go.
    pub(super) fn stretch(&self) -> usize {
        self.inner.length
    }

    /// Cuts a long innermost axis that has none before it.
    fn split(&mut self) {
        let Axis { length, steps } = self.inner;
        let parts = (2..=PARTS).rev().find(|parts| length.is_multiple_of(*parts));
        if let Some(parts) = parts.filter(|_| length >= LONG && self.outer.is_empty() && self.tiled.is_none()) {
            self.inner.length = length / parts;
            self.outer.push(Axis { length: parts, steps: steps.map(|step| step * (length / parts)) });
        }
    }

    /// Takes the last outer axis into the innermost one, where that is short and one operand repeats its row.
    fn tile(&mut self) {
        let Axis { length: row, steps: [1, 1] } = self.inner else { return };
        let Some(last) = self.outer.last().filter(|_| row < SHORT) else { return };
        let Some(operand) = (0..2).find(|operand| last.steps[*operand] == 0) else { return };
        if last.steps[1 - operand] == row {
            self.inner.length = row * last.length;
            self.tiled = Some(Tiled { operand, row });
            self.outer.pop();
        }
    }

    /// Makes every number of `out`, whose first one is the result's `first`, by `of` the two that go with it.
    #[inline(always)]
    pub(super) fn apply(
        &self,
        (x, y): (&[f32], &[f32]),
        (first, out): (usize, &mut [f32]),
        of: impl Fn(f32, f32) -> f32 + Copy,
    ) {
        let length = self.inner.length;
        let (mut index, mut at) = self.place(first / length);
        let mut tiles = vec![0.0; if self.tiled.is_some() { length } else { 0 }];
        for out in out.chunks_exact_mut(length) {
            let [i, j] = at;
            match (self.tiled, self.inner.steps) {
                (Some(Tiled { operand: 0, row }), _) => {
                    repeat(&x[i..i + row], &mut tiles);
                    both(&tiles, &y[j..j + length], out, of);
                }
                (Some(Tiled { row, .. }), _) => {
                    repeat(&y[j..j + row], &mut tiles);
                    both(&x[i..i + length], &tiles, out, of);
                }
                (None, [0, 0]) => out.fill(of(x[i], y[j])),
                (None, [0, _]) => {
                    let one = x[i];
                    out.iter_mut().zip(&y[j..j + length]).for_each(|(out, other)| *out = of(one, *other));
                }
                (None, [_, 0]) => {
                    let other = y[j];
                    out.iter_mut().zip(&x[i..i + length]).for_each(|(out, one)| *out = of(*one, other));
                }
                (None, _) => both(&x[i..i + length], &y[j..j + length], out, of),
            }
            self.advance(&mut index, &mut at);
        }
    }

    /// Returns where along the outer axes a stretch of the innermost one is, and where its operands begin.
    fn place(&self, mut stretch: usize) -> (Vec<usize>, [usize; 2]) {
        let (mut index, mut at) = (vec![0; self.outer.len()], [0, 0]);
        for (place, axis) in index.iter_mut().zip(&self.outer).rev() {
            *place = stretch % axis.length;
            stretch /= axis.length;
            at.iter_mut().zip(axis.steps).for_each(|(at, step)| *at += step * *place);
        }
        (index, at)
    }

    /// Goes to the next stretch of the innermost axis.
    #[inline(always)]
    fn advance(&self, index: &mut [usize], at: &mut [usize; 2]) {
        for (place, axis) in index.iter_mut().zip(&self.outer).rev() {
            *place += 1;
            at.iter_mut().zip(axis.steps).for_each(|(at, step)| *at += step);
            if *place < axis.length {
                return;
            }
            *place = 0;
            at.iter_mut().zip(axis.steps).for_each(|(at, step)| *at -= step * axis.length);
        }
    }
}

#[inline(always)]
fn both(x: &[f32], y: &[f32], out: &mut [f32], of: impl Fn(f32, f32) -> f32) {
    out.iter_mut().zip(x.iter().zip(y)).for_each(|(out, (one, other))| *out = of(*one, *other));
}

/// Fills `tiles` with a row, again and again: what is there already is copied behind itself.
#[inline(always)]
fn repeat(row: &[f32], tiles: &mut [f32]) {
    tiles[..row.len()].copy_from_slice(row);
    let mut filled = row.len();
    while filled < tiles.len() {
        let more = filled.min(tiles.len() - filled);
        tiles.copy_within(..more, filled);
        filled += more;
    }
}

/// Returns how far it is from one number to the next along each of the result's axes; 0 where the operand has only one.
fn steps(rank: usize, sizes: &[usize]) -> Vec<usize> {
    let mut steps = vec![0; rank];
    let mut step = 1;
    for (place, &length) in steps.iter_mut().rev().zip(sizes.iter().rev()) {
        *place = if length > 1 { step } else { 0 };
        step *= length;
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::Broadcast;

    fn sums(result: &[usize], x: &[usize], y: &[usize]) -> Vec<f32> {
        let numbers = |sizes: &[usize], unit: f32| -> Vec<f32> {
            (0..sizes.iter().product::<usize>()).map(|index| unit * index as f32).collect()
        };
        let mut out = vec![f32::NAN; result.iter().product()];
        Broadcast::new(result, x, y).apply((&numbers(x, 1.0), &numbers(y, 100.0)), (0, &mut out), |a, b| a + b);
        out
    }

    #[test]
    fn repeats_along_any_axis() {
        assert_eq!(sums(&[2, 3], &[2, 3], &[2, 3]), [0.0, 101.0, 202.0, 303.0, 404.0, 505.0]);
        assert_eq!(sums(&[2, 3], &[2, 1], &[1, 3]), [0.0, 100.0, 200.0, 1.0, 101.0, 201.0]);
        assert_eq!(sums(&[2, 3], &[3], &[2, 1]), [0.0, 1.0, 2.0, 100.0, 101.0, 102.0]);
        assert_eq!(sums(&[1, 1], &[1, 1], &[1, 1]), [0.0]);
    }

    #[test]
    fn repeats_rows_within_the_innermost_axis() {
        let wanted = [0.0, 101.0, 200.0, 301.0, 2.0, 103.0, 202.0, 303.0];
        assert_eq!(sums(&[2, 2, 2], &[2, 1, 2], &[1, 2, 2]), wanted);
        let wanted = [0.0, 101.0, 2.0, 103.0, 4.0, 105.0, 206.0, 307.0, 208.0, 309.0, 210.0, 311.0];
        assert_eq!(sums(&[2, 3, 2], &[2, 3, 2], &[2, 1, 2]), wanted);
    }
}
