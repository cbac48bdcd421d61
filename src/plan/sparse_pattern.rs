//! The pairs of neurons that a mask joins, as operations see them. How many there are is known from the start; which ones is
//! found out once, when somebody first asks, and shared by all who hold the same wires.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::op::Bilinear;
use crate::geometry::{Joins, Space};

/// Joined pairs of neurons, each a synapse; a clone is the same list. Synapses are numbered by their targets, and those of
/// one target by their sources.
#[derive(Debug, Clone)]
pub struct SparsePattern(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    joins: Joins,
    synapses: usize,
    list: OnceLock<List>,
}

/// The synapses, from both ends.
#[derive(Debug)]
struct List {
    /// Where each synapse comes from.
    sources: Vec<u32>,
    /// Where each goes.
    targets: Vec<u32>,
    /// The synapses in the order of their sources, and those of one source in the order of their targets: number and target.
    outgoing: Vec<[u32; 2]>,
    /// For each target its first synapse, and how many there are in all.
    by_target: Vec<usize>,
    /// For each source where its synapses begin in `outgoing`, and how many there are in all.
    by_source: Vec<usize>,
}

impl PartialEq for SparsePattern {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.joins == other.0.joins
    }
}

impl SparsePattern {
    /// Takes what a mask joins between two populations: `synapses` pairs, which is what [`Joins::count`] says.
    pub fn new(joins: Joins, synapses: u64) -> Self {
        let synapses = usize::try_from(synapses).unwrap_or(usize::MAX);
        Self(Arc::new(Inner { joins, synapses, list: OnceLock::new() }))
    }

    /// Returns the mask and the spaces that it lies between.
    pub fn joins(&self) -> &Joins {
        &self.0.joins
    }

    /// Returns S, how many pairs are joined.
    pub fn synapses(&self) -> usize {
        self.0.synapses
    }

    /// Returns how many neurons source and target have.
    pub fn ends(&self) -> [usize; 2] {
        self.0.joins.ends.each_ref().map(Space::neurons)
    }

    /// Returns the source of each synapse.
    pub fn sources(&self) -> &[u32] {
        &self.list().sources
    }

    /// Returns the target of each synapse.
    pub fn targets(&self) -> &[u32] {
        &self.list().targets
    }

    /// Returns the synapses that a target neuron receives by.
    pub fn incoming(&self, target: usize) -> Range<usize> {
        stretch(&self.list().by_target, target)
    }

    /// Returns the synapses that a source neuron sends by, each with its target.
    pub fn outgoing(&self, source: usize) -> &[[u32; 2]] {
        let list = self.list();
        &list.outgoing[stretch(&list.by_source, source)]
    }

    /// Cuts the neurons whose synapses a sum goes over into `parts` stretches of about as many synapses each; returns where
    /// each ends.
    pub fn cut(&self, over: Bilinear, parts: usize) -> impl Iterator<Item = usize> {
        let list = self.list();
        let firsts = match over {
            Bilinear::Forward | Bilinear::WeightGradient => &list.by_target,
            Bilinear::InputGradient => &list.by_source,
        };
        let neurons = firsts.len() - 1;
        let end = move |part: usize| firsts.partition_point(|first| *first < self.synapses() * part / parts);
        (1..=parts).map(move |part| if part == parts { neurons } else { end(part).min(neurons) })
    }

    fn list(&self) -> &List {
        self.0.list.get_or_init(|| List::new(&self.0.joins, self.0.synapses))
    }
}

impl List {
    fn new(joins: &Joins, synapses: usize) -> Self {
        let [sources, targets] = joins.ends.each_ref().map(Space::neurons);
        let mut pairs: Vec<[u32; 2]> = Vec::with_capacity(synapses);
        joins.each(|source, target| pairs.push([source, target].map(narrow)));
        let by_target = firsts(targets, pairs.iter().map(|[_, target]| *target));
        let by_source = firsts(sources, pairs.iter().map(|[source, _]| *source));
        let mut next = by_target.clone();
        let mut list = Self {
            sources: vec![0; pairs.len()],
            targets: vec![0; pairs.len()],
            outgoing: Vec::with_capacity(pairs.len()),
            by_target,
            by_source,
        };
        for [source, target] in pairs {
            let synapse = &mut next[target as usize];
            (list.sources[*synapse], list.targets[*synapse]) = (source, target);
            list.outgoing.push([narrow(*synapse), target]);
            *synapse += 1;
        }
        list
    }
}

