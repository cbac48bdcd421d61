//! Sums over listed pairs of neurons: by our own kernel on a CPU in single precision, elsewhere by gathering the rows of both
//! ends, some pairs at a time, which libtorch can differentiate.

use tch::{TchError, Tensor as Live};

use super::by_kernel::{are_plain, by_kernel, length};
use super::ops::size;
use crate::emit::cpu::bilinear;
use crate::plan::{Bilinear, SparsePattern};

/// Numbers of gathered rows that there are at once, about.
const GATHERED: i64 = 1 << 24;

/// Returns source and target of each synapse as libtorch reads them, 2 × S.
pub(in crate::emit) fn ends(wires: &SparsePattern) -> Result<Live, TchError> {
    let numbers = wires.sources().iter().chain(wires.targets()).map(|neuron| i64::from(*neuron));
    Live::f_from_slice(&numbers.collect::<Vec<i64>>())?.f_view([2, size(wires.synapses())])
}

/// Makes one of three sums; see [`Bilinear`] for operands and results. `ends` are those of [`ends`].
pub(in crate::emit) fn sparse(
    over: Bilinear,
    wires: &SparsePattern,
    ends: &Live,
    [x, y]: [&Live; 2],
) -> Result<Live, TchError> {
    if !are_plain([x, y]) {
        return gathered(over, wires, ends, x, y);
    }
    let sizes = result(over, wires, x.size()[0], length(over, x, y));
    by_kernel(over, [x, y], &sizes, |operands, made, at_once| bilinear::sparse(over, wires, operands, made, at_once))
}

/// Takes the numbers of the joined pairs out of R × `N_s` × `N_t`.
pub(super) fn gather(wires: &SparsePattern, ends: &Live, x: &Live) -> Result<Live, TchError> {
    x.f_flatten(1, 2)?.f_index_select(1, &places(wires, ends)?)
}

/// Puts the numbers of the joined pairs, R × S, back among zeros.
pub(super) fn scatter(wires: &SparsePattern, ends: &Live, x: &Live) -> Result<Live, TchError> {
    let ([sources, targets], runs) = (wires.ends().map(size), x.size()[0]);
    let zeros = Live::f_zeros([runs, sources * targets], (x.kind(), x.device()))?;
    zeros.f_index_copy(1, &places(wires, ends)?, x)?.f_view([runs, sources, targets])
}

/// Returns the place of each joined pair in a matrix, row by row.
fn places(wires: &SparsePattern, ends: &Live) -> Result<Live, TchError> {
    let [_, targets] = wires.ends();
    ends.f_select(0, 0)?.f_mul_scalar(size(targets))?.f_add(&ends.f_select(0, 1)?)
}

fn result(over: Bilinear, wires: &SparsePattern, runs: i64, n: i64) -> Vec<i64> {
    let [sources, targets] = wires.ends().map(size);
    match over {
        Bilinear::Forward => vec![runs, targets, n],
        Bilinear::InputGradient => vec![runs, sources, n],
        Bilinear::WeightGradient => vec![runs, size(wires.synapses())],
    }
}

fn gathered(over: Bilinear, wires: &SparsePattern, ends: &Live, x: &Live, y: &Live) -> Result<Live, TchError> {
    let (runs, n, synapses) = (x.size()[0], length(over, x, y), size(wires.synapses()));
    let most = (GATHERED / (runs * n).max(1)).max(1);
    let sizes = result(over, wires, runs, n);
    let mut sum = Live::f_zeros(&sizes, (y.kind(), y.device()))?;
    let mut products = Vec::new();
    for first in (0..synapses).step_by(usize::try_from(most).unwrap_or(1)) {
        let part = |live: &Live, axis: i64| live.f_narrow(axis, first, most.min(synapses - first));
        let (sources, targets) = (part(&ends.f_select(0, 0)?, 0)?, part(&ends.f_select(0, 1)?, 0)?);
        // the rows of one end, each times the weight, added up at the other
        let mut add = |from: &Live, to: &Live| {
            let terms = y.f_index_select(1, from)?.f_mul(&part(x, 1)?.f_unsqueeze(2)?)?;
            sum.f_index_add_(1, to, &terms).map(drop)
        };
        match over {
            Bilinear::Forward => add(&sources, &targets)?,
            Bilinear::InputGradient => add(&targets, &sources)?,
            Bilinear::WeightGradient => {
                let both = x.f_index_select(1, &targets)?.f_mul(&y.f_index_select(1, &sources)?)?;
                products.push(both.f_sum_dim_intlist(2_i64, false, None)?);
            }
        }
    }
    if over == Bilinear::WeightGradient { Live::f_cat(&products, 1) } else { Ok(sum) }
}

