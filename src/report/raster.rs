//! Many numbers as one image: a pixel a number, embedded as PNG, so that a page of a million weights stays small.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};

use super::colour;

/// Pixels of a side at most; a longer one is drawn by blocks.
const LONGEST: usize = 512;

/// Base64's digits.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A matrix, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// Its rows · columns entries.
    pub values: Vec<f32>,
}

/// Small matrices of one size, side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct Tiles {
    /// Rows of each.
    pub rows: usize,
    /// Columns of each.
    pub columns: usize,
    /// The entries of each, row by row.
    pub tiles: Vec<Vec<f32>>,
}

impl Matrix {
    /// Returns the entry; what is not there is no number.
    fn at(&self, row: usize, column: usize) -> f32 {
        self.values.get(row * self.columns + column).copied().unwrap_or(f32::NAN)
    }

    /// Returns rows and columns of the blocks that it is drawn by: 1 where each entry has a pixel.
    pub(super) fn block(&self) -> [usize; 2] {
        [self.rows, self.columns].map(|side| side.div_ceil(LONGEST).max(1))
    }

    /// Draws it. A block is drawn as its entry of the greatest magnitude: a mean would hide what stands out.
    pub(super) fn image(&self, limit: f32) -> RgbImage {
        let [high, wide] = self.block();
        let greatest = |top: usize, left: usize| {
            let rows = top..(top + high).min(self.rows);
            let entries = rows.flat_map(|row| (left..(left + wide).min(self.columns)).map(move |column| (row, column)));
            let entries = entries.map(|(row, column)| self.at(row, column));
            entries.reduce(|most, entry| if entry.abs() <= most.abs() || most.is_nan() { most } else { entry })
        };
        let (width, height) = (pixels(self.columns.div_ceil(wide)), pixels(self.rows.div_ceil(high)));
        RgbImage::from_fn(width, height, |x, y| {
            let value = greatest(y as usize * high, x as usize * wide).unwrap_or(f32::NAN);
            Rgb(colour::of(value, limit))
        })
    }
}

impl Tiles {
    /// Returns how many stand in a row.
    pub(super) fn across(&self) -> usize {
        let wanted = (self.tiles.len() as f64 * (self.rows + 1) as f64 / (self.columns + 1) as f64).sqrt();
        (1..=self.tiles.len()).find(|across| *across as f64 >= wanted).unwrap_or(1)
    }

    /// Draws them with a white line between.
    pub(super) fn image(&self, limit: f32) -> RgbImage {
        let across = self.across();
        let size = |count: usize, side: usize| pixels((count * (side + 1)).saturating_sub(1));
        let (width, height) = (size(across, self.columns), size(self.tiles.len().div_ceil(across), self.rows));
        RgbImage::from_fn(width, height, |x, y| {
            let (row, column) = (y as usize % (self.rows + 1), x as usize % (self.columns + 1));
            let tile = y as usize / (self.rows + 1) * across + x as usize / (self.columns + 1);
            let inside = row < self.rows && column < self.columns;
            match self.tiles.get(tile).filter(|_| inside) {
                None => Rgb([255, 255, 255]),
                Some(tile) => {
                    Rgb(colour::of(tile.get(row * self.columns + column).copied().unwrap_or(f32::NAN), limit))
                }
            }
        })
    }
}

fn pixels(length: usize) -> u32 {
    u32::try_from(length.max(1)).unwrap_or(u32::MAX)
}

/// Draws each pixel as a rectangle of several pixels: viewers that enlarge an image blur it.
pub(super) fn enlarged(image: &RgbImage, [across, down]: [u32; 2]) -> RgbImage {
    let (width, height) = (image.width() * across, image.height() * down);
    RgbImage::from_fn(width, height, |x, y| *image.get_pixel(x / across, y / down))
}

/// Draws the scale itself, from its lower end to its upper.
pub(super) fn scale() -> RgbImage {
    let steps = u32::try_from(2 * colour::STEPS + 1).unwrap_or(1);
    RgbImage::from_fn(steps, 1, |x, _| Rgb(colour::of(x as f32 - colour::STEPS as f32, colour::STEPS as f32)))
}

/// Writes an image as an address that holds it whole.
pub(super) fn address(image: &RgbImage) -> String {
    let mut bytes = Cursor::new(Vec::new());
    // writing a PNG into memory cannot fail for an image that is there
    let _ = image.write_to(&mut bytes, ImageFormat::Png);
    format!("data:image/png;base64,{}", base64(bytes.get_ref()))
}

/// Writes bytes in base64 (RFC 4648, section 4).
pub(super) fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let byte = |index: usize| u32::from(three.get(index).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= three.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_as_the_standard_has_it() {
        let known =
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")];
        for (plain, written) in known {
            assert_eq!(base64(plain.as_bytes()), written);
        }
    }

    #[test]
    fn each_entry_of_a_small_matrix_has_a_pixel() {
        let matrix = Matrix { rows: 2, columns: 3, values: vec![0.0, 1.0, 2.0, -1.0, -2.0, 0.0] };
        let image = matrix.image(2.0);
        assert_eq!(image.dimensions(), (3, 2));
        assert_eq!(image.get_pixel(2, 0).0, colour::of(2.0, 2.0));
        assert_eq!(image.get_pixel(1, 1).0, colour::of(-2.0, 2.0));
    }

    #[test]
    fn a_block_shows_what_stands_out() {
        let mut values = vec![0.1; 1_024 * 1_000];
        values[1_000 * 501 + 3] = -1.0;
        let matrix = Matrix { rows: 1_024, columns: 1_000, values };
        assert_eq!(matrix.block(), [2, 2]);
        let image = matrix.image(1.0);
        assert_eq!(image.dimensions(), (500, 512));
        assert_eq!(image.get_pixel(1, 250).0, colour::of(-1.0, 1.0));
        assert_eq!(image.get_pixel(1, 251).0, colour::of(0.1, 1.0));
    }

    #[test]
    fn only_long_sides_are_drawn_by_blocks() {
        let thin = Matrix { rows: 1_500, columns: 3, values: vec![0.5; 4_500] };
        assert_eq!((thin.block(), thin.image(1.0).dimensions()), ([3, 1], (3, 500)));
        let image = enlarged(&thin.image(1.0), [16, 1]);
        assert_eq!((image.dimensions(), image.get_pixel(47, 499).0), ((48, 500), colour::of(0.5, 1.0)));
    }

    #[test]
    fn tiles_stand_apart() {
        let tiles = Tiles { rows: 2, columns: 2, tiles: vec![vec![1.0; 4], vec![-1.0; 4], vec![0.5; 4]] };
        let image = tiles.image(1.0);
        assert_eq!(image.dimensions(), (5, 5));
        assert_eq!(image.get_pixel(4, 1).0, colour::of(-1.0, 1.0));
        assert_eq!(image.get_pixel(2, 0).0, [255; 3]);
        assert_eq!(image.get_pixel(4, 4).0, [255; 3], "there is no fourth");
    }
}
