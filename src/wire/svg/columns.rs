//! [`Diagram`] → [`Columns`]: which boxes stand above each other, in what order, and where the row of columns breaks.

use super::diagram::{Card, Diagram};
use super::ink;

/// Between boxes of one column.
pub(super) const STACK_GAP: f64 = 30.0;
/// What a column with its lines takes besides its boxes, about.
const ROUGH_GAP: f64 = 150.0;
/// What a row takes besides its boxes, about.
const ROUGH_ROW: f64 = 110.0;
/// A picture up to this wide has one row.
const ONE_ROW: f64 = 2000.0;
/// Width over height that the rows aim at.
const ASPECT: f64 = 1.7;
/// Passes over all columns that bring neighbours close.
const SWEEPS: usize = 6;

/// A box's inner margin.
pub(super) const PAD: f64 = 14.0;
/// The side of the little picture of a shape, and where the text beside it begins.
pub(super) const GLYPH: f64 = 38.0;
pub(super) const TEXT: f64 = PAD + GLYPH + 12.0;
/// A chip's height, and from one chip to the next.
pub(super) const CHIP: f64 = 20.0;
pub(super) const CHIP_STEP: f64 = 25.0;

/// Boxes in columns, columns in rows.
#[derive(Debug)]
pub(super) struct Columns {
    /// The boxes of each layer, from the top.
    pub(super) layers: Vec<Vec<usize>>,
    /// Each box's place in its layer: 0 in the middle, negative above.
    pub(super) rank: Vec<f64>,
    /// Layers in a row.
    pub(super) in_row: usize,
}

impl Columns {
    /// Puts boxes above each other that have the same layer, so that lines cross little.
    pub(super) fn new(diagram: &Diagram) -> Self {
        let depth = diagram.cards.iter().map(|card| card.layer + 1).max().unwrap_or(1);
        let mut layers = vec![Vec::new(); depth];
        for (index, card) in diagram.cards.iter().enumerate() {
            layers[card.layer].push(index);
        }
        let mut columns = Self { rank: vec![0.0; diagram.cards.len()], in_row: in_row(diagram, &layers), layers };
        for layer in 0..depth {
            columns.relax(layer);
        }
        columns.untangle(diagram);
        columns
    }

    /// Returns a layer's row and its column in that row.
    pub(super) fn place(&self, layer: usize) -> (usize, usize) {
        (layer / self.in_row, layer % self.in_row)
    }

    fn relax(&mut self, layer: usize) {
        let middle = (self.layers[layer].len() as f64 - 1.0) / 2.0;
        for (index, card) in self.layers[layer].iter().enumerate() {
            self.rank[*card] = index as f64 - middle;
        }
    }

    /// Moves each box towards the mean of those it is joined to: forwards, backwards, and again.
    fn untangle(&mut self, diagram: &Diagram) {
        let mut before = vec![Vec::new(); diagram.cards.len()];
        let mut after = vec![Vec::new(); diagram.cards.len()];
        for link in diagram.links.iter().filter(|link| !link.leads_back(&diagram.cards)) {
            before[link.to].push(link.from);
            after[link.from].push(link.to);
        }
        for sweep in 0..SWEEPS {
            let forwards = sweep % 2 == 0;
            let joined = if forwards { &before } else { &after };
            for step in 0..self.layers.len() {
                let layer = if forwards { step } else { self.layers.len() - 1 - step };
                let mut order = std::mem::take(&mut self.layers[layer]);
                let pull = |card: &usize| mean(&joined[*card], &self.rank).unwrap_or(self.rank[*card]);
                order.sort_by(|one, other| pull(one).total_cmp(&pull(other)));
                self.layers[layer] = order;
                self.relax(layer);
            }
        }
    }
}

fn mean(cards: &[usize], rank: &[f64]) -> Option<f64> {
    (!cards.is_empty()).then(|| cards.iter().map(|card| rank[*card]).sum::<f64>() / cards.len() as f64)
}

/// Breaks a long row so that the whole is about as wide as a page. With feedback from one layer to another all stay in one
/// row.
fn in_row(diagram: &Diagram, layers: &[Vec<usize>]) -> usize {
    let layer = |card: usize| diagram.cards[card].layer;
    if diagram.links.iter().any(|link| layer(link.to) < layer(link.from)) {
        return layers.len().max(1);
    }
    let cards = |layer: &Vec<usize>| layer.iter().map(|card| &diagram.cards[*card]).collect::<Vec<_>>();
    let wide = |layer| cards(layer).into_iter().map(least_width).fold(0.0, f64::max) + ROUGH_GAP;
    let tall = |layer| cards(layer).into_iter().map(|card| content_height(card) + STACK_GAP).sum::<f64>();
    let width: f64 = layers.iter().map(wide).sum();
    let height = layers.iter().map(tall).fold(0.0, f64::max) + ROUGH_ROW;
    let mut rows = 1;
    if width > ONE_ROW {
        while rows < layers.len() && width / rows as f64 > ASPECT * height * rows as f64 {
            rows += 1;
        }
    }
    layers.len().div_ceil(rows).max(1)
}

/// Returns how wide a box must be for its text.
pub(super) fn least_width(card: &Card) -> f64 {
    let facts = card.facts.iter().map(|fact| ink::width(fact, ink::FACT));
    let beside = TEXT + facts.fold(ink::width(&card.name, ink::NAME), f64::max);
    let note = card.note.as_ref().map_or(0.0, |note| PAD + ink::width(note, ink::SMALL));
    let chips = card.chips.iter().map(|chip| PAD + chip_width(&chip.text));
    (chips.fold(beside.max(note), f64::max) + PAD).max(160.0)
}

/// Returns how wide a chip is.
pub(super) fn chip_width(text: &str) -> f64 {
    ink::width(text, ink::SMALL) + 30.0
}

/// Returns how high a box must be for its text.
pub(super) fn content_height(card: &Card) -> f64 {
    let note = if card.note.is_some() { 20.0 } else { 0.0 };
    let chips = if card.chips.is_empty() { 0.0 } else { 4.0 + CHIP_STEP * card.chips.len() as f64 };
    74.0 + note + chips
}
