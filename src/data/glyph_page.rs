//! A stream of chance and a digit come in; a page with that digit written on it goes out: how much ink covers each pixel.
//! Sample `i` of a set depends on the set, its seed and `i` alone, and each ten samples in a row hold every digit once.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::checksum::{Standing, sha256};
use super::dataset::{Dataset, Split, SplitFault};
use super::glyph_hand::{Chance, Hand, Piece, Point};
use super::glyph_strokes::DIGITS;
use crate::options::Facts;

/// How many digits there are.
pub(super) const CLASSES: usize = DIGITS.len();

// Samples of the test split are numbered from here, a multiple of ten that no size of the training split reaches.
const TEST: u64 = 1_000_000_000_000;

// Streams of chance beside those of the samples: which digit each of ten samples shows.
const ORDER: u64 = 1 << 63;

/// A set that is drawn.
pub(super) struct Drawn {
    /// Its name and the sizes of a sample.
    pub(super) facts: Facts,
    /// The generator's version: it changes whenever any pixel of any sample does.
    pub(super) version: u32,
    /// The key of its chance, which begins with room for a seed.
    pub(super) key: &'static [u8; 32],
    /// Draws a page of a digit, byte after byte.
    pub(super) paint: fn(&mut Chance, u8) -> Vec<u8>,
}

impl Drawn {
    /// Draws the data set: `train` samples to train from and `test` to test with.
    pub(super) fn draw(&self, seed: u64, [train, test]: [usize; 2]) -> Result<Dataset, SplitFault> {
        let (facts, version, standing) = (self.facts.clone(), self.version, Standing::Whole);
        let story = format!("{} version {version} seed {seed} train {train} test {test}", facts.name);
        let (train, test) = (self.split(seed, 0, train)?, self.split(seed, TEST, test)?);
        Ok(Dataset { facts, train, test, hash: sha256(story.as_bytes()), standing })
    }

    /// Draws sample `index` of the training split: its label and its pixels.
    pub(super) fn sample(&self, seed: u64, index: u64) -> (u8, Vec<u8>) {
        let label = self.digit(seed, index);
        (label, (self.paint)(&mut self.stream(seed, index), label))
    }

    /// Draws `count` samples, the first of which is number `first`.
    fn split(&self, seed: u64, first: u64, count: usize) -> Result<Split, SplitFault> {
        let mut pixels = Vec::with_capacity(count * self.facts.sample_bytes());
        let mut labels = Vec::with_capacity(count);
        for index in (first..).take(count) {
            let (label, drawn) = self.sample(seed, index);
            labels.push(label);
            pixels.extend(drawn);
        }
        Split::new(&self.facts, pixels, labels)
    }

    /// Returns the digit of sample `index`: its place in a shuffle of the ten digits that it shares with nine others.
    fn digit(&self, seed: u64, index: u64) -> u8 {
        let mut chance = self.stream(seed, ORDER | (index / 10));
        let mut digits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
        for last in (1..digits.len()).rev() {
            digits.swap(last, chance.below(last + 1));
        }
        (0..).zip(digits).find(|&(place, _)| place == index % 10).map_or(0, |(_, digit)| digit)
    }

    /// Begins the stream of chance numbered `number` under `seed`.
    fn stream(&self, seed: u64, number: u64) -> Chance {
        // The key is spelled out, so that no change in how a crate expands a small seed can change a pixel.
        let mut key = *self.key;
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut generator = ChaCha8Rng::from_seed(key);
        generator.set_stream(number);
        Chance(generator)
    }
}

/// A square page with a digit on it.
pub(super) struct Page {
    /// Who wrote it.
    pub(super) hand: Hand,
    side: usize,
    /// How deep within the ink each pixel's middle lies, in pixels; outside is negative.
    depths: Vec<f32>,
}

impl Page {
    /// Writes `label` on a page of `side` × `side` pixels, in one of the ways people write it.
    pub(super) fn written(chance: &mut Chance, label: u8, side: usize) -> Self {
        let styles = DIGITS[usize::from(label)];
        let style = styles[chance.below(styles.len())];
        let hand = Hand::new(chance, side as f32);
        let mut pieces = Vec::new();
        for stroke in style {
            hand.write(stroke, &mut pieces);
        }
        let mut page = Self { hand, side, depths: vec![f32::NEG_INFINITY; side * side] };
        for piece in &pieces {
            page.press(piece);
        }
        page
    }

    /// Returns how much ink covers each pixel, from 0 to 1, row after row, and where the pixel lies in the unit square.
    pub(super) fn cover(&self) -> impl Iterator<Item = (f32, Point)> {
        let side = self.side as f32;
        self.depths.iter().enumerate().map(move |(at, depth)| {
            let place = [(at % self.side) as f32 / side, (at / self.side) as f32 / side];
            let cover = (depth / self.hand.edge + 0.5).clamp(0.0, 1.0);
            (if cover > 0.0 { cover * (0.92 + self.hand.ink.at(place)).clamp(0.5, 1.0) } else { 0.0 }, place)
        })
    }

    /// Notes at every pixel near a piece how deep within its ink the pixel's middle lies.
    fn press(&mut self, piece: &Piece) {
        let Piece { from, to, radius } = *piece;
        let reach = radius + self.hand.edge;
        let span = |axis: usize| {
            let (low, high) = (from[axis].min(to[axis]) - reach, from[axis].max(to[axis]) + reach);
            let before = |edge: f32| (0..self.side).take_while(|&at| at as f32 + 0.5 < edge).count();
            before(low)..before(high)
        };
        let (rows, columns) = (span(1), span(0));
        let along = [to[0] - from[0], to[1] - from[1]];
        let square = (along[0] * along[0] + along[1] * along[1]).max(1e-6);
        for row in rows {
            for column in columns.clone() {
                let away: Point = [column as f32 + 0.5 - from[0], row as f32 + 0.5 - from[1]];
                let t = ((away[0] * along[0] + away[1] * along[1]) / square).clamp(0.0, 1.0);
                let (x, y) = (away[0] - t * along[0], away[1] - t * along[1]);
                let depth = &mut self.depths[row * self.side + column];
                *depth = depth.max(radius - (x * x + y * y).sqrt());
            }
        }
    }
}

/// Returns the nearest of 256 steps to a value from 0 to 1.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the value is clamped to 0 ..= 255 before")]
pub(super) fn byte(value: f32) -> u8 {
    (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8
}
