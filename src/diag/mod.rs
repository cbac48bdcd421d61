//! Faults: collected by the rooms, sorted by place, rendered for people or scripts. Knows no room; a fault is any
//! `miette::Diagnostic`, defined beside the rule that finds it.

mod bug;
mod count;
mod escape;
mod excerpt;
mod finding;
mod fix;
mod handler;
mod problems;
mod report;
mod suggest;

pub use bug::Bug;
pub use count::{count, grouped};
pub use escape::{escaped, in_line, is_hidden};
pub use finding::{Finding, Replacement};
pub use fix::{Fix, suggest};
pub use problems::{Problem, Problems};
pub use report::{Report, Style};
pub use suggest::{did_you_mean, list};
