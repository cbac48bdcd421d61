//! An image of grey → a smaller one, each pixel the mean of the area that it covers. Whole numbers only: the same on every machine.

/// A square image, row by row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Square<'a> {
    /// Rows, and columns.
    pub side: usize,
    /// Side × side bytes; where there are fewer, the rest is 0.
    pub pixels: &'a [u8],
}

/// Where a row or column goes: to one that is smaller and, with what is over, to the next.
#[derive(Debug, Clone, Copy)]
struct Share {
    to: usize,
    weights: [u64; 2],
}

/// Returns `image` in `side` × `side` bytes, `side` being no more than its own: the mean of what each pixel covers, rounded, halves up.
///
/// With s the image's side and t the new one, a pixel covers s/t × s/t pixels of the image, those at its borders in part. In steps of
/// 1/t of a pixel all of it is whole numbers: the image's pixel is t steps wide, the new one s, and its area s² steps.
#[must_use]
pub fn area_average(image: Square<'_>, side: usize) -> Vec<u8> {
    let shares: Vec<Share> = (0..image.side).map(|at| share(at, image.side, side)).collect();
    let mut sums = vec![0_u64; side * side];
    for (row, down) in image.pixels.chunks(image.side.max(1)).zip(&shares) {
        for (value, across) in row.iter().zip(&shares).filter(|(value, _)| **value > 0) {
            for (y, tall) in (down.to..side).zip(down.weights) {
                for (x, wide) in (across.to..side).zip(across.weights) {
                    sums[y * side + x] += tall * wide * u64::from(*value);
                }
            }
        }
    }
    let area = (image.side * image.side) as u64;
    let mean = |sum: u64| u8::try_from((2 * sum + area) / (2 * area).max(1)).unwrap_or(u8::MAX);
    sums.into_iter().map(mean).collect()
}

/// Tells where row or column `at` of `from` goes among `to`, and with how many steps.
fn share(at: usize, from: usize, to: usize) -> Share {
    let (start, end) = (at * to, (at + 1) * to);
    let first = start / from;
    let border = (first + 1) * from;
    let (here, next) = (end.min(border) - start, end.saturating_sub(border));
    Share { to: first, weights: [here as u64, next as u64] }
}
