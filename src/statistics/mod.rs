//! Numbers of several seeds → what can be said of them: means with intervals. Knows no room.

mod interval;

pub use interval::mean_interval;

/// How much of a distribution the intervals hold.
const COVERED: f64 = 0.95;

/// Returns the mean of some numbers; 0 of none.
fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}
