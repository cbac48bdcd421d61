//! `eval-test.json`: what `gemc eval` has found of a run, kept beside it.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::kept::KeptFault;
use super::stored::{Damaged, bounded};

/// Bytes of the file at most: those of 4,096 runs with ten classes have a tenth of it.
const MOST: u64 = 64 << 20;
/// Classes at most; labels are bytes.
const MOST_CLASSES: usize = 256;

/// The contents of `eval-test.json` and `eval-validation.json`. A field is never renamed; new ones may be added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredEvaluation {
    /// The data set's name.
    pub data: String,
    /// Its hash.
    pub data_hash: String,
    /// `test` or `validation`.
    pub split: String,
    /// Samples that each run was evaluated on.
    pub samples: usize,
    /// SHA-256 of the rows of the genome that was evaluated.
    pub genome: String,
    /// The accuracy of each run, a fraction.
    pub accuracy: Vec<f64>,
    /// The names of the classes in the order of their labels, where they are known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub class_names: Vec<String>,
    /// For each run a row for each class of the samples, and in it how many of them were given each class.
    pub confusion: Vec<Vec<Vec<u64>>>,
}

impl StoredEvaluation {
    /// The splits that a run can be evaluated on.
    pub const SPLITS: [&'static str; 2] = ["test", "validation"];

    /// Returns the name of the file for a split.
    pub fn name(split: &str) -> String {
        format!("eval-{split}.json")
    }

    /// Reads that of a split from the folder of a run; nothing where there is none.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the file.
    pub fn read(folder: &Path, split: &str) -> Result<Option<Self>, KeptFault> {
        let file = folder.join(Self::name(split));
        if !file.exists() {
            return Ok(None);
        }
        let damaged =
            |found: String, expected: &str| Damaged { path: file.clone(), found, expected: expected.to_owned() };
        let read: Self = serde_json::from_slice(&bounded(&file, MOST)?)
            .map_err(|why| damaged(why.to_string(), "what `gemc eval` writes"))?;
        match read.misfit(split) {
            None => Ok(Some(read)),
            Some((found, expected)) => Err(damaged(found, expected).into()),
        }
    }

    /// Returns the first thing that cannot be, and what it would have to be.
    fn misfit(&self, split: &str) -> Option<(String, &'static str)> {
        if self.split != split {
            return Some((format!("it is of the split `{}`", self.split), "the split in its name"));
        }
        let sizes = |matrix: &[Vec<u64>]| (matrix.len(), matrix.first().map_or(0, Vec::len));
        let (classes, outputs) = self.confusion.first().map_or((0, 0), |first| sizes(first));
        let alike = |matrix: &Vec<Vec<u64>>| matrix.len() == classes && matrix.iter().all(|row| row.len() == outputs);
        let counted = |side: usize| (1..=MOST_CLASSES).contains(&side);
        if !counted(classes) || !counted(outputs) || !self.confusion.iter().all(alike) {
            return Some(("its matrices have no common size".to_owned(), "one of 1 to 256 classes"));
        }
        let counts = self.confusion.iter().flatten().flatten();
        if counts.copied().try_fold(0, u64::checked_add).is_none() {
            return Some(("it counts more samples than there can be".to_owned(), "the samples of a data set"));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evaluation(confusion: Vec<Vec<Vec<u64>>>) -> StoredEvaluation {
        let text = |text: &str| text.to_owned();
        StoredEvaluation {
            data: text("glyphs"),
            data_hash: text("ab"),
            split: text("test"),
            samples: 4,
            genome: text("cd"),
            accuracy: vec![0.5],
            class_names: Vec::new(),
            confusion,
        }
    }

    #[test]
    fn what_is_written_is_read_and_what_cannot_be_is_not() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(StoredEvaluation::read(folder.path(), "test").unwrap(), None);
        let write = |evaluation: &StoredEvaluation| {
            std::fs::write(folder.path().join("eval-test.json"), serde_json::to_string(evaluation).unwrap()).unwrap();
            StoredEvaluation::read(folder.path(), "test")
        };
        let good = evaluation(vec![vec![vec![1, 1], vec![0, 2]]]);
        assert_eq!(write(&good).unwrap(), Some(good.clone()));
        for bad in [
            evaluation(Vec::new()),
            evaluation(vec![Vec::new()]),
            evaluation(vec![vec![vec![]]]),
            evaluation(vec![vec![vec![1, 1], vec![2]]]),
            evaluation(vec![vec![vec![1]], vec![vec![1, 2]]]),
            evaluation(vec![vec![vec![u64::MAX, 1]]]),
            StoredEvaluation { split: "validation".to_owned(), ..good },
        ] {
            assert!(write(&bad).is_err(), "{bad:?}");
        }
    }
}
