//! Draws the lines: smooth curves, an arrowhead where each enters a box, its label above its last stretch.

use std::fmt::Write;

use ::svg::node::element::{Element, Group, Path, Title};

use super::diagram::Link;
use super::ink::{self, Stroke, tenth};
use super::lanes::Way;
use super::layout::Route;
use super::{anchored, type_set};

/// An arrowhead's length, and half its height.
const HEAD: f64 = 8.0;
const HALF: f64 = 4.0;
/// A dotted line's width; of others the number of synapses decides.
const DOTS: f64 = 2.0;
/// The corners of a line that goes to another row.
const CORNER: f64 = 12.0;
/// How far a control point lies from the end of a quarter of a circle of radius 1.
const ARC: f64 = 0.55;

/// Path data, written point by point.
struct Pen {
    data: String,
    at: (f64, f64),
}

impl Pen {
    fn at(at: (f64, f64)) -> Self {
        Self { data: format!("M{},{}", tenth(at.0), tenth(at.1)), at }
    }

    fn straight(&mut self, to: (f64, f64)) {
        self.write(&format!("L{},{}", tenth(to.0), tenth(to.1)), to);
    }

    fn curve(&mut self, first: (f64, f64), second: (f64, f64), to: (f64, f64)) {
        let [first, second, end] = [first, second, to].map(|(x, y)| format!("{},{}", tenth(x), tenth(y)));
        self.write(&format!("C{first} {second} {end}"), to);
    }

    /// Changes height on the way to the right, level at both ends.
    fn swing(&mut self, to: (f64, f64)) {
        let middle = f64::midpoint(self.at.0, to.0);
        if (to.1 - self.at.1).abs() < 0.1 {
            self.straight(to);
        } else {
            self.curve((middle, self.at.1), (middle, to.1), to);
        }
    }

    /// Goes towards `corner` and round it towards `next`; one of the two ways is level, the other upright.
    fn round(&mut self, corner: (f64, f64), next: (f64, f64)) {
        let step = |to: (f64, f64)| {
            let (x, y) = (to.0 - corner.0, to.1 - corner.1);
            let length = x.hypot(y).max(0.1);
            let reach = CORNER.min(length / 2.0);
            (x / length * reach, y / length * reach)
        };
        let (back, on) = (step(self.at), step(next));
        let near = |(x, y): (f64, f64), part: f64| (corner.0 + x * part, corner.1 + y * part);
        self.straight(near(back, 1.0));
        self.curve(near(back, 1.0 - ARC), near(on, 1.0 - ARC), near(on, 1.0));
    }

    fn write(&mut self, step: &str, to: (f64, f64)) {
        // writing to a String cannot fail
        let _ = write!(self.data, " {step}");
        self.at = to;
    }
}

/// Draws a line with its arrowhead.
pub(super) fn draw(link: &Link, route: &Route) -> Group {
    let width = if link.stroke == Stroke::Dotted { DOTS } else { 1.2 + 0.3 * f64::from(link.synapses.max(1).ilog10()) };
    let path = Path::new().set("d", data(route)).set("class", "connection").set("fill", "none");
    let path = path.set("stroke", link.ink).set("stroke-width", tenth(width)).set("stroke-opacity", 0.85);
    let path = link.stroke.dashes().into_iter().fold(path, |path, dashes| path.set("stroke-dasharray", dashes));
    let (x, y) = route.into;
    let head = format!(
        "M{},{} L{},{} L{},{} Z",
        tenth(x - HEAD),
        tenth(y - HALF),
        tenth(x),
        tenth(y),
        tenth(x - HEAD),
        tenth(y + HALF)
    );
    let head = Path::new().set("d", head).set("fill", link.ink);
    Group::new().add(Title::new(link.hint.as_str())).add(path).add(head)
}

/// Writes a line's label, ending before the arrowhead.
pub(super) fn label(link: &Link, route: &Route) -> Element {
    let (x, y) = route.into;
    anchored("end", type_set(&link.label, ink::SMALL, link.ink, x - HEAD - 3.0, y - 5.0))
}

fn data(route: &Route) -> String {
    let mut pen = Pen::at(route.out);
    let [(_, leave), (before, bend)] = route.bends;
    let (leave_lane, enter_lane) = route.lanes;
    match route.way {
        Way::Next => pen.swing((bend, route.into.1)),
        Way::Over | Way::Under => {
            pen.swing((leave, leave_lane));
            pen.straight((before, leave_lane));
            pen.swing((bend, route.into.1));
        }
        Way::Wrap => down(&mut pen, route, route.into),
        Way::Back => back(&mut pen, route, (bend, route.into.1)),
        Way::Return => {
            down(&mut pen, route, (before, enter_lane));
            pen.straight((before, enter_lane));
            pen.swing((bend, route.into.1));
        }
    }
    pen.straight((route.into.0 - HEAD + 1.0, route.into.1));
    pen.data
}

/// Bulges out to the right and down, goes back to the left, and bulges out to the left and up `to` a place before the box.
fn back(pen: &mut Pen, route: &Route, to: (f64, f64)) {
    let ((x, y), lane) = (route.out, route.lanes.0);
    // a curve of this kind bulges by three quarters of the way to its control points
    let (right, left) = (route.rails.0 / 0.75, route.rails.1 / 0.75);
    pen.curve((x + right, y), (x + right, lane), (x, lane));
    pen.straight((to.0, lane));
    pen.curve((to.0 - left, lane), (to.0 - left, to.1), to);
}

/// Goes down on the right, back under the row, down on the left, and turns towards `to`.
fn down(pen: &mut Pen, route: &Route, to: (f64, f64)) {
    let (right, left) = route.rails;
    let lane = route.lanes.0;
    pen.round((right, route.out.1), (right, lane));
    pen.round((right, lane), (left, lane));
    pen.round((left, lane), (left, to.1));
    pen.round((left, to.1), to);
}
