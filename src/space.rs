//! Where neurons lie, and which pairs of neurons a mask joins: numbers that follow from a text alone and are the same on
//! every machine. Knows no room and no tensor.

use std::fmt;

use crate::draw::{Draw, EDGE};

/// Where the neurons of a population lie.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Space {
    /// On a grid of one or more axes, the last one fastest: each axis of n > 1 evenly on [−1, 1], ends included; an axis of
    /// length 1 at 0.
    Grid(Vec<usize>),
    /// Anywhere in a cube.
    Cloud(Cloud),
}

/// Neurons at places drawn uniformly in [−1, 1]^dims, by a seed alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cloud {
    /// How many.
    pub neurons: usize,
    /// In how many dimensions.
    pub dims: usize,
    /// The seed.
    pub seed: u64,
}

/// Which pairs of neurons a connection joins: those that every part of the mask leaves.
#[derive(Debug, Clone, PartialEq)]
pub struct Mask {
    /// Only neurons whose distance is less than this.
    pub within: Option<f64>,
    /// Only some, drawn once.
    pub density: Option<Density>,
    /// Only from a neuron to those with a higher number.
    pub acyclic: bool,
}

/// A mask between two populations.
#[derive(Debug, Clone, PartialEq)]
pub struct Joins {
    /// The mask.
    pub mask: Mask,
    /// Where the neurons of source and target lie.
    pub ends: [Space; 2],
}

/// A part of all pairs, each drawn by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Density {
    /// The part, above 0 and at most 1.
    pub part: f64,
    /// The seed.
    pub seed: u64,
    /// What is drawn: two connections with one seed draw apart.
    pub purpose: String,
}

impl Space {
    /// Returns how many neurons there are, saturating.
    pub fn neurons(&self) -> usize {
        match self {
            Self::Grid(axes) => axes.iter().fold(1, |count: usize, axis| count.saturating_mul(*axis)),
            Self::Cloud(cloud) => cloud.neurons,
        }
    }

    /// Returns how many coordinates a neuron has.
    pub fn dims(&self) -> usize {
        match self {
            Self::Grid(axes) => axes.len(),
            Self::Cloud(cloud) => cloud.dims,
        }
    }

    /// Returns the coordinates, neuron by neuron.
    pub fn positions(&self) -> Vec<f64> {
        match self {
            Self::Grid(axes) => grid(axes),
            Self::Cloud(cloud) => cloud.positions(),
        }
    }
}

impl Cloud {
    /// Returns the coordinates, neuron by neuron. Clouds of one seed and as many dimensions begin with the same places.
    pub fn positions(&self) -> Vec<f64> {
        Draw::new(self.seed, "cloud").uniform(self.neurons.saturating_mul(self.dims), 1.0)
    }

    /// Returns atanh of the coordinates, which are cut at ±0.999: what learned positions start from.
    pub fn starts(&self) -> Vec<f64> {
        self.positions().into_iter().map(|at| at.clamp(-EDGE, EDGE).atanh()).collect()
    }
}

fn grid(axes: &[usize]) -> Vec<f64> {
    let along = |length: usize, at: usize| if length > 1 { 2.0 * at as f64 / (length - 1) as f64 - 1.0 } else { 0.0 };
    let count: usize = axes.iter().product();
    let mut values = Vec::with_capacity(count * axes.len());
    for neuron in 0..count {
        let mut stride = count;
        for &length in axes {
            stride /= length.max(1);
            values.push(along(length, neuron / stride % length));
        }
    }
    values
}

impl Joins {
    /// Tells of each pair whether it is joined, source by source. Every pair draws its number, whether another part of the
    /// mask leaves it or not.
    pub fn pairs(&self) -> impl Iterator<Item = bool> {
        let [sources, targets] = self.ends.each_ref().map(Space::neurons);
        let [sent, received] =
            self.ends.each_ref().map(|space| self.mask.within.map_or(Vec::new(), |_| space.positions()));
        let dims = self.ends[0].dims().max(1);
        let (within, acyclic) = (self.mask.within, self.mask.acyclic);
        let near = move |source: usize, target: usize| {
            let Some(radius) = within else { return true };
            let (from, to) = (&sent[source * dims..][..dims], &received[target * dims..][..dims]);
            from.iter().zip(to).map(|(one, other)| (one - other) * (one - other)).sum::<f64>() < radius * radius
        };
        let mut draw = self.mask.density.as_ref().map(|some| (Draw::new(some.seed, &some.purpose), some.part));
        let pairs = (0..sources).flat_map(move |source| (0..targets).map(move |target| (source, target)));
        pairs.map(move |(source, target)| {
            let drawn = draw.as_mut().is_none_or(|(draw, part)| draw.unit() < *part);
            drawn && (!acyclic || source < target) && near(source, target)
        })
    }

    /// Counts the pairs that are joined.
    pub fn count(&self) -> u64 {
        self.pairs().filter(|joined| *joined).count() as u64
    }
}

impl fmt::Display for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let within = self.within.map(|radius| format!("within {radius:?}"));
        let density = self.density.as_ref().map(|some| format!("density {:?}, seed {}", some.part, some.seed));
        let acyclic = self.acyclic.then(|| "acyclic".to_owned());
        f.write_str(&[within, density, acyclic].into_iter().flatten().collect::<Vec<String>>().join(", "))
    }
}
