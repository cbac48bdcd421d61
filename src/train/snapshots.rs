//! `--snapshots`: the learned rows as they are after some steps, a file each in the folder `snapshots` of a run. One that cannot be
//! written is not tried again: its numbers are gone when the next step is made.

use std::fs;

use tch::Tensor as Live;

use super::run_dir::RunDir;
use super::tensor_file::tensor_file;
use crate::run_dir::{SNAPSHOT_RUNS, SNAPSHOTS, SnapshotFile};

/// What is said of snapshots that a folder has lost.
const REMOVED: &str = "the folder was removed";

impl RunDir {
    /// Tells whether the learned rows are to be written after `step` of at most `length` steps; always where a run `ends` with it.
    pub(super) fn wants_snapshot(&self, (step, length): (u64, u64), ends: bool) -> bool {
        self.record().snapshots.is_some_and(|steps| ends || steps.has(step, length))
    }

    /// Writes the learned rows of these `runs` as they are after `step` steps.
    pub(super) fn write_snapshot(&mut self, step: u64, runs: &[usize], rows: &[(String, Live)]) {
        if !self.is_ours() {
            self.lose(SNAPSHOTS, REMOVED);
            return;
        }
        let mut notes = self.origin();
        notes.insert(SNAPSHOT_RUNS.to_owned(), serde_json::to_string(runs).unwrap_or_default());
        let made = fs::create_dir_all(self.path().join(SNAPSHOTS)).map_err(|why| why.to_string());
        let bytes = made.and_then(|()| tensor_file(rows.iter().map(|(name, row)| (name.clone(), row)), notes));
        if let Err(why) = bytes.and_then(|bytes| self.write_anew(&SnapshotFile::name(step), &bytes)) {
            self.lose(SNAPSHOTS, &why);
        }
    }

    /// Notes that earlier snapshots are gone with the folder that they were in.
    pub(super) fn lose_snapshots(&mut self) {
        if self.record().snapshots.is_some() {
            self.lose(SNAPSHOTS, REMOVED);
        }
    }

    /// Makes ready to go on after `step` steps: removes the snapshots of steps that are made again, and what a killed process left half
    /// written. Snapshots that were missing when the run stopped still are.
    pub(super) fn keep_snapshots_to(&mut self, step: u64) {
        if self.record().outcome.missing.iter().any(|name| name == SNAPSHOTS) {
            self.lose(SNAPSHOTS, "some could not be written before the run stopped");
        }
        let later = SnapshotFile::list(self.path()).unwrap_or_default().into_iter().filter(|file| file.step > step);
        let entries = fs::read_dir(self.path().join(SNAPSHOTS)).into_iter().flatten().flatten();
        let parts = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(".part-"));
        for path in later.map(|file| file.path).chain(parts.map(|entry| entry.path())) {
            // it is written over where that step is made
            let _ = fs::remove_file(path);
        }
    }
}
