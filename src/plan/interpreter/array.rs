//! A dense array of doubles.

/// Numbers with any number of axes, the last one fastest.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    sizes: Vec<usize>,
    numbers: Vec<f64>,
}

impl Array {
    /// Makes one of its numbers; `None` where they are not as many as the sizes say.
    pub fn new(sizes: &[usize], numbers: Vec<f64>) -> Option<Self> {
        (numbers.len() == sizes.iter().product::<usize>()).then(|| Self { sizes: sizes.to_vec(), numbers })
    }

    /// Makes one that holds the same number everywhere.
    pub fn filled(sizes: &[usize], value: f64) -> Self {
        Self { sizes: sizes.to_vec(), numbers: vec![value; sizes.iter().product()] }
    }

    /// Makes one whose number at each place is what `of` returns for its index.
    pub fn from_fn(sizes: &[usize], mut of: impl FnMut(&[usize]) -> f64) -> Self {
        let mut index = vec![0; sizes.len()];
        let count = sizes.iter().product();
        let mut numbers = Vec::with_capacity(count);
        for _ in 0..count {
            numbers.push(of(&index));
            for (place, size) in index.iter_mut().zip(sizes).rev() {
                *place += 1;
                if *place < *size {
                    break;
                }
                *place = 0;
            }
        }
        Self { sizes: sizes.to_vec(), numbers }
    }

    /// Returns the lengths of its axes.
    pub fn sizes(&self) -> &[usize] {
        &self.sizes
    }

    /// Returns its numbers, the last axis fastest.
    pub fn numbers(&self) -> &[f64] {
        &self.numbers
    }

    /// Returns them to be changed.
    pub fn numbers_mut(&mut self) -> &mut [f64] {
        &mut self.numbers
    }

    /// Returns one run's part of numbers whose first axis is R, which is 1 then; `None` where there is no such run.
    pub(super) fn run(&self, run: usize) -> Option<Self> {
        let (runs, sizes) = self.sizes.split_first()?;
        let count: usize = sizes.iter().product();
        let part = (run < *runs).then(|| self.numbers.get(run * count..(run + 1) * count)).flatten()?;
        Self::new(&[&[1], sizes].concat(), part.to_vec())
    }

    /// Returns the same numbers with other sizes; `None` where they are not as many.
    pub(super) fn reshaped(&self, sizes: &[usize]) -> Option<Self> {
        Self::new(sizes, self.numbers.clone())
    }

    /// Applies a function to each number.
    pub(super) fn map(&self, of: impl Fn(f64) -> f64) -> Self {
        Self { sizes: self.sizes.clone(), numbers: self.numbers.iter().map(|number| of(*number)).collect() }
    }

    /// Applies a function to each pair of numbers; an axis of length 1 goes with any. `None` where other lengths differ.
    pub(super) fn zip(&self, other: &Self, of: impl Fn(f64, f64) -> f64) -> Option<Self> {
        let joint = |(one, two): (&usize, &usize)| match (*one, *two) {
            (1, size) | (size, 1) => Some(size),
            (one, two) => (one == two).then_some(one),
        };
        let sizes: Vec<usize> = self.sizes.iter().zip(&other.sizes).map(joint).collect::<Option<_>>()?;
        let [left, right] = [self, other].map(|array| array.steps_within(&sizes));
        let at =
            |index: &[usize], steps: &[usize]| index.iter().zip(steps).map(|(place, step)| place * step).sum::<usize>();
        let of = |index: &[usize]| of(self.numbers[at(index, &left)], other.numbers[at(index, &right)]);
        (self.sizes.len() == other.sizes.len()).then(|| Self::from_fn(&sizes, of))
    }

    /// Returns how far it is to the next place of each axis, 0 along axes that are repeated.
    fn steps_within(&self, sizes: &[usize]) -> Vec<usize> {
        let mut step = 1;
        let mut steps = vec![0; sizes.len()];
        for ((place, own), size) in steps.iter_mut().zip(&self.sizes).zip(sizes).rev() {
            *place = if own == size { step } else { 0 };
            step *= own;
        }
        steps
    }

