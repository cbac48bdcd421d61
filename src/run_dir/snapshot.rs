//! The snapshots of a run: `snapshots/500.safetensors` holds the learned rows of all runs that were trained after 500 steps.

use std::io;
use std::path::{Path, PathBuf};

use safetensors::SafeTensors;

use super::fault::{SNAPSHOTS, SOURCE};
use super::genome::{LENGTH, broken, header};
use super::kept::KeptFault;
use super::rows::GenomeRows;
use super::step_files::{TENSORS, step_files};
use super::stored::{Damaged, bounded};
use crate::plan::{Array, Plan};

/// The key under which a snapshot says which runs it holds, counted from 0.
pub const SNAPSHOT_RUNS: &str = "runs";
/// Bytes of its header at most.
const MOST_HEADER: u64 = 16 << 20;

/// A snapshot's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotFile {
    /// The steps made.
    pub step: u64,
    /// Where it lies.
    pub path: PathBuf,
}

/// The learned rows of some runs after a step.
#[derive(Debug, Clone, PartialEq)]
pub struct GenomeSnapshot {
    /// The steps made.
    pub step: u64,
    /// Which runs these are, counted from 0.
    pub runs: Vec<usize>,
    /// Each learned row by its name, [R, …], R as in `runs`.
    pub rows: Vec<(String, Array)>,
}

impl SnapshotFile {
    /// Returns the name of the snapshot after `step` steps, from the run's folder.
    pub fn name(step: u64) -> String {
        format!("{SNAPSHOTS}/{step}{TENSORS}")
    }

    /// Lists those of the run in `folder`, the earliest first; a run without any has none.
    ///
    /// # Errors
    ///
    /// What the system says of a folder that cannot be read.
    pub fn list(folder: &Path) -> io::Result<Vec<Self>> {
        let found = step_files(&folder.join(SNAPSHOTS), step)?;
        Ok(found.into_iter().map(|(step, path)| Self { step, path }).collect())
    }

    /// Reads it: it must be of what has the hash `source`, and of `plan`.
    ///
    /// # Errors
    ///
    /// Says that it is damaged, of another run, or of another model.
    pub fn read(&self, plan: &Plan, source: &str) -> Result<GenomeSnapshot, KeptFault> {
        let damaged = |found: &str, expected: &str| Damaged {
            path: self.path.clone(),
            found: found.to_owned(),
            expected: expected.to_owned(),
        };
        let (about, length) = header(&self.path, MOST_HEADER)?;
        let noted = |key: &str| about.metadata().as_ref().and_then(|notes| notes.get(key));
        if noted(SOURCE).is_none_or(|noted| noted != source) {
            return Err(damaged("it is of another run", "a snapshot of this one").into());
        }
        let runs = noted(SNAPSHOT_RUNS).and_then(|runs| serde_json::from_str::<Vec<usize>>(runs).ok());
        let runs = runs.ok_or_else(|| damaged("its header names no runs", "a list of runs"))?;
        let rows = GenomeRows::learned(plan, runs.len());
        let most = rows.most_bytes().saturating_add(length).saturating_add(LENGTH as u64);
        let bytes = bounded(&self.path, most)?;
        let views = SafeTensors::deserialize(&bytes).map_err(|why| broken(&self.path, &why))?;
        let rows = rows.take(&self.path, &views, &about)?;
        Ok(GenomeSnapshot { step: self.step, runs, rows })
    }
}

impl GenomeSnapshot {
    /// Returns the numbers of a row for one run, counted from 0, and their sizes; nothing where the snapshot does not hold them.
    pub fn row(&self, name: &str, run: usize) -> Option<(&[usize], &[f64])> {
        let place = self.runs.iter().position(|own| *own == run)?;
        let (_, array) = self.rows.iter().find(|(own, _)| own == name)?;
        let (_, sizes) = array.sizes().split_first()?;
        let each: usize = sizes.iter().product();
        Some((sizes, array.numbers().get(place * each..(place + 1) * each)?))
    }
}

/// Returns the step in a snapshot's name; nothing for other names.
fn step(name: &str) -> Option<u64> {
    let step = name.strip_suffix(TENSORS)?.parse().ok()?;
    // no other name may mean the same step
    SnapshotFile::name(step).ends_with(&format!("/{name}")).then_some(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_names_are_snapshots() {
        assert_eq!(step("500.safetensors"), Some(500));
        assert_eq!(step("0.safetensors"), Some(0));
        for other in ["05.safetensors", "+5.safetensors", "5", ".part-x", "a.safetensors", ".safetensors"] {
            assert_eq!(step(other), None, "{other}");
        }
    }

    #[test]
    fn a_row_is_that_of_one_run() {
        let row = Array::new(&[2, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
        let snapshot = GenomeSnapshot { step: 5, runs: vec![0, 4], rows: vec![("a.mu".to_owned(), row)] };
        assert_eq!(snapshot.row("a.mu", 4), Some((&[3][..], &[4.0, 5.0, 6.0][..])));
        assert_eq!((snapshot.row("a.mu", 1), snapshot.row("b.mu", 0)), (None, None));
    }
}
