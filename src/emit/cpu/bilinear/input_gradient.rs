//! (W, t) → s: each source neuron's row is a sum of the target rows that see it, each times its weight. Target place by target
//! place, its rows go to all that it sees: these lie side by side, and the next place sees most of them again.

use pulp::Simd;

use super::block::{Terms, panels, rows};
use super::receptive_fields::{Run, runs};
use super::{ROWS, Stretch, cut};

/// Some source rows.
pub(super) struct InputGradient<'a>(pub(super) Stretch<'a>);

impl InputGradient<'_> {
    #[inline(always)]
    pub(super) fn make<S: Simd>(self, simd: S) {
        let Stretch { field, operands, first, made } = self.0;
        made.fill(0.0);
        let ([_, columns, maps], n, k) = (field.target, operands.length, field.seen());
        let each = field.source[1] * field.source[2];
        let own = first..first + made.len() / (each * n).max(1);
        let list: Vec<(usize, usize)> = (0..maps).map(|map| (map * k, map)).collect();
        let panels = panels::<S>(n);
        for place in 0..field.places() {
            let (weights, targets) = (&operands.x[place * maps * k..], &operands.y[place * maps * n..]);
            let seen = runs(field, place / columns, place % columns);
            for Run { neuron, k: from, length, .. } in seen.filter(|run| own.contains(&run.row)) {
                let made = &mut made[(neuron - first * each) * n..][..length * n];
                for (start, end) in cut(length, ROWS) {
                    let weights = &weights[from + start..];
                    let terms = Terms { list: &list, weights, apart: 1, rows: targets, n, onto: true };
                    for &panel in &panels {
                        rows(simd, terms, panel, end - start, &mut made[start * n..end * n]);
                    }
                }
            }
        }
    }
}
