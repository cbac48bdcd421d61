//! The parts of a drawn text: choices, expressions, biases, encodings and masks.

use gemc::random::RandomStream;

use super::Kind;

/// Chance, with what is drawn from it.
pub(super) struct Author {
    pub(super) chance: RandomStream,
    pub(super) kind: Kind,
}

/// A population as far as connections ask for it.
#[derive(Debug, Clone)]
pub(super) struct Population {
    pub(super) name: String,
    /// Lengths of the axes of a grid; of a line or a cloud how many neurons.
    pub(super) axes: Vec<usize>,
    pub(super) shape: Shape,
    pub(super) moves: bool,
    /// Whether it pools the one before.
    pub(super) pool: bool,
}

/// How neurons lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Line,
    Grid,
    Cloud(usize),
}

impl Population {
    /// Returns in how many dimensions it lies.
    pub(super) fn dims(&self) -> usize {
        match self.shape {
            Shape::Line => 1,
            Shape::Grid => self.axes.len(),
            Shape::Cloud(dims) => dims,
        }
    }

    /// Writes its shape.
    pub(super) fn said(&self, seed: usize) -> String {
        let axes: Vec<String> = self.axes.iter().map(usize::to_string).collect();
        match self.shape {
            Shape::Line => format!("units({})", axes[0]),
            Shape::Grid => format!("grid({})", axes.join(", ")),
            Shape::Cloud(dims) => format!("cloud({}, dims: {dims}, seed: {seed})", axes[0]),
        }
    }
}

impl Author {
    pub(super) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.chance.permutation(bound)[0]).unwrap()
    }

    /// Tells whether something happens that happens once in so many times.
    pub(super) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub(super) fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    pub(super) fn expression(&mut self) -> String {
        let inner = self.one(&[
            "free",
            "free(rate: 2)",
            "random",
            "random(contrasts)",
            "gaussian(sigma: 0.9)",
            "gaussian(anisotropic, sigma: 0.7)",
            "inverse_square(scale: 2)",
            "inverse_square(scale: 3, rate: 0.5)",
        ]);
        if self.once_in(4) { format!("split({inner})") } else { inner.to_owned() }
    }

    /// A line, a grid of one map or of two, or a cloud.
    pub(super) fn shape(&mut self) -> (Vec<usize>, Shape) {
        let (rows, columns) = (2 + self.below(3), 1 + self.below(4));
        match self.below(5) {
            0 => (vec![rows * columns], Shape::Line),
            1 => (vec![rows, columns], Shape::Grid),
            2 => (vec![2 * rows, 2 * columns], Shape::Grid),
            3 => (vec![rows, columns, 2], Shape::Grid),
            _ => (vec![rows * columns], Shape::Cloud(1 + self.below(3))),
        }
    }

    pub(super) fn activation(&mut self) -> &'static str {
        self.one(&["identity", "tanh", "sigmoid", "gelu", "relu"])
    }

    pub(super) fn bias(&mut self, shape: Shape) -> &'static str {
        let all: &[&str] = &["none", "free", "expressed(g0)", "per_map"];
        let known = if shape == Shape::Grid { 4 } else { 3 };
        self.one(&all[..known])
    }

    /// What makes weights between two populations that are joined all to all or under a mask.
    pub(super) fn encoding(&mut self, genes: &[String]) -> String {
        match self.below(9) {
            0 => "direct".to_owned(),
            1 => format!("basis({})", 1 + self.below(4)),
            2 => format!("gnetwork(hidden: {})", 1 + self.below(4)),
            3 if self.once_in(2) => format!("gnetwork(hidden: {}, layers: 2)", 1 + self.below(3)),
            3 => format!("subspace({})", 1 + self.below(2)),
            4 if self.once_in(3) => {
                format!("sine(inputs: {}, chunks: 1, hidden: {})", 1 + self.below(2), 1 + self.below(3))
            }
            _ => genes[self.below(genes.len())].clone(),
        }
    }

    /// Attributes of a connection without a window, each with its comma before it.
    pub(super) fn manner(&mut self, ends: [&Population; 2], genes: bool) -> String {
        let mut said = String::new();
        if self.once_in(4) {
            said += &format!(", density: 0.{}, seed: {}", 4 + self.below(6), self.below(3));
        }
        let measurable = ends[0].dims() == ends[1].dims() && !ends.iter().any(|end| end.moves);
        if measurable && self.once_in(3) {
            said += &format!(", within: {}", ["0.9", "1.5", "2.5"][self.below(3)]);
        }
        if ends[0].name == ends[1].name && self.once_in(2) {
            said += ", acyclic";
        }
        if self.once_in(5) {
            let binary = self.kind == Kind::Any && self.once_in(2);
            said += if binary { ", weights: heaviside" } else { ", weights: nonnegative" };
        }
        if genes && self.once_in(4) {
            said += ", gain: 0.5";
        }
        if self.once_in(8) {
            said += ", frozen";
        }
        said
    }
}
