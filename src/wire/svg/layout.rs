//! [`Diagram`] → [`Layout`]: a rectangle for each box, a place where each line leaves and enters, a lane for each line
//! that passes other columns. The origin is the picture's upper left corner; y grows downwards.

use std::collections::BTreeMap;

use super::columns::{Columns, STACK_GAP, least_width};
use super::diagram::Diagram;
use super::ink;
use super::lanes::{Lanes, Way, ways};
use super::ports::{ends, heights};

/// What a curve takes, from a slight one to a steep one.
const LEAST_CURVE: f64 = 32.0;
const MOST_CURVE: f64 = 140.0;
/// Between rows of columns.
const ROW_GAP: f64 = 34.0;
/// What an arrow and air take beside a label.
const BESIDE_LABEL: f64 = 22.0;
/// From a row's left end to the nearest line that comes down there, and from one such line to the next.
const RAIL: f64 = 14.0;
const RAIL_STEP: f64 = 8.0;
/// From one such line to the next where they leave their row.
const TRACK_OUT: f64 = 4.0;
/// How far the smallest arc bulges out, and from one arc to the next.
const BULGE: f64 = 16.0;
const BULGE_STEP: f64 = 7.0;

/// A rectangle.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Where everything lies.
#[derive(Debug)]
pub(super) struct Layout {
    /// One for each box.
    pub(super) boxes: Vec<Rect>,
    /// One for each line.
    pub(super) routes: Vec<Route>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// The points that a line goes through.
#[derive(Debug, Clone, Copy)]
pub(super) struct Route {
    pub(super) way: Way,
    /// Where it leaves a box.
    pub(super) out: (f64, f64),
    /// Where it enters a box.
    pub(super) into: (f64, f64),
    /// Left ends of the gap after the first box and before the last, and where the curve in each ends.
    pub(super) bends: [(f64, f64); 2],
    /// Its lane in the row that it leaves, and over the row that it enters.
    pub(super) lanes: (f64, f64),
    /// Where it runs down, if it goes to another row; of an arc, how far its ends bulge out.
    pub(super) rails: (f64, f64),
}

/// Sizes and heights within a row, before rows and columns have a place.
struct Frame<'a> {
    diagram: &'a Diagram,
    columns: Columns,
    ways: Vec<Way>,
    lanes: Lanes,
    heights: Vec<f64>,
    /// Each box's middle, from its row's middle.
    middles: Vec<f64>,
    /// Where each line leaves and enters, from its row's middle.
    ends: Vec<(f64, f64)>,
}

/// Horizontal places, the same for every row.
struct Across {
    /// Where a column's boxes begin and end.
    spans: Vec<(f64, f64)>,
    /// Where the curve before each column ends; its labels follow.
    bends: Vec<f64>,
    /// The number of each line that goes to another row: 0 runs down closest to the boxes.
    tracks: Vec<f64>,
    /// How far each arc bulges out on the right and on the left.
    bulges: Vec<(f64, f64)>,
    deepest: f64,
    width: f64,
}

impl Layout {
    /// Gives everything its place.
    pub(super) fn new(diagram: &Diagram) -> Self {
        let columns = Columns::new(diagram);
        let ways = ways(diagram, &columns);
        let heights = heights(diagram, &ways);
        let stack = |layer: &Vec<usize>| layer.iter().map(|card| heights[*card] + STACK_GAP).sum::<f64>() - STACK_GAP;
        let stacks: Vec<f64> = columns.layers.iter().map(stack).collect();
        let mut middles = vec![0.0; diagram.cards.len()];
        for (layer, stack) in columns.layers.iter().zip(&stacks) {
            let mut top = -stack / 2.0;
            for card in layer {
                middles[*card] = top + heights[*card] / 2.0;
                top += heights[*card] + STACK_GAP;
            }
        }
        let lanes = Lanes::new(diagram, &columns, &ways, &stacks);
        let ends = ends(diagram, &ways, &lanes, &middles);
        Frame { diagram, columns, ways, lanes, heights, middles, ends }.place()
    }
}

