//! A run's folder while it trains: the model's text, the metrics, the best genome, the record, written in this order, so that
//! `run.json` never claims what the other files do not hold. Every file appears whole or not at all: it is written beside its
//! final name and renamed; `metrics.jsonl` alone grows, by whole lines.
//!
//! What cannot be written is tried again at the next evaluation; until then it is missing, and the record says so.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use tch::Tensor as Live;

use super::checkpoints::CheckpointTimes;
use super::claim::{Claim, unused};
use super::early_stopping::Metric;
use super::run::RunFault;
use super::tensor_file::tensor_file;
use super::tensorboard::EventFiles;
use super::whole_file::{append, write_whole};
use crate::run_dir::{
    CHECKPOINT, GENOME, GRAPH, METRICS, MODEL, Manifest, RECORD, RUN_DIR, RunDirFault, RunOutcome, SNAPSHOTS, SOURCE,
    TENSORBOARD,
};

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
    /// Whether the genome in the folder may be another one than the best so far.
    stale: bool,
    pub(super) checkpoints: CheckpointTimes,
    /// TensorBoard's event files, where they are asked for.
    pub(super) events: Option<EventFiles>,
}

impl RunDir {
    /// Makes the folder this process's, with the model's text and the record of a run that has not begun.
    ///
    /// # Errors
    ///
    /// [`RunDirFault::InUse`] where it holds anything, [`RunDirFault::Write`] where it cannot be made.
    pub fn create(path: &Path, model: &str, record: Manifest) -> Result<Self, RunDirFault> {
        let mut folder = Self::of(Claim::take(path)?, model, record);
        folder.write_text();
        folder.write_metrics("");
        folder.write_events(&[]);
        folder.write_record();
        folder.whole()
    }

    fn of(claim: Claim, model: &str, record: Manifest) -> Self {
        let events = record.tensorboard.map(|began| EventFiles::new(began, record.recipe.runs));
        Self {
            claim,
            model: model.to_owned(),
            record,
            events,
            written: String::new(),
            metrics: String::new(),
            missing: IndexMap::new(),
            told: false,
            stale: false,
            checkpoints: CheckpointTimes::default(),
        }
    }

    /// Makes the folder of a run that has stopped this process's again: the record is that of a run that trains, and of the metrics
    /// those up to the step `evaluated` are kept.
    ///
    /// # Errors
    ///
    /// [`RunDirFault::Held`] where a living process trains it, [`RunDirFault::Write`] where it cannot be written.
    pub fn reopen(path: &Path, model: &str, record: Manifest, evaluated: u64) -> Result<Self, RunDirFault> {
        let mut folder = Self::of(Claim::take_over(path)?, model, record);
        // what a run of before had measured later is measured again
        let before = fs::read_to_string(folder.at(METRICS)).unwrap_or_default();
        let known = |line: &&str| serde_json::from_str::<Metric>(line).is_ok_and(|metric| metric.step <= evaluated);
        folder.metrics = before.split_inclusive('\n').take_while(known).collect();
        folder.write(METRICS, Ok(folder.metrics.clone().into_bytes()));
        let known: Vec<Metric> = folder.metrics.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        folder.write_events(&known);
        folder.stale = true;
        if evaluated == 0 {
            // there is none before the first evaluation; if it stays it is written over then
            let _ = fs::remove_file(folder.at(GENOME));
        }
        folder.whole()
    }

