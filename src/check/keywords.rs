//! The words of the language, and how each product of the checker prints: one table a noun, used for reading and for
//! showing alike.

use std::fmt;

use super::model::{Activation, Bias, Expression, Genes, Layout, Rule, Share, Start, Value, Weights, Window};
use crate::geometry::Cloud;

/// Words that no one may give to a thing of their own.
pub(super) const RESERVED: &[&str] = &[
    "model",
    "let",
    "genome",
    "interaction",
    "over",
    "population",
    "connect",
    "via",
    "unroll",
    "start",
    "input",
    "output",
    "true",
    "false",
    "direct",
    "basis",
    "gnetwork",
    "subspace",
    "sine",
    "activation",
    "bias",
];

/// Activations by name.
pub(super) const ACTIVATIONS: &[(&str, Activation)] = &[
    ("identity", Activation::Identity),
    ("relu", Activation::Relu),
    ("tanh", Activation::Tanh),
    ("sigmoid", Activation::Sigmoid),
    ("gelu", Activation::Gelu),
];

/// Rules of O by name.
pub(super) const RULES: &[(&str, Rule)] = &[
    ("free", Rule::Free),
    ("symmetric", Rule::Symmetric),
    ("diagonal", Rule::Diagonal),
    ("frozen", Rule::Frozen),
    ("rank", Rule::Rank(1)),
];

/// Rules by which the constants c start, by name.
pub(super) const STARTS: &[(&str, Start)] = &[("calibrated", Start::Calibrated), ("fan_in", Start::FanIn)];

/// What weights may be, by name.
pub(super) const WEIGHTS: &[(&str, Weights)] =
    &[("real", Weights::Real), ("heaviside", Weights::Heaviside), ("nonnegative", Weights::Nonnegative)];

/// Ways of sharing weights by name; without a word none are shared.
pub(super) const SHARES: &[(&str, Share)] = &[("maps", Share::Maps)];

/// Biases by name; what they are depends on the population.
pub(super) const BIASES: &[(&str, ())] = &[("none", ()), ("free", ()), ("per_map", ()), ("expressed", ())];

fn word_of<T: PartialEq>(table: &[(&'static str, T)], value: &T) -> &'static str {
    table.iter().find(|(_, other)| other == value).map_or("?", |(name, _)| name)
}

impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(word_of(ACTIVATIONS, self))
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rank(rank) => write!(f, "rank({rank})"),
            other @ (Self::Free | Self::Symmetric | Self::Diagonal | Self::Frozen) => {
                f.write_str(word_of(RULES, other))
            }
        }
    }
}

impl fmt::Display for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(word_of(STARTS, self))
    }
}

impl fmt::Display for Weights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(word_of(WEIGHTS, self))
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value:?}"),
            Self::Bool(value) => write!(f, "{value}"),
        }
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Units(count) => write!(f, "units({count})"),
            Self::Grid(axes) => {
                let axes: Vec<String> = axes.iter().map(usize::to_string).collect();
                write!(f, "grid({})", axes.join(", "))
            }
            Self::Cloud(Cloud { neurons, dims, seed }) => write!(f, "cloud({neurons}, dims: {dims}, seed: {seed})"),
        }
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Free { centred: false, rate: 1.0 } => f.write_str("free"),
            Self::Free { centred: true, rate } => write!(f, "free(centred{})", Faster(*rate)),
            Self::Free { centred: false, rate } => write!(f, "free(rate: {rate:?})"),
            Self::Random { genes: Genes::AsDrawn } => f.write_str("random"),
            Self::Random { genes: Genes::Centred } => f.write_str("random(centred)"),
            Self::Random { genes: Genes::Contrasts } => f.write_str("random(contrasts)"),
            Self::Gaussian { sigma, anisotropic, centred, rate } => {
                let flags = [(*anisotropic, "anisotropic, "), (*centred, "centred, ")];
                let flags: String = flags.iter().filter(|(on, _)| *on).map(|(_, word)| *word).collect();
                write!(f, "gaussian({flags}sigma: {sigma:?}{})", Faster(*rate))
            }
            Self::Pooled => f.write_str("pooled"),
            Self::InverseSquare { scale, centred, rate } => {
                let centred = if *centred { "centred, " } else { "" };
                write!(f, "inverse_square({centred}scale: {scale:?}{})", Faster(*rate))
            }
        }
    }
}

/// A rate of learning as one more thing that is said; nothing where it is the usual one.
pub(super) struct Faster(pub(super) f64);

impl fmt::Display for Faster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1.0 => Ok(()),
            rate => write!(f, ", rate: {rate:?}"),
        }
    }
}

impl fmt::Display for Bias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Free => f.write_str("free"),
            Self::PerMap => f.write_str("per_map"),
            Self::Expressed(genome) => write!(f, "expressed({genome})"),
        }
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "window {}", self.size)?;
        if self.stride != 1 {
            write!(f, ", stride {}", self.stride)?;
        }
        if self.padding != 0 {
            write!(f, ", padding {}", self.padding)?;
        }
        match self.share {
            Share::Nothing => Ok(()),
            shared @ Share::Maps => write!(f, ", share {}", word_of(SHARES, &shared)),
        }
    }
}
