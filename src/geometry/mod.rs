//! Where neurons lie, and which pairs of neurons a mask joins: numbers that follow from a text alone and are the same on
//! every machine. Knows no room and no tensor.

mod cells;
mod lattice;
mod mask;

pub use mask::{Counted, Density, Joins, Mask};

use crate::random::{EDGE, RandomStream};

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
        RandomStream::new(self.seed, "cloud").uniform(self.neurons.saturating_mul(self.dims), 1.0)
    }

    /// Returns atanh of the coordinates, which are cut at ±0.999: what learned positions start from.
    pub fn starts(&self) -> Vec<f64> {
        self.positions().into_iter().map(|at| at.clamp(-EDGE, EDGE).atanh()).collect()
    }
}

/// Returns where place `at` of an axis of `length` neurons lies.
fn along(length: usize, at: usize) -> f64 {
    if length > 1 { 2.0 * at as f64 / (length - 1) as f64 - 1.0 } else { 0.0 }
}

fn grid(axes: &[usize]) -> Vec<f64> {
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
