//! Sums of many terms as C: loops, shared out among the threads of a block where a number has several.

use super::c_writer::Writer;
use crate::plan::{Bilinear, ConvGeometry, Op, TensorId};

impl Writer<'_> {
    /// Writes the sum that makes one number.
    pub(super) fn sum(&mut self, id: TensorId, at: &[String]) -> Option<String> {
        let tensor = self.plan.tensor(id);
        match (&tensor.op, tensor.operands.as_slice()) {
            (Op::Sum { axis }, &[x]) => {
                let length = self.sizes(x)[*axis];
                self.over(length, |writer, k| {
                    let mut from = at.to_vec();
                    from.insert(*axis, k.to_owned());
                    writer.value(x, &from)
                })
            }
            (Op::MatMul { transpose_left, transpose_right }, &[x, y]) => {
                let length = self.sizes(x)[if *transpose_left { 1 } else { 2 }];
                self.over(length, |writer, k| {
                    let of = |turned: bool, a: &str, b: &str| {
                        let [a, b] = if turned { [b, a] } else { [a, b] };
                        [at[0].clone(), a.to_owned(), b.to_owned()]
                    };
                    let left = writer.repeated(x, &of(*transpose_left, &at[1], k));
                    let right = writer.repeated(y, &of(*transpose_right, k, &at[2]));
                    writer.product((x, &left), (y, &right))
                })
            }
            (Op::BatchedMatMul { transpose_left, transpose_right }, &[x, y]) => {
                let length = self.sizes(x)[if *transpose_left { 1 } else { 2 }];
                self.over(length, |writer, k| {
                    let of = |turned: bool, a: &str, b: &str| {
                        let [a, b] = if turned { [b, a] } else { [a, b] };
                        [at[0].clone(), a.to_owned(), b.to_owned(), at[3].clone()]
                    };
                    let left = writer.repeated(x, &of(*transpose_left, &at[1], k));
                    let right = writer.repeated(y, &of(*transpose_right, k, &at[2]));
                    writer.product((x, &left), (y, &right))
                })
            }
            (Op::LocalConv(over, field), &[x, y]) => match over {
                Bilinear::Forward => self.forward(field, (x, y), at),
                Bilinear::WeightGradient => self.weight_gradient(field, (x, y), at),
                Bilinear::InputGradient => self.input_gradient(field, (x, y), at),
            },
            _ => None,
        }
    }

    /// Writes a loop that adds up `length` terms.
    fn over(&mut self, length: usize, term: impl FnOnce(&mut Self, &str) -> Option<String>) -> Option<String> {
        self.spread_over(length, |writer, k, sum| {
            let term = term(writer, k)?;
            writer.line(&format!("{sum} += {term};"));
            Some(())
        })
    }

    /// Writes a loop whose rounds, `length` of them, add to a sum; threads that share a number share out the rounds.
    fn spread_over(
        &mut self,
        length: usize,
        round: impl FnOnce(&mut Self, &str, &str) -> Option<()>,
    ) -> Option<String> {
        let (sum, k) = (self.name('s'), self.name('k'));
        let slices = if self.depth == 0 { self.split.slices } else { 1 };
        self.line(&format!("float {sum} = 0.0f;"));
        let start = if slices > 1 { "slice" } else { "0" };
        self.open(&format!("for (int {k} = {start}; {k} < {length}; {k} += {slices})"));
        round(self, &k, &sum)?;
        self.close();
        if slices == 1 {
            return Some(sum);
        }
        let gather = if self.split.beside { "beside" } else { "across" };
        Some(self.number(&format!("{gather}<{slices}>({sum})")))
    }

    /// Writes a loop over `length` maps of one place of a receptive field.
    fn over_maps(
        &mut self,
        length: usize,
        sum: &str,
        term: impl FnOnce(&mut Self, &str) -> Option<String>,
    ) -> Option<()> {
        let k = self.name('k');
        self.open(&format!("for (int {k} = 0; {k} < {length}; {k} += 1)"));
        let term = term(self, &k)?;
        self.line(&format!("{sum} += {term};"));
        self.close();
        Some(())
    }

    fn product(&mut self, (x, at_x): (TensorId, &[String]), (y, at_y): (TensorId, &[String])) -> Option<String> {
        let (x, y) = (self.value(x, at_x)?, self.value(y, at_y)?);
        Some(format!("{x} * {y}"))
    }

    /// (W, s) → t: over all that a target neuron sees, place by place.
    fn forward(&mut self, field: &ConvGeometry, (w, s): (TensorId, TensorId), at: &[String]) -> Option<String> {
        let target = self.unfold(&field.target, &at[1]);
        let place = self.whole(&format!("{} * {} + {}", target[0], field.target[1], target[1]));
        let maps = field.source[2];
        self.spread_over(field.size * field.size, |writer, square, sum| {
            let first = writer.whole(&format!("{square} * {maps}"));
            let (source, inside) = writer.source(field, &target, &first);
            if !inside.is_empty() {
                writer.line(&format!("if (!{inside}) continue;"));
            }
            writer.over_maps(maps, sum, |writer, map| {
                let [k, neuron] = [&first, &source].map(|first| writer.whole(&format!("{first} + {map}")));
                let weight = [at[0].clone(), place, target[2].clone(), k];
                writer.product((w, &weight), (s, &[at[0].clone(), neuron, at[2].clone()]))
            })
        })
    }

    /// (t, s) → W: over what stands behind a target neuron and a source neuron that it sees.
    fn weight_gradient(&mut self, field: &ConvGeometry, (t, s): (TensorId, TensorId), at: &[String]) -> Option<String> {
        let columns = field.target[1];
        let [row, column] = [format!("{} / {columns}", at[1]), format!("{} % {columns}", at[1])];
        let target = [self.whole(&row), self.whole(&column)];
        let (neuron, inside) = self.source(field, &target, &at[3]);
        let seer = self.whole(&format!("{} * {} + {}", at[1], field.maps(), at[2]));
        let length = self.sizes(s)[2];
        let sum = self.over(length, |writer, n| {
            let [of_t, of_s] = [&seer, &neuron].map(|neuron| [at[0].clone(), neuron.clone(), n.to_owned()]);
            writer.product((t, &of_t), (s, &of_s))
        })?;
        Some(if inside.is_empty() { sum } else { self.number(&format!("{inside} ? {sum} : 0.0f")) })
    }

    /// (W, t) → s: over the places that see a source neuron, and over their maps.
    fn input_gradient(&mut self, field: &ConvGeometry, (w, t): (TensorId, TensorId), at: &[String]) -> Option<String> {
        let (maps, size) = (field.maps(), field.size);
        let source = self.unfold(&field.source, &at[1]);
        self.spread_over(size * size, |writer, square, sum| {
            let offset = writer.unfold(&[size, size], square);
            let [row, column] = [0, 1].map(|axis| {
                let seer = writer.whole(&format!("{} + {} - {}", source[axis], field.padding, offset[axis]));
                let (stride, length) = (field.stride.max(1), field.target[axis]);
                writer
                    .line(&format!("if ({seer} < 0 || {seer} % {stride} || {seer} / {stride} >= {length}) continue;"));
                writer.whole(&format!("{seer} / {stride}"))
            });
            let place = writer.whole(&format!("{row} * {} + {column}", field.target[1]));
            let k = writer.whole(&format!("{square} * {} + {}", field.source[2], source[2]));
            writer.over_maps(maps, sum, |writer, map| {
                let neuron = writer.whole(&format!("{place} * {maps} + {map}"));
                let weight = [at[0].clone(), place.clone(), map.to_owned(), k];
                writer.product((w, &weight), (t, &[at[0].clone(), neuron, at[2].clone()]))
            })
        })
    }

    /// Writes which source neuron the place in a row and column of the target sees at `k`; beyond the edge it is
    /// another one, and the second text, empty where there is no edge, says so.
    fn source(&mut self, field: &ConvGeometry, target: &[String], k: &str) -> (String, String) {
        let [rows, columns, maps] = field.source;
        let offset = self.unfold(&[field.size, field.size, maps], k);
        let mut at = [0, 1].map(|axis| {
            let start = format!("{} * {} + {}", target[axis], field.stride, offset[axis]);
            self.whole(&if field.padding > 0 { format!("{start} - {}", field.padding) } else { start })
        });
        let mut inside = String::new();
        if field.padding > 0 {
            let [row, column] = &at;
            let within = format!("{row} >= 0 && {row} < {rows} && {column} >= 0 && {column} < {columns}");
            inside = self.name('b');
            self.line(&format!("const bool {inside} = {within};"));
            at = at.map(|at| self.whole(&format!("{inside} ? {at} : 0")));
        }
        (self.whole(&format!("({} * {columns} + {}) * {maps} + {}", at[0], at[1], offset[2])), inside)
    }

    /// Writes eˣ divided by its sum over an axis, or the logarithm of that.
    pub(super) fn softmax(&mut self, x: TensorId, axis: usize, at: &[String], log: bool) -> Option<String> {
        let (length, own) = (self.sizes(x)[axis], self.value(x, at)?);
        let (most, sum) = (self.name('s'), self.name('s'));
        self.line(&format!("float {most} = -INFINITY, {sum} = 0.0f;"));
        for first in [true, false] {
            let k = self.name('k');
            self.open(&format!("for (int {k} = 0; {k} < {length}; {k} += 1)"));
            let mut from = at.to_vec();
            from[axis] = k;
            let value = self.value(x, &from)?;
            self.line(&if first {
                format!("{most} = {value} > {most} ? {value} : {most};")
            } else {
                format!("{sum} += expf({value} - {most});")
            });
            self.close();
        }
        Some(self.number(&if log {
            format!("{own} - {most} - logf({sum})")
        } else {
            format!("expf({own} - {most}) / {sum}")
        }))
    }
}
