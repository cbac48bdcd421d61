//! Labels of neurons in bits: the place on each axis of a grid in Gray code, so that neighbours differ in one bit.

/// The labels of the neurons of a grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Codes {
    /// Lengths of the axes; the last one runs fastest.
    pub axes: Vec<usize>,
}

impl Codes {
    /// Returns N, saturating.
    pub fn neurons(&self) -> usize {
        self.axes.iter().fold(1, |count: usize, axis| count.saturating_mul(*axis))
    }

    /// Returns the bits of a label: ⌈log₂ n⌉ for each axis of n neurons, at least one.
    pub fn bits(&self) -> usize {
        self.axes.iter().map(|length| bits(*length)).sum()
    }

    /// Returns every label, neuron by neuron, axis by axis, the lowest bit first: −1 for a bit that is 0, else 1.
    pub fn values(&self) -> Vec<f64> {
        let count = self.neurons();
        let mut values = Vec::with_capacity(count.saturating_mul(self.bits()));
        for neuron in 0..count {
            let mut stride = count;
            for &length in &self.axes {
                stride /= length.max(1);
                let place = neuron / stride.max(1) % length.max(1);
                let code = place ^ (place >> 1);
                values.extend((0..bits(length)).map(|bit| if code >> bit & 1 == 1 { 1.0 } else { -1.0 }));
            }
        }
        values
    }
}

/// Returns the bits that tell `places` places apart, at least one.
fn bits(length: usize) -> usize {
    (usize::BITS - length.saturating_sub(1).leading_zeros()).max(1) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_gray_codes_of_each_axis() {
        let codes = Codes { axes: vec![3, 1, 2] };
        assert_eq!((codes.neurons(), codes.bits()), (6, 4));
        let rows: Vec<Vec<f64>> = codes.values().chunks(4).map(<[f64]>::to_vec).collect();
        let of = |row: [f64; 2], column: f64| vec![row[0], row[1], -1.0, column];
        let (zero, one, two) = ([-1.0, -1.0], [1.0, -1.0], [1.0, 1.0]);
        assert_eq!(rows, [of(zero, -1.0), of(zero, 1.0), of(one, -1.0), of(one, 1.0), of(two, -1.0), of(two, 1.0)]);
        assert_eq!([1, 2, 9, 16, 17, 28].map(bits), [1, 1, 4, 4, 5, 5]);
        // one step, one bit
        let long = Codes { axes: vec![100] }.values();
        let labels: Vec<&[f64]> = long.chunks(7).collect();
        let apart = |two: &[&[f64]]| two[0].iter().zip(two[1]).map(|(a, b)| (a - b).abs() / 2.0).sum::<f64>();
        assert!(labels.windows(2).all(|two| (apart(two) - 1.0).abs() < 1e-9));
    }
}
