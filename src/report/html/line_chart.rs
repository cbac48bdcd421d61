//! Lines over two axes: means with bands or whiskers, what a paper claims, a legend.

use ::svg::node::element::{Group, Path};

use super::frame::{Frame, figure, group, titled};
use super::markup::clean;
use super::ruler::{ChartAxis, Ruler};
use super::symbol::{dash, symbol};

/// Values over values, a line a series.
#[derive(Debug, Clone, PartialEq)]
pub struct LineChart {
    /// What it shows.
    pub title: String,
    /// What is to be known of it, a sentence each.
    pub notes: Vec<String>,
    /// From left to right.
    pub x: ChartAxis,
    /// From the bottom to the top.
    pub y: ChartAxis,
    /// The series, in the order of the legend.
    pub lines: Vec<ChartLine>,
    /// What others claim.
    pub marks: Vec<ChartMark>,
}

/// One series.
#[derive(Debug, Clone, PartialEq)]
pub struct ChartLine {
    /// Its name in the legend.
    pub label: String,
    /// The number of its colour and symbol.
    pub colour: usize,
    /// Whether its points bear symbols, with whiskers for what they spread over; else there are dashes and a band.
    pub has_symbols: bool,
    /// Its points from left to right.
    pub points: Vec<ChartPoint>,
}

/// A point of a series.
#[derive(Debug, Clone, PartialEq)]
pub struct ChartPoint {
    /// Along the level axis.
    pub x: f64,
    /// Along the upright axis.
    pub y: f64,
    /// What it spreads over, upright.
    pub spread: Option<[f64; 2]>,
    /// Whether it is no final result: it is drawn hollow, and no line goes through it.
    pub is_open: bool,
    /// What is said of it under the pointer.
    pub said: String,
}

/// A claim: some accuracy at some number of parameters. An end that is missing is open.
#[derive(Debug, Clone, PartialEq)]
pub struct ChartMark {
    /// Its series, by its number among the lines, where it has one.
    pub series: Option<usize>,
    /// From where to where on the level axis.
    pub x: [Option<f64>; 2],
    /// From where to where on the upright axis.
    pub y: [Option<f64>; 2],
    /// What is said of it under the pointer.
    pub said: String,
}

impl LineChart {
    /// Returns it as a figure with its legend; a small one leaves room for another beside it.
    pub(super) fn html(&self, is_small: bool) -> String {
        let shown: Vec<(usize, &ChartLine)> = self.lines.iter().enumerate().collect();
        let points = || shown.iter().flat_map(|(_, line)| line.points.iter().filter(|point| self.has_place(point)));
        let marked = |part: fn(&ChartMark) -> [Option<f64>; 2]| self.marks.iter().flat_map(part).flatten();
        let frame = Frame { x: &self.x, y: &self.y, is_small };
        let (from, to) = frame.inside();
        let origin = (!self.x.is_log).then_some(0.0);
        let level = points().map(|point| point.x).chain(marked(|mark| mark.x)).chain(origin);
        let x = self.x.ruler_to(level, [from[0], to[0]], 8, true);
        let spread = points().flat_map(|point| point.spread.into_iter().flatten().chain([point.y]));
        let y = self.y.ruler(spread.chain(marked(|mark| mark.y)), [to[1], from[1]], 6);
        let mut drawn = frame.draw(&x, &y);
        for mark in &self.marks {
            drawn = drawn.add(claim(mark, &x, &y));
        }
        for (index, line) in &shown {
            drawn = drawn.add(self.series(*index, line, &x, &y));
        }
        let keys: Vec<(usize, usize, &str, bool)> =
            shown.iter().map(|(index, line)| (*index, line.colour, line.label.as_str(), line.has_symbols)).collect();
        let mut notes = self.notes.clone();
        notes.extend(self.without_place());
        figure(&self.title, &notes, &keys, !self.marks.is_empty(), &drawn)
    }

    fn has_place(&self, point: &ChartPoint) -> bool {
        self.x.holds(point.x) && self.y.holds(point.y)
    }

