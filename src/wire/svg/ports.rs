//! Where lines leave and enter a box, relative to the middle of its row: those from the column before in the middle,
//! those that pass over other columns above them, those that pass under below.

use super::columns::content_height;
use super::diagram::{Diagram, Link};
use super::lanes::{Lanes, Way};

/// Between lines that enter a box; a label has room above each.
const IN_STEP: f64 = 22.0;
/// Between lines that leave a box different ways.
const OUT_STEP: f64 = 14.0;
/// From a box's corner to the first line.
const CORNER: f64 = 18.0;
/// Places where lines leave a box.
const EXITS: usize = 5;

/// Counts the lines that enter each box from over, from beside and from under.
fn entering(diagram: &Diagram, ways: &[Way]) -> Vec<[usize; 3]> {
    let mut counts = vec![[0; 3]; diagram.cards.len()];
    for (link, way) in diagram.links.iter().zip(ways) {
        counts[link.to][group(*way)] += 1;
    }
    counts
}

fn group(way: Way) -> usize {
    match way {
        Way::Over | Way::Return => 0,
        Way::Next | Way::Wrap => 1,
        Way::Under | Way::Back => 2,
    }
}

/// Returns where the first of the lines lies so that those from beside have the box's middle in their middle.
fn first_of([over, beside, under]: [usize; 3]) -> f64 {
    if beside > 0 { -(over as f64) - (beside as f64 - 1.0) / 2.0 } else { -((over + under) as f64 - 1.0) / 2.0 }
}

/// Returns how high each box must be for its text and its lines.
pub(super) fn heights(diagram: &Diagram, ways: &[Way]) -> Vec<f64> {
    let counts = entering(diagram, ways);
    let height = |(card, counts): (&_, &[usize; 3])| {
        let last = counts.iter().sum::<usize>() as f64 - 1.0 + first_of(*counts);
        let lines = 2.0 * (IN_STEP * last.max(-first_of(*counts)) + CORNER);
        lines.max(content_height(card))
    };
    diagram.cards.iter().zip(&counts).map(height).collect()
}

/// Finds where each line leaves and enters, in an order that keeps lines from crossing at a box.
pub(super) fn ends(diagram: &Diagram, ways: &[Way], lanes: &Lanes, middles: &[f64]) -> Vec<(f64, f64)> {
    let out = leaving(diagram, ways, middles);
    let mut arriving = vec![Vec::new(); diagram.cards.len()];
    for (index, link) in diagram.links.iter().enumerate() {
        let from = match ways[index] {
            Way::Next => out[index],
            Way::Over | Way::Under | Way::Back => lanes.leave[index],
            Way::Return => lanes.enter[index],
            Way::Wrap => f64::MIN,
        };
        arriving[link.to].push((group(ways[index]), from, index));
    }
    let mut ends: Vec<(f64, f64)> = out.iter().map(|out| (*out, 0.0)).collect();
    for ((card, mut arriving), counts) in arriving.into_iter().enumerate().zip(entering(diagram, ways)) {
        arriving.sort_by(|one, other| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)));
        for (place, (_, _, index)) in arriving.into_iter().enumerate() {
            ends[index].1 = middles[card] + IN_STEP * (first_of(counts) + place as f64);
        }
    }
    ends
}

/// Finds where each line leaves: straight on in the middle, those that go over above it, those that go under below.
fn leaving(diagram: &Diagram, ways: &[Way], middles: &[f64]) -> Vec<f64> {
    let mut used = vec![[false; EXITS]; diagram.cards.len()];
    for (link, way) in diagram.links.iter().zip(ways) {
        used[link.from][exit(*way)] = true;
    }
    let place = |used: [bool; EXITS], exit: usize| used[..exit].iter().filter(|used| **used).count() as f64;
    let out = |(link, way): (&Link, &Way)| {
        let used = used[link.from];
        let straight = exit(Way::Next);
        let middle = if used[straight] { place(used, straight) } else { (place(used, used.len()) - 1.0) / 2.0 };
        middles[link.from] + OUT_STEP * (place(used, exit(*way)) - middle)
    };
    diagram.links.iter().zip(ways).map(out).collect()
}

fn exit(way: Way) -> usize {
    match way {
        Way::Over => 0,
        Way::Next => 1,
        Way::Wrap => 2,
        Way::Under | Way::Return => 3,
        Way::Back => 4,
    }
}
