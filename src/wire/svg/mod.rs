//! [`Wiring`] → the text of an SVG picture that needs nothing else: no fonts, no style sheet, no other program.
//!
//! What is said ([`diagram`], [`collapse`]) comes first, then where it lies ([`columns`], [`lanes`], [`ports`],
//! [`layout`]), then how it is drawn ([`lines`], [`cards`], [`legend`]). Coordinates are rounded to a tenth of a pixel;
//! the same wiring gives the same bytes.

mod cards;
mod collapse;
mod columns;
mod diagram;
mod ink;
mod lanes;
mod layout;
mod legend;
mod lines;
mod ports;

use ::svg::Document;
use ::svg::node::Node;
use ::svg::node::element::{Element, Group, Line, Rectangle, Title};

use self::diagram::Diagram;
use self::ink::{Type, tenth};
use self::layout::Layout;
use super::Wiring;

/// More populations or connections than these are drawn by layers, not one by one.
const POPULATIONS: usize = 200;
const CONNECTIONS: usize = 600;

/// The paper's margin.
const MARGIN: f64 = 32.0;
/// Between heading, picture and legend.
const GAP: f64 = 30.0;
/// From one line of totals to the next.
const LEADING: f64 = 19.0;

impl Wiring {
    /// Returns a picture of the wiring as an SVG document: populations from left to right, connections in the colours of
    /// their genomes, a legend. A wiring of more than 200 populations or 600 connections is drawn by layers.
    pub fn svg(&self) -> String {
        let model = self.model();
        let small = model.populations().len() <= POPULATIONS && model.projections().len() <= CONNECTIONS;
        let diagram = if small { Diagram::whole(self) } else { Diagram::collapsed(self) };
        let mut text = draw(&diagram, model.name()).to_string();
        text.push('\n');
        text
    }
}

/// Puts the sheet together from the top.
fn draw(diagram: &Diagram, title: &str) -> Document {
    let layout = Layout::new(diagram);
    let width =
        [heading_width(diagram), layout.width, legend::least_width(&diagram.legend)].into_iter().fold(0.0, f64::max);
    let picture_top = MARGIN + 24.0 + LEADING * diagram.totals.len() as f64 + GAP;
    let rule = picture_top + layout.height + GAP - 8.0;
    let (legend, end) = legend::draw(&diagram.legend, MARGIN, rule + 18.0, width);
    let (legend, end) = if diagram.legend.is_empty() { (Group::new(), rule) } else { (legend, end) };
    let (sheet_width, sheet_height) = ((width + 2.0 * MARGIN).ceil(), (end + MARGIN - 10.0).ceil());
    let picture = picture(diagram, &layout);
    let shift = format!("translate({},{})", tenth(MARGIN + (width - layout.width) / 2.0), tenth(picture_top));
    let document = Document::new()
        .set("viewBox", (0, 0, sheet_width, sheet_height))
        .set("width", sheet_width)
        .set("height", sheet_height)
        .set("font-family", ink::FONTS)
        .set("role", "img")
        .add(Title::new(title))
        .add(paper(sheet_width, sheet_height))
        .add(heading(diagram))
        .add(picture.set("transform", shift));
    if diagram.legend.is_empty() { document } else { document.add(ruled(rule, width)).add(legend) }
}

fn paper(width: f64, height: f64) -> Rectangle {
    let paper = Rectangle::new().set("x", 0.5).set("y", 0.5).set("width", width - 1.0).set("height", height - 1.0);
    paper.set("rx", 14).set("fill", ink::PAPER).set("stroke", ink::RULE)
}

fn ruled(y: f64, width: f64) -> Line {
    let line = Line::new().set("x1", MARGIN).set("x2", tenth(MARGIN + width)).set("y1", tenth(y)).set("y2", tenth(y));
    line.set("stroke", ink::RULE)
}

fn heading_width(diagram: &Diagram) -> f64 {
    let totals = diagram.totals.iter().map(|line| ink::width(line, ink::BODY));
    totals.fold(ink::width(&diagram.name, ink::HEADING), f64::max)
}

fn heading(diagram: &Diagram) -> Group {
    let mut group = Group::new().add(type_set(&diagram.name, ink::HEADING, ink::INK, MARGIN, MARGIN + 18.0));
    for (index, line) in diagram.totals.iter().enumerate() {
        let baseline = MARGIN + 22.0 + LEADING * (index + 1) as f64;
        group = group.add(type_set(line, ink::BODY, ink::SOFT, MARGIN, baseline));
    }
    group
}

/// Draws the lines beneath, the boxes upon them, the labels last.
fn picture(diagram: &Diagram, layout: &Layout) -> Group {
    let mut group = Group::new();
    for (link, route) in diagram.links.iter().zip(&layout.routes) {
        group = group.add(lines::draw(link, route));
    }
    for (card, at) in diagram.cards.iter().zip(&layout.boxes) {
        group = group.add(cards::draw(card, *at));
    }
    for (link, route) in diagram.links.iter().zip(&layout.routes) {
        group = group.add(lines::label(link, route));
    }
    group
}

/// Sets a line of type with its left end and baseline at (`x`, `y`).
fn type_set(text: &str, face: Type, colour: &str, x: f64, y: f64) -> Element {
    // the crate's own text element would put line ends around what it holds
    let mut element = Element::new("text");
    element.assign("x", tenth(x));
    element.assign("y", tenth(y));
    element.assign("font-size", face.size);
    element.assign("fill", colour);
    if face.bold {
        element.assign("font-weight", 600);
    }
    element.append(::svg::node::Text::new(text));
    element
}

/// Moves a line of type so that its `middle` or its `end` is where its left end was.
fn anchored(anchor: &str, mut text: Element) -> Element {
    text.assign("text-anchor", anchor);
    text
}
