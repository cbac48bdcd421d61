//! Two lists of numbers, compared seed by seed.

use std::cmp::Ordering;

use super::bootstrap::bca_interval;
use super::interval::share_interval;
use super::mean;
pub use super::sign_flips::SignFlips;

/// What two lists of numbers, of the same seeds in the same order, say of each other.
#[derive(Debug, Clone, PartialEq)]
pub struct PairedComparison {
    /// For each seed the other number − the first.
    pub differences: Vec<f64>,
    /// Their mean.
    pub difference: f64,
    /// The 95 % interval of that mean, by the bootstrap (`BCa`, 10,000 resamples); nothing for fewer than two seeds, and where all
    /// differences are equal.
    pub interval: Option<(f64, f64)>,
    /// The sign-flip test; nothing for fewer than two seeds.
    pub test: Option<SignFlips>,
    /// The share of seeds for which the first number is the greater one, ties half.
    pub first_greater: f64,
    /// The 95 % interval of that share, by Wilson's formula.
    pub first_greater_interval: (f64, f64),
}

impl PairedComparison {
    /// Compares the `other` numbers with the `first`; seeds that only one has are left out. Returns nothing for no seeds.
    pub fn of(first: &[f64], other: &[f64]) -> Option<Self> {
        let pairs = || first.iter().zip(other);
        let differences: Vec<f64> = pairs().map(|(first, other)| other - first).collect();
        let points = pairs().map(|(first, other)| match first.total_cmp(other) {
            Ordering::Less => 0.0,
            Ordering::Equal => 0.5,
            Ordering::Greater => 1.0,
        });
        let first_greater = mean(&points.collect::<Vec<f64>>());
        Some(Self {
            difference: mean(&differences),
            interval: bca_interval(&differences),
            test: SignFlips::of(&differences),
            first_greater,
            first_greater_interval: share_interval(first_greater, differences.len())?,
            differences,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_count_half() {
        let compared = PairedComparison::of(&[0.5, 0.6, 0.7, 0.8], &[0.5, 0.7, 0.6, 0.7]).unwrap();
        assert!((compared.first_greater - 0.625).abs() < 1e-12);
        assert!((compared.difference + 0.025).abs() < 1e-12);
        assert!(compared.interval.is_some_and(|(low, high)| low < compared.difference && compared.difference < high));
    }

    #[test]
    fn what_cannot_be_known_is_not_there() {
        let one = PairedComparison::of(&[0.5], &[0.6]).unwrap();
        assert_eq!((one.interval, one.test), (None, None));
        assert_eq!(PairedComparison::of(&[], &[]), None);
        let same = PairedComparison::of(&[0.5, 0.5], &[0.5, 0.5]).unwrap();
        assert!(same.interval.is_none() && same.test.is_some_and(|test| test.p > 0.999));
        assert!((same.first_greater - 0.5).abs() < 1e-12);
    }
}
