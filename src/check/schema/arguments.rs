//! Properties of calls: the named arguments.

use super::kinds::{Range, Switch, Unset, Whole};
use super::properties::FACTOR;
use super::{Owner, Property};
use crate::check::numeric::{Bounds, Least};

/// Narrower Gaussians miss the neurons of most grids, wider ones are flat in single precision.
const SIGMAS: Bounds = Bounds::Learnable { least: 1e-4, most: 1e3, said: "from 0.0001 to 1000" };
/// Products of steeper ones are nothing in single precision, smaller ones are flat.
const SCALES: Bounds = Bounds::Learnable { least: 1e-3, most: 1e4, said: "from 0.001 to 10,000" };
const CENTRED: &str = "each gene's mean over the population is subtracted";

pub(in crate::check) const DIMS: Property<Whole> = Property {
    owner: Owner::Cloud,
    key: "dims",
    kind: Whole { least: Least::One, most: Some((16, "at most 16")), default: Unset::Is(2) },
    what: "the number of dimensions",
    doc: "dimensions of the cube [−1, 1]^dims in which the neurons lie",
};
pub(in crate::check) const CLOUD_SEED: Property<Whole> = Property {
    owner: Owner::Cloud,
    key: "seed",
    kind: Whole { least: Least::Zero, most: None, default: Unset::Is(0) },
    what: "the seed",
    doc: "selects the positions that are drawn",
};
pub(in crate::check) const FREE_CENTRED: Property<Switch> =
    Property { owner: Owner::Free, key: "centred", kind: Switch::Off, what: "`centred`", doc: CENTRED };
pub(in crate::check) const FREE_RATE: Property<Range> = Property {
    owner: Owner::Free,
    key: "rate",
    kind: FACTOR,
    what: "`rate`",
    doc: "multiplies the learning rate of X",
};
pub(in crate::check) const CONTRASTS: Property<Switch> = Property {
    owner: Owner::Random,
    key: "contrasts",
    kind: Switch::Off,
    what: "`contrasts`",
    doc: "genes have mean 0 and mean square 1 over the neurons and are orthogonal to each other",
};
pub(in crate::check) const RANDOM_CENTRED: Property<Switch> =
    Property { owner: Owner::Random, key: "centred", kind: Switch::Off, what: "`centred`", doc: CENTRED };
pub(in crate::check) const SIGMA: Property<Range> = Property {
    owner: Owner::Gaussian,
    key: "sigma",
    kind: Range { bounds: SIGMAS, default: Some(0.3) },
    what: "`sigma`",
    doc: "the initial value of σ",
};
pub(in crate::check) const ANISOTROPIC: Property<Switch> = Property {
    owner: Owner::Gaussian,
    key: "anisotropic",
    kind: Switch::Off,
    what: "`anisotropic`",
    doc: "each axis has a σ of its own",
};
pub(in crate::check) const GAUSSIAN_CENTRED: Property<Switch> =
    Property { owner: Owner::Gaussian, key: "centred", kind: Switch::ByStart, what: "`centred`", doc: CENTRED };
pub(in crate::check) const GAUSSIAN_RATE: Property<Range> = Property {
    owner: Owner::Gaussian,
    key: "rate",
    kind: FACTOR,
    what: "`rate`",
    doc: "multiplies the learning rate of μ and σ",
};
pub(in crate::check) const SCALE: Property<Range> = Property {
    owner: Owner::InverseSquare,
    key: "scale",
    kind: Range { bounds: SCALES, default: Some(20.0) },
    what: "`scale`",
    doc: "the standard deviation of the components of σ at the start",
};
pub(in crate::check) const INVERSE_CENTRED: Property<Switch> =
    Property { owner: Owner::InverseSquare, key: "centred", kind: Switch::ByStart, what: "`centred`", doc: CENTRED };
pub(in crate::check) const INVERSE_RATE: Property<Range> = Property {
    owner: Owner::InverseSquare,
    key: "rate",
    kind: FACTOR,
    what: "`rate`",
    doc: "multiplies the learning rate of μ and σ",
};
pub(in crate::check) const HIDDEN: Property<Whole> = Property {
    owner: Owner::GNetwork,
    key: "hidden",
    kind: Whole { least: Least::One, most: None, default: Unset::Needed },
    what: "the number of hidden units",
    doc: "units of a hidden layer",
};
pub(in crate::check) const LAYERS: Property<Whole> = Property {
    owner: Owner::GNetwork,
    key: "layers",
    kind: Whole { least: Least::One, most: Some((2, "1 or 2")), default: Unset::Is(1) },
    what: "the number of hidden layers",
    doc: "hidden layers",
};
pub(in crate::check) const INPUTS: Property<Whole> = Property {
    owner: Owner::Sine,
    key: "inputs",
    kind: Whole { least: Least::One, most: None, default: Unset::Needed },
    what: "the number of inputs",
    doc: "learned inputs α of each chunk",
};
pub(in crate::check) const CHUNKS: Property<Whole> = Property {
    owner: Owner::Sine,
    key: "chunks",
    kind: Whole { least: Least::One, most: None, default: Unset::Needed },
    what: "the number of chunks",
    doc: "equal parts into which the weights of a connection are cut",
};
pub(in crate::check) const SINE_HIDDEN: Property<Whole> = Property {
    owner: Owner::Sine,
    key: "hidden",
    kind: Whole { least: Least::One, most: None, default: Unset::Is(64) },
    what: "the number of hidden units",
    doc: "units of each of the two hidden layers",
};
