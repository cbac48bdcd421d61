//! `gemc snapshot`: what each model compiles to against the `.snap` beside it. What differs is shown, and written where
//! the user accepts it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use miette::Diagnostic;
use serde::Serialize;
use serde_json::json;
use similar::TextDiff;
use thiserror::Error;

use super::args::SnapshotArgs;
use super::exit::{Exit, Failure, Outcome, alone};
use super::find_models::{SNAPSHOT, find_models};
use super::model::limits;
use super::numbers::count;
use super::screen::{Ink, Screen};
use super::snapshot_file::{BrokenSnapshot, Snap};
use super::{atomic_file, source};
use crate::compile::stages;
use crate::diag::Report;
use crate::options::Options;

/// How long to look for the shortest difference of two long texts; after it a longer one will do.
const PATIENCE: Duration = Duration::from_millis(500);

/// A folder that holds no model.
#[derive(Debug, Error, Diagnostic)]
#[error("no .gem file is in `{path}` or below it")]
#[diagnostic(
    code(cli::no_models),
    help("name a folder that holds models, or the models themselves; the copies in run directories do not count")
)]
struct NoModels {
    path: String,
}

/// A text that a run keeps.
#[derive(Debug, Error, Diagnostic)]
#[error("`{path}` is in a run directory, which is never changed")]
#[diagnostic(code(cli::kept_text), help("copy the model elsewhere, and use the copy"))]
pub(super) struct KeptText {
    pub(super) path: String,
}

/// A folder that cannot be read.
#[derive(Debug, Error, Diagnostic)]
#[error("the folder `{path}` cannot be read: {why}")]
#[diagnostic(code(cli::unreadable_folder), help("change its permissions, or name other folders"))]
struct UnreadableFolder {
    path: String,
    why: std::io::Error,
}

/// How a model stands to its snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Standing {
    /// They agree.
    Same,
    /// They differ.
    Differs,
    /// There is no snapshot.
    Missing,
    /// There is no model.
    Stale,
    /// One of them cannot be read, or the model has faults.
    Faulty,
    /// The snapshot was written anew.
    Written,
}

/// One model or stale snapshot.
#[derive(Debug, Serialize)]
struct Row {
    path: String,
    status: Standing,
    diff: Option<String>,
    #[serde(skip)]
    report: Option<Report>,
}

/// Compares every model with its snapshot.
pub(super) fn run(screen: &Screen, args: &SnapshotArgs) -> Outcome {
    let found = find_models(&args.paths);
    let folder = |path: &Path| path.display().to_string();
    if let Some((path, why)) = found.unreadable.into_iter().next() {
        return Err(Failure::environment(UnreadableFolder { path: folder(&path), why }));
    }
    if let Some(path) = found.kept.first() {
        return Err(Failure::input(KeptText { path: folder(path) }));
    }
    if let Some(path) = found.empty.first().filter(|_| found.alone.is_empty()) {
        return Err(Failure::input(NoModels { path: folder(path) }));
    }
    let mut rows = Vec::new();
    for model in &found.models {
        rows.push(compare(model, args)?);
        rows.last().map_or(Ok(()), |row| show(screen, row))?;
    }
    for path in found.alone.iter().filter(|path| is_ours(path)) {
        rows.push(row(path, Standing::Stale));
        rows.last().map_or(Ok(()), |row| show(screen, row))?;
    }
    let good = |row: &&Row| matches!(row.status, Standing::Same | Standing::Written);
    let exit = if rows.iter().filter(good).count() == rows.len() { Exit::Done } else { Exit::Input };
    if screen.is_json() {
        screen.object(&json!({ "files": rows }))?;
    } else {
        screen.remark(&tally(screen, &rows));
    }
    Ok(exit)
}

fn row(path: &Path, status: Standing) -> Row {
    Row { path: path.display().to_string(), status, diff: None, report: None }
}

fn faulty(path: &Path, report: Report) -> Row {
    Row { report: Some(report), ..row(path, Standing::Faulty) }
}

