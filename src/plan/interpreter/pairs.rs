//! Sums over pairs of neurons, within receptive fields and along a list: Σ W[weight] · t[target, n] · s[source, n], and its gradients.

use super::array::Array;
use crate::plan::conv_geometry::ConvGeometry;
use crate::plan::op::Bilinear;
use crate::plan::sparse_pattern::SparsePattern;

/// A weight and the two neurons that it joins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    pub(super) weight: usize,
    pub(super) source: usize,
    pub(super) target: usize,
}

/// All pairs, and what they join.
#[derive(Debug)]
pub(super) struct Pairs {
    pub(super) list: Vec<Pair>,
    /// The weights of a run: places × maps × K, or one axis.
    weights: Vec<usize>,
    sources: usize,
    targets: usize,
}

/// Lists the pairs of receptive fields. Weights of neurons beyond the edge join nothing.
pub(super) fn of_field(field: &ConvGeometry) -> Pairs {
    let ([rows, columns, maps], [up, across, out]) = (field.source, field.target);
    let mut list = Vec::new();
    let places = (0..up).flat_map(|row| (0..across).map(move |column| (row, column)));
    for (place, (row, column)) in places.enumerate() {
        for (down, right) in (0..field.size).flat_map(|down| (0..field.size).map(move |right| (down, right))) {
            let seen =
                [row * field.stride + down, column * field.stride + right].map(|at| at.checked_sub(field.padding));
            let [Some(y), Some(x)] = seen else { continue };
            if y >= rows || x >= columns {
                continue;
            }
            for (map, from) in (0..out).flat_map(|map| (0..maps).map(move |from| (map, from))) {
                let k = (down * field.size + right) * maps + from;
                let target = place * out + map;
                list.push(Pair { weight: target * field.seen() + k, source: (y * columns + x) * maps + from, target });
            }
        }
    }
    let weights = vec![field.places(), field.maps(), field.seen()];
    Pairs { list, weights, sources: field.sources(), targets: field.targets() }
}

/// Lists the pairs that a mask joins, in the order in which synapses are numbered.
pub(super) fn of_list(wires: &SparsePattern) -> Pairs {
    let ends = wires.sources().iter().zip(wires.targets());
    let pair = |(weight, (source, target)): (usize, (&u32, &u32))| Pair {
        weight,
        source: *source as usize,
        target: *target as usize,
    };
    let [sources, targets] = wires.ends();
    Pairs { list: ends.enumerate().map(pair).collect(), weights: vec![wires.synapses()], sources, targets }
}

/// Makes one of the three sums; see [`Bilinear`] for operands and results.
pub(super) fn sum(over: Bilinear, pairs: &Pairs, [x, y]: [&Array; 2]) -> Option<Array> {
    let runs = *x.sizes().first()?;
    let n = *if over == Bilinear::WeightGradient { x } else { y }.sizes().last()?;
    let weights: usize = pairs.weights.iter().product();
    let sizes = match over {
        Bilinear::Forward => vec![runs, pairs.targets, n],
        Bilinear::InputGradient => vec![runs, pairs.sources, n],
        Bilinear::WeightGradient => [&[runs][..], &pairs.weights].concat(),
    };
    let mut made = Array::filled(&sizes, 0.0);
    let (x, y) = (x.numbers(), y.numbers());
    for (run, pair) in (0..runs).flat_map(|run| pairs.list.iter().map(move |pair| (run, pair))) {
        let weight = run * weights + pair.weight;
        let source = (run * pairs.sources + pair.source) * n;
        let target = (run * pairs.targets + pair.target) * n;
        let sums = made.numbers_mut();
        for sample in 0..n {
            match over {
                Bilinear::Forward => sums[target + sample] += x[weight] * y[source + sample],
                Bilinear::InputGradient => sums[source + sample] += x[weight] * y[target + sample],
                Bilinear::WeightGradient => sums[weight] += x[target + sample] * y[source + sample],
            }
        }
    }
    Some(made)
}