    /// Says which points have no place on a logarithmic axis.
    fn without_place(&self) -> Option<String> {
        let lost = self.lines.iter().flat_map(|line| line.points.iter().filter(|point| !self.has_place(point)));
        let lost = lost.count();
        (lost > 0)
            .then(|| format!("{} without a place on these axes left out.", crate::diag::count(lost as u64, "point")))
    }

    fn series(&self, index: usize, line: &ChartLine, x: &Ruler, y: &Ruler) -> Group {
        let points: Vec<&ChartPoint> = line.points.iter().filter(|point| self.has_place(point)).collect();
        let solid: Vec<&&ChartPoint> = points.iter().filter(|point| !point.is_open).collect();
        let place = |point: &ChartPoint| [x.place(point.x), y.place(point.y)];
        let mut drawn = group("series", index, line.colour);
        let spread: Vec<(f64, [f64; 2])> =
            solid.iter().filter_map(|point| Some((x.place(point.x), point.spread?.map(|end| y.place(end))))).collect();
        if spread.len() > 1 {
            let upper = spread.iter().map(|(x, [_, high])| [*x, *high]);
            let lower = spread.iter().rev().map(|(x, [low, _])| [*x, *low]);
            let band = Path::new().set("class", "band").set("d", path(upper.chain(lower)) + "Z");
            drawn = drawn.add(band);
        }
        if solid.len() > 1 {
            let thin = Path::new().set("class", "line").set("d", path(solid.iter().map(|point| place(point))));
            drawn = drawn.add(if line.has_symbols { thin } else { thin.set("stroke-dasharray", dash(line.colour)) });
        }
        for point in points {
            let [left, top] = place(point);
            if let (Some(spread), true) = (point.spread, line.has_symbols) {
                let [low, high] = spread.map(|end| y.place(end));
                let whisker = format!("M{left} {low}V{high}M{} {low}h8M{} {high}h8", left - 4.0, left - 4.0);
                drawn = drawn.add(Path::new().set("class", "whisker").set("d", whisker));
            }
            let class = match (line.has_symbols || points_alone(line), point.is_open) {
                (true, true) => "open",
                (true, false) => "dot",
                (false, _) => "hit",
            };
            let shape = symbol(if class == "hit" { 0 } else { line.colour }, [left, top], 4.5);
            drawn = drawn.add(titled(Path::new().set("class", class).set("d", shape), &clean(&point.said)));
        }
        drawn
    }
}

/// Tells whether a series is a single point, which no line shows.
fn points_alone(line: &ChartLine) -> bool {
    line.points.len() == 1
}

/// Draws the edge of what is claimed, with a star at its corner.
fn claim(mark: &ChartMark, x: &Ruler, y: &Ruler) -> Group {
    let [low, high] = mark.y;
    let level = low.or(high);
    let upright = mark.x[1].or(mark.x[0]);
    let mut edge = String::new();
    if let Some(level) = level {
        let [from, to] = [mark.x[0].unwrap_or(x.ends()[0]), mark.x[1].unwrap_or(x.ends()[1])];
        edge += &format!("M{} {}H{}", x.place(from), y.place(level), x.place(to));
    }
    if let (Some(upright), true) = (upright, mark.x[0] != mark.x[1]) {
        let [from, to] = [low.unwrap_or(y.ends()[0]), high.unwrap_or(y.ends()[1])];
        edge += &format!("M{} {}V{}", x.place(upright), y.place(from), y.place(to));
    }
    let corner = [x.place(upright.unwrap_or(x.ends()[0])), y.place(level.unwrap_or(y.ends()[0]))];
    let mut drawn = match mark.series {
        Some(series) => group("claim", series, series),
        None => Group::new().set("class", "claim none"),
    };
    if !edge.is_empty() && mark.x != [upright; 2] {
        drawn = drawn.add(titled(Path::new().set("class", "edge").set("d", edge), &clean(&mark.said)));
    }
    drawn.add(titled(
        Path::new().set("class", "star").set("d", symbol(super::symbol::STAR, corner, 6.5)),
        &clean(&mark.said),
    ))
}

fn path(points: impl Iterator<Item = [f64; 2]>) -> String {
    let part = |(index, [x, y]): (usize, [f64; 2])| format!("{}{x} {y}", if index == 0 { 'M' } else { 'L' });
    points.enumerate().map(part).collect()
}
