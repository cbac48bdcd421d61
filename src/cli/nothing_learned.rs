//! `--freeze` that leaves no parameter to train is refused: steps would change nothing.

use miette::Diagnostic;
use thiserror::Error;

use crate::check::Model;
use crate::diag::in_line;
use crate::plan::Counts;

/// All rows that would be learned are frozen.
#[derive(Debug, Error, Diagnostic)]
#[error("`--freeze {names}` leaves {model} no parameter to train")]
#[diagnostic(
    code(run::nothing_learned),
    help(
        "name fewer rows: `gemc compile MODEL --emit plan` lists them in its table; `gemc eval RUN` evaluates a genome without training"
    )
)]
pub(super) struct NothingLearned {
    names: String,
    model: String,
}

impl NothingLearned {
    /// Checks that a model whose rows `names` are frozen has parameters that are learned.
    pub(super) fn unless_learned(counts: Counts, names: &[String], model: &Model) -> Result<(), Self> {
        if names.is_empty() || counts.parameters > 0 {
            return Ok(());
        }
        Err(Self { names: in_line(&names.join(",")).into_owned(), model: model.name().to_owned() })
    }
}
