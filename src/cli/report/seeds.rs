//! The accuracies of some seeds → their mean, and how sure of it one can be.

use crate::cli::numbers::percent;
use crate::statistics::{deviation, mean, mean_interval};

/// What some seeds reached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct SeedSummary {
    /// How many there are.
    pub(super) n: usize,
    /// Their mean.
    pub(super) mean: f64,
    /// Their sample standard deviation; `None` for a single one.
    pub(super) sd: Option<f64>,
    /// The 95 % interval of the mean by Student's t, within 0 and 1; `None` for a single one.
    pub(super) interval: Option<[f64; 2]>,
}

impl SeedSummary {
    /// Sums up values; nothing where there are none.
    pub(super) fn of(values: &[f64]) -> Option<Self> {
        let n = values.len();
        if n == 0 {
            return None;
        }
        let (mean, sd) = (mean(values), deviation(values));
        let interval = mean_interval(values).map(|(low, high)| [low, high].map(|end| end.clamp(0.0, 1.0)));
        Some(Self { n, mean, sd, interval })
    }

    /// Writes it in words: `81.20 %, 95 % interval 80.10 to 82.30 %, n = 10`.
    pub(super) fn said(&self) -> String {
        let interval =
            self.interval.map(|[low, high]| format!("95 % interval {} to {} %, ", percent(low), percent(high)));
        format!("{} %, {}n = {}", percent(self.mean), interval.unwrap_or_default(), self.n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_has_no_interval_and_none_has_nothing() {
        assert_eq!(SeedSummary::of(&[]), None);
        assert_eq!(SeedSummary::of(&[0.5]), Some(SeedSummary { n: 1, mean: 0.5, sd: None, interval: None }));
        let two = SeedSummary::of(&[0.8, 0.9]).unwrap();
        let [low, high] = two.interval.unwrap();
        assert!((low - 0.2147).abs() < 1e-3 && (high - 1.0).abs() < 1e-12, "{two:?}");
    }
}
