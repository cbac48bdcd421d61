//! A group → its accuracy by number of parameters, as a chart and as a table.

use super::claims;
use super::group::{RunGroup, RunSeries, SeriesPoint};
use super::seeds::SeedSummary;
use crate::cli::numbers::{count, grouped, percent};
use crate::report::{CellTone, ChartAxis, ChartLine, ChartPoint, DataTable, HtmlBlock, LineChart, TableCell};

/// Series that are drawn.
const MOST_SERIES: usize = 24;
/// Rows of a table that is folded, and of any at most.
const LONG: usize = 40;
const MOST_ROWS: usize = 1_000;

/// Returns the axis of accuracies.
pub(super) fn accuracy_axis() -> ChartAxis {
    ChartAxis { label: "accuracy".to_owned(), is_log: false, is_percent: true }
}

/// Draws a group and lists it.
pub(super) fn blocks(group: &RunGroup) -> Vec<HtmlBlock> {
    let any = group.series.iter().flat_map(|series| &series.points).any(|point| !point.accuracies.is_empty());
    if !any && group.claims.is_empty() {
        return Vec::new();
    }
    let mut table = HtmlBlock::Table(table(group));
    let rows: usize = group.series.iter().map(|series| series.points.len()).sum();
    if rows > LONG {
        table = HtmlBlock::Folded { name: None, title: format!("{rows} settings as a table"), blocks: vec![table] };
    }
    vec![HtmlBlock::Lines(chart(group)), table]
}

fn chart(group: &RunGroup) -> LineChart {
    let lines = group.series.iter().take(MOST_SERIES).enumerate().map(|(index, series)| line(index, series));
    let points = || group.series.iter().flat_map(|series| &series.points);
    let mut notes = vec![
        "Means over seeds. Whiskers and bands are 95 % intervals of the mean by Student's t over seeds, within 0 and 100 %; \
         a single seed has none."
            .to_owned(),
    ];
    if points().any(|point| point.is_open() && !point.accuracies.is_empty()) {
        notes.push(
            "Hollow symbols are the best so far of runs that did not finish; no line goes through them.".to_owned(),
        );
    }
    let lost: usize = points().map(|point| point.lost).sum();
    if lost > 0 {
        notes.push(format!("{} without an accuracy left out.", count(lost as u64, "seed")));
    }
    if group.series.len() > MOST_SERIES {
        notes.push(format!("The first {MOST_SERIES} of {} series are drawn; the table has all.", group.series.len()));
    }
    LineChart {
        title: "Accuracy by number of parameters".to_owned(),
        notes,
        x: ChartAxis { label: "parameters".to_owned(), is_log: true, is_percent: false },
        y: accuracy_axis(),
        lines: lines.collect(),
        marks: claims::marks(group),
    }
}

fn line(index: usize, series: &RunSeries) -> ChartLine {
    let point = |point: &SeriesPoint| {
        let summary = SeedSummary::of(&point.values())?;
        let name = if point.name.is_empty() { String::new() } else { format!(", {}", point.name) };
        let state = if point.is_open() { format!(" ({})", point.state) } else { String::new() };
        let parameters = count(point.parameters, "parameter");
        Some(ChartPoint {
            x: point.parameters as f64,
            y: summary.mean,
            spread: summary.interval,
            is_open: point.is_open(),
            said: format!("{}{name}, {parameters}: {}{state}", series.label, summary.said()),
        })
    };
    let points = series.points.iter().filter_map(point).collect();
    ChartLine { label: series.label.clone(), colour: index, has_symbols: true, points }
}

fn table(group: &RunGroup) -> DataTable {
    let all = group.series.iter().flat_map(|series| series.points.iter().map(move |point| (series, point)));
    let total = all.clone().count();
    let title = if total > MOST_ROWS {
        format!("The first {MOST_ROWS} of {total} settings")
    } else {
        "The same as a table".to_owned()
    };
    let heads = ["series", "setting", "parameters", "mean", "SD", "95 % interval", "n", "state"];
    DataTable {
        title,
        heads: heads.map(str::to_owned).into(),
        rows: all.take(MOST_ROWS).map(|(series, point)| row(series, point)).collect(),
    }
}

fn row(series: &RunSeries, point: &SeriesPoint) -> Vec<TableCell> {
    let summary = SeedSummary::of(&point.values());
    let interval = summary.and_then(|summary| summary.interval);
    let said = |value: Option<f64>| {
        TableCell::number(value.map_or_else(|| "–".to_owned(), |value| format!("{} %", percent(value))), value)
    };
    let range =
        interval.map_or_else(|| "–".to_owned(), |[low, high]| format!("{} – {} %", percent(low), percent(high)));
    let n = point.accuracies.len();
    vec![
        TableCell::words(&series.label),
        TableCell::words(&point.name),
        TableCell::number(grouped(point.parameters), Some(point.parameters as f64)),
        said(summary.map(|summary| summary.mean)),
        said(summary.and_then(|summary| summary.sd)),
        TableCell::number(range, interval.map(|[low, high]| high - low)),
        TableCell::number(n.to_string(), Some(n as f64)),
        state(&point.state),
    ]
}

/// Makes the cell that says how a run stands.
pub(super) fn state(state: &str) -> TableCell {
    let tone = match state {
        "finished" => CellTone::Plain,
        "failed" | "diverged" | "killed" => CellTone::Bad,
        _ => CellTone::Open,
    };
    TableCell::words(state).toned(tone)
}
