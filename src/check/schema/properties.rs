//! The list of all properties, in the order in which pages have them, and those that stand in braces. A number's bounds are those
//! within which single precision learns.

use super::arguments::{
    ANISOTROPIC, CHUNKS, CLOUD_SEED, CONTRASTS, DIMS, FREE_CENTRED, FREE_RATE, GAUSSIAN_CENTRED, GAUSSIAN_RATE, HIDDEN,
    INPUTS, INVERSE_CENTRED, INVERSE_RATE, LAYERS, RANDOM_CENTRED, SCALE, SIGMA, SINE_HIDDEN,
};
use super::kinds::{Hint, Range, Switch, Unset, Whole, Words};
use super::{Described, Owner, Property};
use crate::check::keywords;
use crate::check::model::{Activation, Rule, Share, Weights};
use crate::check::numeric::{Bounds, Least};

/// Distances within the cube [−1, 1]^dims and some beyond it, which join all.
const RADII: Bounds = Bounds::Learnable { least: 1e-6, most: 1e3, said: "from 1e-6 to 1000" };
const DEVIATIONS: Bounds = Bounds::Learnable { least: 1e-4, most: 1e4, said: "from 0.0001 to 10,000" };
const FACTORS: Bounds = Bounds::Learnable { least: 1e-6, most: 1e3, said: "from 1e-6 to 1000" };
/// How many times as fast or as large as usual.
pub(super) const FACTOR: Range = Range { bounds: FACTORS, default: Some(1.0) };

/// All properties.
pub(super) const ALL: &[&dyn Described] = &[
    &INTERACTION,
    &SPARSE,
    &GENOME_RATE,
    &ACTIVATION,
    &BIAS,
    &POSITIONS,
    &FROZEN,
    &GAIN,
    &WEIGHTS,
    &WINDOW,
    &STRIDE,
    &PADDING,
    &SHARE,
    &WITHIN,
    &DENSITY,
    &MASK_SEED,
    &ACYCLIC,
    &MEAN,
    &DEVIATION,
    &DIMS,
    &CLOUD_SEED,
    &FREE_CENTRED,
    &FREE_RATE,
    &CONTRASTS,
    &RANDOM_CENTRED,
    &SIGMA,
    &ANISOTROPIC,
    &GAUSSIAN_CENTRED,
    &GAUSSIAN_RATE,
    &SCALE,
    &INVERSE_CENTRED,
    &INVERSE_RATE,
    &HIDDEN,
    &LAYERS,
    &INPUTS,
    &CHUNKS,
    &SINE_HIDDEN,
];

