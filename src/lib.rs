//! gemc.
pub mod diag;
pub mod plan;
pub mod span;
pub mod syntax;
