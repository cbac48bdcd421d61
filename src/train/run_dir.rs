//! A run's folder while it trains: the model's text, the metrics, the best genome, the record, written in this order, so that
//! `run.json` never claims what the other files do not hold. Every file appears whole or not at all: it is written beside its
//! final name and renamed; `metrics.jsonl` alone grows, by whole lines.
//!
//! What cannot be written is tried again at the next evaluation; until then it is missing, and the record says so.

use std::collections::HashMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use tch::Tensor as Live;

use super::claim::{Claim, unused};
use super::early_stopping::Metric;
use super::run::RunFault;
use super::tensor_file::tensor_file;
use crate::run_dir::{GENOME, GRAPH, METRICS, MODEL, Manifest, RECORD, RUN_DIR, RunDirFault, RunOutcome, SOURCE};

/// A run's folder, held by this process and open for writing.
#[derive(Debug)]
pub struct RunDir {
    claim: Claim,
    model: String,
    record: Manifest,
    /// `run.json` as it was last written.
    written: String,
    /// All lines of `metrics.jsonl`.
    metrics: String,
    /// Why files are not as they should be.
    missing: IndexMap<&'static str, String>,
    /// Whether that was told.
    told: bool,
}

impl RunDir {
    /// Makes the folder this process's, with the model's text and the record of a run that has not begun.
    ///
    /// # Errors
    ///
    /// [`RunDirFault::InUse`] where it holds anything, [`RunDirFault::Write`] where it cannot be made.
    pub fn create(path: &Path, model: &str, record: Manifest) -> Result<Self, RunDirFault> {
        let claim = Claim::take(path)?;
        let (model, missing) = (model.to_owned(), IndexMap::new());
        let mut folder =
            Self { claim, model, record, written: String::new(), metrics: String::new(), missing, told: false };
        folder.write_text();
        folder.write_metrics("");
        folder.write_record();
        match folder.missing.first() {
            None => Ok(folder),
            Some((name, reason)) => {
                Err(RunDirFault::Write { path: path.join(name), reason: reason.clone(), option: RUN_DIR })
            }
        }
    }

    /// Checks that there is nothing in a folder; one that is not there has nothing in it.
    ///
    /// # Errors
    ///
    /// [`RunDirFault::InUse`] where it holds anything, [`RunDirFault::Write`] where nobody can tell.
    pub fn unused(path: &Path) -> Result<(), RunDirFault> {
        unused(path)
    }

    /// Returns where it lies.
    pub fn path(&self) -> &Path {
        self.claim.folder()
    }

    /// Returns what `run.json` holds, or should.
    pub fn record(&self) -> &Manifest {
        &self.record
    }

    /// Returns what is not in the folder though it should be, and why.
    pub fn missing(&self) -> Option<RunDirFault> {
        let files = self.lacking();
        let reason = self.missing.get(files.first()?.as_str())?.clone();
        Some(RunDirFault::Missing { path: self.path().to_owned(), files, reason })
    }

    /// Returns the names of the files that are not as they should be, in the order in which they are written.
    fn lacking(&self) -> Vec<String> {
        let files = [MODEL, METRICS, GENOME, RECORD].into_iter().filter(|name| self.missing.contains_key(name));
        files.map(str::to_owned).collect()
    }

    /// Returns the same, once each time that writing begins to fail.
    pub(super) fn news(&mut self) -> Option<RunDirFault> {
        let fault = self.missing();
        let news = if self.told { None } else { fault.clone() };
        self.told = fault.is_some();
        news
    }

    /// Tells whether the genome has to be written, though it may be no better than the one before.
    pub(super) fn lacks_genome(&self) -> bool {
        self.missing.contains_key(GENOME) || !self.at(GENOME).exists()
    }

    /// Keeps what an evaluation has found: its metrics, the genome where it is a better one, and what came of the run by now.
    pub fn keep(&mut self, metrics: &[Metric], genome: Option<&[(String, Live)]>, outcome: RunOutcome) {
        let more: String =
            metrics.iter().filter_map(|metric| serde_json::to_string(metric).ok()).map(|line| line + "\n").collect();
        self.record.outcome = outcome;
        if !self.claim.holds() && !self.renew() {
            self.metrics += &more;
            self.record.outcome.missing = self.lacking();
            return;
        }
        if self.missing.contains_key(MODEL) || !self.at(MODEL).exists() {
            self.write_text();
        }
        self.write_metrics(&more);
        if let Some(rows) = genome {
            let bytes = self.genome(rows);
            self.write(GENOME, bytes);
        }
        self.write_record();
    }

