//! What `--emit` prints, and for which target.

use clap::ValueEnum;

/// A stage of the compiler, or a picture of one. Documented values would make every page of help a long one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Stage {
    // The text as it was read
    Ast,
    // The network as meant: every size and attribute said
    Model,
    // Who feeds whom, and in which order
    Wiring,
    // The tensor program
    Plan,
    // How a training step is made on one target: launches, memory, kernels
    Program,
    // The table of learned numbers, with totals
    Params,
    // The wiring for Graphviz
    Dot,
    // The wiring as a picture
    Svg,
    // Model, parameters and tensor program as one JSON object
    Json,
}

/// What a program is printed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum On {
    // A CPU with AVX2
    Cpu,
    // A CPU with AVX-512
    CpuAvx512,
    // Kernels that are written for the plan
    Cuda,
    // libtorch, one operation after the other
    Torch,
}
