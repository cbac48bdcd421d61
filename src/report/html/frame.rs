//! What all charts share: the paper with its axes, groups that can be hidden, and the figure with title, legend and notes.

use ::svg::Document;
use ::svg::node::element::{Element, Group, Line, Path, Title};
use ::svg::node::{Node, Text};

use super::markup::{clean, inline, paragraph, tag};
use super::ruler::{ChartAxis, Ruler};
use super::symbol::{STAR, colour, dash, symbol};

/// Pixels of a chart of lines, and of a small one.
const SIZE: [f64; 2] = [720.0, 360.0];
const SMALL: [f64; 2] = [470.0, 300.0];
/// Pixels to its left, above it, to its right and below it.
const MARGINS: [f64; 4] = [62.0, 26.0, 24.0, 46.0];

/// The axes of a chart.
pub(super) struct Frame<'a> {
    pub(super) x: &'a ChartAxis,
    pub(super) y: &'a ChartAxis,
    pub(super) is_small: bool,
}

impl Frame<'_> {
    /// Returns the upper left and the lower right corner of where values lie.
    pub(super) fn inside(&self) -> ([f64; 2], [f64; 2]) {
        let [width, height] = self.size();
        ([MARGINS[0], MARGINS[1]], [width - MARGINS[2], height - MARGINS[3]])
    }

    fn size(&self) -> [f64; 2] {
        if self.is_small { SMALL } else { SIZE }
    }

    /// Draws the paper and both axes.
    pub(super) fn draw(&self, x: &Ruler, y: &Ruler) -> Document {
        let ([left, top], [right, bottom]) = self.inside();
        let mut drawn = paper(self.size());
        for (value, label) in y.ticks(false) {
            let at = y.place(value);
            drawn = drawn.add(rule("grid", [left, at], [right, at]));
            drawn = drawn.add(words("tick", "end", [left - 8.0, at + 4.0], &label));
        }
        for (value, label) in x.ticks(true) {
            let at = x.place(value);
            drawn = drawn.add(rule("grid", [at, top], [at, bottom]));
            drawn = drawn.add(words("tick", "middle", [at, bottom + 18.0], &label));
        }
        drawn = drawn.add(rule("axis", [left, bottom], [right, bottom]));
        drawn = drawn.add(words("label", "middle", [f64::midpoint(left, right), self.size()[1] - 8.0], &self.x.label));
        drawn.add(words("label", "start", [4.0, 14.0], &self.y.label))
    }
}

/// Returns an empty drawing of this size.
pub(super) fn paper([width, height]: [f64; 2]) -> Document {
    let drawn = Document::new().set("viewBox", (0, 0, width, height)).set("width", width).set("height", height);
    drawn.set("class", "chart").set("role", "img")
}

/// Draws a straight line.
pub(super) fn rule(class: &str, [left, top]: [f64; 2], [right, bottom]: [f64; 2]) -> Line {
    Line::new().set("class", class).set("x1", left).set("y1", top).set("x2", right).set("y2", bottom)
}

/// Sets a line of type.
pub(super) fn words(class: &str, anchor: &str, [x, y]: [f64; 2], text: &str) -> Element {
    let mut set = Element::new("text");
    set.assign("class", class);
    set.assign("text-anchor", anchor);
    set.assign("x", (x * 10.0).round() / 10.0);
    set.assign("y", (y * 10.0).round() / 10.0);
    set.append(Text::new(clean(text)));
    set
}

/// Begins a group that the legend's entry of the same number hides.
pub(super) fn group(class: &str, index: usize, series: usize) -> Group {
    Group::new().set("class", format!("{class} {}", colour(series))).set("data-series", index)
}

/// Gives a shape what is said of it under the pointer.
pub(super) fn titled(shape: Path, said: &str) -> Path {
    shape.add(Title::new(said))
}

/// Returns a figure: title, legend, drawing, notes. A key is a number, a colour, a label, and whether points bear symbols.
pub(super) fn figure(
    title: &str,
    notes: &[String],
    keys: &[(usize, usize, &str, bool)],
    claims: bool,
    drawn: &Document,
) -> String {
    let mut legend = String::new();
    if keys.len() > 1 || claims {
        for (index, series, label, symbols) in keys {
            let content = format!("{}<span>{}</span>", swatch(*series, *symbols), inline(label));
            legend += &tag("li", &format!("class=\"key {}\" data-series=\"{index}\"", colour(*series)), &content);
        }
        if claims {
            let star = Path::new().set("class", "star").set("d", symbol(STAR, [14.0, 7.0], 6.0));
            let star = small().add(Group::new().set("class", "claim none").add(star));
            legend += &tag("li", "class=\"fixed\"", &format!("{star}<span>what was expected</span>"));
        }
        legend = tag("ul", "class=\"legend\"", &legend) + "\n";
    }
    let drawn = drawn.clone().set("aria-label", clean(title).into_owned());
    let notes: String = notes.iter().map(|note| paragraph("note", note)).collect();
    let caption = tag("figcaption", "", &inline(title));
    format!("<figure>\n{caption}\n{legend}<div class=\"scroll\">\n{drawn}\n</div>\n{notes}</figure>\n")
}

fn swatch(series: usize, symbols: bool) -> String {
    let line = Path::new().set("class", "line").set("d", "M1 7H27");
    let mut drawn = small();
    if symbols {
        drawn = drawn.add(line).add(Path::new().set("class", "dot").set("d", symbol(series, [14.0, 7.0], 4.5)));
    } else {
        drawn = drawn.add(line.set("stroke-dasharray", dash(series)));
    }
    drawn.to_string()
}

fn small() -> Document {
    Document::new().set("viewBox", (0, 0, 28, 14)).set("width", 28).set("height", 14).set("aria-hidden", "true")
}
