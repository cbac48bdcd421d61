//! The snapshots of a run → where its Gaussian genes were during training.

use super::collect::ReportedRun;
use crate::cli::gaussian_rows::GaussianRows;
use crate::cli::numbers::{count, grouped};
use crate::compile::Stages;
use crate::report::{GeneFrame, GeneFrames};
use crate::run_dir::{GenomeSnapshot, SnapshotFile, read_model};

/// Pictures of one population.
const MOST: usize = 24;

/// What the snapshots of a run show.
#[derive(Default)]
pub(super) struct GeneMoves {
    /// A figure for each population whose genes are Gaussians that are learned.
    pub(super) figures: Vec<GeneFrames>,
    /// What cannot be shown, a sentence each.
    pub(super) notes: Vec<String>,
}

impl GeneMoves {
    /// Reads the snapshots of a run, as far as they are drawn for its run number `which`.
    pub(super) fn of(run: &ReportedRun, stages: &Stages, which: usize) -> Self {
        if run.record.snapshots.is_none() {
            return Self::default();
        }
        let unusable = |why: String| Self { notes: vec![format!("No snapshot can be used: {why}")], ..Self::default() };
        let (files, text) = (SnapshotFile::list(&run.folder), read_model(&run.folder));
        match (files, text) {
            (Ok(files), Ok(text)) => Self::read(&files, stages, (&run.record.source(&text), which)),
            (Err(why), _) => unusable(why.to_string()),
            (_, Err(why)) => unusable(why.to_string()),
        }
    }

    fn read(files: &[SnapshotFile], stages: &Stages, (source, which): (&str, usize)) -> Self {
        let (chosen, mut snapshots, mut faults) = (evenly(files), Vec::new(), Vec::new());
        for file in &chosen {
            match file.read(&stages.plan, source) {
                // a run that has stopped early is in no later one
                Ok(snapshot) if snapshot.runs.contains(&which) => snapshots.push(snapshot),
                Ok(_) => {}
                Err(fault) => faults.push(fault.to_string()),
            }
        }
        let of_all = (chosen.len() < files.len()).then(|| {
            format!("{} of {} are drawn, evenly chosen.", chosen.len(), count(files.len() as u64, "snapshot"))
        });
        let all = GaussianRows::all(stages.model());
        let figures = all.iter().filter_map(|rows| figure(rows, &snapshots, which, of_all.as_ref())).collect();
        let lost = count(faults.len() as u64, "snapshot");
        let first = faults.first().map(|first| format!("{lost} cannot be used: {first}"));
        Self { figures, notes: first.into_iter().collect() }
    }
}

/// Returns all files, or some of them evenly, with the first and the last.
fn evenly(files: &[SnapshotFile]) -> Vec<&SnapshotFile> {
    let shown = files.len().min(MOST);
    let last = files.len().saturating_sub(1);
    (0..shown).filter_map(|place| files.get(place * last / shown.saturating_sub(1).max(1))).collect()
}

/// Makes the figure of one population; nothing where its genes are not learned, or where there are not two snapshots.
fn figure(
    rows: &GaussianRows<'_>,
    snapshots: &[GenomeSnapshot],
    which: usize,
    of_all: Option<&String>,
) -> Option<GeneFrames> {
    let [mu, sigma] = rows.names();
    // where one of both is frozen, it is in no snapshot
    let frame = |snapshot: &GenomeSnapshot| {
        let ((_, mu), (sizes, sigma)) = (snapshot.row(&mu, which)?, snapshot.row(&sigma, which)?);
        let genes = rows.outlines(&single(mu), &single(sigma), sizes.len() > 1);
        Some(GeneFrame { label: format!("step {}", grouped(snapshot.step)), genes })
    };
    let frames: Vec<GeneFrame> = snapshots.iter().filter_map(frame).collect();
    let genes = frames.first().filter(|_| frames.len() > 1)?.genes.len();
    let mut notes = rows.notes(genes);
    notes.extend((!rows.is_flat()).then(|| "coloured lines are the paths of centres since the first step".to_owned()));
    let notes = notes.join("; ") + ".";
    let notes = std::iter::once(notes).chain(of_all.cloned()).collect();
    Some(GeneFrames { title: rows.prefix.clone(), notes, is_flat: rows.is_flat(), frames })
}

/// Returns numbers in single precision, as they were trained.
#[allow(clippy::cast_possible_truncation)]
fn single(numbers: &[f64]) -> Vec<f32> {
    numbers.iter().map(|number| *number as f32).collect()
}
