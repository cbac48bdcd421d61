//! Rows of the parameter table as they are named on the command line: by their own names, or all of a genome by its name.

use miette::Diagnostic;
use thiserror::Error;

use crate::check::Model;
use crate::cli::exit::{Exit, Failure};
use crate::cli::nothing_learned::NothingLearned;
use crate::cli::numbers::grouped;
use crate::cli::screen::{Ink, Screen};
use crate::compile::Stages;
use crate::diag::{Problems, Report, did_you_mean, in_line};
use crate::plan::is_row_of;

/// A name means no row.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}` is no row and no genome of {owner}")]
#[diagnostic(code(run::no_such_row), help("{help}"))]
pub(super) struct NoSuchRow {
    name: String,
    owner: String,
    help: String,
}

impl NoSuchRow {
    /// Says that `name` means none of `rows`, which are those of `owner`.
    pub(super) fn new<'a>(name: &str, owner: &str, model: &'a Model, rows: impl Iterator<Item = &'a str>) -> Self {
        let genomes = model.genomes().iter().map(|genome| genome.name.as_str());
        let help = did_you_mean(name, rows.chain(genomes));
        let help = help.unwrap_or_else(|| "`gemc compile MODEL --emit plan` lists the rows in its table".to_owned());
        Self { name: in_line(name).into_owned(), owner: owner.to_owned(), help }
    }
}

/// Checks that what is to be frozen is there and leaves something to train, and says what is learned beside it.
pub(super) fn check_frozen(screen: &Screen, stages: &Stages, names: &[String], quiet: bool) -> Result<(), Failure> {
    let (model, rows, mut problems) = (stages.model(), stages.plan.parameters(), Problems::new());
    for name in names.iter().filter(|name| !rows.iter().any(|row| is_row_of(model, &row.name, name))) {
        problems.push(NoSuchRow::new(name, model.name(), model, rows.iter().map(|row| row.name.as_str())));
    }
    failure(problems)?;
    NothingLearned::unless_learned(stages.plan.counts(), names, model).map_err(Failure::input)?;
    let frozen = rows.iter().filter(|row| names.iter().any(|name| is_row_of(model, &row.name, name)));
    let frozen: Vec<&str> = frozen.map(|row| row.name.as_str()).collect();
    if !quiet && !frozen.is_empty() {
        let learned = grouped(stages.plan.counts().parameters);
        let line = format!("frozen: {}; parameters that are learned: {learned}", frozen.join(", "));
        screen.remark(&screen.paint_remark(Ink::Faint, &line));
    }
    Ok(())
}

/// Makes one failure of all problems, where there are any.
pub(super) fn failure(problems: Problems) -> Result<(), Failure> {
    let report = Report::new("", "", problems);
    if report.is_empty() { Ok(()) } else { Err(Failure::Fault(Exit::Input, report)) }
}
