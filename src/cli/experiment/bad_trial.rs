//! What is wrong with a trial as such, told at its place in the recipe.

use miette::Diagnostic;
use thiserror::Error;

use crate::cli::exit::Failure;
use crate::recipe::TrialText;
use crate::span::Span;

/// A trial cannot be trained.
#[derive(Debug, Error, Diagnostic)]
#[error("{what}")]
#[diagnostic(code(recipe::bad_trial))]
pub(super) struct BadTrial {
    pub(super) what: String,
    #[label(primary, "asked for here")]
    pub(super) at: Span,
    #[help]
    pub(super) help: Option<String>,
}

impl BadTrial {
    /// Says at a place of a recipe what a fault says.
    pub(super) fn of(fault: &dyn Diagnostic, at: Span) -> Self {
        Self { what: fault.to_string(), at, help: fault.help().map(|help| help.to_string()) }
    }
}

/// Returns where an option of a trial stands, or the trial.
pub(super) fn place(text: &TrialText, option: &str) -> Span {
    text.options.iter().find(|other| other.name.as_str() == option).map_or(text.at, |option| option.at)
}

/// Says in a recipe what a model or a data set was refused for: at the parameter that the fault names, where it names one.
pub(super) fn refused(failure: &Failure, at: Span, model: Option<(&TrialText, &str)>) -> BadTrial {
    let (Failure::Text(_, report) | Failure::Fault(_, report)) = failure;
    let problems = report.problems();
    let first = problems.iter().find(|problem| problem.severity().is_none_or(|level| level == miette::Severity::Error));
    let said = first.map(ToString::to_string).unwrap_or_default();
    let help = first.and_then(|problem| problem.help()).map(|help| help.to_string());
    let Some((text, name)) = model else { return BadTrial { what: said, at, help } };
    match text.set.iter().find(|option| said.contains(&format!("`{}`", option.name.as_str()))) {
        Some(option) => BadTrial { what: said, at: option.name.span, help },
        None => BadTrial { what: format!("{name}: {said}"), at, help },
    }
}
