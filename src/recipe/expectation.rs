//! What a recipe expects of its results, and whether they hold it.

/// What trials are expected to reach.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// Those with this label; all, where there is none.
    pub label: Option<String>,
    /// Those whose numbers of parameters are in it.
    pub parameters: Option<Range>,
    /// What the best of them is expected to reach: a fraction.
    pub accuracy: Range,
    /// Who says so.
    pub source: Option<String>,
}

/// A range of numbers: `0.80..`, `..156`, `0.8..0.9`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// The least, where there is one.
    pub low: Option<f64>,
    /// The most, where there is one.
    pub high: Option<f64>,
}

/// Whether an expectation is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The whole interval is in the range.
    Holds,
    /// The whole interval is outside.
    Fails,
    /// The interval reaches over an end of the range.
    Undecided,
    /// No trial was measured.
    Missing,
}

impl Range {
    /// Reads one; a single number is a range of one number.
    pub fn read(text: &str) -> Option<Self> {
        let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
        let end = |text: &str| if text.trim().is_empty() { Some(None) } else { number(text).map(Some) };
        let range = match text.split_once("..") {
            None => Self { low: Some(number(text)?), high: Some(number(text)?) },
            Some((low, high)) => Self { low: end(low)?, high: end(high)? },
        };
        let ordered = range.low.zip(range.high).is_none_or(|(low, high)| low <= high);
        (ordered && (range.low.is_some() || range.high.is_some())).then_some(range)
    }

    /// Tells whether a number is in it.
    pub fn holds(&self, number: f64) -> bool {
        self.low.is_none_or(|low| number >= low) && self.high.is_none_or(|high| number <= high)
    }

    /// Judges by an interval, both of its ends.
    pub fn judge(&self, (low, high): (f64, f64)) -> Verdict {
        let below = self.low.is_some_and(|least| high < least);
        let above = self.high.is_some_and(|most| low > most);
        match (self.holds(low) && self.holds(high), below || above) {
            (true, _) => Verdict::Holds,
            (false, true) => Verdict::Fails,
            (false, false) => Verdict::Undecided,
        }
    }
}

impl std::fmt::Display for Range {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let end = |number: Option<f64>| number.map(|number| number.to_string()).unwrap_or_default();
        if self.low == self.high {
            return f.write_str(&end(self.low));
        }
        write!(f, "{}..{}", end(self.low), end(self.high))
    }
}

impl Verdict {
    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Fails => "fails",
            Self::Undecided => "undecided",
            Self::Missing => "missing",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_and_judged() {
        let least = Range::read("0.80..").unwrap();
        assert_eq!(least, Range { low: Some(0.8), high: None });
        assert_eq!(Range::read("..156").unwrap().to_string(), "..156");
        assert_eq!(Range::read("1.."), Some(Range { low: Some(1.0), high: None }));
        for none in ["..", "", "a..", "0.9..0.8", "nan..", "1..2..3"] {
            assert_eq!(Range::read(none), None, "{none}");
        }
        assert_eq!(least.judge((0.81, 0.83)), Verdict::Holds);
        assert_eq!(least.judge((0.79, 0.83)), Verdict::Undecided);
        assert_eq!(least.judge((0.70, 0.79)), Verdict::Fails);
    }
}