impl Frame<'_> {
    fn place(self) -> Layout {
        let across = self.across();
        let (mut height, mut rows) = (0.0, Vec::new());
        for (up, down) in &self.lanes.reach {
            rows.push(height - up);
            height += down - up + ROW_GAP;
        }
        let place = |card: usize| {
            let (row, column) = self.columns.place(self.diagram.cards[card].layer);
            let (start, end) = across.spans[column];
            let y = rows[row] + self.middles[card] - self.heights[card] / 2.0;
            Rect { x: start, y, width: end - start, height: self.heights[card] }
        };
        let boxes = (0..self.diagram.cards.len()).map(place).collect();
        let routes = (0..self.ways.len()).map(|index| self.route(index, &across, &rows)).collect();
        Layout { boxes, routes, width: across.width, height: height - ROW_GAP }
    }

    fn columns_of(&self, index: usize) -> [(usize, usize); 2] {
        let link = &self.diagram.links[index];
        [link.from, link.to].map(|card| self.columns.place(self.diagram.cards[card].layer))
    }

    fn route(&self, index: usize, across: &Across, rows: &[f64]) -> Route {
        let [(row, from), (to_row, to)] = self.columns_of(index);
        let (out, into) = self.ends[index];
        let right = across.spans[from].1;
        let before = to.checked_sub(1).map_or(0.0, |column| across.spans[column].1);
        Route {
            way: self.ways[index],
            out: (right, rows[row] + out),
            into: (across.spans[to].0, rows[to_row] + into),
            bends: [(right, across.bends.get(from + 1).copied().unwrap_or(right)), (before, across.bends[to])],
            lanes: (rows[row] + self.lanes.leave[index], rows[to_row] + self.lanes.enter[index]),
            rails: if self.ways[index] == Way::Back {
                across.bulges[index]
            } else {
                let track = across.tracks[index];
                (right + RAIL + track * TRACK_OUT, RAIL_STEP * (across.deepest - track))
            },
        }
    }

    /// Gives each gap the width that its labels and its steepest curve need.
    fn across(&self) -> Across {
        let count = self.columns.in_row;
        let (mut widths, mut labels, mut curves) =
            (vec![0.0_f64; count], vec![0.0_f64; count], vec![0.0_f64; count + 1]);
        let (tracks, bulges) = (self.tracks(), self.bulges());
        let mut room = vec![[0.0_f64; 2]; count + 1];
        for card in &self.diagram.cards {
            let column = self.columns.place(card.layer).1;
            widths[column] = widths[column].max(least_width(card));
        }
        for (index, link) in self.diagram.links.iter().enumerate() {
            let [(_, from), (_, to)] = self.columns_of(index);
            labels[to] = labels[to].max(ink::width(&link.label, ink::SMALL) + BESIDE_LABEL);
            if self.ways[index] == Way::Back {
                // on the right of the one box, and on the left of the other
                room[from + 1][0] = room[from + 1][0].max(bulges[index].0 + BULGE_STEP);
                room[to][1] = room[to][1].max(bulges[index].1 + BULGE_STEP);
            }
            for (gap, rise) in self.rises(index, from, to) {
                curves[gap] = curves[gap].max((LEAST_CURVE + 0.28 * rise).min(MOST_CURVE) + TRACK_OUT * tracks[index]);
            }
        }
        curves.iter_mut().zip(room).for_each(|(curve, [left, right])| *curve = curve.max(left + right));
        let deepest = tracks.iter().copied().fold(0.0, f64::max);
        let mut x = if self.ways.iter().any(|way| way.changes_row()) { deepest * RAIL_STEP + RAIL } else { 0.0 };
        let (mut spans, mut bends) = (Vec::new(), Vec::new());
        for column in 0..count {
            bends.push(x + curves[column]);
            x += curves[column] + labels[column];
            spans.push((x, x + widths[column]));
            x += widths[column];
        }
        Across { spans, bends, tracks, bulges, deepest, width: x + curves[count] }
    }

    /// Lists the gaps in which a line changes its height, and by how much.
    fn rises(&self, index: usize, from: usize, to: usize) -> Vec<(usize, f64)> {
        let (out, into) = self.ends[index];
        match self.ways[index] {
            Way::Back => Vec::new(),
            Way::Next => vec![(to, (into - out).abs())],
            Way::Over | Way::Under => {
                let lane = self.lanes.leave[index];
                vec![(from + 1, (lane - out).abs()), (to, (into - lane).abs())]
            }
            Way::Wrap => vec![(from + 1, 0.0), (0, 0.0)],
            Way::Return => vec![(from + 1, 0.0), (to, (into - self.lanes.enter[index]).abs())],
        }
    }

    /// Says how far each arc bulges out, on the right and on the left: of those that leave, or enter, the same column, the one
    /// whose lane is deepest lies outside.
    fn bulges(&self) -> Vec<(f64, f64)> {
        let mut arcs: Vec<usize> = (0..self.ways.len()).filter(|index| self.ways[*index] == Way::Back).collect();
        arcs.sort_by(|one, other| self.lanes.leave[*one].total_cmp(&self.lanes.leave[*other]));
        let mut bulges = vec![(0.0, 0.0); self.ways.len()];
        let mut beside: BTreeMap<(usize, usize, bool), f64> = BTreeMap::new();
        for index in arcs {
            let [(row, from), (_, to)] = self.columns_of(index);
            let mut next = |column, right| {
                let bulge = beside.entry((row, column, right)).or_insert(BULGE);
                std::mem::replace(bulge, *bulge + BULGE_STEP)
            };
            bulges[index] = (next(from, true), next(to, false));
        }
        bulges
    }

    /// Numbers the lines that go to other rows so that no two run down beside the same row in one track: 0 is closest
    /// to the boxes, and those that go far lie outside.
    fn tracks(&self) -> Vec<f64> {
        let mut busy: Vec<Vec<(usize, usize)>> = Vec::new();
        let mut tracks = vec![0.0; self.ways.len()];
        let mut down = Vec::new();
        for index in (0..self.ways.len()).filter(|index| self.ways[*index].changes_row()) {
            let [(row, _), (to_row, _)] = self.columns_of(index);
            down.push((to_row - row, self.ways[index] == Way::Wrap, row, index));
        }
        down.sort_unstable();
        for (rows, _, row, index) in down {
            let free = |taken: &Vec<(usize, usize)>| taken.iter().all(|(from, to)| *to <= row || row + rows <= *from);
            let track = busy.iter().position(free).unwrap_or(busy.len());
            busy.resize(busy.len().max(track + 1), Vec::new());
            busy[track].push((row, row + rows));
            tracks[index] = track as f64;
        }
        tracks
    }
}
