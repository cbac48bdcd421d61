//! What a recipe expects, as marks in the chart of its group and as a table of verdicts.

use super::group::RunGroup;
use crate::cli::numbers::{grouped, percent};
use crate::report::{CellTone, ChartMark, DataTable, HtmlBlock, TableCell};
use crate::run_dir::{ClaimRange, ReadClaim};

/// Returns the marks of claims that say an accuracy.
pub(super) fn marks(group: &RunGroup) -> Vec<ChartMark> {
    let mark = |claim: &ReadClaim| {
        let series = group.series.iter().position(|series| series.label == claim.label);
        ChartMark { series, x: claim.parameters.ends, y: claim.accuracy.ends, said: said(claim) }
    };
    let drawn = |claim: &&ReadClaim| claim.accuracy.ends.iter().any(Option::is_some);
    group.claims.iter().filter(drawn).map(mark).collect()
}

/// Lists what was expected and what was found.
pub(super) fn table(group: &RunGroup) -> Option<HtmlBlock> {
    if group.claims.is_empty() {
        return None;
    }
    let heads = ["series", "parameters", "expected", "source", "found", "95 % interval", "n", "verdict"];
    let rows = group.claims.iter().map(row).collect();
    Some(HtmlBlock::Table(DataTable {
        title: "What was expected".to_owned(),
        heads: heads.map(str::to_owned).into(),
        rows,
    }))
}

fn row(claim: &ReadClaim) -> Vec<TableCell> {
    let dash = || "–".to_owned();
    let found = claim.found.map_or_else(dash, |found| format!("{} %", percent(found)));
    let interval = claim.interval.map_or_else(dash, |[low, high]| format!("{} – {} %", percent(low), percent(high)));
    vec![
        TableCell::words(whose(claim)),
        TableCell::words(parameters(&claim.parameters)),
        TableCell::words(accuracy(&claim.accuracy)),
        TableCell::words(claim.source.clone().unwrap_or_default()),
        TableCell::number(found, claim.found),
        TableCell::number(interval, claim.interval.map(|[low, high]| high - low)),
        TableCell::number(claim.n.map_or_else(dash, |n| n.to_string()), claim.n.map(|n| n as f64)),
        verdict(claim.verdict.as_deref()),
    ]
}

/// Returns whose trials a claim speaks of.
fn whose(claim: &ReadClaim) -> &str {
    if claim.label.is_empty() { "all series" } else { &claim.label }
}

fn verdict(verdict: Option<&str>) -> TableCell {
    let (text, tone) = match verdict {
        Some("holds") => ("✓ holds", CellTone::Good),
        Some("fails") => ("✗ fails", CellTone::Bad),
        Some("undecided") => ("? undecided", CellTone::Open),
        Some("missing") | None => ("– missing", CellTone::Open),
        Some(other) => (other, CellTone::Plain),
    };
    TableCell::words(text).toned(tone)
}

fn said(claim: &ReadClaim) -> String {
    let source = claim.source.as_ref().map(|source| format!(" ({source})")).unwrap_or_default();
    let verdict = claim.verdict.as_ref().map(|verdict| format!(": {verdict}")).unwrap_or_default();
    let found = claim.found.map(|found| format!(", found {} %", percent(found))).unwrap_or_default();
    let parameters = Some(parameters(&claim.parameters)).filter(|text| !text.is_empty());
    let parameters = parameters.map(|text| format!(", parameters {text}")).unwrap_or_default();
    format!("{}{parameters}: accuracy {}{source}{found}{verdict}", whose(claim), accuracy(&claim.accuracy))
}

/// Writes how many parameters: `at most 156`.
fn parameters(range: &ClaimRange) -> String {
    written(range, |value| {
        // a number of parameters is a whole one; another is written as it is
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        if (0.0..1e15).contains(&value) { grouped(value as u64) } else { value.to_string() }
    })
}

/// Writes which accuracy: `at least 80.00 %`.
fn accuracy(range: &ClaimRange) -> String {
    written(range, |value| format!("{} %", percent(value)))
}

fn written(range: &ClaimRange, write: impl Fn(f64) -> String) -> String {
    match range.ends {
        [Some(from), Some(to)] if (from - to).abs() < 1e-12 => write(from),
        [Some(from), Some(to)] => format!("{} to {}", write(from), write(to)),
        [Some(from), None] => format!("at least {}", write(from)),
        [None, Some(to)] => format!("at most {}", write(to)),
        [None, None] => range.text.clone(),
    }
}
