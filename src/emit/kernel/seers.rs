//! (W, t) → s: each source neuron's row is a sum of the target rows that see it, each times its weight.

use pulp::Simd;

use super::block::{Terms, rows};
use super::{ROWS, Stretch, cut, places};
use crate::plan::Field;

/// Neighbouring source places that are made at once where there is one map: more read fewer rows, and add up more zeros.
const BESIDE: usize = 4;

/// Some source rows.
pub(super) struct Seers<'a>(pub(super) Stretch<'a>);

impl Seers<'_> {
    #[inline(always)]
    pub(super) fn make<S: Simd>(self, simd: S) {
        if self.0.field.source[2] == 1 { self.beside(simd) } else { self.alone(simd) }
    }

    /// Place by place: all maps of one are seen by the same targets.
    #[inline(always)]
    fn alone<S: Simd>(self, simd: S) {
        let Stretch { field, operands, first, made } = self.0;
        let ([_, columns, maps], fields, n, k) = (field.source, field.maps(), operands.length, field.seen());
        let (mut seers, mut list) = (Vec::new(), Vec::new());
        for (offset, made) in made.chunks_exact_mut((maps * n).max(1)).enumerate() {
            places::seers(field, first + offset / columns, offset % columns, &mut seers);
            list.clear();
            for &(place, start) in &seers {
                let neurons = place * fields..(place + 1) * fields;
                list.extend(neurons.map(|neuron| (neuron * k + start, neuron)));
            }
            for (start, end) in cut(maps, ROWS) {
                let terms = Terms { list: &list, weights: &operands.x[start..], apart: 1, rows: operands.y, n };
                rows(simd, terms, &mut made[start * n..end * n]);
            }
        }
    }

    /// Some neighbouring places at once, most of whose seers are the same, so that a target's row is read once for all.
    #[inline(always)]
    fn beside<S: Simd>(self, simd: S) {
        let Stretch { field, operands, first, made } = self.0;
        let (columns, n) = (field.source[1], operands.length);
        let mut common = Common::new(field);
        for (row, made) in (first..).zip(made.chunks_exact_mut((columns * n).max(1))) {
            for (from, to) in cut(columns, BESIDE) {
                common.gather(field, operands.x, row, (from, to));
                let terms = Terms { list: &common.list, weights: &common.weights, apart: 1, rows: operands.y, n };
                rows(simd, terms, &mut made[from * n..to * n]);
            }
        }
    }
}

/// Who sees any of some neighbouring places, and the weights of each for all of them: 0 for those that it does not see.
struct Common {
    /// (first weight, target neuron).
    list: Vec<(usize, usize)>,
    weights: Vec<f32>,
    seers: Vec<(usize, usize)>,
    /// Where the weights of a target place begin, if it sees any.
    begins: Vec<Option<usize>>,
    /// The target places that do.
    found: Vec<usize>,
}

impl Common {
    fn new(field: &Field) -> Self {
        let begins = vec![None; field.places()];
        Self { list: Vec::new(), weights: Vec::new(), seers: Vec::new(), begins, found: Vec::new() }
    }

    /// Looks at the source places of `row` in the columns from `from` up to `to`; `weights` are those of all receptive fields.
    fn gather(&mut self, field: &Field, weights: &[f32], row: usize, (from, to): (usize, usize)) {
        self.found.drain(..).for_each(|place| self.begins[place] = None);
        self.list.clear();
        self.weights.clear();
        let (fields, k, count) = (field.maps(), field.seen(), to - from);
        for column in from..to {
            places::seers(field, row, column, &mut self.seers);
            for &(place, start) in &self.seers {
                let begin = *self.begins[place].get_or_insert_with(|| {
                    let begin = self.weights.len();
                    self.found.push(place);
                    self.weights.resize(begin + fields * count, 0.0);
                    self.list.extend((0..fields).map(|map| (begin + map * count, place * fields + map)));
                    begin
                });
                for map in 0..fields {
                    self.weights[begin + map * count + column - from] = weights[(place * fields + map) * k + start];
                }
            }
        }
    }
}
