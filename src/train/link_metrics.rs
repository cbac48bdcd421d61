//! Pairs of neurons: which of them are held out, and how well a prediction tells joined ones from others.

use serde::Serialize;

use crate::random::RandomStream;

/// How well a prediction tells joined pairs from others; `null` in JSON where there is nothing to divide by.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinkMetrics {
    /// Pairs that were judged.
    pub pairs: u64,
    /// Those of them that are joined.
    pub edges: u64,
    /// Those of them that are predicted to be.
    pub predicted: u64,
    /// The part of the predicted edges that are there.
    pub precision: Option<f64>,
    /// The part of the edges that are predicted.
    pub recall: Option<f64>,
    /// The area under the receiver operating characteristic: how often an edge is ranked above what is none, ties half.
    pub auc: Option<f64>,
}

/// Tells for each of `pairs` whether it is held out: the part `fraction` of them, drawn from `seed` whatever is joined.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub fn held_out(pairs: usize, fraction: f64, seed: u64) -> Vec<bool> {
    let count = (pairs as f64 * fraction).round() as usize;
    let mut held = vec![false; pairs];
    for pair in RandomStream::new(seed, "held-out pairs").permutation(pairs).into_iter().take(count) {
        if let Some(place) = usize::try_from(pair).ok().and_then(|pair| held.get_mut(pair)) {
            *place = true;
        }
    }
    held
}

/// Judges the `scores` of pairs, an edge being predicted above 0, by what is `joined`.
pub fn judge(pairs: impl IntoIterator<Item = (f32, bool)>) -> LinkMetrics {
    let mut ranked: Vec<(f32, bool)> = pairs.into_iter().collect();
    ranked.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
    let count = |test: fn(&&(f32, bool)) -> bool| ranked.iter().filter(test).count() as u64;
    let (edges, predicted) = (count(|(_, joined)| *joined), count(|(score, _)| *score > 0.0));
    let right = count(|(score, joined)| *score > 0.0 && *joined) as f64;
    let part = |whole: u64| (whole > 0).then(|| right / whole as f64);
    let (pairs, auc) = (ranked.len() as u64, area(&ranked));
    LinkMetrics { pairs, edges, predicted, precision: part(predicted), recall: part(edges), auc }
}

/// Returns the part of the pairs (edge, no edge) in which the edge has the greater score, of `ranked` scores.
#[allow(clippy::float_cmp)]
fn area(ranked: &[(f32, bool)]) -> Option<f64> {
    let (mut below, mut won, mut edges) = (0.0, 0.0, 0.0);
    for tied in ranked.chunk_by(|one, other| one.0 == other.0) {
        let joined = tied.iter().filter(|(_, joined)| *joined).count() as f64;
        let others = tied.len() as f64 - joined;
        won += joined * (below + others / 2.0);
        below += others;
        edges += joined;
    }
    (edges > 0.0 && below > 0.0).then(|| won / (edges * below))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_judged_is_counted_as_by_hand() {
        // edges at 2, 1 and −1; others at 1, −1 and −3
        let scores = [(2.0, true), (1.0, true), (-1.0, true), (1.0, false), (-1.0, false), (-3.0, false)];
        let judged = judge(scores);
        assert_eq!((judged.pairs, judged.edges, judged.predicted), (6, 3, 3));
        assert_eq!((judged.precision, judged.recall), (Some(2.0 / 3.0), Some(2.0 / 3.0)));
        // of nine pairs 3 + 2.5 + 1.5 are won
        assert_eq!(judged.auc, Some(7.0 / 9.0));
        let none = judge([(-1.0, true), (-2.0, true)]);
        assert_eq!((none.precision, none.recall, none.auc), (None, Some(0.0), None));
    }

    #[test]
    fn what_is_held_out_is_the_seeds_alone() {
        let held = held_out(1000, 0.2, 7);
        assert_eq!(held.iter().filter(|held| **held).count(), 200);
        assert_eq!(held, held_out(1000, 0.2, 7));
        assert_ne!(held, held_out(1000, 0.2, 8));
    }
}
