//! A group → the accuracy of each seed, a row a setting.

use super::collect::Collected;
use super::curve::accuracy_axis;
use super::group::{RunGroup, SeriesPoint};
use crate::cli::numbers::percent;
use crate::report::{HtmlBlock, StripChart, StripRow};

/// Rows of a chart, and points of a row.
const MOST_ROWS: usize = 48;
const MOST_POINTS: usize = 200;

/// Draws all seeds of a group.
pub(super) fn blocks(group: &RunGroup, collected: &Collected) -> Vec<HtmlBlock> {
    let numbered = group.series.iter().enumerate();
    let all = numbered.flat_map(|(index, series)| series.points.iter().map(move |point| (index, series, point)));
    let all: Vec<_> = all.filter(|(.., point)| !point.accuracies.is_empty()).collect();
    if all.is_empty() {
        return Vec::new();
    }
    let row = |(index, series, point): &(usize, &super::group::RunSeries, &SeriesPoint)| {
        let several = series.points.len() > 1;
        let label = if several { format!("{} · {}", series.label, point.said()) } else { series.label.clone() };
        let run = point.runs.first().map(|run| collected.runs[*run].name.as_str()).unwrap_or_default();
        StripRow { values: values(point, run), label, series: *index, is_open: point.is_open() }
    };
    let mut notes =
        vec!["Each seed is a point; the upright line is their mean. Five seeds or more have an outline of their density (Gaussian kernel, \
              Silverman's bandwidth)."
            .to_owned()];
    if all.len() > MOST_ROWS {
        notes.push(format!("{MOST_ROWS} of {} settings are drawn, evenly chosen.", all.len()));
    }
    if all.iter().any(|(.., point)| point.accuracies.len() > MOST_POINTS) {
        notes.push(format!("Of more than {MOST_POINTS} seeds, {MOST_POINTS} are drawn, evenly chosen by accuracy."));
    }
    let shown = all.len().min(MOST_ROWS);
    let rows: Vec<StripRow> = (0..shown).map(|index| row(&all[index * all.len() / shown])).collect();
    let last = rows.iter().map(|row| row.series).max().unwrap_or(0);
    vec![HtmlBlock::Strips(StripChart {
        title: "Best accuracy of each seed".to_owned(),
        notes,
        axis: accuracy_axis(),
        series: group.series.iter().take(last + 1).map(|series| series.label.clone()).collect(),
        rows,
    })]
}

/// Returns the accuracies of a setting from the least to the greatest, with what is said of each.
fn values(point: &SeriesPoint, run: &str) -> Vec<(f64, String)> {
    let mut all = point.accuracies.clone();
    all.sort_by(|one, other| one.1.total_cmp(&other.1));
    let shown = all.len().min(MOST_POINTS);
    let chosen = (0..shown).map(|index| if shown > 1 { index * (all.len() - 1) / (shown - 1) } else { 0 });
    let said = |(seed, accuracy): (Option<u64>, f64)| {
        let seed = seed.map(|seed| format!("seed {seed}: ")).unwrap_or_default();
        (accuracy, format!("{seed}{} %, {run}", percent(accuracy)))
    };
    chosen.map(|index| said(all[index])).collect()
}
