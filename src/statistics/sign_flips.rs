//! How often differences would be as large by chance, were either side as likely to be ahead.

use super::rounding;
use crate::random::RandomStream;

/// Differences of which every choice of signs is looked at: 2²⁰ choices.
const EXACT: usize = 20;
/// Choices that are drawn for more.
const DRAWN: u32 = 1 << EXACT;
/// The same draws for everybody.
const SEED: u64 = 0x6765_6d63;

/// The sign-flip test of a mean difference, on both sides (Fisher 1935).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SignFlips {
    /// The share of choices of signs for which the mean is at least as far from 0 as it is.
    pub p: f64,
    /// The choices that were looked at.
    pub choices: u32,
    /// Whether these were all.
    pub exact: bool,
}

impl SignFlips {
    /// Looks at 2ⁿ choices of signs for n differences, or at 2²⁰ drawn ones where there are more. With drawn ones the observed choice
    /// counts as one of them, p = (1 + hits) / (1 + draws), which keeps p from being too small (Phipson, Smyth 2010).
    ///
    /// Returns nothing for fewer than two differences: both signs of a single one are as far from 0.
    pub(super) fn of(differences: &[f64]) -> Option<Self> {
        let (count, least) = (differences.len(), differences.iter().sum::<f64>().abs() - rounding(differences));
        if count < 2 {
            return None;
        }
        if count <= EXACT {
            // with all signs turned a sum is as far from 0, so the first keeps its own
            let choices = 1_u32 << (count - 1);
            let hits = (0..choices).filter(|signs| flipped(differences, *signs).abs() >= least).count();
            return Some(Self { p: hits as f64 / f64::from(choices), choices: 2 * choices, exact: true });
        }
        let mut random = RandomStream::new(SEED, "sign flips");
        let mut drawn = || differences.iter().map(|one| if random.unit() < 0.5 { -one } else { *one }).sum::<f64>();
        let hits = (0..DRAWN).filter(|_| drawn().abs() >= least).count();
        Some(Self { p: (1 + hits) as f64 / (1.0 + f64::from(DRAWN)), choices: DRAWN, exact: false })
    }
}

/// Returns the sum where the k-th bit of `signs` turns the sign of the k-th difference.
fn flipped(differences: &[f64], signs: u32) -> f64 {
    let one = |(place, one): (usize, &f64)| if signs >> place & 1 == 1 { -one } else { *one };
    differences.iter().enumerate().map(one).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `scipy.stats.permutation_test(…, permutation_type="samples")` has it, scipy 1.17.
    #[test]
    fn few_differences_are_tested_exactly() {
        let values = [0.012, 0.031, -0.004, 0.022, 0.017, 0.041, 0.009, -0.011, 0.026, 0.055];
        let test = SignFlips::of(&values).unwrap();
        assert_eq!(test, SignFlips { p: 0.013_671_875, choices: 1_024, exact: true });
        let tail = [0.001, 0.002, 0.003, 0.005, 0.008, 0.013, 0.021, 0.034, 0.055, 0.089, 0.144, 0.233];
        assert_eq!(SignFlips::of(&tail), Some(SignFlips { p: 2.0 / 4_096.0, choices: 4_096, exact: true }));
        assert_eq!(SignFlips::of(&[0.1, 0.1, 0.1]), Some(SignFlips { p: 0.25, choices: 8, exact: true }));
        assert_eq!(SignFlips::of(&[0.0, 0.0]), Some(SignFlips { p: 1.0, choices: 4, exact: true }));
        assert_eq!(SignFlips::of(&[0.1]), None);
    }

    /// For differences that are all 1, p is twice the binomial tail.
    #[test]
    fn many_differences_are_tested_by_draws() {
        let mut values = vec![1.0; 24];
        values[..6].fill(-1.0);
        let test = SignFlips::of(&values).unwrap();
        // 2 · P(Binomial(24, ½) ≤ 6)
        let tail = (190_051.0 * 2.0) / 16_777_216.0;
        assert!(!test.exact && (test.p - tail).abs() < 5e-4, "{} {tail}", test.p);
        assert_eq!(SignFlips::of(&values), Some(test));
    }
}
