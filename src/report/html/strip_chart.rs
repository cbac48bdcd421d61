//! Values of single seeds, a row a run: every one a point, its mean a line, and where there are enough an outline of how densely they lie.

use ::svg::node::Node;
use ::svg::node::element::{Group, Path, Title};

use super::density::density;
use super::frame::{figure, group, paper, rule, titled, words};
use super::markup::clean;
use super::ruler::{ChartAxis, Ruler};
use super::symbol::symbol;

/// Values of a row that are drawn with an outline of their density.
const ENOUGH: usize = 5;
/// Pixels of the paper, of the column of names, to the right, of a row, above and below all rows.
const WIDTH: f64 = 720.0;
const NAMES: f64 = 230.0;
const RIGHT: f64 = 30.0;
const ROW: f64 = 30.0;
const TOP: f64 = 8.0;
const BELOW: f64 = 44.0;
/// Letters of a name that are shown.
const LETTERS: usize = 32;
/// Pixels of a point, and from one to the next beside it.
const POINT: f64 = 3.2;
const APART: f64 = 5.2;

/// Rows of values.
#[derive(Debug, Clone, PartialEq)]
pub struct StripChart {
    /// What it shows.
    pub title: String,
    /// What is to be known of it, a sentence each.
    pub notes: Vec<String>,
    /// What is shown of each seed.
    pub axis: ChartAxis,
    /// The names of the series, in the order of the legend.
    pub series: Vec<String>,
    /// The rows from the top.
    pub rows: Vec<StripRow>,
}

/// The values of one run.
#[derive(Debug, Clone, PartialEq)]
pub struct StripRow {
    /// Its name.
    pub label: String,
    /// Its series.
    pub series: usize,
    /// Whether it is no final result: its points are drawn hollow.
    pub is_open: bool,
    /// Each value, and what is said of it under the pointer.
    pub values: Vec<(f64, String)>,
}

impl StripChart {
    /// Returns it as a figure with its legend.
    pub(super) fn html(&self) -> String {
        let all = self.rows.iter().flat_map(|row| row.values.iter().map(|(value, _)| *value));
        let ruler = self.axis.ruler(all, [NAMES, WIDTH - RIGHT], 6);
        let bottom = TOP + ROW * self.rows.len() as f64;
        let mut drawn = paper([WIDTH, bottom + BELOW]);
        for (value, label) in ruler.ticks(true) {
            let at = ruler.place(value);
            drawn = drawn.add(rule("grid", [at, TOP], [at, bottom]));
            drawn = drawn.add(words("tick", "middle", [at, bottom + 16.0], &label));
        }
        drawn = drawn.add(rule("axis", [NAMES, bottom], [WIDTH - RIGHT, bottom]));
        drawn =
            drawn.add(words("label", "middle", [f64::midpoint(NAMES, WIDTH - RIGHT), bottom + 36.0], &self.axis.label));
        for (index, row) in self.rows.iter().enumerate() {
            drawn = drawn.add(row.draw(&ruler, TOP + ROW * (index as f64 + 0.5)));
        }
        let series = self.series.iter().enumerate();
        let keys: Vec<(usize, usize, &str, bool)> =
            series.map(|(index, label)| (index, index, label.as_str(), true)).collect();
        figure(&self.title, &self.notes, &keys, false, &drawn)
    }
}

impl StripRow {
    /// Draws it about a height.
    fn draw(&self, ruler: &Ruler, middle: f64) -> Group {
        let mut name = words("name", "end", [NAMES - 12.0, middle + 4.0], &shortened(&clean(&self.label)));
        name.append(Title::new(clean(&self.label).into_owned()));
        let mut drawn = group("series", self.series, self.series).add(name);
        let values: Vec<f64> = self.values.iter().map(|(value, _)| *value).collect();
        if values.len() >= ENOUGH
            && let Some(outline) = violin(&values, ruler, middle)
        {
            drawn = drawn.add(Path::new().set("class", "violin").set("d", outline));
        }
        if values.len() > 1 {
            let mean = ruler.place(values.iter().sum::<f64>() / values.len() as f64);
            drawn = drawn.add(rule("mean", [mean, middle - 12.0], [mean, middle + 12.0]));
        }
        let class = if self.is_open { "open" } else { "dot" };
        for ([x, y], (_, said)) in apart(&values, ruler, middle).into_iter().zip(&self.values) {
            let shape = Path::new().set("class", class).set("d", symbol(self.series, [x, y], POINT));
            drawn = drawn.add(titled(shape, &clean(said)));
        }
        drawn
    }
}

/// Returns where each value is drawn: at its height, or as little above or below as keeps it from lying over others.
fn apart(values: &[f64], ruler: &Ruler, middle: f64) -> Vec<[f64; 2]> {
    let mut placed: Vec<[f64; 2]> = Vec::with_capacity(values.len());
    for value in values {
        let x = ruler.place(*value);
        let clear = |y: &f64| placed.iter().all(|[left, top]| (x - left).hypot(y - top) >= 1.6 * POINT);
        let heights = [0.0, -1.0, 1.0, -2.0, 2.0].map(|step| middle + step * APART);
        let y = heights.into_iter().find(clear).unwrap_or(middle);
        placed.push([x, y]);
    }
    placed
}

/// Outlines how densely values lie along the axis.
fn violin(values: &[f64], ruler: &Ruler, middle: f64) -> Option<String> {
    let curve = density(values)?;
    let half = |share: f64| ((0.46 * ROW * share) * 10.0).round() / 10.0;
    let end = ruler.ends();
    let inside: Vec<[f64; 2]> = curve.into_iter().filter(|[value, _]| (end[0]..=end[1]).contains(value)).collect();
    let upper = inside.iter().map(|[value, share]| format!("{} {}", ruler.place(*value), middle - half(*share)));
    let lower = inside.iter().rev().map(|[value, share]| format!("{} {}", ruler.place(*value), middle + half(*share)));
    let all: Vec<String> = upper.chain(lower).collect();
    (all.len() > 4).then(|| format!("M{}Z", all.join("L")))
}

/// Leaves out the middle of a long name.
fn shortened(name: &str) -> String {
    let letters = name.chars().count();
    if letters <= LETTERS {
        return name.to_owned();
    }
    let (head, tail) = (LETTERS / 2, LETTERS - LETTERS / 2 - 1);
    name.chars().take(head).chain(['…']).chain(name.chars().skip(letters - tail)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_do_not_lie_over_each_other() {
        let axis = ChartAxis { label: String::new(), is_log: false, is_percent: true };
        let ruler = axis.ruler([0.5, 0.9].into_iter(), [0.0, 400.0], 6);
        let placed = apart(&[0.6; 5], &ruler, 20.0);
        for (index, [x, y]) in placed.iter().enumerate() {
            assert!(placed[..index].iter().all(|[left, top]| (x - left).hypot(y - top) > 4.0), "{placed:?}");
        }
    }

    #[test]
    fn names_lose_their_middle() {
        assert_eq!(shortened("short"), "short");
        let long = shortened(&"ab".repeat(60));
        assert_eq!(long.chars().count(), LETTERS);
        assert!(long.contains('…'));
    }
}
