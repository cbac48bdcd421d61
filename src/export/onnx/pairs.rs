//! Sums over receptive fields as ONNX operators: what each place sees is gathered from the source with one neuron more, which is 0
//! and stands for all beyond the edge; a product of matrices for each place does the rest.

use super::writer::{Writer, whole};
use crate::export::fields::seen;
use crate::plan::ConvGeometry;

impl Writer<'_> {
    /// Writes (W, s) → t: 1 × places × maps × K and 1 × sources × n give 1 × targets × n.
    pub(super) fn fields_forward(&mut self, name: &str, [weights, active]: [&str; 2], field: &ConvGeometry) -> String {
        let seen = self.seen(name, active, field);
        let sums = self.node(&format!("{name}/sums"), "MatMul", [weights, &seen]);
        self.viewed(name, &sums, &[1, whole(field.targets()), -1])
    }

    /// Writes (t, s) → W: 1 × targets × n and 1 × sources × n give 1 × places × maps × K.
    pub(super) fn fields_weights(&mut self, name: &str, [received, sent]: [&str; 2], field: &ConvGeometry) -> String {
        let seen = self.seen(name, sent, field);
        let seen = self.permuted(&format!("{name}/seen by n"), &seen, &[0, 1, 3, 2]);
        let sizes = [1, whole(field.places()), whole(field.maps()), -1];
        let received = self.viewed(&format!("{name}/received"), received, &sizes);
        self.node(name, "MatMul", [&received, &seen])
    }

    /// Writes what each place sees: 1 × sources × n gives 1 × places × K × n.
    fn seen(&mut self, name: &str, of: &str, field: &ConvGeometry) -> String {
        let edge = self.ints(&[0, 0, 0, 0, 1, 0]);
        let source = self.node(&format!("{name}/with edge"), "Pad", [of, &edge]);
        let places: Vec<i64> = seen(field).into_iter().map(|source| whole(source.unwrap_or(field.sources()))).collect();
        let places = self.ints_of(&[field.places(), field.seen()], &places);
        self.gathered(&format!("{name}/seen"), &source, &places, 1)
    }
}
