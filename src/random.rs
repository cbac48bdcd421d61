//! Random numbers that are the same on every machine: a counter-based generator keyed by a seed and a purpose, so that
//! what is drawn for one purpose never depends on what was drawn for another. Knows no room and no tensor.

use std::ops::Range;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use sha2::{Digest, Sha256};

/// Where uniform draws are cut before atanh: tanh′ is 0.002 there, small but still able to learn.
pub const EDGE: f64 = 0.999;

/// A stream of random numbers; two with the same seed and purpose give the same numbers.
#[derive(Debug, Clone)]
pub struct RandomStream {
    rng: ChaCha8Rng,
}

impl RandomStream {
    /// Opens the stream of `seed` for `purpose`: `ChaCha8` under the key SHA-256(seed as 8 little-endian bytes, purpose).
    pub fn new(seed: u64, purpose: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(seed.to_le_bytes());
        hash.update(purpose.as_bytes());
        Self { rng: ChaCha8Rng::from_seed(hash.finalize().into()) }
    }

    /// Draws one number, uniform on [0, 1) in steps of 2⁻⁵³.
    pub fn unit(&mut self) -> f64 {
        (self.rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Draws `count` numbers, uniform on [−`bound`, `bound`).
    pub fn uniform(&mut self, count: usize, bound: f64) -> Vec<f64> {
        (0..count).map(|_| bound * (2.0 * self.unit() - 1.0)).collect()
    }

    /// Draws `count` numbers, normal with mean 0 and this standard deviation.
    pub fn normal(&mut self, count: usize, deviation: f64) -> Vec<f64> {
        let mut one = || {
            let value: f64 = StandardNormal.sample(&mut self.rng);
            deviation * value
        };
        (0..count).map(|_| one()).collect()
    }

    /// Draws a matrix of `count` numbers, row by row with `columns` columns: random contrasts, columns of mean 0 and mean
    /// square 1, at right angles to each other as far as there is room: N rows hold N − 1 such columns, and every further N − 1
    /// are at right angles among themselves. Gram and Schmidt's way from normal numbers, so all directions are equally likely.
    /// A single row is left as it is drawn.
    pub fn contrasts(&mut self, count: usize, columns: usize) -> Vec<f64> {
        let values = self.normal(count, 1.0);
        let rows = count / columns.max(1);
        if rows < 2 {
            return values;
        }
        let mut made: Vec<Vec<f64>> =
            (0..columns).map(|column| values.iter().skip(column).step_by(columns).copied().collect()).collect();
        made.chunks_mut(rows - 1).for_each(stand_apart);
        (0..rows).flat_map(|row| made.iter().map(move |column| column[row])).collect()
    }

    /// Draws `count` numbers whose tanh is uniform on (−1, 1), cut at ±0.999.
    pub fn atanh_uniform(&mut self, count: usize) -> Vec<f64> {
        (0..count).map(|_| (2.0 * self.unit() - 1.0).clamp(-EDGE, EDGE).atanh()).collect()
    }

    /// Draws an order of 0, 1, …, `count` − 1, all orders equally likely.
    pub fn permutation(&mut self, count: usize) -> Vec<i64> {
        let mut order: Vec<i64> = (0_i64..).take(count).collect();
        for last in (1..count).rev() {
            let other = self.below(last as u64 + 1);
            order.swap(last, other);
        }
        order
    }

    /// Draws `wanted` different numbers below `count`, in any order alike; all of them where there are no more.
    pub fn choose(&mut self, count: usize, wanted: usize) -> Vec<usize> {
        // the first places of a permutation, of which only what was exchanged is kept
        let mut moved: Vec<(usize, usize)> = Vec::new();
        let mut chosen = Vec::with_capacity(wanted.min(count));
        for place in 0..wanted.min(count) {
            let other = place + self.below((count - place) as u64);
            let at = |place: usize| moved.iter().rev().find(|(from, _)| *from == place).map_or(place, |(_, to)| *to);
            let (here, there) = (at(place), at(other));
            chosen.push(there);
            moved.push((other, here));
        }
        chosen
    }

    /// Draws a whole number below `bound`, all equally likely, by Lemire's multiplication.
    #[allow(clippy::cast_possible_truncation)]
    pub fn below(&mut self, bound: u64) -> usize {
        loop {
            let wide = u128::from(self.rng.next_u64()) * u128::from(bound);
            if wide as u64 >= bound.wrapping_neg() % bound {
                return (wide >> 64) as usize;
            }
        }
    }
}

/// Things of which each is drawn with the same probability. Whether thing k is drawn is told by the k-th number of the stream,
/// so they may be asked for in any order.
#[derive(Debug, Clone)]
pub struct Lots {
    rng: ChaCha8Rng,
    /// A number is drawn where its upper 53 bits are below this.
    bound: u64,
    /// The thing whose number comes next.
    next: u64,
}

impl Lots {
    /// Numbers that are made at once.
    const BLOCK: usize = 512;
    /// Numbers that are rather made and thrown away than leapt over.
    const NEAR: u64 = 32;

    /// Opens the stream of `seed` for `purpose`; thing k is drawn where [`RandomStream::unit`] would give less than `part` as its k-th
    /// number.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub fn new(seed: u64, purpose: &str, part: f64) -> Self {
        // a power of two, so that the product is exact
        let bound = (part * (1_u64 << 53) as f64).ceil() as u64;
        Self { rng: RandomStream::new(seed, purpose).rng, bound, next: 0 }
    }

    /// Tells whether one thing is drawn.
    pub fn has(&mut self, thing: u64) -> bool {
        self.go_to(thing);
        self.next = thing + 1;
        self.rng.next_u64() >> 11 < self.bound
    }

    /// Calls `found` with each of these things that is drawn, in their order.
    pub fn each(&mut self, things: Range<u64>, mut found: impl FnMut(u64)) {
        self.go_to(things.start);
        let mut block = [0; 8 * Self::BLOCK];
        let mut first = things.start;
        while first < things.end {
            let count = (things.end - first).min(Self::BLOCK as u64);
            let bytes = &mut block[..8 * usize::try_from(count).unwrap_or(Self::BLOCK)];
            self.rng.fill_bytes(bytes);
            let numbers = bytes.as_chunks().0.iter().map(|number| u64::from_le_bytes(*number));
            (first..).zip(numbers).filter(|(_, number)| number >> 11 < self.bound).for_each(|(thing, _)| found(thing));
            first += count;
        }
        self.next = first.max(things.start);
    }

    /// Goes to the number of a thing.
    fn go_to(&mut self, thing: u64) {
        match thing.checked_sub(self.next) {
            Some(0) => {}
            Some(gap @ 1..=Self::NEAR) => (0..gap).for_each(|_| _ = self.rng.next_u64()),
            _ => self.rng.set_word_pos(2 * u128::from(thing)),
        }
    }
}

/// Brings columns to mean 0 and mean square 1, each at right angles to those before it.
fn stand_apart(columns: &mut [Vec<f64>]) {
    for at in 0..columns.len() {
        let (before, rest) = columns.split_at_mut(at);
        // the second time takes away what rounding left the first time
        (0..2).for_each(|_| stand_apart_from(before, &mut rest[0]));
    }
}

/// Takes from `column` its mean and what it shares with the `others`, whose mean squares are 1; makes its own mean square 1.
fn stand_apart_from(others: &[Vec<f64>], column: &mut [f64]) {
    let count = column.len() as f64;
    let mean = column.iter().sum::<f64>() / count;
    for value in column.iter_mut() {
        *value -= mean;
    }
    for other in others {
        let shared = column.iter().zip(other).map(|(value, other)| value * other).sum::<f64>() / count;
        column.iter_mut().zip(other).for_each(|(value, other)| *value -= shared * other);
    }
    let length = (column.iter().map(|value| value * value).sum::<f64>() / count).sqrt();
    for value in column.iter_mut() {
        *value /= length;
    }
}
