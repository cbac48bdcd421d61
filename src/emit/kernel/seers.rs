//! (W, t) → s: each source neuron's row is a sum of the target rows that see it, each times its weight.

use pulp::Simd;

use super::block::{Terms, rows};
use super::{ROWS, Stretch, cut, places};

/// Some source rows.
pub(super) struct Seers<'a>(pub(super) Stretch<'a>);

impl Seers<'_> {
    #[inline(always)]
    pub(super) fn make<S: Simd>(self, simd: S) {
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
}
