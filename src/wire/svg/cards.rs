//! Draws the boxes: a name, a picture of the shape, its size in words, activation and bias, a chip for each genome.

use ::svg::node::element::{Circle, Group, Rectangle, Title};

use super::columns::{CHIP, CHIP_STEP, GLYPH, PAD, TEXT, chip_width, content_height};
use super::diagram::{Card, Chip};
use super::ink::{self, tenth};
use super::layout::Rect;
use super::{anchored, type_set};

/// Dots along a side of a grid's picture, at most, and along a line's.
const DOTS: usize = 6;
const LINE: usize = 5;
/// Places in a cloud's picture, as parts of its sides.
const SCATTER: &[(f64, f64)] = &[
    (0.16, 0.22),
    (0.44, 0.14),
    (0.8, 0.2),
    (0.6, 0.36),
    (0.26, 0.46),
    (0.86, 0.52),
    (0.5, 0.6),
    (0.14, 0.74),
    (0.7, 0.76),
    (0.38, 0.86),
    (0.88, 0.88),
];
/// From one plate to the next behind it.
const SHIFT: f64 = 4.0;

/// Draws one box.
pub(super) fn draw(card: &Card, at: Rect) -> Group {
    let port = !card.marks.is_empty();
    let frame = rect(at, 10.0).set("class", "population").set("fill", ink::CARD);
    let frame = frame.set("stroke", if port { ink::INK } else { ink::EDGE }).set("stroke-width", 1.4);
    let top = at.y + (at.height - content_height(card)) / 2.0;
    let mut group = Group::new().add(Title::new(card.hint.as_str())).add(frame);
    group = group.add(glyph(card, at.x + PAD, top + 17.0));
    group = group.add(type_set(&card.name, ink::NAME, ink::INK, at.x + TEXT, top + 28.0));
    for (line, fact) in card.facts.iter().enumerate() {
        group = group.add(type_set(fact, ink::FACT, ink::SOFT, at.x + TEXT, top + 45.0 + 15.0 * line as f64));
    }
    let mut y = top + 70.0;
    if let Some(note) = &card.note {
        group = group.add(type_set(note, ink::SMALL, ink::SOFT, at.x + PAD, y + 11.0));
        y += 20.0;
    }
    for (index, shown) in card.chips.iter().enumerate() {
        group = group.add(chip(shown, at.x + PAD, y + CHIP_STEP * index as f64));
    }
    for (index, mark) in card.marks.iter().enumerate() {
        group = group.add(pill(mark, at.x + 12.0 + 70.0 * index as f64, at.y));
    }
    group
}

fn rect(at: Rect, radius: f64) -> Rectangle {
    let rect = Rectangle::new().set("x", tenth(at.x)).set("y", tenth(at.y)).set("rx", radius);
    rect.set("width", tenth(at.width)).set("height", tenth(at.height))
}

fn chip(chip: &Chip, x: f64, y: f64) -> Group {
    let at = Rect { x, y, width: chip_width(&chip.text), height: CHIP };
    let back = rect(at, CHIP / 2.0).set("fill", chip.ink).set("fill-opacity", 0.12);
    let text = type_set(&chip.text, ink::SMALL, ink::INK, x + 19.0, y + 14.0);
    Group::new().add(back).add(dot(x + 10.5, y + CHIP / 2.0, 4.0, chip.ink)).add(text)
}

/// Draws what the box is to the world outside, over its upper edge.
fn pill(mark: &str, x: f64, y: f64) -> Group {
    let width = ink::width(mark, ink::MARK) + 20.0;
    let back = rect(Rect { x, y: y - 8.0, width, height: 16.0 }, 8.0).set("fill", ink::INK);
    let text = anchored("middle", type_set(mark, ink::MARK, ink::CARD, x + width / 2.0, y + 3.2));
    Group::new().add(back).add(Group::new().set("letter-spacing", 0.6).add(text))
}

fn dot(x: f64, y: f64, radius: f64, colour: &str) -> Circle {
    Circle::new().set("cx", tenth(x)).set("cy", tenth(y)).set("r", radius).set("fill", colour)
}

/// Draws the shape: a line or a grid of dots, plates behind a grid with maps or a box for many populations.
fn glyph(card: &Card, x: f64, y: f64) -> Group {
    let colour = card.chips.first().map_or(ink::SOFT, |chip| chip.ink);
    let whole = Rect { x, y, width: GLYPH, height: GLYPH };
    let front = Rect { x, y: y + 2.0 * SHIFT, width: GLYPH - 2.0 * SHIFT, height: GLYPH - 2.0 * SHIFT };
    match card.axes.as_slice() {
        _ if card.scattered => scatter(plates(whole, 0, colour), whole, colour),
        [] => dots(plates(front, 2, colour), front, (1, 3), colour),
        [count] => line(plates(whole, 0, colour), whole, *count, colour),
        [rows, columns] => dots(plates(whole, 0, colour), whole, (*rows, *columns), colour),
        [rows, columns, ..] => dots(plates(front, 2, colour), front, (*rows, *columns), colour),
    }
}

/// Draws a plate, with some more behind it.
fn plates(front: Rect, behind: usize, colour: &str) -> Group {
    (0..=behind).rev().fold(Group::new(), |group, depth| {
        let shift = SHIFT * depth as f64;
        let plate = rect(Rect { x: front.x + shift, y: front.y - shift, ..front }, 4.0).set("fill", ink::CARD);
        group.add(plate.set("stroke", colour).set("stroke-opacity", 0.5))
    })
}

/// Draws a grid of dots, as many as there are neurons where these are few, else in the grid's proportions.
fn dots(group: Group, plate: Rect, (rows, columns): (usize, usize), colour: &str) -> Group {
    let longest = rows.max(columns);
    let shown = |length: usize| {
        if longest <= DOTS { length } else { (length.saturating_mul(DOTS) / longest).clamp(1, DOTS) }
    };
    let (rows, columns) = (shown(rows), shown(columns));
    let step = plate.width / (rows.max(columns) as f64 + 0.6);
    let offset = |index: usize, count: usize| (index as f64 - (count as f64 - 1.0) / 2.0) * step;
    let (x, y) = (plate.x + plate.width / 2.0, plate.y + plate.height / 2.0);
    let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
    places.fold(group, |group, (row, column)| {
        group.add(dot(x + offset(column, columns), y + offset(row, rows), tenth((step * 0.3).min(2.4)), colour))
    })
}

/// Draws dots here and there.
fn scatter(group: Group, plate: Rect, colour: &str) -> Group {
    SCATTER
        .iter()
        .fold(group, |group, (x, y)| group.add(dot(plate.x + x * plate.width, plate.y + y * plate.height, 2.0, colour)))
}

/// Draws a line of dots; of a long one, the ends.
fn line(group: Group, plate: Rect, count: usize, colour: &str) -> Group {
    let shown = count.min(LINE);
    let step = plate.width / (LINE as f64 + 0.6);
    let (left, y) = (plate.x + (plate.width - (shown as f64 - 1.0) * step) / 2.0, plate.y + plate.height / 2.0);
    (0..shown).fold(group, |group, index| {
        let x = left + step * index as f64;
        if count > LINE && index == LINE / 2 {
            return [-2.4, 0.0, 2.4].iter().fold(group, |group, away| group.add(dot(x + away, y, 0.8, colour)));
        }
        group.add(dot(x, y, 2.4, colour))
    })
}
