//! Numbers of several seeds → what can be said of them: means with intervals, and two lists compared seed by seed. Knows no room.

mod bootstrap;
mod interval;
mod paired;
mod sign_flips;

pub use interval::mean_interval;
pub use paired::{PairedComparison, SignFlips};

/// How much of a distribution the intervals hold.
const COVERED: f64 = 0.95;

/// Returns the mean of some numbers; 0 of none.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// Returns the sample standard deviation of some numbers; nothing for fewer than two.
pub fn deviation(values: &[f64]) -> Option<f64> {
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (values.len() > 1).then(|| (squares / (values.len() - 1) as f64).sqrt())
}

/// Returns what sums of these numbers may differ by, though they are of the same numbers in another order.
fn rounding(values: &[f64]) -> f64 {
    1e-12 * values.iter().map(|value| value.abs()).sum::<f64>()
}