pub(in crate::check) const INTERACTION: Property<Words<Rule>> = Property {
    owner: Owner::Genome,
    key: "interaction",
    kind: Words {
        table: keywords::RULES,
        hint: Hint::Say(
            "write `interaction:` with `free`, `symmetric`, `diagonal`, `frozen` or `rank(r)`, or `sparse:` or `rate:` with a number",
        ),
        default: Some("free"),
    },
    what: "`interaction`",
    doc: "`free`: all G² entries of O are learned. `symmetric`: the upper triangle is learned, G (G + 1) / 2 numbers, and the lower is its mirror. `diagonal`: the diagonal is learned, G numbers, and the rest is 0. `frozen`: O is drawn once and never learned. `rank(r)`: O is the product of two learned matrices, G × r and r × G, 2 G r numbers",
};
pub(in crate::check) const SPARSE: Property<Range> = Property {
    owner: Owner::Genome,
    key: "sparse",
    kind: Range { bounds: Bounds::Weight, default: Some(0.0) },
    what: "the weight of the penalty",
    doc: "λ: the loss contains the penalty λ Σ|O|",
};
pub(in crate::check) const GENOME_RATE: Property<Range> = Property {
    owner: Owner::Genome,
    key: "rate",
    kind: FACTOR,
    what: "`rate`",
    doc: "multiplies the learning rate of O",
};
pub(in crate::check) const ACTIVATION: Property<Words<Activation>> = Property {
    owner: Owner::Population,
    key: "activation",
    kind: Words { table: keywords::ACTIVATIONS, hint: Hint::List("activations"), default: Some("identity") },
    what: "`activation`",
    doc: "the response of a neuron to the sum of its inputs",
};
pub(in crate::check) const BIAS: Property<Words<()>> = Property {
    owner: Owner::Population,
    key: "bias",
    kind: Words {
        table: keywords::BIASES,
        hint: Hint::Say("biases are `none`, `free`, `per_map`, `expressed(genome)`"),
        default: Some("none"),
    },
    what: "`bias`",
    doc: "what is added to that sum. `free`: one parameter for each neuron. `per_map`: one parameter for each map of a grid. `expressed(GENOME)`: X b, with X the identity over that genome and b one parameter for each gene; `expressed` alone if the population has one genome",
};
pub(in crate::check) const POSITIONS: Property<Words<()>> = Property {
    owner: Owner::Population,
    key: "positions",
    kind: Words {
        table: &[("learned", ())],
        hint: Hint::Say("write `positions: learned`, or leave it out: then neurons stay where they are"),
        default: None,
    },
    what: "`positions`",
    doc: "the positions of the neurons are learned; only for a cloud",
};
pub(in crate::check) const FROZEN: Property<Switch> = Property {
    owner: Owner::Connection,
    key: "frozen",
    kind: Switch::Off,
    what: "`frozen`",
    doc: "the weights of the connection keep their initial values",
};
pub(in crate::check) const GAIN: Property<Range> = Property {
    owner: Owner::Connection,
    key: "gain",
    kind: FACTOR,
    what: "`gain`",
    doc: "the factor by which c is multiplied at the start; only via genes",
};
pub(in crate::check) const WEIGHTS: Property<Words<Weights>> = Property {
    owner: Owner::Connection,
    key: "weights",
    kind: Words { table: keywords::WEIGHTS, hint: Hint::List("weights"), default: Some("real") },
    what: "`weights`",
    doc: "the function that is applied to the number S of the encoding",
};
pub(in crate::check) const WINDOW: Property<Whole> = Property {
    owner: Owner::Window,
    key: "window",
    kind: Whole { least: Least::One, most: None, default: Unset::Nothing },
    what: "the window",
    doc: "k: a neuron of the target reads k × k places of the source",
};
pub(in crate::check) const STRIDE: Property<Whole> = Property {
    owner: Owner::Window,
    key: "stride",
    kind: Whole { least: Least::One, most: None, default: Unset::Is(1) },
    what: "the stride",
    doc: "s: source rows between the windows of neighbouring target rows; the same holds for columns",
};
pub(in crate::check) const PADDING: Property<Whole> = Property {
    owner: Owner::Window,
    key: "padding",
    kind: Whole { least: Least::Zero, most: None, default: Unset::Is(0) },
    what: "the padding",
    doc: "p < k: rows and columns by which a window may extend over each edge; nothing lies there",
};
pub(in crate::check) const SHARE: Property<Words<Share>> = Property {
    owner: Owner::Window,
    key: "share",
    kind: Words {
        table: keywords::SHARES,
        hint: Hint::Say("write `share: maps`, or leave it out: then no neurons share weights"),
        default: None,
    },
    what: "`share`",
    doc: "all neurons of a map have the same weights; only with `direct`",
};
pub(in crate::check) const WITHIN: Property<Range> = Property {
    owner: Owner::Mask,
    key: "within",
    kind: Range { bounds: RADII, default: None },
    what: "`within`",
    doc: "r: keeps pairs of neurons whose Euclidean distance is less than r. Both populations have the same number of dimensions and no learned positions",
};
pub(in crate::check) const DENSITY: Property<Range> = Property {
    owner: Owner::Mask,
    key: "density",
    kind: Range { bounds: Bounds::Part, default: None },
    what: "`density`",
    doc: "p: keeps each pair with probability p, drawn once",
};
pub(in crate::check) const MASK_SEED: Property<Whole> = Property {
    owner: Owner::Mask,
    key: "seed",
    kind: Whole { least: Least::Zero, most: None, default: Unset::Is(0) },
    what: "`seed`",
    doc: "selects the pairs that a density draws: the same pairs in every run, other pairs for each connection",
};
pub(in crate::check) const ACYCLIC: Property<Switch> = Property {
    owner: Owner::Mask,
    key: "acyclic",
    kind: Switch::Off,
    what: "`acyclic`",
    doc: "keeps pairs from a neuron to a neuron with a higher number; only from a population to itself",
};
pub(in crate::check) const MEAN: Property<Range> = Property {
    owner: Owner::Input,
    key: "mean",
    kind: Range { bounds: Bounds::Moderate, default: Some(0.0) },
    what: "`mean`",
    doc: "the input holds (x − mean) / deviation",
};
pub(in crate::check) const DEVIATION: Property<Range> = Property {
    owner: Owner::Input,
    key: "deviation",
    kind: Range { bounds: DEVIATIONS, default: Some(1.0) },
    what: "`deviation`",
    doc: "the input holds (x − mean) / deviation",
};
