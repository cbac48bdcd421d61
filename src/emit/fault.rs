//! What libtorch says when a call fails, without the C++ back trace that it appends.

use miette::Diagnostic;
use tch::TchError;
use thiserror::Error;

/// A call into libtorch failed.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("libtorch: {message}")]
#[diagnostic(
    code(run::torch),
    help(
        "out of memory: a smaller `--batch` or fewer `--runs`; anything else is worth a report, with the model's text"
    )
)]
pub struct TorchFault {
    /// Its first line, after what was being computed where that is known.
    pub message: String,
}

impl TorchFault {
    /// Adds what was being computed.
    #[must_use]
    pub fn during(self, what: &str) -> Self {
        Self { message: format!("{what}: {}", self.message) }
    }
}

impl From<TchError> for TorchFault {
    fn from(error: TchError) -> Self {
        let text = if let TchError::Torch(text) = error { text } else { error.to_string() };
        let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("no reason given");
        Self { message: line.to_owned() }
    }
}
