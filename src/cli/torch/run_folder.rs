//! Where a run is kept: the folder that was asked for, or the next free one below `runs/`.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::cli::exit::Failure;
use crate::cli::faults::Blame;
use crate::train::RunDirFault;

/// The folder of runs.
const RUNS: &str = "runs";

/// Returns the folder: the one that was asked for, or a new `runs/NAME-1`, `-2`, … that is made at once, so that two runs
/// that begin together do not share one. `option` is what another one is asked for by.
pub(super) fn choose(asked: Option<&Path>, name: &str, option: &'static str) -> Result<PathBuf, Failure> {
    match asked {
        Some(path) => Ok(path.to_path_buf()),
        None => next(name).map_err(|why| unwritable(Path::new(RUNS), &why, option)),
    }
}

fn next(name: &str) -> io::Result<PathBuf> {
    fs::create_dir_all(RUNS)?;
    let mut number: u64 = 1;
    loop {
        let path = Path::new(RUNS).join(format!("{name}-{number}"));
        match fs::create_dir(&path) {
            Ok(()) => return Ok(path),
            Err(why) if why.kind() == ErrorKind::AlreadyExists => number += 1,
            Err(why) => return Err(why),
        }
    }
}

fn unwritable(path: &Path, why: &io::Error, option: &'static str) -> Failure {
    RunDirFault::Write { path: path.to_path_buf(), reason: why.to_string(), option }.failure()
}
