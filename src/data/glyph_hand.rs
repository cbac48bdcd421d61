//! A generator of chance comes in; a hand goes out that writes strokes its own way: slanted, shaken, thick or thin.
//! Only additions, products, quotients and roots of 32-bit floats are used, so every machine draws the same.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

use super::glyph_strokes::Stroke;

/// A point: x to the right, y down.
pub(super) type Point = [f32; 2];

/// Draws numbers from a generator in a way that no version of another crate can change.
pub(super) struct Chance(pub(super) ChaCha8Rng);

impl Chance {
    /// Draws from 0 to below 1, in steps of 2⁻²⁴.
    pub(super) fn unit(&mut self) -> f32 {
        (self.0.next_u32() >> 8) as f32 / (1 << 24) as f32
    }

    /// Draws evenly between `low` and `high`.
    pub(super) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Draws about normally with mean 0 and deviation 1: a sum of four even draws, never beyond ±3.5.
    pub(super) fn bell(&mut self) -> f32 {
        let sum = self.unit() + self.unit() + self.unit() + self.unit();
        (sum - 2.0) * 1.732
    }

    /// Draws as [`Chance::bell`] does, four times as fast and in steps of 1/148: good enough for a pixel's noise.
    pub(super) fn grain(&mut self) -> f32 {
        let sum = self.0.next_u32().to_le_bytes().map(f32::from).iter().sum::<f32>();
        (sum - 510.0) / 147.8
    }

    /// Draws one of `0 .. count`.
    pub(super) fn below(&mut self, count: usize) -> usize {
        // 2³² is far above any count here, so that the lean towards small numbers cannot be seen.
        self.0.next_u32() as usize % count.max(1)
    }
}

/// A smooth random function of the unit square: values on a grid of 5 × 5, blended in between.
pub(super) struct Field([[f32; 5]; 5]);

impl Field {
    /// Draws one whose values on the grid have mean 0 and this deviation.
    pub(super) fn new(chance: &mut Chance, deviation: f32) -> Self {
        Self([(); 5].map(|()| [(); 5].map(|()| deviation * chance.bell())))
    }

    /// Returns the value at a point; outside the square, at the nearest point of its edge.
    pub(super) fn at(&self, [x, y]: Point) -> f32 {
        let ((column, u), (row, v)) = (cell(x), cell(y));
        let blend = |row: &[f32; 5]| row[column] + u * (row[column + 1] - row[column]);
        let (above, below) = (blend(&self.0[row]), blend(&self.0[row + 1]));
        above + v * (below - above)
    }
}

/// Returns the grid cell of a coordinate, 0 to 3, and how far into it the coordinate lies, eased at both ends.
fn cell(coordinate: f32) -> (usize, f32) {
    let along = (coordinate * 4.0).clamp(0.0, 3.999);
    let index = if along < 2.0 { usize::from(along >= 1.0) } else { 2 + usize::from(along >= 3.0) };
    let rest = along - index as f32;
    (index, rest * rest * (3.0 - 2.0 * rest))
}

/// How one sample is written.
pub(super) struct Hand {
    across: Point,
    down: Point,
    middle: Point,
    elastic: [Field; 2],
    pressure: Field,
    width: f32,
    /// How soft the edge of a stroke is, in pixels.
    pub(super) edge: f32,
    /// How dark the ink is on the page, 0 to 1, at each place of the page.
    pub(super) ink: Field,
    /// Deviation of the noise of every pixel, where 1 is full ink.
    pub(super) noise: f32,
}

/// A straight piece of ink on the page, in pixels.
pub(super) struct Piece {
    /// Where it begins.
    pub(super) from: Point,
    /// Where it ends.
    pub(super) to: Point,
    /// Half its width.
    pub(super) radius: f32,
}

impl Hand {
    /// Draws a hand that writes on a page of `page` × `page` pixels.
    pub(super) fn new(chance: &mut Chance, page: f32) -> Self {
        let size = page * chance.between(0.55, 0.8);
        let stretch = chance.between(0.8, 1.2);
        let shear = chance.between(-0.3, 0.3);
        // The half-angle's tangent gives sine (rise) and cosine (run) without a library's trigonometry; 0.16 is about 18°.
        let half = chance.between(-0.16, 0.16);
        let (rise, run) = (2.0 * half / (1.0 + half * half), (1.0 - half * half) / (1.0 + half * half));
        let (wide, tall) = (size * stretch, size / stretch.sqrt());
        let reach = (page - size) * 0.275;
        Self {
            across: [wide * run, wide * rise],
            down: [tall * (-shear * run - rise), tall * (run - shear * rise)],
            middle: [(); 2].map(|()| page / 2.0 + chance.between(-reach, reach)),
            elastic: [(); 2].map(|()| Field::new(chance, 0.035)),
            pressure: Field::new(chance, 0.15),
            width: chance.between(0.7, 1.5),
            edge: chance.between(0.9, 1.5),
            ink: Field::new(chance, 0.08),
            noise: chance.between(0.02, 0.07),
        }
    }

    /// Writes one stroke as straight pieces, added to `pieces`.
    pub(super) fn write(&self, stroke: &Stroke, pieces: &mut Vec<Piece>) {
        let path = match stroke {
            Stroke::Line(points) => bent(points, straight),
            Stroke::Curve(points) => bent(points, smooth),
        };
        for pair in path.windows(2) {
            let radius = (self.width * (1.0 + self.pressure.at(pair[0]))).max(0.5);
            pieces.push(Piece { from: self.place(pair[0]), to: self.place(pair[1]), radius });
        }
    }

    /// Shakes a point of the unit square and lays it on the page, in pixels.
    fn place(&self, point: Point) -> Point {
        let x = point[0] + self.elastic[0].at(point) - 0.5;
        let y = point[1] + self.elastic[1].at(point) - 0.5;
        [0, 1].map(|axis| self.middle[axis] + x * self.across[axis] + y * self.down[axis])
    }
}

/// Steps between two points of a stroke.
const STEPS: u8 = 5;

/// Lays a path of many points through the few points of a stroke.
fn bent(points: &[Point], between: fn([Point; 4], f32) -> Point) -> Vec<Point> {
    let last = points.len().saturating_sub(1);
    let closed = points.first() == points.last();
    let mut path = Vec::with_capacity(last * usize::from(STEPS) + 1);
    for at in 0..last {
        let before = if at > 0 {
            at - 1
        } else if closed {
            last - 1
        } else {
            0
        };
        let after = if at + 2 <= last {
            at + 2
        } else if closed {
            1
        } else {
            last
        };
        let four = [points[before], points[at], points[at + 1], points[after]];
        path.extend((0..STEPS).map(|step| between(four, f32::from(step) / f32::from(STEPS))));
    }
    path.extend(points.last());
    path
}

/// Goes straight from the second of four points to the third.
fn straight([_, from, to, _]: [Point; 4], t: f32) -> Point {
    [0, 1].map(|axis| from[axis] + t * (to[axis] - from[axis]))
}

/// Goes from the second of four points to the third on a Catmull–Rom curve, which looks ahead and behind.
fn smooth([before, from, to, after]: [Point; 4], t: f32) -> Point {
    [0, 1].map(|axis| {
        let [before, from, to, after] = [before, from, to, after].map(|point| point[axis]);
        let cube = 3.0 * (from - to) + after - before;
        let square = 2.0 * before - 5.0 * from + 4.0 * to - after;
        from + 0.5 * t * (to - before + t * (square + t * cube))
    })
}
