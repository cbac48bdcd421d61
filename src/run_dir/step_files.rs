//! Files of a folder that are named after the steps made before them.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// What the name of a file of tensors ends with.
pub(super) const TENSORS: &str = ".safetensors";

/// Lists the files whose names `step` reads a step from, the earliest first; a folder that is not there has none.
///
/// # Errors
///
/// What the system says of a folder that cannot be read.
pub(super) fn step_files(folder: &Path, step: fn(&str) -> Option<u64>) -> io::Result<Vec<(u64, PathBuf)>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(why) if why.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(why) => return Err(why),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let step = path.file_name().and_then(|name| step(name.to_str()?));
        found.extend(step.map(|step| (step, path)));
    }
    found.sort_by_key(|(step, _)| *step);
    Ok(found)
}
