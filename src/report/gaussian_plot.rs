//! Genes that are Gaussians, over positions from −1 to 1: ellipses over a grid, bars along a line.

use ::svg::node::Node;
use ::svg::node::element::{Ellipse, Group, Line, Path, Rectangle, Title};

use super::labels::placed;
use super::page::{EDGE, INK, NUMBER, SOFT, text, wide};

/// Pixels from a centre to its number, up to which no line need join them.
const NEAR: f64 = 8.0;
/// Pixels from one gene of a line to the next.
const STEP: f64 = 10.0;

/// Where one gene is expressed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GaussianOutline {
    /// Its centre, from −1 to 1: along columns, and along rows from the top.
    pub centre: [f64; 2],
    /// Its widths along both: at that distance from the centre the expression is 1 / e.
    pub width: [f64; 2],
}

/// Draws genes over a square with sides of `side` pixels, above what is `below` them.
pub(super) fn over_grid(bells: &[GaussianOutline], below: Option<Group>, side: f64) -> Group {
    let half = side / 2.0;
    let mut group = framed(side, side);
    group = group.add(rule([0.0, half], [side, half])).add(rule([half, 0.0], [half, side]));
    if let Some(below) = below {
        group = group.add(below);
    }
    for (index, bell) in bells.iter().enumerate() {
        let [x, y] = bell.centre.map(|part| tenth(half + part * half));
        let [rx, ry] = bell.width.map(|width| radius(width, half));
        let ([right, down], [wide, high]) = (bell.centre, bell.width);
        let said = format!(
            "gene {index}: centre {right:.3} along columns and {down:.3} along rows, width {wide:.3} and {high:.3}"
        );
        let ellipse = Ellipse::new().set("cx", x).set("cy", y).set("rx", rx).set("ry", ry);
        let ellipse =
            ellipse.set("fill", INK).set("fill-opacity", 0.05).set("stroke", SOFT).set("stroke-opacity", 0.55);
        group = group.add(ellipse.add(Title::new(said)));
    }
    group
}

/// Draws the paths of centres from picture to picture, over a square with sides of `side` pixels.
pub(super) fn trails(pictures: &[&[GaussianOutline]], side: f64) -> Group {
    let half = side / 2.0;
    let mut group = Group::new();
    let Some((first, rest)) = pictures.split_first().filter(|(_, rest)| !rest.is_empty()) else { return group };
    for (gene, start) in first.iter().enumerate() {
        let places = std::iter::once(start).chain(rest.iter().filter_map(|genes| genes.get(gene)));
        let mut path = String::new();
        for (index, [x, y]) in places.map(|gene| gene.centre.map(|part| tenth(half + part * half))).enumerate() {
            path += &format!("{}{x} {y}", if index == 0 { 'M' } else { 'L' });
        }
        group = group.add(Path::new().set("class", "trail").set("d", path));
    }
    group
}

/// Numbers genes over a square with sides of `side` pixels: each at its centre, or beside it with a line to it. Returns how many
/// bear none, as there is no room.
pub(super) fn numbers(bells: &[GaussianOutline], side: f64) -> (Group, usize) {
    let half = side / 2.0;
    let centres: Vec<[f64; 2]> = bells.iter().map(|bell| bell.centre.map(|part| tenth(half + part * half))).collect();
    let places = placed(&centres, side);
    let (mut group, mut without) = (Group::new(), 0);
    for (index, (centre, place)) in centres.iter().zip(places).enumerate() {
        let Some([x, y]) = place.map(|place| place.map(tenth)) else {
            without += 1;
            continue;
        };
        if (x - centre[0]).hypot(y - centre[1]) > NEAR {
            group = group.add(rule(*centre, [x, y]).set("stroke", SOFT).set("stroke-width", 0.5));
        }
        let mut number = text(&index.to_string(), NUMBER, INK, x, tenth(y + 3.0));
        number.assign("text-anchor", "middle");
        number.assign("stroke", "#ffffff");
        number.assign("stroke-width", 2);
        number.assign("stroke-opacity", 0.7);
        number.assign("paint-order", "stroke");
        group = group.add(number);
    }
    (group, without)
}

/// Draws genes along a line of `side` pixels, one below the other, each a bar with its centre.
pub(super) fn along_line(bells: &[GaussianOutline], side: f64) -> Group {
    let half = side / 2.0;
    let mut group = framed(side, height(bells)).add(rule([half, 0.0], [half, height(bells)]));
    for (index, bell) in bells.iter().enumerate() {
        let (x, y) = (tenth(half + bell.centre[0] * half), tenth(STEP * (index as f64 + 1.0)));
        let reach = radius(bell.width[0], half);
        let said = format!("gene {index}: centre {:.3}, width {:.3}", bell.centre[0], bell.width[0]);
        let bar = rule([tenth(x - reach), y], [tenth(x + reach), y]).set("stroke", SOFT).set("stroke-width", 3);
        let centre = Ellipse::new().set("cx", x).set("cy", y).set("rx", 2.5).set("ry", 2.5).set("fill", INK);
        group = group.add(bar.add(Title::new(said))).add(centre);
    }
    group
}

/// Numbers genes along a line, each to the left of its bar; returns the room that the numbers take, too.
pub(super) fn line_numbers(bells: &[GaussianOutline]) -> (Group, f64) {
    let mut group = Group::new();
    for index in 0..bells.len() {
        let mut number = text(&index.to_string(), 8.0, SOFT, -4.0, tenth(STEP * (index as f64 + 1.0) + 2.8));
        number.assign("text-anchor", "end");
        group = group.add(number);
    }
    (group, wide(bells.len().saturating_sub(1)) + 6.0)
}

/// Returns the height of genes along a line, in pixels.
pub(super) fn height(bells: &[GaussianOutline]) -> f64 {
    STEP * (bells.len() as f64 + 1.0)
}

pub(super) fn framed(width: f64, height: f64) -> Group {
    let frame = Rectangle::new().set("width", width).set("height", height);
    Group::new().add(frame.set("fill", "#ffffff").set("stroke", EDGE))
}

fn rule([left, top]: [f64; 2], [right, bottom]: [f64; 2]) -> Line {
    Line::new().set("x1", left).set("y1", top).set("x2", right).set("y2", bottom).set("stroke", EDGE)
}

/// Returns a width in pixels; what reaches far beyond the edge is seen no better for being drawn whole.
fn radius(width: f64, half: f64) -> f64 {
    tenth(width.clamp(0.0, 4.0) * half)
}

/// Rounds to a tenth of a pixel; never gives −0.
pub(super) fn tenth(coordinate: f64) -> f64 {
    (coordinate * 10.0).round() / 10.0 + 0.0
}
