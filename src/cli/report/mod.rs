//! `gemc report`: all runs below some folders → one HTML page that needs nothing else.

mod claims;
mod clock;
mod collect;
mod confusion;
mod curve;
mod each_run;
mod gene_moves;
mod group;
mod learning;
mod pictures;
mod plain;
mod repeat;
mod runs_table;
mod seeds;
mod strips;

use std::path::PathBuf;

use clap::{Args, ValueHint};
use serde_json::json;

use super::atomic_file;
use super::exit::{Exit, Outcome};
use super::numbers::count;
use super::screen::{Ink, Screen};
use super::version::WHOLE;
use crate::diag::in_line;
use crate::report::{HtmlBlock, HtmlPage};

use self::collect::Collected;
use self::group::RunGroup;

/// The page's name in the first folder.
const PAGE: &str = "report.html";

/// `gemc report`.
#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// Folders that hold runs, at any depth
    #[arg(default_value = "runs", value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    folders: Vec<PathBuf>,
    /// Write the page here [default: report.html in the first folder]
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath)]
    out: Option<PathBuf>,
}

/// Writes the page.
pub(super) fn run(screen: &Screen, args: &ReportArgs) -> Outcome {
    let collected = Collected::below(&args.folders)?;
    for line in collected.faults.iter().chain(&collected.notes) {
        screen.remark(&in_line(line));
    }
    let exit = if collected.faults.is_empty() { Exit::Done } else { Exit::Input };
    let first = args.folders.first().cloned().unwrap_or_default();
    if collected.is_empty() {
        screen.remark(&format!("{} holds no runs: `gemc train` makes some", first.display()));
        return Ok(exit);
    }
    let path = args.out.clone().unwrap_or_else(|| first.join(PAGE));
    atomic_file::write(&path, &page(&collected).html())?;
    if screen.is_json() {
        let runs: Vec<&str> = collected.runs.iter().map(|run| run.name.as_str()).collect();
        screen.object(&json!({ "page": path.display().to_string(), "runs": runs, "faults": collected.faults }))?;
    } else {
        screen.remark(&screen.paint_remark(Ink::Faint, &format!("wrote {}", path.display())));
    }
    Ok(exit)
}

/// Puts the page together from the top.
fn page(collected: &Collected) -> HtmlPage {
    let groups = RunGroup::all(collected);
    let title = match groups.as_slice() {
        [only] => only.title.clone(),
        _ => count(collected.runs.len() as u64, "run"),
    };
    let mut blocks = vec![HtmlBlock::Facts(facts(collected))];
    let told: Vec<String> = collected.faults.iter().chain(&collected.notes).cloned().collect();
    blocks.extend((!told.is_empty()).then_some(HtmlBlock::Notice(told)));
    for group in &groups {
        if groups.len() > 1 {
            blocks.push(HtmlBlock::Heading(group.title.clone()));
        }
        blocks.push(HtmlBlock::Text(group.protocol(collected)));
        blocks.extend(curve::blocks(group));
        blocks.extend(claims::table(group));
        blocks.extend(strips::blocks(group, collected));
        blocks.extend(learning::blocks(group, collected));
        blocks.extend(group.recipe.clone().map(|text| HtmlBlock::Source(["The recipe".to_owned(), text])));
    }
    if !collected.runs.is_empty() {
        blocks.push(HtmlBlock::Heading("All runs".to_owned()));
        blocks.extend(runs_table::blocks(collected));
        blocks.push(HtmlBlock::Heading("Each run".to_owned()));
        blocks.extend(each_run::blocks(collected));
    }
    HtmlPage { title, blocks }
}

/// Says what the page is about.
fn facts(collected: &Collected) -> Vec<[String; 2]> {
    let runs = &collected.runs;
    let seeds: usize = runs.iter().map(|run| run.record.seeds.len()).sum();
    let mut data: Vec<&str> = runs.iter().map(|run| run.record.data.as_str()).collect();
    data.sort_unstable();
    data.dedup();
    let mut states: Vec<&str> = runs.iter().map(|run| run.state).collect();
    states.sort_unstable();
    let parts = states.chunk_by(|one, other| one == other);
    let states: Vec<String> = parts.map(|part| format!("{} {}", part.len(), part[0])).collect();
    let folders = |text: Vec<String>| text.join(", ");
    let all = [
        ("made", format!("{} by gemc {WHOLE}", clock::date())),
        (
            "runs",
            format!("{}, {}: {}", count(runs.len() as u64, "run"), count(seeds as u64, "seed"), states.join(", ")),
        ),
        ("data", data.join(", ")),
        ("folders", folders(collected.folders.iter().map(|folder| folder.display().to_string()).collect())),
    ];
    all.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| [name.to_owned(), value]).collect()
}
