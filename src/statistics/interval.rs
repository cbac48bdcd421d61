//! Intervals by formula: of a mean, and of a share.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

use super::{COVERED, deviation, mean};

/// Returns the two ends of the 95 % interval of a mean: mean ± t · s / √n, with s the sample standard deviation and t the quantile of
/// Student's distribution with n − 1 degrees of freedom (Student 1908). Numbers that are all equal have an interval of no length.
///
/// Returns nothing for fewer than two numbers, or where one is not finite.
pub fn mean_interval(values: &[f64]) -> Option<(f64, f64)> {
    if values.len() < 2 || !values.iter().all(|value| value.is_finite()) {
        return None;
    }
    let (count, mean, deviation) = (values.len() as f64, mean(values), deviation(values)?);
    let student = StudentsT::new(0.0, 1.0, count - 1.0).ok()?;
    let half = student.inverse_cdf(0.5 * (1.0 + COVERED)) * deviation / count.sqrt();
    Some((mean - half, mean + half))
}

/// Returns the two ends of the 95 % interval of a `share` of `count` things (Wilson 1927, without correction for continuity).
///
/// Returns nothing for no things.
pub(super) fn share_interval(share: f64, count: usize) -> Option<(f64, f64)> {
    if count == 0 {
        return None;
    }
    let count = count as f64;
    let normal = Normal::standard().inverse_cdf(0.5 * (1.0 + COVERED));
    let square = normal * normal / count;
    let middle = (share + 0.5 * square) / (1.0 + square);
    let half = (share * (1.0 - share) * square + 0.25 * square * square).sqrt() / (1.0 + square);
    Some(((middle - half).max(0.0), (middle + half).min(1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: Option<(f64, f64)>, wanted: (f64, f64)) {
        let (low, high) = found.unwrap();
        assert!((low - wanted.0).abs() < 1e-9 && (high - wanted.1).abs() < 1e-9, "{low} {high}, not {wanted:?}");
    }

    /// The numbers are those of `scipy.stats.t.interval`, scipy 1.17.
    #[test]
    fn means_have_the_interval_of_student() {
        let values = [0.012, 0.031, -0.004, 0.022, 0.017, 0.041, 0.009, -0.011, 0.026, 0.055];
        near(mean_interval(&values), (0.005_577_364_577_750_966_4, 0.034_022_635_422_249_03));
        near(mean_interval(&[0.5, 0.5, 0.5]), (0.5, 0.5));
        assert_eq!(mean_interval(&[0.5]), None);
        assert_eq!(mean_interval(&[]), None);
        assert_eq!(mean_interval(&[0.5, f64::NAN]), None);
    }

    /// The first two are those of `scipy.stats.binomtest(k, n).proportion_ci(method="wilson")`, scipy 1.17.
    #[test]
    fn shares_have_the_interval_of_wilson() {
        near(share_interval(0.9, 10), (0.595_849_973_204_761_5, 0.982_123_786_904_927_1));
        near(share_interval(1.0, 10), (0.722_467_200_137_110_7, 1.0));
        near(share_interval(0.5, 5), (0.170_423_580_643_587_76, 0.829_576_419_356_412_2));
        assert_eq!(share_interval(0.5, 0), None);
    }
}
