//! What a program is made for.

use std::fmt;

/// A way of computing a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// Loops and kernels of gemc's own, in single precision: one run after the other, in one piece of memory.
    Cpu {
        /// Numbers of single precision in a vector register: 8 with AVX2, 16 with AVX-512.
        lanes: usize,
    },
    /// Kernels that are written for the plan, in single precision: all runs at once.
    Cuda,
    /// libtorch, one operation after the other, on any device and in any precision.
    Torch,
}

impl Target {
    /// A CPU with AVX2, for which programs are printed: the same on every machine.
    pub const CPU: Self = Self::Cpu { lanes: 8 };
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu { lanes } => write!(f, "cpu, {lanes} lanes"),
            Self::Cuda => f.write_str("cuda"),
            Self::Torch => f.write_str("torch"),
        }
    }
}
