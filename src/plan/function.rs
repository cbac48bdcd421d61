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
    /// 1 / (1 + x²).
    Lorentzian,
    /// |x|.
    Absolute,
    /// −1, 0 or 1: the gradient of [`Function::Absolute`].
    Sign,
    /// 1 where x > 0, else 0. Its gradient counts as 1 everywhere, so that a gradient passes straight through.
    StraightThroughStep,
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
            Self::Lorentzian => "lorentzian",
            Self::Absolute => "absolute",
            Self::Sign => "sign",
            Self::StraightThroughStep => "straight-through step",
        }
    }
}
