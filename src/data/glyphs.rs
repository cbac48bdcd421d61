//! A seed and two counts come in; a data set of hand-drawn-looking digits goes out, 28 × 28 grey pixels, ten classes.
//! Sample `i` depends on the seed and `i` alone, and each ten samples in a row hold every digit once.

use super::dataset::{Dataset, SplitFault};
use super::glyph_hand::Chance;
use super::glyph_page::{CLASSES, Drawn, Page, byte};
use crate::options::Facts;

/// The name a user writes for the drawn digits.
pub const NAME: &str = "glyphs";

/// The generator's version: it changes whenever any pixel of any sample does.
pub const VERSION: u32 = 1;

/// Rows and columns of a sample, in pixels.
pub const SIDE: usize = 28;

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
    Facts { name: NAME.to_owned(), height: SIDE, width: SIDE, channels: 1, classes: CLASSES }
}

impl Glyphs {
    /// Draws the data set.
    ///
    /// # Errors
    /// None in practice: [`SplitFault`] would mean that a drawn sample is not 28 × 28 or its digit above 9.
    pub fn draw(&self) -> Result<Dataset, SplitFault> {
        drawn().draw(self.seed, [self.train, self.test])
    }
}

/// Draws sample `index` of the training split: its label, and its pixels row after row.
pub fn sample(seed: u64, index: u64) -> (u8, Vec<u8>) {
    drawn().sample(seed, index)
}

fn drawn() -> Drawn {
    Drawn { facts: facts(), version: VERSION, key: b"seed    drawn digits of gemc    ", paint }
}

/// Paints a digit: uneven ink on white paper, and noise on every pixel.
fn paint(chance: &mut Chance, label: u8) -> Vec<u8> {
    let page = Page::written(chance, label, SIDE);
    page.cover().map(|(ink, _)| byte(ink + page.hand.noise * chance.grain())).collect()
}
