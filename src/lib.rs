//! gemc.
pub mod check;
pub mod cli;
pub mod compile;
pub mod data;
pub mod diag;
pub mod options;
pub mod plan;
pub mod span;
pub mod syntax;
pub mod wire;
