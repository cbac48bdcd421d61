//! The numbers beside a matrix: rows and columns counted from 0, as many as there is room for.

use ::svg::node::Node;
use ::svg::node::element::Group;

use super::gaussian_plot::tenth;
use super::page::{NUMBER, SOFT, text, wide};

/// Pixels between two numbers at least.
const APART: f64 = 3.0;

/// Numbers beside a matrix, and the room that they take.
pub(super) struct Axes {
    /// To its left.
    pub(super) left: f64,
    /// Above it.
    pub(super) top: f64,
    /// The numbers, where the matrix begins at (0, 0).
    pub(super) numbers: Group,
}

/// Numbers the `[rows, columns]` of a matrix that is drawn `[width, height]` pixels large.
pub(super) fn axes([rows, columns]: [usize; 2], [width, height]: [f64; 2]) -> Axes {
    let mut group = Group::new();
    let across = width / columns.max(1) as f64;
    for index in (0..columns).step_by(step(across, |index| wide(index) + APART, columns)) {
        group = group.add(number(index, "middle", across * (index as f64 + 0.5), -3.0));
    }
    let down = height / rows.max(1) as f64;
    for index in (0..rows).step_by(step(down, |_| NUMBER + APART, rows)) {
        group = group.add(number(index, "end", -3.0, down * (index as f64 + 0.5) + NUMBER / 3.0));
    }
    Axes { left: wide(rows.saturating_sub(1)) + 5.0, top: NUMBER + 4.0, numbers: group }
}

/// Returns how many entries there are from one number to the next: 1, 2, 5, 10, 20, 50, …
fn step(each: f64, needed: impl Fn(usize) -> f64, count: usize) -> usize {
    let needed = needed(count.saturating_sub(1));
    let steps = (0..18).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_usize.pow(power)));
    steps.into_iter().find(|step| *step as f64 * each >= needed).unwrap_or(count.max(1))
}

fn number(index: usize, anchor: &str, x: f64, y: f64) -> ::svg::node::element::Element {
    let mut number = text(&index.to_string(), NUMBER, SOFT, tenth(x), tenth(y));
    number.assign("text-anchor", anchor);
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_many_as_there_is_room_for() {
        let steps = [16.0, 8.0, 1.0, 0.1, 0.000_1].map(|each| step(each, |_| 14.6, 100));
        assert_eq!(steps, [1, 2, 20, 200, 200_000]);
        assert_eq!(step(0.0, |_| 14.6, 0), 1);
    }
}
