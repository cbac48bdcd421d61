//! (W, s) → t: each target neuron's row is a sum of the source rows it sees, each times its weight.

use pulp::Simd;

use super::block::{Terms, panels, rows};
use super::{ROWS, Stretch, cut, receptive_fields};

/// Some target rows.
pub(super) struct Forward<'a>(pub(super) Stretch<'a>);

impl Forward<'_> {
    #[inline(always)]
    pub(super) fn make<S: Simd>(self, simd: S) {
        let Stretch { field, operands, first, made } = self.0;
        let ([_, columns, maps], n, k) = (field.target, operands.length, field.seen());
        let (mut list, panels) = (Vec::new(), panels::<S>(n));
        for (offset, made) in made.chunks_exact_mut((maps * n).max(1)).enumerate() {
            let (row, column) = (first + offset / columns, offset % columns);
            receptive_fields::seen(field, row, column, &mut list);
            let weights = &operands.x[(row * columns + column) * maps * k..][..maps * k];
            for (start, end) in cut(maps, ROWS) {
                let weights = &weights[start * k..end * k];
                let terms = Terms { list: &list, weights, apart: k, rows: operands.y, n, onto: false };
                for &panel in &panels {
                    rows(simd, terms, panel, end - start, &mut made[start * n..end * n]);
                }
            }
        }
    }
}