#[cfg(test)]
mod tests {
    use crate::emit::Threads;
    use tch::Kind;

    use super::*;
    use crate::emit::ffi::numbers;
    use crate::geometry::{Density, Joins, Mask, Space};
    use crate::random::RandomStream;

    fn drawn(purpose: &str, sizes: &[i64]) -> Live {
        let count = usize::try_from(sizes.iter().product::<i64>()).unwrap();
        Live::from_slice(&RandomStream::new(3, purpose).normal(count, 1.0)).view(sizes)
    }

    fn wires(part: f64, acyclic: bool, ends: [usize; 2]) -> SparsePattern {
        let density = Some(Density { part, seed: 1, purpose: "pairs".to_owned() });
        let joins = Joins { mask: Mask { within: None, density, acyclic }, ends: ends.map(|n| Space::Grid(vec![n])) };
        let synapses = joins.count();
        SparsePattern::new(joins, synapses)
    }

    fn assert_near(found: &Live, wanted: &Live, bound: f64, what: &str) {
        assert_eq!(found.size(), wanted.size(), "{what}");
        let error = (found.to_kind(Kind::Double) - wanted).abs().max().double_value(&[]);
        let scale = wanted.abs().max().double_value(&[]).max(1.0);
        assert!(error < bound * scale, "{what}: {error:e}");
    }

    /// Sparse, in double and in single precision, against products of whole matrices in double precision, whatever the part
    /// of all pairs, the length and the threads.
    #[test]
    fn sums_over_pairs_are_those_of_masked_matrices() {
        let all = [
            wires(0.1, false, [37, 70]),
            wires(0.5, true, [40, 40]),
            wires(1.0, false, [5, 3]),
            wires(0.01, false, [3, 90]),
            wires(0.05, false, [2200, 310]),
        ];
        for wires in &all {
            for (threads, n) in [(1, 1), (1, 3), (1, 16), (2, 19), (1, 64), (2, 64), (3, 33), (1, 150)] {
                Threads::set(threads);
                agree(wires, n);
            }
        }
        Threads::set(1);
    }

    fn agree(wires: &SparsePattern, n: i64) {
        let ([sources, targets], ends) = (wires.ends().map(size), ends(wires).unwrap());
        let weights = drawn("W", &[2, size(wires.synapses())]);
        let (target, source) = (drawn("t", &[2, targets, n]), drawn("s", &[2, sources, n]));
        let whole = scatter(wires, &ends, &weights).unwrap();
        assert_eq!(gather(wires, &ends, &whole).unwrap(), weights);
        assert_eq!(whole.count_nonzero(None::<i64>), weights.count_nonzero(None::<i64>));
        let products = source.bmm(&target.transpose(1, 2));
        let wanted = [
            (Bilinear::Forward, &weights, &source, whole.transpose(1, 2).bmm(&source)),
            (Bilinear::InputGradient, &weights, &target, whole.bmm(&target)),
            (Bilinear::WeightGradient, &target, &source, gather(wires, &ends, &products).unwrap()),
        ];
        let single = |live: &Live| live.to_kind(Kind::Float);
        for (over, x, y, wanted) in wanted {
            let what = format!("{over:?}, {} synapses, n = {n}", wires.synapses());
            assert_near(&sparse(over, wires, &ends, [x, y]).unwrap(), &wanted, 1e-13, &what);
            assert_near(&sparse(over, wires, &ends, [&single(x), &single(y)]).unwrap(), &wanted, 1e-5, &what);
        }
    }

    #[test]
    #[allow(unsafe_code)]
    fn numbers_go_to_their_places_and_back() {
        let wires = wires(0.3, false, [7, 11]);
        let (ends, weights) = (ends(&wires).unwrap(), drawn("W", &[2, size(wires.synapses())]).to_kind(Kind::Float));
        let wanted = scatter(&wires, &ends, &weights).unwrap();
        let mut made = vec![f32::NAN; 2 * 7 * 11];
        // SAFETY: nobody else knows the weights.
        bilinear::scatter(&wires, unsafe { numbers(&weights) }, &mut made);
        assert_eq!(Live::from_slice(&made).view([2, 7, 11]), wanted);
        let mut back = vec![f32::NAN; 2 * wires.synapses()];
        bilinear::gather(&wires, &made, &mut back);
        assert_eq!(Live::from_slice(&back).view([2, -1]), weights);
    }

    /// Rows that are gathered some pairs at a time give what they give at once.
    #[test]
    fn long_lists_are_gone_through_in_parts() {
        let wires = wires(0.5, false, [600, 600]);
        let n = GATHERED / 100_000;
        agree(&wires, n);
    }
}
