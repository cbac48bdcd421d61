//! `gemc`, the compiler. It starts at once and is linked to no libtorch: what needs tensors it hands to the engine.

use std::process::ExitCode;

use gemc::cli::{Tensors, run};

fn main() -> ExitCode {
    run(&Tensors::Elsewhere)
}
