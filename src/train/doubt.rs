//! Why a run may not learn: one doubt each, with its code, what it says, and what is likely to help.

use std::fmt;

use miette::Diagnostic;
use thiserror::Error;

use crate::diag::grouped;
use crate::plan::Function;

/// Why a run may not learn.
#[derive(Debug, Clone, PartialEq, Error, Diagnostic)]
pub enum Doubt {
    /// What a population receives is far too much or far too little.
    #[error("{who}{when} {population} receives inputs with {what} {}; about {wanted} is healthy", short(*found))]
    #[diagnostic(
        code(run::ill_scaled),
        severity(Warning),
        help(
            "`start calibrated` scales every connection via genes to healthy inputs; if the model has it already, or its weights are direct, correct the input's `deviation`, or `gain`"
        )
    )]
    IllScaled {
        /// The runs.
        who: Who,
        /// When.
        when: When,
        /// The first such population of the schedule.
        population: NamedPopulations,
        /// What of the sums is off: `standard deviation` or `mean`.
        what: &'static str,
        /// How large that is.
        found: f64,
        /// What is healthy.
        wanted: f64,
    },
    /// A population receives the same whatever the sample is.
    #[error("{who}{when} {population} receives almost the same input from every sample: only {} of it differs between samples", share(*part))]
    #[diagnostic(
        code(run::no_signal),
        severity(Warning),
        help(
            "the part that all samples share hides their differences: give the input the `mean` and `deviation` of its data, centre genes (`gaussian(centred)`), or let a connection skip the populations in between"
        )
    )]
    NoSignal {
        /// The runs.
        who: Who,
        /// When.
        when: When,
        /// The first such population of the schedule.
        population: NamedPopulations,
        /// Standard deviation between samples over the root mean square.
        part: f64,
    },
    /// Neurons whose answer no sample changes.
    #[error("{who}{when} {} of the neurons of {population} are dead: {} has gradient 0 for each of {samples} samples", share(*dead), activation.name())]
    #[diagnostic(
        code(run::dead_neurons),
        severity(Warning),
        help(
            "dead neurons learn nothing, and pass no gradient on: `activation: gelu` has a gradient to recover by; `start calibrated`, or a smaller `gain`, keeps more of them alive at the start; a smaller `--lr` kills fewer"
        )
    )]
    DeadNeurons {
        /// The runs.
        who: Who,
        /// When.
        when: When,
        /// The first such population of the schedule.
        population: NamedPopulations,
        /// Their share.
        dead: f64,
        /// What is flat.
        activation: Function,
        /// How many samples were looked at.
        samples: usize,
    },
    /// Neurons at the flat ends of what they answer by.
    #[error("{who}{when} {population} is saturated: {} has a gradient far enough from 0 for only {} of what it receives", activation.name(), share(*active))]
    #[diagnostic(
        code(run::saturated),
        severity(Warning),
        help(
            "saturated neurons learn slowly: `start calibrated`, or a smaller `gain`, starts them unsaturated; a smaller `--lr` keeps them so"
        )
    )]
    Saturated {
        /// The runs.
        who: Who,
        /// When.
        when: When,
        /// The first such population of the schedule.
        population: NamedPopulations,
        /// What is left.
        active: f64,
        /// What is flat.
        activation: Function,
    },
    /// The first loss.
    #[error(
        "{who}the first loss is {loss:.4}, far above {guess:.4}, the loss of guessing: the initial outputs are too large"
    )]
    #[diagnostic(
        code(run::high_first_loss),
        severity(Warning),
        help(
            "use `start calibrated`, or a smaller `gain` of the last connection; give an input that takes numbers as (x − mean) / deviation the mean and deviation of its data"
        )
    )]
    HighFirstLoss {
        /// The runs.
        who: Who,
        /// The loss.
        loss: f64,
        /// The loss of guessing: ln C.
        guess: f64,
    },
    /// The loss stays at the loss of guessing.
    #[error(
        "{who}the loss stays at {guess:.6}, exactly the loss of guessing: all outputs are equal, no signal reaches them"
    )]
    #[diagnostic(
        code(run::equal_outputs),
        severity(Warning),
        help(
            "most likely a population between input and output is dead: all of its neurons are 0 for every sample. A larger `gain`, another activation or another `--seed` may revive it; a smaller `--lr` keeps it alive"
        )
    )]
    EqualOutputs {
        /// The runs.
        who: Who,
        /// The loss of guessing: ln C.
        guess: f64,
    },
    /// One class for all.
    #[error("{who}the network predicts one class, {class}, for all {samples} evaluated samples")]
    #[diagnostic(
        code(run::one_answer),
        severity(Warning),
        help(
            "the usual causes are a learning rate that is too large (`--lr`), dead neurons, and initial weights through which no signal reaches the output (`gain`)"
        )
    )]
    OneAnswer {
        /// The runs.
        who: Who,
        /// The class, counted from 0.
        class: usize,
        /// How many samples there are.
        samples: usize,
    },
    /// No better than guessing.
    #[error("{who}after {} steps the best accuracy is {:.2} %; guessing alone may reach {:.2} %", grouped(*step), 100.0 * best, 100.0 * chance)]
    #[diagnostic(
        code(run::at_chance),
        severity(Warning),
        help(
            "the usual causes are a learning rate that is too large or too small (`--lr`), initial weights through which no signal reaches the output (`gain`), dead neurons, labels that do not belong to their samples, and too few steps (`--steps`)"
        )
    )]
    AtChance {
        /// The runs.
        who: Who,
        /// Steps made.
        step: u64,
        /// The best accuracy, a fraction.
        best: f64,
        /// The accuracy that guessing may reach, a fraction.
        chance: f64,
    },
}