    /// Returns the lengths before, along and behind an axis.
    pub(super) fn around(&self, axis: usize) -> Option<[usize; 3]> {
        let length = *self.sizes.get(axis)?;
        Some([self.sizes[..axis].iter().product(), length, self.sizes[axis + 1..].iter().product()])
    }

    /// Makes an array whose axis has another length, line by line along that axis; `line` is given a line and writes the new one.
    pub(super) fn along(&self, axis: usize, length: usize, line: impl Fn(&[f64], &mut [f64])) -> Option<Self> {
        let [before, own, behind] = self.around(axis)?;
        let mut sizes = self.sizes.clone();
        sizes[axis] = length;
        let mut made = Self::filled(&sizes, 0.0);
        let (mut from, mut to) = (vec![0.0; own], vec![0.0; length]);
        for (outer, inner) in (0..before).flat_map(|outer| (0..behind).map(move |inner| (outer, inner))) {
            for (place, number) in from.iter_mut().enumerate() {
                *number = self.numbers[(outer * own + place) * behind + inner];
            }
            to.fill(0.0);
            line(&from, &mut to);
            for (place, number) in to.iter().enumerate() {
                made.numbers[(outer * length + place) * behind + inner] = *number;
            }
        }
        Some(made)
    }

    /// Makes the products of matrices that lie side by side, either transposed first; `None` where they do not fit.
    pub(super) fn batched_product(&self, turn_left: bool, other: &Self, turn_right: bool) -> Option<Self> {
        let (&[runs, a, b, batch], &[others, c, d, beside]) = (self.sizes.as_slice(), other.sizes.as_slice()) else {
            return None;
        };
        let (rows, inner) = if turn_left { (b, a) } else { (a, b) };
        let (outer, columns) = if turn_right { (d, c) } else { (c, d) };
        if (runs, inner, batch) != (others, outer, beside) {
            return None;
        }
        let left = |run: usize, row: usize, k: usize, n: usize| {
            let (row, column) = if turn_left { (k, row) } else { (row, k) };
            self.numbers[((run * a + row) * b + column) * batch + n]
        };
        let right = |run: usize, k: usize, column: usize, n: usize| {
            let (row, column) = if turn_right { (column, k) } else { (k, column) };
            other.numbers[((run * c + row) * d + column) * batch + n]
        };
        Some(Self::from_fn(&[runs, rows, columns, batch], |at| {
            (0..inner).map(|k| left(at[0], at[1], k, at[3]) * right(at[0], k, at[2], at[3])).sum()
        }))
    }

    /// Makes the product of two stacks of matrices, either transposed first; `None` where they do not fit.
    pub(super) fn product(&self, turn_left: bool, other: &Self, turn_right: bool) -> Option<Self> {
        let (&[runs, a, b], &[others, c, d]) = (self.sizes.as_slice(), other.sizes.as_slice()) else { return None };
        let (rows, inner) = if turn_left { (b, a) } else { (a, b) };
        let (outer, columns) = if turn_right { (d, c) } else { (c, d) };
        if runs != others || inner != outer {
            return None;
        }
        let mut made = Self::filled(&[runs, rows, columns], 0.0);
        for (run, row) in (0..runs).flat_map(|run| (0..rows).map(move |row| (run, row))) {
            let sums = &mut made.numbers[(run * rows + row) * columns..][..columns];
            for k in 0..inner {
                let left = self.numbers[run * a * b + if turn_left { k * b + row } else { row * b + k }];
                let right = &other.numbers[run * c * d..][..c * d];
                for (column, sum) in sums.iter_mut().enumerate() {
                    *sum += left * right[if turn_right { column * d + k } else { k * d + column }];
                }
            }
        }
        Some(made)
    }
}
