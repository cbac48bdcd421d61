//! Ctrl-C, SIGTERM and SIGHUP. The first asks the run to stop after the step at hand and to save; the second ends it at once.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use miette::Diagnostic;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use thiserror::Error;

use super::exit::{Exit, Failure};
use crate::run_dir::Stopped;

/// Signals cannot be caught.
#[derive(Debug, Error, Diagnostic)]
#[error("Ctrl-C cannot be caught: {why}")]
#[diagnostic(code(cli::no_signals), help("the system refuses a handler of signals; a run could not be stopped safely"))]
struct NoSignals {
    why: io::Error,
}

/// What asks a run to stop, and why the run then stops.
const SIGNALS: &[(i32, Stopped)] = &[
    (SIGINT, Stopped::Interrupted),
    (SIGTERM, Stopped::Terminated),
    #[cfg(unix)]
    (signal_hook::consts::SIGHUP, Stopped::Hangup),
];

/// Which signal came first, if one did.
#[derive(Debug)]
pub(super) struct Signals(Arc<AtomicUsize>);

/// Catches the signals from now on. One that the process was started to ignore, as by `nohup`, stays ignored.
///
/// The second one ends the process: every file that a run writes is renamed into place, so none is left half-written.
pub(super) fn catch() -> Result<Signals, Failure> {
    let (which, asked) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let ignored = ignored();
    for (place, (signal, _)) in SIGNALS.iter().enumerate().filter(|(_, (signal, _))| !ignored(*signal)) {
        flag::register_conditional_shutdown(*signal, Exit::Interrupted as i32, Arc::clone(&asked))
            .and_then(|_| flag::register_usize(*signal, Arc::clone(&which), place + 1))
            .and_then(|_| flag::register(*signal, Arc::clone(&asked)))
            .map_err(|why| Failure::environment(NoSignals { why }))?;
    }
    Ok(Signals(which))
}

impl Signals {
    /// Returns why the run has to stop, if it has to.
    pub(super) fn asked(&self) -> Option<Stopped> {
        let place = self.0.load(Ordering::Relaxed).checked_sub(1)?;
        SIGNALS.get(place).map(|(_, stopped)| *stopped)
    }
}

/// Tells of a signal whether the process was started to ignore it, where the system says so.
fn ignored() -> impl Fn(i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    move |signal| mask >> (signal - 1) & 1 == 1
}