    /// Returns it where nothing of it is missing.
    fn whole(self) -> Result<Self, RunDirFault> {
        match self.missing.first() {
            None => Ok(self),
            Some((name, reason)) => {
                Err(RunDirFault::Write { path: self.at(name), reason: reason.clone(), option: RUN_DIR })
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
        let files = [MODEL, METRICS, TENSORBOARD, SNAPSHOTS, GENOME, CHECKPOINT, RECORD].into_iter();
        files.filter(|name| self.missing.contains_key(name)).map(str::to_owned).collect()
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
        self.stale || self.missing.contains_key(GENOME) || !self.at(GENOME).exists()
    }

    /// Keeps what an evaluation has found: its metrics, the genome where it is a better one, and what came of the run by now.
    pub fn keep(&mut self, metrics: &[Metric], genome: Option<&[(String, Live)]>, outcome: RunOutcome) {
        let more: String =
            metrics.iter().filter_map(|metric| serde_json::to_string(metric).ok()).map(|line| line + "\n").collect();
        self.record.outcome = outcome;
        if !self.is_ours() {
            self.metrics += &more;
            self.note_events(metrics);
            self.record.outcome.missing = self.lacking();
            return;
        }
        if self.missing.contains_key(MODEL) || !self.at(MODEL).exists() {
            self.write_text();
        }
        self.write_metrics(&more);
        self.write_events(metrics);
        if let Some(rows) = genome {
            let bytes = self.genome(rows);
            self.write(GENOME, bytes);
            self.stale = false;
        }
        self.write_record();
    }

    /// Notes the fault by which the run could not begin.
    pub(super) fn fail(&mut self, fault: &RunFault) {
        let mut outcome = self.record.outcome.clone();
        fault.end(&mut outcome);
        self.keep(&[], None, outcome);
    }

    /// Tells whether the folder is this process's; one that was removed is taken back.
    pub(super) fn is_ours(&mut self) -> bool {
        self.claim.holds() || self.renew()
    }

    /// Notes that a file could not be written.
    pub(super) fn lose(&mut self, what: &'static str, why: &str) {
        self.missing.insert(what, why.to_owned());
    }

    /// Takes a folder back that someone has removed or emptied. Everything but the genome is written again at once.
    fn renew(&mut self) -> bool {
        let (record, written) = (self.at(RECORD), &self.written);
        let ours = || {
            fs::read_to_string(&record)
                .map_or_else(|reason| reason.kind() == io::ErrorKind::NotFound, |text| text == *written)
        };
        match self.claim.renew(ours) {
            Ok(()) => {
                self.lose_snapshots();
                true
            }
            Err(reason) => {
                let events = self.events.is_some().then_some(TENSORBOARD);
                for name in [MODEL, METRICS, GENOME, RECORD].into_iter().chain(events) {
                    self.missing.insert(name, reason.to_string());
                }
                false
            }
        }
    }

    /// Notes that a file is not missing.
    pub(super) fn found(&mut self, what: &str) {
        self.missing.shift_remove(what);
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
        if whole && (more.is_empty() || append(&path, more.as_bytes(), length).is_ok()) {
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
        self.write_as(name, name, bytes);
    }

    /// Writes a file whole under this `name`, and notes as `what` whether that could be done.
    pub(super) fn write_as(&mut self, what: &'static str, name: &str, bytes: Result<Vec<u8>, String>) -> bool {
        let written = bytes.and_then(|bytes| self.write_anew(name, &bytes));
        let done = written.is_ok();
        match written {
            Ok(()) => self.missing.shift_remove(what),
            Err(reason) => self.missing.insert(what, reason),
        };
        done
    }

    /// Writes a file whole under this `name`, and notes nothing.
    pub(super) fn write_anew(&self, name: &str, bytes: &[u8]) -> Result<(), String> {
        write_whole(&self.at(name), bytes, || self.claim.holds()).map_err(|reason| reason.to_string())
    }

    /// Returns what a file of this run says of what was trained.
    pub(super) fn origin(&self) -> HashMap<String, String> {
        let source = self.record.source(&self.model);
        HashMap::from([(GRAPH.to_owned(), self.record.graph.clone()), (SOURCE.to_owned(), source)])
    }

    /// Makes `genome.safetensors`: every row under its name, and of each run at which step and with which accuracy it is.
    fn genome(&self, rows: &[(String, Live)]) -> Result<Vec<u8>, String> {
        let RunOutcome { best_step, best_accuracy, .. } = &self.record.outcome;
        let mut about = self.origin();
        about.insert("best_step".to_owned(), serde_json::to_string(best_step).unwrap_or_default());
        about.insert("best_accuracy".to_owned(), serde_json::to_string(best_accuracy).unwrap_or_default());
        tensor_file(rows.iter().map(|(name, row)| (name.clone(), row)), about)
    }
}
