//! A seed and two counts come in; a data set of hand-drawn-looking digits goes out, 28 × 28 grey pixels, ten classes.
//! Sample `i` depends on the seed and `i` alone, and each ten samples in a row hold every digit once.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::checksum::{Standing, sha256};
use super::dataset::{Dataset, Split, SplitFault};
use super::glyph_hand::{Chance, Hand, Piece, Point};
use super::glyph_strokes::DIGITS;
use crate::options::Facts;

/// The name a user writes for the drawn digits.
pub const NAME: &str = "glyphs";

/// The generator's version: it changes whenever any pixel of any sample does.
pub const VERSION: u32 = 1;

/// Rows and columns of a sample, in pixels.
pub const SIDE: usize = 28;

// Samples of the test split are numbered from here, a multiple of ten that no size of the training split reaches.
const TEST: u64 = 1_000_000_000_000;

// Streams of chance beside those of the samples: which digit each of ten samples shows.
const ORDER: u64 = 1 << 63;

/// How many digits to draw, and from which seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glyphs {
    /// The seed: the same draws the same, always and everywhere.
    pub seed: u64,
    /// Samples to train from.
    pub train: usize,
    /// Samples to test with.
    pub test: usize,
}

impl Default for Glyphs {
    fn default() -> Self {
        Self { seed: 1, train: 12_000, test: 2_000 }
    }
}

/// Returns the facts of every set of drawn digits.
pub fn facts() -> Facts {
    Facts { name: NAME.to_owned(), height: SIDE, width: SIDE, channels: 1, classes: DIGITS.len() }
}

impl Glyphs {
    /// Draws the data set.
    ///
    /// # Errors
    /// None in practice: [`SplitFault`] would mean that a drawn sample is not 28 × 28 or its digit above 9.
    pub fn draw(&self) -> Result<Dataset, SplitFault> {
        let facts = facts();
        let train = self.split(&facts, 0, self.train)?;
        let test = self.split(&facts, TEST, self.test)?;
        let Self { seed, train: many, test: few } = self;
        let hash = sha256(format!("{NAME} version {VERSION} seed {seed} train {many} test {few}").as_bytes());
        Ok(Dataset { facts, train, test, hash, standing: Standing::Whole })
    }

    /// Draws `count` samples, the first of which is number `first`.
    fn split(&self, facts: &Facts, first: u64, count: usize) -> Result<Split, SplitFault> {
        let mut pixels = Vec::with_capacity(count * SIDE * SIDE);
        let mut labels = Vec::with_capacity(count);
        for index in (first..).take(count) {
            let label = digit(self.seed, index);
            labels.push(label);
            pixels.extend_from_slice(&drawn(self.seed, index, label));
        }
        Split::new(facts, pixels, labels)
    }
}

/// Draws sample `index` of the training split: its label, and its pixels row after row.
pub fn sample(seed: u64, index: u64) -> (u8, [u8; SIDE * SIDE]) {
    let label = digit(seed, index);
    (label, drawn(seed, index, label))
}

/// Returns the digit that sample `index` shows: its place in a shuffle of the ten digits that it shares with nine others.
fn digit(seed: u64, index: u64) -> u8 {
    let mut chance = stream(seed, ORDER | (index / 10));
    let mut digits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    for last in (1..digits.len()).rev() {
        digits.swap(last, chance.below(last + 1));
    }
    (0..).zip(digits).find(|&(place, _)| place == index % 10).map_or(0, |(_, digit)| digit)
}

/// Draws the pixels of sample `index`, which shows `label`.
fn drawn(seed: u64, index: u64, label: u8) -> [u8; SIDE * SIDE] {
    let mut chance = stream(seed, index);
    let styles = DIGITS[usize::from(label)];
    let style = styles[chance.below(styles.len())];
    let hand = Hand::new(&mut chance, SIDE as f32);
    let mut pieces = Vec::new();
    for stroke in style {
        hand.write(stroke, &mut pieces);
    }
    let mut depths = [f32::NEG_INFINITY; SIDE * SIDE];
    for piece in &pieces {
        press(piece, hand.edge, &mut depths);
    }
    expose(&depths, &hand, &mut chance)
}

/// Begins the stream of chance numbered `number` under `seed`.
fn stream(seed: u64, number: u64) -> Chance {
    // The key is spelled out, so that no change in how a crate expands a small seed can change a pixel.
    let mut key = *b"seed    drawn digits of gemc    ";
    key[..8].copy_from_slice(&seed.to_le_bytes());
    let mut generator = ChaCha8Rng::from_seed(key);
    generator.set_stream(number);
    Chance(generator)
}

/// Notes at every pixel near a piece how deep within its ink the pixel's middle lies, in pixels; outside is negative.
fn press(piece: &Piece, edge: f32, depths: &mut [f32; SIDE * SIDE]) {
    let Piece { from, to, radius } = *piece;
    let reach = radius + edge;
    let span = |axis: usize| {
        let (low, high) = (from[axis].min(to[axis]) - reach, from[axis].max(to[axis]) + reach);
        let before = |edge: f32| (0..SIDE).take_while(|&at| at as f32 + 0.5 < edge).count();
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
            let depth = &mut depths[row * SIDE + column];
            *depth = depth.max(radius - (x * x + y * y).sqrt());
        }
    }
}

/// Turns depths into grey: soft edges, uneven ink, and noise on every pixel.
fn expose(depths: &[f32; SIDE * SIDE], hand: &Hand, chance: &mut Chance) -> [u8; SIDE * SIDE] {
    let mut pixels = [0; SIDE * SIDE];
    for (at, (pixel, depth)) in pixels.iter_mut().zip(depths).enumerate() {
        let cover = (depth / hand.edge + 0.5).clamp(0.0, 1.0);
        let place = || [(at % SIDE) as f32 / SIDE as f32, (at / SIDE) as f32 / SIDE as f32];
        let ink = if cover > 0.0 { cover * (0.92 + hand.ink.at(place())).clamp(0.5, 1.0) } else { 0.0 };
        *pixel = grey(ink + hand.noise * chance.grain());
    }
    pixels
}

/// Returns the nearest of 256 greys to a value from 0 to 1.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the value is clamped to 0 ..= 255 before")]
fn grey(value: f32) -> u8 {
    (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8
}