    /// Notes the fault by which the run could not begin.
    pub(super) fn fail(&mut self, fault: &RunFault) {
        let mut outcome = self.record.outcome.clone();
        fault.end(&mut outcome);
        self.keep(&[], None, outcome);
    }

    /// Takes a folder back that someone has removed or emptied. Everything but the genome is written again at once.
    fn renew(&mut self) -> bool {
        let (record, written) = (self.at(RECORD), &self.written);
        let ours = || {
            fs::read_to_string(&record)
                .map_or_else(|reason| reason.kind() == io::ErrorKind::NotFound, |text| text == *written)
        };
        match self.claim.renew(ours) {
            Ok(()) => true,
            Err(reason) => {
                for name in [MODEL, METRICS, GENOME, RECORD] {
                    self.missing.insert(name, reason.to_string());
                }
                false
            }
        }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    fn write_text(&mut self) {
        self.write(MODEL, Ok(self.model.clone().into_bytes()));
    }

    /// Appends lines to the metrics; where the file is not as it was left, it is written anew.
    fn write_metrics(&mut self, more: &str) {
        let path = self.at(METRICS);
        let length = self.metrics.len() as u64;
        let whole = fs::metadata(&path).is_ok_and(|file| file.is_file() && file.len() == length);
        self.metrics += more;
        if whole && (more.is_empty() || append(&path, more, length).is_ok()) {
            self.missing.shift_remove(METRICS);
        } else {
            self.write(METRICS, Ok(self.metrics.clone().into_bytes()));
        }
    }

    /// Writes `run.json`, which names all other files that are missing.
    fn write_record(&mut self) {
        self.record.outcome.missing = self.lacking();
        self.record.outcome.missing.retain(|name| name != RECORD);
        let text =
            serde_json::to_string_pretty(&self.record).map(|text| text + "\n").map_err(|error| error.to_string());
        if let Ok(text) = &text {
            self.written.clone_from(text);
        }
        self.write(RECORD, text.map(String::into_bytes));
        if self.missing.contains_key(RECORD) {
            self.record.outcome.missing.push(RECORD.to_owned());
        }
    }

    /// Writes a file whole, and notes whether that could be done.
    fn write(&mut self, name: &'static str, bytes: Result<Vec<u8>, String>) {
        match bytes.and_then(|bytes| {
            write_whole(&self.at(name), &bytes, || self.claim.holds()).map_err(|reason| reason.to_string())
        }) {
            Ok(()) => self.missing.shift_remove(name),
            Err(reason) => self.missing.insert(name, reason),
        };
    }

    /// Makes `genome.safetensors`: every row under its name, and of each run at which step and with which accuracy it is.
    fn genome(&self, rows: &[(String, Live)]) -> Result<Vec<u8>, String> {
        let RunOutcome { best_step, best_accuracy, .. } = &self.record.outcome;
        let about = HashMap::from([
            (GRAPH.to_owned(), self.record.graph.clone()),
            (SOURCE.to_owned(), self.record.source(&self.model)),
            ("best_step".to_owned(), serde_json::to_string(best_step).unwrap_or_default()),
            ("best_accuracy".to_owned(), serde_json::to_string(best_accuracy).unwrap_or_default()),
        ]);
        tensor_file(rows.iter().map(|(name, row)| (name.clone(), row)), about)
    }
}

/// Appends lines to a file of `length` bytes; where that fails, none of them is left in it.
fn append(path: &Path, lines: &str, length: u64) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).open(path)?;
    file.write_all(lines.as_bytes()).and_then(|()| file.sync_data()).inspect_err(|_| {
        // the whole file is written anew next
        let _ = file.set_len(length);
    })
}

/// Writes a file beside its final name, makes sure that it is on the disk, and renames it if the folder still is `ours`.
fn write_whole(path: &Path, bytes: &[u8], ours: impl Fn() -> bool) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".part-");
    let mut file = readable(&mut builder).tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    if !ours() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "the folder was removed"));
    }
    file.persist(path)?;
    // that the name is on the disk, too; not every system can tell
    let _ = fs::File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// Gives the file the rights of any new file; temporary ones are the owner's alone.
fn readable<'a, 'b>(builder: &'a mut tempfile::Builder<'b, 'b>) -> &'a mut tempfile::Builder<'b, 'b> {
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder
}