/// The runs that a doubt is about, where there are several: `runs 0 and 3: `.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Who(Vec<usize>);

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [] => Ok(()),
            runs => write!(f, "{}: ", numbered(runs)),
        }
    }
}

/// When something was noticed, in steps made: `at the start`, or `after 300 steps`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When(pub u64);

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("at the start"),
            steps => write!(f, "after {} steps", grouped(steps)),
        }
    }
}

/// A population, and how many others the same is true of: `second`, or `second (and 2 more)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedPopulations {
    /// Its name.
    pub name: String,
    /// How many others.
    pub more: usize,
}

impl fmt::Display for NamedPopulations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.more {
            0 => f.write_str(&self.name),
            more => write!(f, "{} (and {more} more)", self.name),
        }
    }
}

/// Writes a number with as few digits as tell how large it is.
fn short(number: f64) -> String {
    if (1e-3..1e6).contains(&number.abs()) { format!("{number:.3}") } else { format!("{number:.1e}") }
}

/// Writes a share as a percentage.
fn share(part: f64) -> String {
    let percent = 100.0 * part;
    if percent == 0.0 || percent >= 0.1 { format!("{percent:.1} %") } else { format!("{percent:.1e} %") }
}

/// Writes `run 3`, or `runs 0, 3 and 5`; of very many the first.
pub fn numbered(runs: &[usize]) -> String {
    let text: Vec<String> = runs.iter().take(12).map(usize::to_string).collect();
    match text.as_slice() {
        [] => "no run".to_owned(),
        [one] => format!("run {one}"),
        some if runs.len() > some.len() => format!("runs {} and {} more", some.join(", "), runs.len() - some.len()),
        [head @ .., last] => format!("runs {} and {last}", head.join(", ")),
    }
}

impl Doubt {
    /// Returns the code.
    pub fn name(&self) -> &'static str {
        match self {
            Self::IllScaled { .. } => "run::ill_scaled",
            Self::NoSignal { .. } => "run::no_signal",
            Self::DeadNeurons { .. } => "run::dead_neurons",
            Self::Saturated { .. } => "run::saturated",
            Self::HighFirstLoss { .. } => "run::high_first_loss",
            Self::EqualOutputs { .. } => "run::equal_outputs",
            Self::OneAnswer { .. } => "run::one_answer",
            Self::AtChance { .. } => "run::at_chance",
        }
    }

    /// Returns the same doubt about all of `runs`.
    #[must_use]
    pub(super) fn about(mut self, runs: Vec<usize>) -> Self {
        let (Self::IllScaled { who, .. }
        | Self::NoSignal { who, .. }
        | Self::DeadNeurons { who, .. }
        | Self::Saturated { who, .. }
        | Self::HighFirstLoss { who, .. }
        | Self::EqualOutputs { who, .. }
        | Self::OneAnswer { who, .. }
        | Self::AtChance { who, .. }) = &mut self;
        *who = Who(runs);
        self
    }
}
