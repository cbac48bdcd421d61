//! The functions that an operation can apply to every element.

/// A function applied to every element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Function {
    /// max(x, 0).
    Relu,
    /// The hyperbolic tangent.
    Tanh,
    /// The sine.
    Sine,
    /// The cosine.
    Cosine,
    /// 1 / (1 + e⁻ˣ).
    Sigmoid,
    /// x Φ(x), with the exact normal distribution function Φ.
    Gelu,
    /// Φ(x), the normal distribution function.
    Normal,
    /// eˣ.
    Exp,
    /// x².
    Square,
    /// √x.
    SquareRoot,
    /// eˣ − 1, precise near 0.
    ExpMinusOne,
    /// 1 / (1 + x²).
    Lorentzian,
    /// |x|.
    Absolute,
    /// −1, 0 or 1: the gradient of [`Function::Absolute`].
    Sign,
    /// 1 where x > 0, else 0. Its gradient counts as 1 everywhere, so that a gradient passes straight through.
    StraightThroughStep,
    /// x itself, with a gradient that counts as 0.
    StopGradient,
}

impl Function {
    /// Returns its name in printed plans.
    pub fn name(self) -> &'static str {
        match self {
            Self::Relu => "relu",
            Self::Tanh => "tanh",
            Self::Sine => "sine",
            Self::Cosine => "cosine",
            Self::Sigmoid => "sigmoid",
            Self::Gelu => "gelu",
            Self::Normal => "normal",
            Self::Exp => "exp",
            Self::Square => "square",
            Self::SquareRoot => "square root",
            Self::ExpMinusOne => "exp minus 1",
            Self::Lorentzian => "lorentzian",
            Self::Absolute => "absolute",
            Self::Sign => "sign",
            Self::StraightThroughStep => "straight-through step",
            Self::StopGradient => "stop gradient",
        }
    }

    /// Returns its value at x, in double precision.
    pub fn value(self, x: f64) -> f64 {
        // no number stays none
        let step = |low: f64, high: f64| {
            if x.is_nan() {
                x
            } else if x > 0.0 {
                high
            } else {
                low
            }
        };
        match self {
            Self::Relu => step(0.0, x),
            Self::Tanh => x.tanh(),
            Self::Sine => x.sin(),
            Self::Cosine => x.cos(),
            Self::Sigmoid => 1.0 / (1.0 + (-x).exp()),
            Self::Gelu => x * normal(x),
            Self::Normal => normal(x),
            Self::Exp => x.exp(),
            Self::ExpMinusOne => x.exp_m1(),
            Self::SquareRoot => x.sqrt(),
            Self::Square => x * x,
            Self::Lorentzian => 1.0 / (1.0 + x * x),
            Self::Absolute => x.abs(),
            Self::Sign => step(if x < 0.0 { -1.0 } else { 0.0 }, 1.0),
            Self::StraightThroughStep => step(0.0, 1.0),
            Self::StopGradient => x,
        }
    }
}

/// Returns Φ(x), the normal distribution function.
fn normal(x: f64) -> f64 {
    0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2)
}