/// Compares one model with its snapshot; writes the snapshot where that is wanted and they differ.
fn compare(model: &Path, args: &SnapshotArgs) -> Result<Row, Failure> {
    let beside = model.with_extension(SNAPSHOT);
    let old = match beside.exists().then(|| source::read(&beside)).transpose() {
        Ok(old) => old.map(|old| old.text.replace("\r\n", "\n")),
        Err(report) => return Ok(faulty(model, report)),
    };
    let snap = match old.as_deref().map_or_else(|| Ok(Snap::new(model)), |old| Snap::read(model, old)) {
        Ok(snap) => snap,
        Err(why) => return Ok(faulty(model, alone(BrokenSnapshot { path: beside.display().to_string(), why }))),
    };
    let options = Options { set: snap.settings(), ..limits(args.limit) };
    let compiled = source::read(model).and_then(|source| stages(&source.name, &source.text, &options));
    let new = match compiled {
        Ok(stages) => snap.with(&stages.plan.to_string()),
        Err(report) => return Ok(faulty(model, report)),
    };
    if old.as_ref() == Some(&new) {
        return Ok(row(model, Standing::Same));
    }
    if args.accept {
        atomic_file::write(&beside, &new)?;
        return Ok(row(model, Standing::Written));
    }
    Ok(match old {
        None => row(model, Standing::Missing),
        Some(old) => Row { diff: Some(difference(&beside, &old, &new)), ..row(model, Standing::Differs) },
    })
}

fn difference(beside: &Path, old: &str, new: &str) -> String {
    let mut config = TextDiff::configure();
    config.timeout(PATIENCE);
    let (kept, now) = (beside.display().to_string(), "what it compiles to now");
    config.diff_lines(old, new).unified_diff().context_radius(2).header(&kept, now).to_string()
}

/// Tells whether a snapshot without a model was made by us: other programs' snapshots have the same ending.
fn is_ours(path: &Path) -> bool {
    let model = path.with_extension("gem");
    let name = model.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let said = fs::read_to_string(path).ok().and_then(|text| {
        let head = text.strip_prefix("---")?.lines().nth(1)?.strip_prefix("source: ")?.trim().to_owned();
        Some(head)
    });
    said.is_some_and(|said| said == name)
}

fn show(screen: &Screen, row: &Row) -> Result<(), Failure> {
    if screen.is_json() {
        return Ok(());
    }
    if let Some(report) = &row.report {
        screen.report(report);
    }
    let (ink, word) = match row.status {
        Standing::Same => return Ok(()),
        Standing::Differs => (Ink::Bad, "differs from its snapshot"),
        Standing::Missing => (Ink::Bad, "has no snapshot"),
        Standing::Stale => (Ink::Bad, "is a snapshot without a model"),
        Standing::Faulty => (Ink::Bad, "does not compile"),
        Standing::Written => (Ink::Good, "written"),
    };
    let diff: String = row.diff.iter().flat_map(|diff| diff.lines()).map(|line| coloured(screen, line)).collect();
    screen.print(&format!("{}: {}\n{diff}", screen.paint(Ink::Strong, &row.path), screen.paint(ink, word)))
}

fn coloured(screen: &Screen, line: &str) -> String {
    let painted = match line.chars().next() {
        _ if line.starts_with("--- ") || line.starts_with("+++ ") => screen.paint(Ink::Strong, line),
        Some('-') => screen.paint(Ink::Bad, line),
        Some('+') => screen.paint(Ink::Good, line),
        Some('@') => screen.paint(Ink::Code, line),
        _ => line.to_owned(),
    };
    format!("{painted}\n")
}

fn tally(screen: &Screen, rows: &[Row]) -> String {
    let number = |status: Standing| rows.iter().filter(|row| row.status == status).count() as u64;
    let words = [
        (Standing::Differs, "differ"),
        (Standing::Missing, "without a snapshot"),
        (Standing::Stale, "stale"),
        (Standing::Faulty, "faulty"),
        (Standing::Written, "written"),
    ];
    let found: Vec<String> = words
        .iter()
        .filter(|(status, _)| number(*status) > 0)
        .map(|(status, word)| format!("{} {word}", number(*status)))
        .collect();
    let said = if found.is_empty() { screen.paint_remark(Ink::Good, "all unchanged") } else { found.join(", ") };
    let help = match number(Standing::Differs) + number(Standing::Missing) {
        0 => "",
        _ => "\n`gemc snapshot --accept` with the same paths writes the present plans",
    };
    format!("{}, {said}{help}", count(rows.len() as u64, "snapshot"))
}
