//! A group → learning curves: accuracy and training loss by step, means over seeds in bands from the least to the greatest.

use std::collections::BTreeMap;

use super::collect::Collected;
use super::curve::accuracy_axis;
use super::group::{RunGroup, RunSeries, SeriesPoint};
use crate::cli::numbers::{grouped, percent};
use crate::report::{ChartAxis, ChartLine, ChartPoint, HtmlBlock, LineChart};
use crate::run_dir::Evaluation;

/// Lines of a chart, points of a line, series that have charts of their own.
const MOST_LINES: usize = 8;
const MOST_POINTS: usize = 80;
const MOST_SERIES: usize = 8;
/// A loss that falls by more than this is drawn on a logarithmic axis.
const WIDE: f64 = 30.0;

/// A line of a chart: its name, and the evaluations of all its seeds.
type Curve<'a> = (String, Vec<&'a Evaluation>);

/// Draws the learning curves of a group: all in one chart where they are few, else a chart a series.
pub(super) fn blocks(group: &RunGroup, collected: &Collected) -> Vec<HtmlBlock> {
    let of = |series: &RunSeries, point: &SeriesPoint, whole: bool| {
        let several = series.points.len() > 1;
        let label = match (whole, several) {
            (true, true) => format!("{} · {}", series.label, point.said()),
            (true, false) => series.label.clone(),
            (false, _) => point.said(),
        };
        (label, point.runs.iter().flat_map(|run| &collected.runs[*run].evaluations).collect())
    };
    let curves = |series: &RunSeries, whole| -> Vec<Curve<'_>> {
        let all = series.points.iter().map(|point| of(series, point, whole));
        all.filter(|(_, evaluations): &Curve<'_>| !evaluations.is_empty()).collect()
    };
    let all: Vec<Curve<'_>> = group.series.iter().flat_map(|series| curves(series, true)).collect();
    if all.is_empty() {
        return Vec::new();
    }
    if all.len() <= MOST_LINES {
        return charts("Learning curves", &all, None);
    }
    let series: Vec<(&RunSeries, Vec<Curve<'_>>)> =
        group.series.iter().map(|series| (series, curves(series, false))).collect();
    let series: Vec<_> = series.into_iter().filter(|(_, curves)| !curves.is_empty()).collect();
    let left = (series.len() > MOST_SERIES)
        .then(|| format!("The first {MOST_SERIES} of {} series have learning curves here.", series.len()));
    let one = |(series, curves): &(&RunSeries, Vec<Curve<'_>>)| {
        charts(&format!("Learning curves of {}", series.label), curves, left.as_deref())
    };
    series.iter().take(MOST_SERIES).flat_map(one).collect()
}

/// Draws accuracy and loss.
fn charts(title: &str, curves: &[Curve<'_>], note: Option<&str>) -> Vec<HtmlBlock> {
    let shown = curves.len().min(MOST_LINES);
    let chosen: Vec<&Curve<'_>> =
        (0..shown).map(|index| &curves[if shown > 1 { index * (curves.len() - 1) / (shown - 1) } else { 0 }]).collect();
    let mut notes = vec!["Means over seeds, in bands from the least to the greatest. Seeds that stopped earlier are missing from later steps.".to_owned()];
    if curves.len() > MOST_LINES {
        notes.push(format!("{MOST_LINES} of {} settings, evenly chosen.", curves.len()));
    }
    notes.extend(note.map(str::to_owned));
    let chart = |what: &str, y: ChartAxis, notes: Vec<String>, value: fn(&Evaluation) -> Option<f64>| {
        let lines = chosen.iter().enumerate().map(|(index, (label, all))| line(index, label, all, &y, value));
        let lines: Vec<ChartLine> = lines.filter(|line| !line.points.is_empty()).collect();
        let x = ChartAxis { label: "steps".to_owned(), is_log: false, is_percent: false };
        let drawn = LineChart { title: format!("{title}: {what}"), notes, x, y, lines, marks: Vec::new() };
        (!drawn.lines.is_empty()).then_some(drawn)
    };
    let losses = chosen.iter().flat_map(|(_, all)| all.iter().filter_map(|evaluation| evaluation.loss));
    let [low, high] =
        losses.fold([f64::INFINITY, 0.0], |[low, high], loss| [f64::min(low, loss), f64::max(high, loss)]);
    let is_log = low > 0.0 && high > WIDE * low;
    let loss_axis =
        ChartAxis { label: "training loss since the evaluation before".to_owned(), is_log, is_percent: false };
    let accuracy = chart("accuracy", accuracy_axis(), notes, |evaluation| evaluation.accuracy);
    let loss = chart("training loss", loss_axis, Vec::new(), |evaluation| evaluation.loss);
    vec![HtmlBlock::Beside(accuracy.into_iter().chain(loss).collect())]
}

fn line(
    colour: usize,
    label: &str,
    all: &[&Evaluation],
    axis: &ChartAxis,
    value: fn(&Evaluation) -> Option<f64>,
) -> ChartLine {
    let mut by_step: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    for evaluation in all {
        if let Some(value) = value(evaluation) {
            by_step.entry(evaluation.step).or_default().push(value);
        }
    }
    let written = |value: f64| if axis.is_percent { format!("{} %", percent(value)) } else { format!("{value:.4}") };
    let point = |(step, values): (&u64, &Vec<f64>)| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let [low, high] = values
            .iter()
            .fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| [low.min(*value), high.max(*value)]);
        let range = if values.len() > 1 {
            format!(", {} to {}, n = {}", written(low), written(high), values.len())
        } else {
            String::new()
        };
        let said = format!("{label}, step {}: {}{range}", grouped(*step), written(mean));
        ChartPoint { x: *step as f64, y: mean, spread: (values.len() > 1).then_some([low, high]), is_open: false, said }
    };
    let points: Vec<(&u64, &Vec<f64>)> = by_step.iter().collect();
    let shown = points.len().min(MOST_POINTS);
    let place = |index: usize| if shown > 1 { index * (points.len() - 1) / (shown - 1) } else { 0 };
    let points = (0..shown).map(|index| point(points[place(index)])).collect();
    ChartLine { label: label.to_owned(), colour, has_symbols: false, points }
}