/// Returns for each of `neurons` how many pairs those before it have, and behind the last how many there are.
fn firsts(neurons: usize, ends: impl Iterator<Item = u32>) -> Vec<usize> {
    let mut firsts = vec![0; neurons + 1];
    ends.for_each(|neuron| firsts[neuron as usize + 1] += 1);
    let mut sum = 0;
    for first in &mut firsts {
        sum += *first;
        *first = sum;
    }
    firsts
}

fn stretch(firsts: &[usize], neuron: usize) -> Range<usize> {
    firsts[neuron]..firsts[neuron + 1]
}

/// Returns a number below 2³²: masks lie over no more pairs than that.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::{Density, Mask};

    fn wires(mask: Mask, ends: [usize; 2]) -> SparsePattern {
        let joins = Joins { mask, ends: ends.map(|neurons| Space::Grid(vec![neurons])) };
        let synapses = joins.count();
        SparsePattern::new(joins, synapses)
    }

    fn drawn(part: f64, acyclic: bool) -> Mask {
        Mask { within: None, density: Some(Density { part, seed: 3, purpose: "a".to_owned() }), acyclic }
    }

    #[test]
    fn both_ends_list_what_the_mask_joins() {
        for (mask, ends) in [(drawn(0.2, false), [9, 23]), (drawn(0.7, true), [17, 17]), (drawn(1.0, false), [3, 4])] {
            let wires = wires(mask, ends);
            let pairs: Vec<bool> = wires.joins().pairs().collect();
            let joined = |source: usize, target: usize| pairs[source * ends[1] + target];
            let (mut incoming, mut outgoing) = (Vec::new(), vec![Vec::new(); ends[0]]);
            for target in 0..ends[1] {
                for source in (0..ends[0]).filter(|source| joined(*source, target)) {
                    outgoing[source].push([narrow(incoming.len()), narrow(target)]);
                    incoming.push((narrow(source), narrow(target)));
                }
            }
            let listed: Vec<(u32, u32)> =
                wires.sources().iter().copied().zip(wires.targets().iter().copied()).collect();
            assert_eq!((listed.len(), listed), (wires.synapses(), incoming));
            for (source, outgoing) in outgoing.iter().enumerate() {
                assert_eq!(wires.outgoing(source), outgoing);
            }
            let ranges: Vec<usize> = (0..ends[1]).flat_map(|target| wires.incoming(target)).collect();
            assert_eq!(ranges, (0..wires.synapses()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn stretches_have_about_as_many_synapses() {
        // the later a target, the more synapses it has
        let acyclic = wires(drawn(1.0, true), [100, 100]);
        let ends: Vec<usize> = acyclic.cut(Bilinear::Forward, 2).collect();
        let first = acyclic.incoming(ends[0]).start;
        assert_eq!(ends[1], 100);
        assert!(first.abs_diff(acyclic.synapses() / 2) < 100, "{ends:?}");
        assert_eq!(acyclic.cut(Bilinear::InputGradient, 1).collect::<Vec<_>>(), [100]);
        assert_eq!(wires(drawn(1.0, false), [1, 1]).cut(Bilinear::WeightGradient, 3).last(), Some(1));
    }

    #[test]
    fn wires_are_alike_where_their_masks_are() {
        let one = wires(drawn(0.5, false), [5, 5]);
        assert_eq!(one, one.clone());
        assert_eq!(one, wires(drawn(0.5, false), [5, 5]));
        assert_ne!(one, wires(drawn(0.5, true), [5, 5]));
    }
}
