//! The state of training in a run's folder: written every few seconds and when a run is stopped, read back to go on from.
//!
//! The two latest checkpoints stay, so that the one before is there where the latest was damaged. A run that went its whole way
//! leaves none.

use std::path::{Path, PathBuf};

use super::run::Clock;
use super::run_dir::RunDir;
use super::state::TrainState;
use crate::run_dir::{CHECKPOINT, CheckpointFile, KeptFault, RunDirFault};

/// Checkpoints that stay.
const KEPT: usize = 2;
/// Seconds between two checkpoints.
const EVERY: f64 = 10.0;
/// The time between two checkpoints is at least this many times what writing one takes.
const RARE: f64 = 50.0;
/// Bytes of a checkpoint at most for each number of the parameter table: its value, two moments, its best, in double precision.
const WIDEST: u64 = 4 * 8;
/// Bytes of its header at most.
const MOST_HEADER: u64 = 64 << 20;

/// When checkpoints are written.
#[derive(Debug)]
pub(super) struct CheckpointTimes {
    every: f64,
    /// When the next one is due; `None` before the run begins.
    due: Option<f64>,
}

impl Default for CheckpointTimes {
    fn default() -> Self {
        Self { every: EVERY, due: None }
    }
}

/// The state that a run stopped in, as its folder holds it.
#[derive(Debug)]
pub struct LastCheckpoint {
    /// The state; nothing where the run was killed before there was one.
    pub state: Option<TrainState>,
    /// Later ones that were damaged, and what is wrong with them.
    pub damaged: Vec<(PathBuf, String)>,
}

impl LastCheckpoint {
    /// Reads the latest checkpoint in a folder that is whole. `source` is the hash of what was trained, `numbers` the length of the
    /// parameter table.
    ///
    /// # Errors
    ///
    /// Says that the folder cannot be read.
    pub fn read(folder: &Path, source: &str, numbers: u64) -> Result<Self, KeptFault> {
        let unreadable = |why: std::io::Error| RunDirFault::Read { path: folder.to_owned(), reason: why.to_string() };
        let most = numbers.saturating_mul(WIDEST).saturating_add(MOST_HEADER);
        let mut damaged = Vec::new();
        for file in CheckpointFile::list(folder).map_err(unreadable)? {
            match file
                .read(most)
                .map_err(|fault| fault.to_string())
                .and_then(|bytes| TrainState::of_source(&bytes, source).map_err(|fault| fault.to_string()))
            {
                Ok(state) => return Ok(Self { state: Some(state), damaged }),
                Err(why) => damaged.push((file.path, why)),
            }
        }
        Ok(Self { state: None, damaged })
    }
}

impl RunDir {
    /// Writes a checkpoint every `seconds` seconds of training, 10 where none is asked for.
    pub fn checkpoint_every(&mut self, seconds: Option<f64>) {
        self.checkpoints.every = seconds.unwrap_or(EVERY);
    }

    /// Tells whether it is time for a checkpoint; the first call only sets the clock.
    pub(super) fn is_checkpoint_due(&mut self, now: f64) -> bool {
        let every = self.checkpoints.every;
        now >= *self.checkpoints.due.get_or_insert(now + every)
    }

    /// Writes a checkpoint, and removes those that it replaces.
    pub(super) fn checkpoint(&mut self, state: &TrainState, clock: Clock<'_>) {
        let began = clock();
        if !self.is_ours() {
            self.lose(CHECKPOINT, "the folder was removed");
            return;
        }
        let bytes = state.to_file(self.origin()).map_err(|fault| fault.to_string());
        if self.write_as(CHECKPOINT, &CheckpointFile::name(state.step()), bytes) {
            self.keep_checkpoints(KEPT);
        }
        let now = clock();
        self.checkpoints.due = Some(now + self.checkpoints.every.max(RARE * (now - began)));
    }

    /// Notes that a checkpoint which could not be written is not missed.
    pub(super) fn need_no_checkpoint(&mut self) {
        self.found(CHECKPOINT);
    }

    /// Removes all checkpoints: the run has nothing to go on with.
    pub(super) fn remove_checkpoints(&self) {
        self.keep_checkpoints(0);
    }

    /// Removes all checkpoints but the latest. What cannot be removed stays, and does no harm.
    fn keep_checkpoints(&self, latest: usize) {
        for file in CheckpointFile::list(self.path()).unwrap_or_default().iter().skip(latest) {
            let _ = std::fs::remove_file(&file.path);
        }
    }
}
