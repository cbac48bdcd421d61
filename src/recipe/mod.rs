//! A recipe's text → the trials that it asks for, and what it expects of them.
//!
//! A recipe is YAML: options of training, models with the values of their parameters, axes, expectations. This room knows no
//! option and no model: it gives every name and value with its place, so that whoever looks them up can say where one is wrong.

mod expand;
mod expectation;
mod fault;
mod node;
mod read;
mod values;

pub use expand::{ChoiceText, PointText, TrialText};
pub use expectation::{Expectation, Range, Verdict};
pub use read::{Recipe, RecipeOption};
pub use values::values;
