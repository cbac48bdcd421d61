//! `results.json` in the folder of a recipe, read back: what its trials reached and what was expected of them. What is absent stays
//! absent; what has the wrong type is a fault.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::kept::KeptFault;
use super::stored::{Damaged, bounded};

/// The names of both files in the folder of a recipe.
pub const RESULTS: &str = "results.json";
/// The recipe as it was written.
pub const RECIPE: &str = "recipe.yaml";

/// Bytes of either file at most.
const MOST: u64 = 64 << 20;
/// Bytes of a recipe at most.
const MOST_RECIPE: u64 = 1 << 20;

/// What the trials of a recipe reached.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct ReadResults {
    /// What the recipe is about.
    pub title: Option<String>,
    /// `paper` or `strict`.
    pub protocol: Option<String>,
    /// The trials.
    pub trials: Vec<ReadTrial>,
    /// What was expected of them.
    pub expect: Vec<ReadClaim>,
}

/// A trial: one setting, with all its seeds.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct ReadTrial {
    /// The series that it belongs to.
    pub label: String,
    /// The folder of its run, from that of the recipe.
    pub run: Option<String>,
    /// What tells it from the others of its label.
    pub varied: Option<String>,
    /// Parameters of one run.
    pub parameters: Option<u64>,
    /// How it stands.
    pub state: Option<String>,
    /// The accuracy of each seed, a fraction.
    pub accuracy: Vec<Option<f64>>,
}

/// What was expected of a series.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct ReadClaim {
    /// The series.
    pub label: String,
    /// At how many parameters: a number, or `..156`.
    pub parameters: ClaimRange,
    /// Which accuracy: a number, or `0.80..`.
    pub accuracy: ClaimRange,
    /// Where that is said.
    pub source: Option<String>,
    /// The accuracy that was found.
    pub found: Option<f64>,
    /// Of how many seeds.
    pub n: Option<u64>,
    /// Its interval.
    pub interval: Option<[f64; 2]>,
    /// `holds`, `fails`, `undecided` or `missing`.
    pub verdict: Option<String>,
}

/// A number or a range, as it is written in a recipe; an end that is missing is open.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(from = "Value")]
pub struct ClaimRange {
    /// From where to where.
    pub ends: [Option<f64>; 2],
    /// As it was written.
    pub text: String,
}

impl From<Value> for ClaimRange {
    fn from(value: Value) -> Self {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let number =
            |part: &str| part.trim().trim_start_matches('=').parse().ok().filter(|number: &f64| number.is_finite());
        let ends = match text.split_once("..") {
            Some((from, to)) => [number(from), number(to)],
            None => [number(&text); 2],
        };
        Self { ends, text }
    }
}

impl ReadResults {
    /// Reads `results.json` in `folder`.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it.
    pub fn read(folder: &Path) -> Result<Self, KeptFault> {
        let file = folder.join(RESULTS);
        let bytes = bounded(&file, MOST)?;
        let damaged =
            |found: String, expected: &str| Damaged { path: file.clone(), found, expected: expected.to_owned() };
        let read: Self = serde_json::from_slice(&bytes)
            .map_err(|why| damaged(why.to_string(), "the results that gemc writes of a recipe"))?;
        let mut reached = read.trials.iter().flat_map(|trial| trial.accuracy.iter().flatten());
        match reached.find(|accuracy| !(0.0..=1.0).contains(*accuracy)) {
            None => Ok(read),
            Some(strange) => Err(damaged(format!("an accuracy is {strange}"), "a fraction between 0 and 1").into()),
        }
    }

    /// Reads the recipe itself, `recipe.yaml` in `folder`; bytes that are no text become replacement characters.
    ///
    /// # Errors
    ///
    /// Says why it cannot be read.
    pub fn read_recipe(folder: &Path) -> Result<String, KeptFault> {
        Ok(String::from_utf8_lossy(&bounded(&folder.join(RECIPE), MOST_RECIPE)?).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_may_be_open_or_numbers() {
        let range = |value: Value| ClaimRange::from(value).ends;
        assert_eq!(range("..156".into()), [None, Some(156.0)]);
        assert_eq!(range("0.80..".into()), [Some(0.8), None]);
        assert_eq!(range("0.8..=0.9".into()), [Some(0.8), Some(0.9)]);
        assert_eq!(range(220.into()), [Some(220.0); 2]);
        assert_eq!(range("many".into()), [None, None]);
    }
}
