//! `--snapshots`: after which steps the learned rows of a run are written.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::train_config::BadConfig;

/// Snapshots of a run at most.
const MOST: u64 = 1_000;
/// The word for steps that lie ever further apart.
const LOG: &str = "log";

/// After which steps snapshots are taken: always before the first and after the last, and after some between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum SnapshotSteps {
    /// After 1, 2, 5, 10, 20, 50, … steps.
    Log,
    /// After every N steps.
    Every(u64),
}

impl SnapshotSteps {
    /// Tells whether a snapshot is taken after `step` steps of a training of at most `length`.
    pub fn has(self, step: u64, length: u64) -> bool {
        step == 0 || step >= length || self.is_between(step)
    }

    /// Returns how many snapshots a training of `length` steps has.
    pub fn count(self, length: u64) -> u64 {
        let before_last = length.saturating_sub(1);
        let between = match self {
            Self::Log => logarithmic().take_while(|step| *step <= before_last).count() as u64,
            Self::Every(steps) => before_last / steps.max(1),
        };
        between.saturating_add(2)
    }

    /// Checks that a training of `length` steps has no more snapshots than a folder should hold.
    ///
    /// # Errors
    ///
    /// Says how many there would be, and which value would do.
    pub fn check(self, length: u64) -> Result<(), BadConfig> {
        let count = self.count(length);
        if count <= MOST {
            return Ok(());
        }
        let fits = logarithmic().find(|steps| Self::Every(*steps).count(length) <= MOST);
        let example = fits.map(|steps| format!(", such as {steps}, or with `--snapshots {LOG}`"));
        Err(BadConfig {
            name: "the number of snapshots",
            found: count.to_string(),
            wanted: format!("at most {MOST}"),
            option: "--snapshots",
            example: example.unwrap_or_default(),
        })
    }

    fn is_between(self, step: u64) -> bool {
        match self {
            Self::Log => logarithmic().take_while(|logarithmic| *logarithmic <= step).any(|other| other == step),
            Self::Every(steps) => step.is_multiple_of(steps.max(1)),
        }
    }
}

/// Returns 1, 2, 5, 10, 20, 50, … as far as numbers go.
fn logarithmic() -> impl Iterator<Item = u64> {
    (0..19).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_u64.pow(power)))
}

impl fmt::Display for SnapshotSteps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Log => f.write_str(LOG),
            Self::Every(steps) => steps.fmt(f),
        }
    }
}

impl FromStr for SnapshotSteps {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text == LOG {
            return Ok(Self::Log);
        }
        let steps = text.parse().ok().filter(|steps| *steps > 0);
        steps.map(Self::Every).ok_or_else(|| {
            format!("write `{LOG}` for steps 1, 2, 5, 10, 20, 50, …, or a number N from 1 for every N steps")
        })
    }
}

impl TryFrom<String> for SnapshotSteps {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<SnapshotSteps> for String {
    fn from(steps: SnapshotSteps) -> Self {
        steps.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(steps: SnapshotSteps, length: u64) -> Vec<u64> {
        let all: Vec<u64> = (0..=length).filter(|step| steps.has(*step, length)).collect();
        assert_eq!(all.len() as u64, steps.count(length), "{steps} of {length}");
        all
    }

    #[test]
    fn snapshots_have_a_first_and_a_last() {
        assert_eq!(taken(SnapshotSteps::Log, 120), [0, 1, 2, 5, 10, 20, 50, 100, 120]);
        assert_eq!(taken(SnapshotSteps::Log, 100), [0, 1, 2, 5, 10, 20, 50, 100]);
        assert_eq!(taken(SnapshotSteps::Log, 1), [0, 1]);
        assert_eq!(taken(SnapshotSteps::Every(40), 100), [0, 40, 80, 100]);
        assert_eq!(taken(SnapshotSteps::Every(50), 100), [0, 50, 100]);
        assert_eq!(taken(SnapshotSteps::Every(500), 100), [0, 100]);
    }

    #[test]
    fn a_folder_is_not_filled() {
        assert!(SnapshotSteps::Log.check(u64::MAX).is_ok());
        assert!(SnapshotSteps::Every(1).check(999).is_ok());
        let fault = SnapshotSteps::Every(1).check(50_000).unwrap_err();
        assert_eq!((fault.found.as_str(), fault.wanted.as_str()), ("50001", "at most 1000"));
        assert!(fault.example.contains("such as 100,"), "{}", fault.example);
        assert!(SnapshotSteps::Every(100).check(50_000).is_ok());
    }

    #[test]
    fn words_are_read_as_they_are_written() {
        for steps in [SnapshotSteps::Log, SnapshotSteps::Every(1), SnapshotSteps::Every(700)] {
            assert_eq!(steps.to_string().parse(), Ok(steps));
            let text = serde_json::to_string(&steps).unwrap();
            assert_eq!(serde_json::from_str::<SnapshotSteps>(&text).unwrap(), steps);
        }
        for wrong in ["0", "-1", "logs", "", "1.5"] {
            assert!(wrong.parse::<SnapshotSteps>().is_err(), "{wrong}");
        }
    }
}
