//! Ctrl-C and SIGTERM. The first asks the run to stop after the step at hand and to save; the second ends it at once.

use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use miette::Diagnostic;
use thiserror::Error;

use crate::cli::exit::{Exit, Failure};

/// Signals cannot be caught.
#[derive(Debug, Error, Diagnostic)]
#[error("Ctrl-C cannot be caught: {why}")]
#[diagnostic(code(cli::no_signals), help("the system refuses a handler of signals; a run could not be stopped safely"))]
struct NoSignals {
    why: ctrlc::Error,
}

/// Catches the signals from now on; what is returned becomes true when the first arrives.
pub(super) fn catch() -> Result<Arc<AtomicBool>, Failure> {
    let asked = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&asked);
    ctrlc::set_handler(move || {
        if seen.swap(true, Ordering::Relaxed) {
            at_once();
        }
    })
    .map_err(|why| Failure::environment(NoSignals { why }))?;
    Ok(asked)
}

// every file that a run writes is renamed into place, so none is left half-written
#[allow(clippy::exit, clippy::disallowed_methods)]
fn at_once() -> ! {
    process::exit(Exit::Interrupted as i32)
}
