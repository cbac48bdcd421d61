//! `gemc-torch`, the engine: `gemc` linked to libtorch. People call `gemc`, which calls it where tensors are needed.

use std::process::ExitCode;

use gemc::cli::{engine, run};

fn main() -> ExitCode {
    run(&engine())
}
