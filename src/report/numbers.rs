//! How far a scale reaches, and numbers as a legend writes them.

/// Entries that lie within a scale, of a thousand: a few that stand out would make all others pale.
const WITHIN: usize = 995;
/// The scale holds all of fewer entries.
const FEW: usize = 1_000;

/// How far a scale reaches, and what lies beyond.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reach {
    /// The scale goes from −`limit` to `limit`; above 0.
    pub(super) limit: f32,
    /// The greatest magnitude there is.
    pub(super) greatest: f32,
    /// Numbers beyond the limit.
    pub(super) beyond: usize,
    /// Numbers that are not finite.
    pub(super) missing: usize,
}

impl Reach {
    /// Finds the scale for `values`: at least 99.5 % of them lie within it, and all where they are few.
    pub(super) fn of<'a>(values: impl Iterator<Item = &'a f32>) -> Self {
        let (mut sizes, mut missing) = (Vec::new(), 0);
        for value in values {
            if value.is_finite() {
                sizes.push(value.abs());
            } else {
                missing += 1;
            }
        }
        sizes.sort_unstable_by(f32::total_cmp);
        let greatest = sizes.last().copied().unwrap_or(0.0);
        let count = if sizes.len() < FEW { sizes.len() } else { (sizes.len() * WITHIN).div_ceil(1_000) };
        let within = sizes.get(count.saturating_sub(1)).copied().unwrap_or(0.0);
        let limit = [within, greatest].into_iter().find(|limit| *limit > 0.0).unwrap_or(1.0);
        let beyond = sizes.len() - sizes.partition_point(|size| *size <= limit);
        Self { limit, greatest, beyond, missing }
    }

    /// Says what the scale parameters out, if it does.
    pub(super) fn left_out(self) -> Option<String> {
        let far = (self.beyond > 0).then(|| format!("{} lie beyond, up to {}", self.beyond, short(self.greatest)));
        let none = (self.missing > 0).then(|| format!("grey: {} not finite", self.missing));
        let said: Vec<String> = far.into_iter().chain(none).collect();
        (!said.is_empty()).then(|| said.join("; "))
    }
}

/// Writes a number with three significant digits.
pub(super) fn short(value: f32) -> String {
    let size = value.abs();
    if value == 0.0 {
        "0".to_owned()
    } else if (0.001..10_000.0).contains(&size) {
        let places = [100.0, 10.0, 1.0, 0.1, 0.01].iter().take_while(|edge| size < **edge).count();
        format!("{value:.places$}").replace('-', "−")
    } else {
        format!("{value:.2e}").replace('-', "−")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_leaves_out_the_few_that_stand_out() {
        let mut values = vec![0.5_f32; 1_998];
        values.extend([-80.0, 3.0]);
        let reach = Reach::of(values.iter());
        assert_eq!(reach, Reach { limit: 0.5, greatest: 80.0, beyond: 2, missing: 0 });
        assert_eq!(reach.left_out().unwrap(), "2 lie beyond, up to 80.0");
        assert_eq!(Reach::of(values[1_100..].iter()).left_out(), None, "the few all lie within");
    }

    #[test]
    fn a_scale_is_never_empty() {
        assert_eq!(Reach::of([].iter()), Reach { limit: 1.0, greatest: 0.0, beyond: 0, missing: 0 });
        assert_eq!(Reach::of([0.0, f32::NAN].iter()), Reach { limit: 1.0, greatest: 0.0, beyond: 0, missing: 1 });
        let rare = Reach { limit: 3.0, greatest: 3.0, beyond: 0, missing: 0 };
        assert_eq!(Reach::of([0.0; 1_999].iter().chain(&[3.0])), rare);
    }

    #[test]
    fn three_digits_are_written() {
        let written = [0.0, 0.123_4, -1.234, 12.34, 123.4, 1_234.0, 0.001_234, 1e-7, 123_456.0].map(short);
        assert_eq!(written, ["0", "0.123", "−1.23", "12.3", "123", "1234", "0.00123", "1.00e−7", "1.23e5"]);
    }
}
