//! How much memory a training run takes, estimated before any of it is asked for.

use std::num::NonZero;
use std::thread;

use miette::Diagnostic;
use thiserror::Error;

use super::train_config::TrainConfig;
use crate::plan::{Plan, Sizes};
use crate::program::{Program, Target};

/// Bytes of one number.
const NUMBER: u64 = 4;

/// Copies of a parameter: value, gradient, two moments, the best so far.
const LEARNED: u64 = 5;

/// Copies of a number that is only drawn: value, and the best genome's.
const DRAWN: u64 = 2;

/// The machine has less memory than training takes.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("training needs about {}, {} are free: {}", shown(*.needed), shown(*.free), .parts)]
#[diagnostic(code(run::not_enough_memory), help("{advice}"))]
pub struct NotEnoughMemory {
    /// Bytes that training takes.
    pub needed: u64,
    /// Bytes that are free.
    pub free: u64,
    /// What takes them.
    pub parts: String,
    /// What to do.
    pub advice: &'static str,
}

impl NotEnoughMemory {
    /// Checks that fitting a connectome of `neurons` neurons, which takes `needed` bytes, fits into the `free` ones.
    ///
    /// # Errors
    ///
    /// Says how much is there.
    pub fn unless_fits(neurons: usize, needed: u64, free: u64) -> Result<(), Self> {
        let parts = format!("every pair of {neurons} neurons is trained on");
        let advice = "a connectome with fewer neurons needs less";
        if needed <= free { Ok(()) } else { Err(Self { needed, free, parts, advice }) }
    }
}

/// Bytes that a training run takes, by what takes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needs {
    /// Parameters with gradients, moments and best copy, of all runs.
    pub parameters: u64,
    /// Memory of one step, by its program.
    pub tensors: u64,
    /// The data set.
    pub data: u64,
    /// The largest tensor, in words.
    largest: String,
}

impl Needs {
    /// Estimates what training `plan` by `recipe` takes on `data` bytes of data.
    pub fn of(plan: &Plan, recipe: &TrainConfig, data: u64) -> Self {
        let sizes = Sizes { runs: recipe.runs, batch: recipe.batch };
        let row = |parameter: &crate::plan::Parameter| {
            parameter.shape.count(sizes).saturating_mul(NUMBER * if parameter.learned { LEARNED } else { DRAWN })
        };
        let parameters = plan.parameters().iter().map(row).fold(0, u64::saturating_add);
        // runs that one thread makes one after the other share the memory of a step; gradients are counted as parameters
        let at_once = recipe.runs.min(thread::available_parallelism().map_or(1, NonZero::get)) as u64;
        let program = Program::step(plan, Sizes { runs: 1, batch: recipe.batch }, Target::CPU);
        let tensors = (program.memory() as u64).saturating_mul(NUMBER * at_once);
        let largest = plan.numbered().max_by_key(|(_, tensor)| tensor.shape.count(sizes)).map_or_else(
            || "nothing".to_owned(),
            |(id, tensor)| {
                let name = if tensor.label.is_empty() { id.to_string() } else { tensor.label.to_string() };
                let bytes = tensor.shape.count(sizes).saturating_mul(NUMBER);
                format!("`{name}`, {} with {}", tensor.shape, shown(bytes))
            },
        );
        Self { parameters, tensors, data, largest }
    }

    /// Returns all of them together.
    pub fn total(&self) -> u64 {
        self.parameters.saturating_add(self.tensors).saturating_add(self.data)
    }

    /// Checks that `free` bytes are enough.
    ///
    /// # Errors
    ///
    /// Says what takes how much, and what would take less.
    pub fn check(&self, free: u64) -> Result<(), NotEnoughMemory> {
        if self.total() <= free {
            return Ok(());
        }
        let Self { parameters, tensors, data, largest } = self;
        let parts = format!(
            "{} for parameters, {} for the tensors of a step (the largest is {largest}), {} for data",
            shown(*parameters),
            shown(*tensors),
            shown(*data)
        );
        let advice = if tensors > parameters {
            "a smaller `--batch`, fewer `--runs` or smaller populations need less"
        } else {
            "fewer `--runs`, smaller populations, or genes instead of direct weights need less"
        };
        Err(NotEnoughMemory { needed: self.total(), free, parts, advice })
    }
}

/// Writes a number of bytes as people read it.
fn shown(bytes: u64) -> String {
    let bytes = bytes as f64;
    if bytes < 1e6 {
        format!("{:.0} kB", bytes / 1e3)
    } else if bytes < 1e9 {
        format!("{:.0} MB", bytes / 1e6)
    } else {
        format!("{:.1} GB", bytes / 1e9)
    }
}
