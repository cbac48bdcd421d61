//! A confusion matrix: a row for each true class, a column for each predicted one, the share of the row as shade and as a number.

use ::svg::Document;
use ::svg::node::Node;
use ::svg::node::element::{Element, Group, Rectangle, Title};

use super::frame::{figure, paper, words};
use super::markup::clean;

/// Pixels that a letter of a label takes.
const LETTER: f64 = 6.8;
/// Letters of a class's name that are shown.
const MOST_LETTERS: usize = 18;
/// Pixels of the titles of both axes, and between labels and cells.
const TITLE: f64 = 20.0;
const GAP: f64 = 6.0;

/// How often each class was predicted for the samples of each class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfusionChart {
    /// What it shows.
    pub title: String,
    /// What is to be known of it, a sentence each.
    pub notes: Vec<String>,
    /// The names of the classes, in the order of their labels.
    pub classes: Vec<String>,
    /// A row for each true class: how many of its samples were given each class.
    pub counts: Vec<Vec<u64>>,
}

impl ConfusionChart {
    /// Returns how many cells are drawn.
    pub fn cells(&self) -> usize {
        self.counts.iter().map(|row| row.iter().filter(|count| **count > 0).count()).sum()
    }

    /// Returns it as a figure.
    pub(super) fn html(&self) -> String {
        figure(&self.title, &self.notes, &[], false, &self.draw())
    }

    fn draw(&self) -> Document {
        let outputs = self.counts.first().map_or(0, Vec::len);
        let side = side(self.counts.len().max(outputs));
        let longest = (0..self.counts.len().max(outputs)).map(|class| self.name(class).chars().count()).max();
        let room = (longest.unwrap_or(0) as f64 * LETTER).ceil() + GAP;
        // names that are wider than a column stand upright
        let is_upright = room > side;
        let (left, top) = (TITLE + room, TITLE + if is_upright { room } else { 12.0 + GAP });
        let (width, height) = (outputs as f64 * side, self.counts.len() as f64 * side);
        let mut drawn = paper([left + width + 2.0, top + height + 2.0]).set("class", "chart matrix");
        drawn = drawn.add(words("label", "middle", [left + width / 2.0, 13.0], "predicted class"));
        drawn = drawn.add(turned(words("label", "middle", [13.0, top + height / 2.0], "true class")));
        for class in 0..outputs {
            let at = left + (class as f64 + 0.5) * side;
            let (anchor, place) =
                if is_upright { ("start", [at + 4.0, top - GAP]) } else { ("middle", [at, top - GAP]) };
            let label = words("tick", anchor, place, &self.name(class));
            drawn = drawn.add(if is_upright { turned(label) } else { label });
        }
        for (class, row) in self.counts.iter().enumerate() {
            let upper = top + class as f64 * side;
            drawn = drawn.add(words("tick", "end", [left - GAP, upper + side / 2.0 + 4.0], &self.name(class)));
            drawn = drawn.add(self.row(class, row, ([left, upper], side)));
        }
        let frame = Rectangle::new().set("x", left).set("y", top).set("width", width).set("height", height);
        drawn.add(frame.set("class", "border"))
    }

    /// Draws the cells of a row that hold samples.
    fn row(&self, class: usize, row: &[u64], ([left, top], side): ([f64; 2], f64)) -> Group {
        let samples: u64 = row.iter().sum();
        let mut group = Group::new();
        for (column, count) in row.iter().enumerate().filter(|(_, count)| **count > 0) {
            let (share, x) = (*count as f64 / samples as f64, left + column as f64 * side);
            let cell = Rectangle::new().set("x", x).set("y", top).set("width", side).set("height", side);
            let kind = if column == class { "cell right" } else { "cell" };
            let cell = cell.set("class", kind).set("fill-opacity", (share * 1e3).round() / 1e3);
            let said = format!(
                "{} predicted as {}: {count} of {samples} ({:.2} %)",
                self.name(class),
                self.name(column),
                100.0 * share
            );
            group = group.add(cell.add(Title::new(clean(&said))));
            if let Some(number) = number(share, side) {
                group = group.add(words("share", "middle", [x + side / 2.0, top + side / 2.0 + 4.0], &number));
            }
        }
        group
    }

    /// Returns what a class is called: its label, where it has no name.
    fn name(&self, class: usize) -> String {
        let Some(name) = self.classes.get(class) else { return class.to_string() };
        if name.chars().count() <= MOST_LETTERS {
            return name.clone();
        }
        name.chars().take(MOST_LETTERS - 1).chain(['…']).collect()
    }
}

/// Returns the pixels of a cell's side, for as many classes.
fn side(classes: usize) -> f64 {
    match classes {
        0..=12 => 46.0,
        13..=26 => 32.0,
        27..=50 => 16.0,
        _ => 6.0,
    }
}

/// Writes a share in per cent, as far as a cell of this size has room.
fn number(share: f64, side: f64) -> Option<String> {
    if side > 40.0 {
        Some(format!("{:.1}", 100.0 * share))
    } else {
        (side > 30.0).then(|| format!("{:.0}", 100.0 * share))
    }
}

/// Turns a line of type upright, about where it begins.
fn turned(mut label: Element) -> Element {
    let place = |name: &str| label.get_attributes().get(name).map(ToString::to_string).unwrap_or_default();
    let turn = format!("rotate(-90 {} {})", place("x"), place("y"));
    label.assign("transform", turn);
    label
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_has_the_share_of_its_row() {
        let (names, counts) = (vec!["cat".to_owned(), "dog & co".to_owned()], vec![vec![3, 1], vec![0, 8]]);
        let chart = ConfusionChart { title: "a".to_owned(), notes: Vec::new(), classes: names, counts };
        let html = chart.html();
        assert_eq!((chart.cells(), html.matches("class=\"cell").count()), (3, 3));
        assert!(html.contains("cat predicted as dog &amp; co: 1 of 4 (25.00 %)"), "{html}");
        for part in ["fill-opacity=\"0.75\"", "fill-opacity=\"0.25\"", ">75.0<", ">25.0<", ">100.0<"] {
            assert!(html.contains(part), "{part}: {html}");
        }
    }

    #[test]
    fn many_classes_have_no_numbers() {
        assert_eq!(
            [10, 20, 40, 200].map(|classes| number(0.256, side(classes))),
            [Some("25.6".to_owned()), Some("26".to_owned()), None, None]
        );
    }
}
