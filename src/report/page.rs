//! The page: a title, what is to be known of the run, and sections of panels, set in rows from the top.

use ::svg::Document;
use ::svg::node::Node;
use ::svg::node::element::{Element, Group, Line, Rectangle, Title};

use super::panel::Panel;

/// Of names and numbers, of notes, of edges.
pub(super) const INK: &str = "#1f2430";
pub(super) const SOFT: &str = "#4b5160";
pub(super) const EDGE: &str = "#c9ccd4";
/// Fonts that are on people's machines already.
pub(super) const FONTS: &str = "system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, DejaVu Sans, sans-serif";

/// The size of a number in a picture, and the pixels that a digit takes.
pub(super) const NUMBER: f64 = 9.0;
const DIGIT: f64 = 5.8;

/// Pixels of the page's width without its margins, of a margin, between panels, and before a section.
const WIDTH: f64 = 1_240.0;
const MARGIN: f64 = 32.0;
const GAP: f64 = 32.0;
const BEFORE: f64 = 30.0;

/// What is drawn of a trained network.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The model's name.
    pub title: String,
    /// What is to be known of the run, a line each.
    pub facts: Vec<String>,
    /// The pictures.
    pub sections: Vec<Section>,
}

/// Pictures of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// What they show.
    pub title: String,
    /// The pictures.
    pub panels: Vec<Panel>,
}

impl Page {
    /// Returns the page as an SVG document that needs nothing else. The same numbers give the same bytes.
    pub fn svg(&self) -> String {
        let mut body = Group::new().add(strong(&self.title, 22.0, MARGIN + 20.0));
        let mut top = MARGIN + 28.0;
        for line in &self.facts {
            body = body.add(text(line, 13.0, SOFT, MARGIN, top + 16.0));
            top += 19.0;
        }
        let mut index = 0;
        for section in self.sections.iter().filter(|section| !section.panels.is_empty()) {
            top += BEFORE;
            let rule = Line::new().set("x1", MARGIN).set("x2", MARGIN + WIDTH).set("y1", top).set("y2", top);
            body = body.add(rule.set("stroke", EDGE)).add(strong(&section.title, 16.0, top + 28.0));
            let (panels, bottom) = rows(&section.panels, top + 48.0, &mut index);
            (body, top) = (body.add(panels), bottom);
        }
        let (width, height) = (WIDTH + 2.0 * MARGIN, (top + MARGIN).ceil());
        let paper = Rectangle::new().set("width", width).set("height", height).set("fill", "#ffffff");
        let document = Document::new().set("viewBox", (0, 0, width, height)).set("width", width).set("height", height);
        let document = document.set("font-family", FONTS).set("role", "img");
        format!("{}\n", document.add(Title::new(self.title.as_str())).add(paper).add(body))
    }
}

/// Sets panels side by side, in as many rows as they need; returns where the last row ends.
fn rows(panels: &[Panel], top: f64, index: &mut usize) -> (Group, f64) {
    let (mut group, mut left, mut top, mut bottom) = (Group::new(), MARGIN, top, top);
    for panel in panels {
        let drawn = panel.draw(*index);
        *index += 1;
        if left > MARGIN && left + drawn.width > MARGIN + WIDTH {
            (left, top) = (MARGIN, bottom + GAP);
        }
        group = group.add(drawn.group.set("transform", format!("translate({left},{top})")));
        left += drawn.width + GAP;
        bottom = bottom.max(top + drawn.height);
    }
    (group, bottom)
}

fn strong(line: &str, size: f64, baseline: f64) -> Element {
    let mut line = text(line, size, INK, MARGIN, baseline);
    line.assign("font-weight", 600);
    line
}

/// Sets a line of type with its left end and baseline at (`x`, `y`).
pub(super) fn text(line: &str, size: f64, colour: &str, x: f64, y: f64) -> Element {
    // the crate's own text element would put line ends around what it holds
    let mut element = Element::new("text");
    element.assign("x", x);
    element.assign("y", y);
    element.assign("font-size", size);
    element.assign("fill", colour);
    element.append(::svg::node::Text::new(line));
    element
}

/// Returns the pixels that a number in a picture takes.
pub(super) fn wide(number: usize) -> f64 {
    number.to_string().len() as f64 * DIGIT
}
