//! The shell: the only room that reads arguments and the environment, prints, and decides where files go.
//!
//! Two programs share it. `gemc` starts in a few milliseconds and holds no tensor; what needs tensors it hands to
//! `gemc-torch`, which knows how ([`Tensors`]). [`run`] is all of either.

mod args;
mod atomic_file;
mod bars;
mod check;
mod class_rows;
mod compare;
mod compared;
mod compile;
mod completions;
mod data;
mod data_paths;
mod doctor;
mod draw;
mod engine_launcher;
mod error_docs;
mod evaluating;
mod exit;
mod experiment;
mod explain;
mod export;
mod faults;
mod few_shot;
mod figures;
mod find_models;
mod find_runs;
mod fitting;
mod formatting;
mod free_memory;
mod gaussian_rows;
mod graph;
mod language_server;
mod libtorch;
mod manual;
mod model;
mod nothing_learned;
mod numbers;
mod parse;
mod predict;
mod program;
mod protocol;
mod read_data;
mod recorded_options;
mod reopen;
mod report;
mod resuming;
mod runs;
mod screen;
mod shell_word;
mod shipped;
mod snapshot;
mod snapshot_file;
mod source;
mod stage;
mod stop;
mod summary;
#[cfg(feature = "torch")]
mod torch;
mod training;
mod version;

use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

use clap::Parser;
use miette::Diagnostic;
use thiserror::Error;

pub use self::doctor::Libtorch;
pub use self::engine_launcher::{Live, Tensors};
#[cfg(feature = "torch")]
pub use self::torch::engine;

use self::args::{Format, Line, Verb};
use self::exit::{Exit, Failure, Outcome};
use self::screen::Screen;
use crate::diag::is_hidden;

/// A panic: a rule of ours that does not hold.
#[derive(Debug, Error, Diagnostic)]
#[error("a bug in gemc: {what}")]
#[diagnostic(code(gemc::bug), help("please report it, with the command and the model's text"))]
struct Panicked {
    what: String,
}

/// Reads the command line, does what it says, and returns the exit code.
pub fn run(tensors: &Tensors) -> ExitCode {
    let line = match Line::try_parse() {
        Ok(line) => line,
        Err(answer) => return parsed_no_further(&answer).into(),
    };
    let screen = Screen::new(line.format);
    guarded(&screen, || tensors.check_caller().and_then(|()| dispatch(&screen, tensors, &line.verb))).into()
}

/// Shows what clap answers instead of a command: help and version are no failure.
fn parsed_no_further(answer: &clap::Error) -> Exit {
    let hidden = |argument: std::ffi::OsString| argument.to_string_lossy().chars().any(is_hidden);
    if answer.use_stderr() && std::env::args_os().any(hidden) {
        // clap repeats arguments as they are
        Screen::new(Format::Human).remark(answer.render().to_string().trim_end());
    } else {
        // a reader that has gone away is no fault
        let _ = answer.print();
    }
    if answer.use_stderr() { Exit::Usage } else { Exit::Done }
}

fn dispatch(screen: &Screen, tensors: &Tensors, verb: &Verb) -> Outcome {
    match verb {
        Verb::Compile(args) => compile::run(screen, tensors, args),
        Verb::Train(args) => compile::run(screen, tensors, &args.as_compile()),
        Verb::Check(args) => check::run(screen, args),
        Verb::Fmt(args) => formatting::run(screen, args),
        Verb::Lsp(args) => Ok(language_server::run(args)),
        Verb::Snapshot(args) => snapshot::run(screen, args),
        Verb::Report(args) => report::run(screen, args),
        Verb::Resume(args) => (tensors.here()?.resume)(screen, args),
        Verb::Runs(args) => runs::run(screen, args),
        Verb::Run(args) => experiment::run(screen, args),
        Verb::Status(args) => experiment::status(screen, args),
        Verb::Recipe(args) => experiment::recipe(screen, args),
        Verb::Reproduce(args) => experiment::reproduce(screen, args),
        Verb::Compare(args) => compare::run(screen, args),
        Verb::Eval(args) => (tensors.here()?.eval)(screen, args),
        Verb::Predict(args) => predict::run(screen, args),
        Verb::Draw(args) => draw::run(screen, args),
        Verb::Export(args) => export::run(screen, args),
        Verb::Bench(args) => (tensors.here()?.bench)(screen, args),
        Verb::Fit(args) => (tensors.here()?.fit)(screen, args),
        Verb::Data(verb) => data::run(screen, verb),
        Verb::Doctor(args) => doctor::run(screen, tensors, args),
        Verb::Explain(args) => explain::run(screen, args),
        Verb::Completions(args) => completions::run(screen, args),
        Verb::Manual(args) => manual::run(args),
    }
}

/// Does something, shows why it failed where it did, and turns a panic into a report of a bug.
fn guarded(screen: &Screen, action: impl FnOnce() -> Outcome) -> Exit {
    // what the hook would print is part of the report below
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|place| format!(" ({}:{})", place.file(), place.line())).unwrap_or_default();
        PLACE.with(|cell| cell.replace(place));
    }));
    match panic::catch_unwind(AssertUnwindSafe(action)) {
        Ok(Ok(exit)) => exit,
        Ok(Err(failure)) => screen.failure(&failure),
        Err(payload) => {
            let said = payload.downcast_ref::<String>().map(String::as_str).or(payload.downcast_ref::<&str>().copied());
            let what = format!("{}{}", said.unwrap_or("it does not say which"), PLACE.take());
            screen.failure(&Failure::Fault(Exit::Bug, exit::alone(Panicked { what })))
        }
    }
}

thread_local! {
    /// Where this thread panicked.
    static PLACE: std::cell::RefCell<String> = const { std::cell::RefCell::new(String::new()) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_bug() {
        let screen = Screen::new(Format::Human);
        let exit = guarded(&screen, || panic!("this is a test"));
        let _ = panic::take_hook();
        assert_eq!(exit, Exit::Bug);
    }
}
