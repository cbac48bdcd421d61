//! The checkpoints in a run's folder, by name: `checkpoint-500.safetensors` holds the state of training after 500 steps.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::fault::CHECKPOINT;
use super::kept::KeptFault;
use super::stored::bounded;

/// What the name of a file of tensors ends with.
const TENSORS: &str = ".safetensors";

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
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(why) if why.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(why) => return Err(why),
        };
        let mut found = Vec::new();
        for entry in entries {
            let path = entry?.path();
            let step = path.file_name().and_then(|name| step(name.to_str()?));
            found.extend(step.map(|step| Self { step, path }));
        }
        found.sort_by_key(|file| std::cmp::Reverse(file.step));
        Ok(found)
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
