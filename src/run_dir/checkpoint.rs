//! The checkpoints in a run's folder, by name: `checkpoint-500.safetensors` holds the state of training after 500 steps.

use std::io;
use std::path::{Path, PathBuf};

use super::fault::CHECKPOINT;
use super::kept::KeptFault;
use super::step_files::{TENSORS, step_files};
use super::stored::bounded;

/// A checkpoint's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointFile {
    /// The steps made.
    pub step: u64,
    /// Where it lies.
    pub path: PathBuf,
}

impl CheckpointFile {
    /// Returns the name of the checkpoint after `step` steps.
    pub fn name(step: u64) -> String {
        format!("{CHECKPOINT}-{step}{TENSORS}")
    }

    /// Reads it; it has at most `most` bytes.
    ///
    /// # Errors
    ///
    /// Says that it is missing, or longer.
    pub fn read(&self, most: u64) -> Result<Vec<u8>, KeptFault> {
        bounded(&self.path, most)
    }

    /// Lists those in a folder, the latest first; one that is not there has none.
    ///
    /// # Errors
    ///
    /// What the system says of a folder that cannot be read.
    pub fn list(folder: &Path) -> io::Result<Vec<Self>> {
        let found = step_files(folder, step)?;
        Ok(found.into_iter().rev().map(|(step, path)| Self { step, path }).collect())
    }
}

/// Returns the step in a checkpoint's name; nothing for other names.
fn step(name: &str) -> Option<u64> {
    let step = name.strip_prefix(CHECKPOINT)?.strip_prefix('-')?.strip_suffix(TENSORS)?.parse().ok()?;
    // no other name may mean the same step
    (CheckpointFile::name(step) == name).then_some(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_names_are_checkpoints() {
        assert_eq!(step("checkpoint-500.safetensors"), Some(500));
        for other in [
            "checkpoint-.safetensors",
            "checkpoint-05.safetensors",
            "checkpoint-+5.safetensors",
            "checkpoint-5",
            "genome.safetensors",
        ] {
            assert_eq!(step(other), None, "{other}");
        }
    }
}
