//! Folders → the runs below them with their evaluations, the recipes, and what cannot be read.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::exit::Failure;
use crate::cli::find_runs::{FoundRuns, standing};
use crate::cli::numbers::count;
use crate::run_dir::{Evaluation, KeptFault, METRICS, Manifest, RECIPE, RESULTS, ReadResults};

/// A run that was read.
#[derive(Debug)]
pub(super) struct ReportedRun {
    /// Its folder.
    pub(super) folder: PathBuf,
    /// The same as people read it.
    pub(super) name: String,
    /// `run.json`.
    pub(super) record: Manifest,
    /// How it stands.
    pub(super) state: &'static str,
    /// `metrics.jsonl`.
    pub(super) evaluations: Vec<Evaluation>,
}

/// A recipe's folder.
#[derive(Debug)]
pub(super) struct ReportedRecipe {
    /// The folder.
    pub(super) folder: PathBuf,
    /// What its trials reached, where that was read.
    pub(super) results: Option<ReadResults>,
    /// The recipe itself.
    pub(super) text: Option<String>,
    /// The run of each trial, by its number in [`Collected::runs`], where it was found.
    pub(super) trials: Vec<Option<usize>>,
}

/// All that the page is about.
#[derive(Debug, Default)]
pub(super) struct Collected {
    /// The folders that were asked for.
    pub(super) folders: Vec<PathBuf>,
    pub(super) runs: Vec<ReportedRun>,
    pub(super) recipes: Vec<ReportedRecipe>,
    /// Runs that cannot be read.
    pub(super) faults: Vec<String>,
    /// What else cannot, or not in full.
    pub(super) notes: Vec<String>,
}

impl ReportedRun {
    /// Tells whether the run went as far as it was asked to.
    pub(super) fn is_finished(&self) -> bool {
        self.state == "finished"
    }

    /// Returns its settings: `genes=5 sigma=0.2`.
    pub(super) fn settings(&self) -> String {
        self.record.settings_line()
    }
}

impl Collected {
    /// Reads all that lies below `folders`.
    pub(super) fn below(folders: &[PathBuf]) -> Result<Self, Failure> {
        let found = FoundRuns::below(folders)?;
        let mut all = Self { folders: folders.to_vec(), ..Self::default() };
        let mut places = HashMap::new();
        for folder in found.runs {
            all.run(folder, &mut places);
        }
        for folder in found.recipes {
            all.recipe(folder, &places);
        }
        Ok(all)
    }

    /// Tells whether nothing was found.
    pub(super) fn is_empty(&self) -> bool {
        self.runs.is_empty() && self.recipes.is_empty() && self.faults.is_empty()
    }

    /// Returns the runs that belong to no recipe's trials.
    pub(super) fn plain(&self) -> Vec<usize> {
        let of_trials: HashSet<usize> =
            self.recipes.iter().flat_map(|recipe| &recipe.trials).flatten().copied().collect();
        (0..self.runs.len()).filter(|run| !of_trials.contains(run)).collect()
    }

    fn run(&mut self, folder: PathBuf, places: &mut HashMap<PathBuf, usize>) {
        let name = folder.display().to_string();
        let record = match Manifest::read(&folder) {
            Ok(record) => record,
            Err(fault) => return self.faults.push(format!("{name} is not shown: {fault}")),
        };
        let evaluations = self.evaluations(&folder, &name, &record);
        if let Ok(real) = fs::canonicalize(&folder) {
            places.insert(real, self.runs.len());
        }
        let state = standing(&folder, &record);
        self.runs.push(ReportedRun { folder, name, record, state, evaluations });
    }

    fn evaluations(&mut self, folder: &Path, name: &str, record: &Manifest) -> Vec<Evaluation> {
        match Evaluation::read_all(folder) {
            Ok((evaluations, lost)) => {
                if lost > 0 {
                    self.notes.push(format!("{name}: {} of {METRICS} cannot be read", count(lost as u64, "line")));
                }
                evaluations.into_iter().filter(|evaluation| evaluation.run < record.seeds.len()).collect()
            }
            Err(fault) => {
                self.notes.push(format!("{name} has no learning curve: {fault}"));
                Vec::new()
            }
        }
    }

    fn recipe(&mut self, folder: PathBuf, places: &HashMap<PathBuf, usize>) {
        let results = self.read(&folder, RESULTS, ReadResults::read);
        let text = self.read(&folder, RECIPE, ReadResults::read_recipe);
        let place = |run: &String| places.get(&fs::canonicalize(folder.join(run)).ok()?).copied();
        let trials = results.iter().flat_map(|results| &results.trials);
        let trials = trials.map(|trial| trial.run.as_ref().and_then(place)).collect();
        self.recipes.push(ReportedRecipe { folder, results, text, trials });
    }

    /// Reads a file that may be absent.
    fn read<T>(&mut self, folder: &Path, file: &str, read: impl FnOnce(&Path) -> Result<T, KeptFault>) -> Option<T> {
        if !folder.join(file).exists() {
            return None;
        }
        read(folder)
            .map_err(|fault| self.notes.push(format!("{} is not used: {fault}", folder.join(file).display())))
            .ok()
    }
}
