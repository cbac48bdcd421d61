//! A seed and two counts come in; a data set of coloured digits goes out, 32 × 32 pixels of red, green and blue.
//! The digits are those of [`glyphs`](super::glyphs), on textured grounds: no colour and no brightness tells ink from paper,
//! so that a sum over pixels says little of the digit, and its shape all.

use super::dataset::{Dataset, SplitFault};
use super::glyph_hand::{Chance, Field, Point};
use super::glyph_page::{CLASSES, Drawn, Page, byte};
use crate::options::Facts;

/// The name a user writes for the coloured digits.
pub const NAME: &str = "glyphs-color";

/// The generator's version: it changes whenever any pixel of any sample does.
pub const VERSION: u32 = 1;

/// Rows and columns of a sample, in pixels.
pub const SIDE: usize = 32;

/// How many coloured digits to draw, and from which seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GlyphsColor {
    /// The seed: the same draws the same, always and everywhere.
    pub seed: u64,
    /// Samples to train from.
    pub train: usize,
    /// Samples to test with.
    pub test: usize,
}

impl Default for GlyphsColor {
    fn default() -> Self {
        Self { seed: 1, train: 20_000, test: 2_000 }
    }
}

/// Returns the facts of every set of coloured digits.
pub fn facts() -> Facts {
    Facts { name: NAME.to_owned(), height: SIDE, width: SIDE, channels: 3, classes: CLASSES }
}

impl GlyphsColor {
    /// Draws the data set.
    ///
    /// # Errors
    /// None in practice: [`SplitFault`] would mean that a drawn sample is not 32 × 32 × 3 or its digit above 9.
    pub fn draw(&self) -> Result<Dataset, SplitFault> {
        drawn().draw(self.seed, [self.train, self.test])
    }
}

/// Draws sample `index` of the training split: its label, and its pixels by row, column and channel.
pub fn sample(seed: u64, index: u64) -> (u8, Vec<u8>) {
    drawn().sample(seed, index)
}

fn drawn() -> Drawn {
    Drawn { facts: facts(), version: VERSION, key: b"seed    coloured digits of gemc ", paint }
}

/// Paints a digit: ink of one colour on a textured ground, and noise on every channel of every pixel.
fn paint(chance: &mut Chance, label: u8) -> Vec<u8> {
    let page = Page::written(chance, label, SIDE);
    let ground = Ground::new(chance);
    let ink = ground.contrast(chance);
    let mut pixels = Vec::with_capacity(SIDE * SIDE * 3);
    for (cover, place) in page.cover() {
        let paper = ground.at(place);
        for (paper, ink) in paper.into_iter().zip(ink) {
            pixels.push(byte(paper + cover * (ink - paper) + page.hand.noise * chance.grain()));
        }
    }
    pixels
}

/// Red, green and blue, each from 0 to 1.
type Colour = [f32; 3];

/// What the digits are written on: two colours, how they mix at each place, and stains.
struct Ground {
    colours: [Colour; 2],
    texture: Texture,
    stains: [Field; 3],
}

/// How much of the second colour there is at each place.
enum Texture {
    /// More and more of it in one direction.
    Gradient { along: Point },
    /// Stripes of both, or squares where there are two directions.
    Stripes { along: Vec<Point>, phase: f32 },
    /// Clouds of it.
    Clouds(Field),
}

impl Ground {
    fn new(chance: &mut Chance) -> Self {
        let colours = [(); 2].map(|()| colour(chance));
        let texture = match chance.below(4) {
            0 => Texture::Gradient { along: direction(chance, 1.0) },
            1 => Texture::Clouds(Field::new(chance, 0.4)),
            kind => {
                let waves = chance.between(2.0, 6.0);
                let along = (1..kind).map(|_| direction(chance, waves)).collect();
                Texture::Stripes { along, phase: chance.unit() }
            }
        };
        Self { colours, texture, stains: [(); 3].map(|()| Field::new(chance, 0.08)) }
    }

    /// Returns the colour at a place of the unit square.
    fn at(&self, place: Point) -> Colour {
        let share = self.texture.at(place);
        let [first, second] = self.colours;
        [0, 1, 2]
            .map(|channel| first[channel] + share * (second[channel] - first[channel]) + self.stains[channel].at(place))
    }

    /// Draws a colour of ink that stands out from both colours: the best of some, so that now and then it hardly does.
    fn contrast(&self, chance: &mut Chance) -> Colour {
        let nearest =
            |ink: &Colour| self.colours.iter().map(|ground| distance(ink, ground)).fold(f32::INFINITY, f32::min);
        let mut best = colour(chance);
        for _ in 1..6 {
            let other = colour(chance);
            if nearest(&other) > nearest(&best) {
                best = other;
            }
        }
        best
    }
}

impl Texture {
    /// Returns the share of the second colour at a place of the unit square, from 0 to 1.
    fn at(&self, place: Point) -> f32 {
        let run = |along: &Point| along[0] * (place[0] - 0.5) + along[1] * (place[1] - 0.5);
        match self {
            Self::Gradient { along } => (run(along) + 0.5).clamp(0.0, 1.0),
            Self::Clouds(field) => (field.at(place) + 0.5).clamp(0.0, 1.0),
            Self::Stripes { along, phase } => {
                let mix = |mixed: f32, wave: f32| mixed + wave - 2.0 * mixed * wave;
                along.iter().map(|along| wave(run(along) + phase)).fold(0.0, mix)
            }
        }
    }
}

/// Goes from 0 to 1 and back while its argument grows by 1, with soft turns.
fn wave(at: f32) -> f32 {
    let up = 1.0 - (2.0 * (at - at.floor()) - 1.0).abs();
    let steep = (1.8 * up - 0.4).clamp(0.0, 1.0);
    steep * steep * (3.0 - 2.0 * steep)
}

/// Draws a direction, all equally likely but for a little, of this length.
fn direction(chance: &mut Chance, length: f32) -> Point {
    let (x, y) = (chance.bell(), chance.bell());
    let scale = length / (x * x + y * y).sqrt().max(1e-3);
    [x * scale, y * scale]
}

fn colour(chance: &mut Chance) -> Colour {
    [(); 3].map(|()| chance.unit())
}

/// Returns how different two colours look: green counts most, blue least.
fn distance(one: &Colour, other: &Colour) -> f32 {
    let weights = [0.3, 0.55, 0.15];
    one.iter().zip(other).zip(weights).map(|((a, b), weight)| weight * (a - b) * (a - b)).sum::<f32>().sqrt()
}
