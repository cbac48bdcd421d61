//! All tests that need no libtorch, in one binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod syntax;
