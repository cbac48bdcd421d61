//! gemc.
pub mod check;
pub mod cli;
pub mod compile;
pub mod data;
pub mod diag;
pub mod draw;
#[cfg(feature = "torch")]
pub mod emit;
pub mod options;
pub mod plan;
pub mod span;
pub mod syntax;
#[cfg(feature = "torch")]
pub mod train;
pub mod wire;
