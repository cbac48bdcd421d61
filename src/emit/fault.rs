//! What goes wrong where a program runs: libtorch refuses, or gemc has broken a rule of its own. Neither is dressed as the other.

use miette::Diagnostic;
use tch::TchError;
use thiserror::Error;

use crate::diag::Bug;

/// A program could not be run.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
pub enum TorchFault {
    /// A call into libtorch failed.
    #[error("libtorch: {message}")]
    #[diagnostic(
        code(run::torch),
        help(
            "out of memory: a smaller `--batch` or fewer `--runs`; anything else is worth a report, with the model's text"
        )
    )]
    Refused {
        /// Its first line, without the C++ back trace, after what was being computed where that is known.
        message: String,
    },
    /// A fault of gemc itself.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Bug(#[from] Bug),
}

impl TorchFault {
    /// Makes the fault of a call that failed without a reason of its own.
    pub(super) fn refused(message: &str) -> Self {
        Self::Refused { message: message.to_owned() }
    }

    /// Makes a fault of gemc itself.
    pub(crate) fn bug(why: &str) -> Self {
        Self::Bug(Bug { pass: "emit", tensor: "a tensor".to_owned(), why: why.to_owned() })
    }

    /// Adds what was being computed.
    #[must_use]
    pub fn during(self, what: &str) -> Self {
        match self {
            Self::Refused { message } => Self::Refused { message: format!("{what}: {message}") },
            Self::Bug(bug) => Self::Bug(Bug { tensor: what.to_owned(), ..bug }),
        }
    }
}

impl From<TchError> for TorchFault {
    fn from(error: TchError) -> Self {
        let text = if let TchError::Torch(text) = error { text } else { error.to_string() };
        let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("no reason given");
        Self::refused(line)
    }
}
