//! An axis of a chart: where a value lies on it, and at which values it has ticks.

use crate::diag::grouped;

/// Pixels that a letter of a tick's label takes, and that are free between two labels.
const LETTER: f64 = 6.6;
const FREE: f64 = 10.0;

/// What an axis shows.
#[derive(Debug, Clone, PartialEq)]
pub struct ChartAxis {
    /// What is counted on it.
    pub label: String,
    /// Whether equal distances are equal ratios.
    pub is_log: bool,
    /// Whether values are fractions that are written in percent.
    pub is_percent: bool,
}

/// An axis with its values on the paper.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ruler {
    /// The values at its two ends.
    ends: [f64; 2],
    /// Where these lie, in pixels.
    pixels: [f64; 2],
    log: bool,
    percent: bool,
    /// From one tick to the next, where it is not logarithmic.
    step: f64,
}

impl ChartAxis {
    /// Tells whether a value has a place on the axis.
    pub(super) fn holds(&self, value: f64) -> bool {
        value.is_finite() && (!self.is_log || value > 0.0)
    }

    /// Lays the axis out for these values, between two places in pixels, with some `most` ticks where it is linear. One that is
    /// `tight` ends at the last value, others at a tick.
    pub(super) fn ruler_to(
        &self,
        values: impl Iterator<Item = f64>,
        pixels: [f64; 2],
        most: usize,
        tight: bool,
    ) -> Ruler {
        let [low, high] = range(values.filter(|value| self.holds(*value)), self.is_log);
        let ruler = self.ruler([low, high].into_iter(), pixels, most);
        if tight && !self.is_log { Ruler { ends: [low, high], ..ruler } } else { ruler }
    }

    /// Lays the axis out so that it ends at ticks.
    pub(super) fn ruler(&self, values: impl Iterator<Item = f64>, pixels: [f64; 2], most: usize) -> Ruler {
        let [low, high] = range(values.filter(|value| self.holds(*value)), self.is_log);
        if self.is_log {
            let room = (high / low).powf(0.03).max(1.02);
            let ends = [low / room, high * room];
            return Ruler { ends, pixels, log: true, percent: self.is_percent, step: 0.0 };
        }
        let step = step((high - low) / most.max(1) as f64);
        let mut ends = [(low / step).floor() * step, (high / step).ceil() * step];
        if self.is_percent {
            ends = [ends[0].max(low.min(0.0)), ends[1].min(high.max(1.0))];
        }
        Ruler { ends, pixels, log: false, percent: self.is_percent, step }
    }
}

impl Ruler {
    /// Returns where a value lies, in pixels; what is beyond an end lies at it.
    pub(super) fn place(&self, value: f64) -> f64 {
        let scaled = |value: f64| if self.log { value.max(f64::MIN_POSITIVE).ln() } else { value };
        let [low, high] = self.ends.map(scaled);
        let part = ((scaled(value) - low) / (high - low)).clamp(0.0, 1.0);
        let [from, to] = self.pixels;
        ((from + part * (to - from)) * 10.0).round() / 10.0
    }

    /// Returns the values at its ends.
    pub(super) fn ends(&self) -> [f64; 2] {
        self.ends
    }

    /// Returns its ticks with their labels: on a level axis as many as there is room for.
    pub(super) fn ticks(&self, level: bool) -> Vec<(f64, String)> {
        let values = if self.log { self.powers() } else { self.steps() };
        let labelled: Vec<(f64, String)> = values.into_iter().map(|value| (value, self.label(value))).collect();
        if !level {
            return labelled;
        }
        let mut end = f64::NEG_INFINITY;
        let fits = |(value, label): &(f64, String)| {
            let (middle, half) = (self.place(*value), label.chars().count() as f64 * LETTER / 2.0);
            let free = middle - half >= end + FREE;
            end = if free { middle + half } else { end };
            free
        };
        labelled.into_iter().filter(fits).collect()
    }

    fn steps(&self) -> Vec<f64> {
        let [low, high] = self.ends;
        let first = (low / self.step - 1e-9).ceil();
        let value = |index: u32| (first + f64::from(index)) * self.step;
        (0..64).map(value).take_while(|value| *value <= high + self.step * 1e-6).collect()
    }

