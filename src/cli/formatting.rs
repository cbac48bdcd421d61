//! `gemc fmt`: files, or standard input → the same models in one style. A file at fault is left as it is, and hides no other.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use miette::Diagnostic;
use serde::Serialize;
use serde_json::json;
use thiserror::Error;

use super::exit::{Exit, Failure, Outcome};
use super::find_models::is_kept;
use super::numbers::count;
use super::screen::{Ink, Screen};
use super::snapshot::KeptText;
use super::{atomic_file, source};
use crate::compile::formatted;

/// `gemc fmt`.
#[derive(Debug, Args)]
pub(super) struct FormatArgs {
    /// The models
    #[arg(required_unless_present = "stdin", value_name = "FILE", value_hint = ValueHint::FilePath)]
    files: Vec<PathBuf>,
    /// Write nothing, and list the files that are not formatted
    #[arg(long)]
    check: bool,
    /// Read a model from standard input, and print it
    #[arg(long, conflicts_with = "files")]
    stdin: bool,
}

/// Standard input cannot be read.
#[derive(Debug, Error, Diagnostic)]
#[error("standard input cannot be read: {why}")]
#[diagnostic(code(cli::input), help("is it a model, as UTF-8 text?"))]
struct UnreadableInput {
    why: io::Error,
}

/// How a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Standing {
    /// It has the style already.
    Formatted,
    /// It was written anew.
    Written,
    /// It lacks the style, and nothing was to be written.
    Differs,
    /// It is at fault, or cannot be read or written.
    Faulty,
}

/// Formats every file, or standard input.
pub(super) fn run(screen: &Screen, args: &FormatArgs) -> Outcome {
    if args.stdin {
        return of_input(screen, args.check);
    }
    let (mut rows, mut worst, mut tally) = (Vec::new(), Exit::Done, Vec::new());
    for path in &args.files {
        let mut findings = Vec::new();
        let standing = of_file(path, args.check).unwrap_or_else(|failure| {
            let exit = failure.exit();
            worst = if exit as u8 > worst as u8 { exit } else { worst };
            let (Failure::Text(_, report) | Failure::Fault(_, report)) = failure;
            if screen.is_json() {
                findings = report.findings();
            } else {
                screen.report(&report);
            }
            Standing::Faulty
        });
        let path = path.display().to_string();
        if standing == Standing::Differs {
            worst = if worst == Exit::Done { Exit::Input } else { worst };
        }
        if !screen.is_json() && standing == Standing::Differs {
            screen.print(&format!("{path}\n"))?;
        }
        rows.push(json!({ "path": path, "status": standing, "diagnostics": findings }));
        tally.push(standing);
    }
    if screen.is_json() {
        screen.object(&json!({ "files": rows }))?;
    } else {
        screen.remark(&told(screen, &tally));
    }
    Ok(worst)
}

/// Formats a file, or says how it stands.
fn of_file(path: &Path, check: bool) -> Result<Standing, Failure> {
    let name = path.display().to_string();
    let text = source::read(path).map_err(|report| Failure::text(&name, report))?.text;
    let new = formatted(&name, &text).map_err(|report| Failure::text(&name, report))?;
    if new == text {
        return Ok(Standing::Formatted);
    }
    if check {
        return Ok(Standing::Differs);
    }
    if is_kept(path) {
        return Err(Failure::input(KeptText { path: name }));
    }
    atomic_file::write(path, &new).map(|()| Standing::Written)
}

/// Formats standard input; tells scripts only whether it differs where nothing is to be printed.
fn of_input(screen: &Screen, check: bool) -> Outcome {
    let mut text = String::new();
    let read = io::stdin().lock().take(source::LONGEST).read_to_string(&mut text);
    read.map_err(|why| Failure::environment(UnreadableInput { why }))?;
    let new = formatted("standard input", &text).map_err(|report| Failure::text("standard input", report))?;
    if screen.is_json() {
        let standing = if new == text { Standing::Formatted } else { Standing::Differs };
        screen.object(&json!({ "status": standing, "text": new }))?;
    } else if !check {
        screen.exact(&new)?;
    }
    Ok(if check && new != text { Exit::Input } else { Exit::Done })
}

/// Says how many files stand how.
fn told(screen: &Screen, tally: &[Standing]) -> String {
    let of = |standing| tally.iter().filter(|found| **found == standing).count() as u64;
    let mut parts = vec![count(tally.len() as u64, "file")];
    let counted = [
        (Standing::Written, "formatted", Ink::Good),
        (Standing::Differs, "not formatted", Ink::Bad),
        (Standing::Faulty, "left as they are", Ink::Bad),
    ];
    for (standing, words, ink) in counted.into_iter().filter(|(standing, ..)| of(*standing) > 0) {
        parts.push(screen.paint_remark(ink, &format!("{} {words}", of(standing))));
    }
    if parts.len() == 1 {
        parts.push(screen.paint_remark(Ink::Good, "nothing to format"));
    }
    parts.join(", ")
}
