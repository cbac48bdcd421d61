//! Which way a line goes that does not simply lead to the next column: over or under the columns between, each in a
//! lane of its own, so that no line runs through a box.

use std::cmp::Reverse;

use super::columns::Columns;
use super::diagram::Diagram;

/// What crossing another line costs, and what running beside it; a way on a box's far side costs in between.
const CROSSING: f64 = 2.0;
const BESIDE: f64 = 1.0;
const FAR_SIDE: f64 = 1.5;
/// From a column's end to the first lane, and from lane to lane.
const CLEARANCE: f64 = 12.0;
const STEP: f64 = 16.0;

/// The way of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Into the next column.
    Next,
    /// Over the columns between.
    Over,
    /// Under the columns between.
    Under,
    /// Under its row, back to the left, over the columns of a row beneath.
    Return,
    /// Under its row, back to the left, into the first column of a row beneath.
    Wrap,
    /// An arc under its row, back to the left, into a box of the same or an earlier column.
    Back,
}

impl Way {
    /// Returns whether it leads to another row.
    pub(super) fn changes_row(self) -> bool {
        matches!(self, Self::Return | Self::Wrap)
    }
}

/// A stretch along columns that a line needs free.
#[derive(Debug, Clone, Copy)]
struct Lane {
    link: usize,
    row: usize,
    first: usize,
    last: usize,
    over: bool,
    /// The row it leads to, and whether into the middle of a box there: a line that goes further down lies within.
    towards: (usize, bool),
}

/// How far the lanes of each line are from the middle of their rows; 0 where a line has none.
#[derive(Debug)]
pub(super) struct Lanes {
    /// Where a line leaves its row.
    pub(super) leave: Vec<f64>,
    /// Where a line comes over the row that it enters.
    pub(super) enter: Vec<f64>,
    /// How far each row reaches up, as a negative number, and down.
    pub(super) reach: Vec<(f64, f64)>,
}

/// Chooses each line's way: short ones first, where they cross least.
pub(super) fn ways(diagram: &Diagram, columns: &Columns) -> Vec<Way> {
    let place = |card: usize| columns.place(diagram.cards[card].layer);
    let mut ways = vec![Way::Next; diagram.links.len()];
    let mut skips = Vec::new();
    for (index, link) in diagram.links.iter().enumerate() {
        let ((row, from), (to_row, to)) = (place(link.from), place(link.to));
        if link.leads_back(&diagram.cards) {
            ways[index] = Way::Back;
        } else if row != to_row {
            ways[index] = if to == 0 { Way::Wrap } else { Way::Return };
        } else if to > from + 1 {
            skips.push((to - from, index, row, from, to));
        }
    }
    skips.sort_unstable();
    let mut taken: Vec<(Way, usize, usize, usize)> = Vec::new();
    for (_, index, row, from, to) in skips {
        let link = &diagram.links[index];
        let high = columns.rank[link.from] + columns.rank[link.to] < 0.1;
        let cost = |way: Way| {
            let beside = taken.iter().filter(|(other, at, ..)| *other == way && *at == row);
            let cost: f64 = beside.map(|(_, _, start, end)| meeting((from, to), (*start, *end))).sum();
            cost + if high == (way == Way::Over) { 0.0 } else { FAR_SIDE }
        };
        ways[index] = if cost(Way::Over) <= cost(Way::Under) { Way::Over } else { Way::Under };
        taken.push((ways[index], row, from, to));
    }
    ways
}

fn meeting(one: (usize, usize), other: (usize, usize)) -> f64 {
    let crosses = |one: (usize, usize), other: (usize, usize)| one.0 < other.0 && other.0 < one.1 && one.1 < other.1;
    if one.1 <= other.0 || other.1 <= one.0 {
        0.0
    } else if crosses(one, other) || crosses(other, one) {
        CROSSING
    } else {
        BESIDE
    }
}

impl Lanes {
    /// Gives each line its lanes, short ones closest to the boxes. `heights` are those of the columns.
    pub(super) fn new(diagram: &Diagram, columns: &Columns, ways: &[Way], heights: &[f64]) -> Self {
        let mut lanes = wanted(diagram, columns, ways);
        lanes.sort_by_key(|lane| (lane.last - lane.first, Reverse(lane.towards.0), lane.towards.1, lane.link));
        let mut over: Vec<f64> = heights.iter().map(|height| -height / 2.0 - CLEARANCE).collect();
        let mut under: Vec<f64> = heights.iter().map(|height| height / 2.0 + CLEARANCE).collect();
        let (mut leave, mut enter) = (vec![0.0; ways.len()], vec![0.0; ways.len()]);
        for lane in lanes {
            let layers = lane.row * columns.in_row + lane.first..=lane.row * columns.in_row + lane.last;
            let at = if lane.over {
                let at = over[layers.clone()].iter().fold(0.0, |top: f64, y| top.min(*y)) - STEP;
                over[layers].fill(at);
                at
            } else {
                let at = under[layers.clone()].iter().fold(0.0, |bottom: f64, y| bottom.max(*y)) + STEP;
                under[layers].fill(at);
                at
            };
            let enters = lane.over && ways[lane.link] == Way::Return;
            let kept = if enters { &mut enter } else { &mut leave };
            kept[lane.link] = at;
        }
        let reach = over.chunks(columns.in_row).zip(under.chunks(columns.in_row));
        let reach = reach.map(|(over, under)| {
            (over.iter().fold(0.0, |top: f64, y| top.min(*y)), under.iter().fold(0.0, |bottom: f64, y| bottom.max(*y)))
        });
        Self { leave, enter, reach: reach.collect() }
    }
}

/// Returns the last column of a row.
fn last_of(columns: &Columns, row: usize) -> usize {
    (columns.layers.len() - row * columns.in_row).min(columns.in_row) - 1
}

/// Lists the stretches that lines need free.
fn wanted(diagram: &Diagram, columns: &Columns, ways: &[Way]) -> Vec<Lane> {
    let mut lanes = Vec::new();
    for (link, way) in ways.iter().enumerate() {
        let (row, from) = columns.place(diagram.cards[diagram.links[link].from].layer);
        let (to_row, to) = columns.place(diagram.cards[diagram.links[link].to].layer);
        let towards = (to_row, *way == Way::Wrap);
        let mut want = |row, first, last, over| lanes.push(Lane { link, row, first, last, over, towards });
        match way {
            Way::Next => {}
            Way::Over | Way::Under => want(row, from + 1, to - 1, *way == Way::Over),
            Way::Wrap => want(row, 0, from, false),
            // and the gaps beside, into which the arc bulges
            Way::Back => want(row, to.saturating_sub(1), last_of(columns, row).min(from + 1), false),
            Way::Return => {
                want(row, 0, from, false);
                want(to_row, 0, to - 1, true);
            }
        }
    }
    lanes
}
