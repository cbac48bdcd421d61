//! `metrics.jsonl` read back: what each evaluation of each run has found. A killed run may have left half a line.

use std::path::Path;

use serde::Deserialize;

use super::fault::METRICS;
use super::kept::KeptFault;
use super::stored::bounded;

/// Bytes of a run's metrics at most: those of 4,096 runs with a hundred evaluations each have a fifth of it.
const MOST_METRICS: u64 = 256 << 20;

/// One evaluation of one run.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct Evaluation {
    /// The run, counted from 0.
    pub run: usize,
    /// Steps made.
    pub step: u64,
    /// Mean training loss since the evaluation before; `None` where it was not finite.
    pub loss: Option<f64>,
    /// Accuracy, a fraction; `None` where it is none.
    pub accuracy: Option<f64>,
}

impl Evaluation {
    /// Reads the evaluations of the run in `folder`, in the order of the file, and how many of its lines are none.
    ///
    /// # Errors
    ///
    /// Says why the file cannot be read.
    pub fn read_all(folder: &Path) -> Result<(Vec<Self>, usize), KeptFault> {
        let bytes = bounded(&folder.join(METRICS), MOST_METRICS)?;
        let (mut found, mut lost) = (Vec::new(), 0);
        for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
            match serde_json::from_slice::<Self>(line) {
                Ok(evaluation) => found.push(evaluation.checked()),
                Err(_) => lost += 1,
            }
        }
        Ok((found, lost))
    }

    /// Drops numbers that can be none.
    fn checked(self) -> Self {
        Self {
            loss: self.loss.filter(|loss| loss.is_finite()),
            accuracy: self.accuracy.filter(|accuracy| (0.0..=1.0).contains(accuracy)),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_line_is_counted_and_nothing_is_made_up() {
        let folder = tempfile::tempdir().unwrap();
        let text = "{\"run\":0,\"step\":5,\"loss\":null,\"accuracy\":0.5,\"seconds\":1.0}\n\
                    {\"run\":1,\"step\":5,\"loss\":0.25,\"accuracy\":7.0}\n\n{\"run\":0,\"st";
        std::fs::write(folder.path().join(METRICS), text).unwrap();
        let (found, lost) = Evaluation::read_all(folder.path()).unwrap();
        let wanted = [
            Evaluation { run: 0, step: 5, loss: None, accuracy: Some(0.5) },
            Evaluation { run: 1, step: 5, loss: Some(0.25), accuracy: None },
        ];
        assert_eq!((found.as_slice(), lost), (&wanted[..], 1));
    }
}