    /// Returns 1, 2, 5, 10, … within the ends; powers of ten alone where these are many.
    fn powers(&self) -> Vec<f64> {
        let [low, high] = self.ends;
        let decades = (high / low).log10();
        let digits: &[f64] = if decades > 3.5 { &[1.0] } else { &[1.0, 2.0, 5.0] };
        // both are exponents of finite numbers
        #[allow(clippy::cast_possible_truncation)]
        let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
        let all = (first..=last).flat_map(|power| digits.iter().map(move |digit| digit * 10_f64.powi(power)));
        let inside: Vec<f64> = all.filter(|value| (low..=high).contains(value)).collect();
        if inside.len() > 1 { inside } else { self.ends.map(|end| round_to(end, 2)).into() }
    }

    /// Writes a tick's value.
    fn label(&self, value: f64) -> String {
        if self.percent {
            let places = usize::from(self.step < 0.01) + usize::from(self.step < 0.001);
            return format!("{:.places$} %", 100.0 * value);
        }
        let size = value.abs();
        if value == 0.0 {
            "0".to_owned()
        } else if (1.0..1e9).contains(&size) && (size - size.round()).abs() < 1e-6 * size {
            // a whole number of at most nine digits
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let whole = grouped(size.round() as u64);
            if value < 0.0 { format!("−{whole}") } else { whole }
        } else if (1e-4..1e9).contains(&size) {
            let text = format!("{:.6}", round_to(value, 3));
            text.trim_end_matches('0').trim_end_matches('.').replace('-', "−")
        } else {
            format!("{value:.0e}").replace('-', "−")
        }
    }
}

/// Returns the least and the greatest of some values; room about a single one.
fn range(values: impl Iterator<Item = f64>, log: bool) -> [f64; 2] {
    let [low, high] =
        values.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| [low.min(value), high.max(value)]);
    if low > high {
        return if log { [1.0, 10.0] } else { [0.0, 1.0] };
    }
    if high - low > 1e-9 * high.abs().max(1e-9) {
        return [low, high];
    }
    if log { [low / 2.0, high * 2.0] } else { [low - 0.05 * low.abs().max(0.2), high + 0.05 * high.abs().max(0.2)] }
}

/// Returns the least of …, 0.1, 0.2, 0.5, 1, 2, 5, … that is at least `wanted`.
fn step(wanted: f64) -> f64 {
    let power = 10_f64.powf(wanted.max(1e-12).log10().floor());
    [1.0, 2.0, 5.0]
        .into_iter()
        .map(|digit| digit * power)
        .find(|step| *step >= wanted * (1.0 - 1e-9))
        .unwrap_or(10.0 * power)
}

/// Rounds to some significant digits.
fn round_to(value: f64, digits: i32) -> f64 {
    if value == 0.0 {
        return 0.0;
    }
    // an exponent of a finite number
    #[allow(clippy::cast_possible_truncation)]
    let power = 10_f64.powi(digits - 1 - value.abs().log10().floor() as i32);
    (value * power).round() / power
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: (bool, bool), values: &[f64]) -> Vec<String> {
        let axis = ChartAxis { label: String::new(), is_log: axis.0, is_percent: axis.1 };
        let ruler = axis.ruler(values.iter().copied(), [0.0, 500.0], 6);
        ruler.ticks(true).into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(labels((false, true), &[0.81, 0.974]), ["80 %", "85 %", "90 %", "95 %", "100 %"]);
        assert_eq!(labels((false, false), &[0.0, 2_000.0]), ["0", "500", "1,000", "1,500", "2,000"]);
        assert_eq!(
            labels((true, false), &[12.0, 7_850.0]),
            ["10", "20", "50", "100", "200", "500", "1,000", "2,000", "5,000"]
        );
        assert_eq!(labels((true, false), &[1.0, 1e6]), ["1", "10", "100", "1,000", "10,000", "100,000", "1,000,000"]);
        assert_eq!(labels((false, false), &[0.12, 0.31]), ["0.1", "0.15", "0.2", "0.25", "0.3", "0.35"]);
    }

    #[test]
    fn one_value_or_none_has_a_place() {
        for (log, percent) in [(false, false), (false, true), (true, false)] {
            for values in [&[][..], &[0.5], &[0.0, f64::NAN], &[3.0]] {
                assert!(labels((log, percent), values).len() > 1, "{log} {percent} {values:?}");
            }
        }
    }
}
