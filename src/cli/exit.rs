//! How a command ends: the exit codes, and failures as reports.

use std::process::ExitCode;

use miette::Diagnostic;

use crate::diag::{Problems, Report};

/// The exit codes, documented and stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// All went well.
    Done = 0,
    /// What the user wrote is at fault.
    Input = 1,
    /// The command line is.
    Usage = 2,
    /// The machine is: no data, no GPU, disk full.
    Environment = 3,
    /// gemc is.
    Bug = 70,
    /// The user stopped it.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command did not do what it was asked for.
#[derive(Debug)]
pub(super) enum Failure {
    /// A text has faults; it was read under this name.
    Text(String, Report),
    /// Anything else, with the exit code it means; the report is empty where another process has said it all.
    Fault(Exit, Report),
}

/// What a verb gives: the exit code it earned, or a failure that is still to be shown.
pub(super) type Outcome = Result<Exit, Failure>;

impl Failure {
    /// Makes the failure of a text that was read as `name`.
    pub(super) fn text(name: &str, report: Report) -> Self {
        Self::Text(name.to_owned(), report)
    }

    /// Makes a failure of the user's request.
    pub(super) fn input(fault: impl Diagnostic + Send + Sync + 'static) -> Self {
        Self::Fault(Exit::Input, alone(fault))
    }

    /// Makes a failure of the machine.
    pub(super) fn environment(fault: impl Diagnostic + Send + Sync + 'static) -> Self {
        Self::Fault(Exit::Environment, alone(fault))
    }

    /// Returns what its first fault says.
    pub(super) fn message(&self) -> String {
        let (Self::Text(_, report) | Self::Fault(_, report)) = self;
        report.findings().into_iter().next().map(|finding| finding.message).unwrap_or_default()
    }

    /// Returns the exit code.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Text(_, report) => of_report(report),
            Self::Fault(exit, _) => *exit,
        }
    }
}

/// Returns the exit code that a report earns: a bug of ours outweighs an error, a warning weighs nothing.
pub(super) fn of_report(report: &Report) -> Exit {
    let ours = |code: String| code == "gemc::bug";
    if report.problems().iter().any(|problem| problem.code().map(|code| code.to_string()).is_some_and(ours)) {
        Exit::Bug
    } else if report.has_errors() {
        Exit::Input
    } else {
        Exit::Done
    }
}

/// Makes the report of one fault that points into no text.
pub(super) fn alone(fault: impl Diagnostic + Send + Sync + 'static) -> Report {
    let mut problems = Problems::new();
    problems.push(fault);
    Report::new("", "", problems)
}
