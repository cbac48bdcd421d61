//! Runs → what is compared in one chart: those of a recipe by its labels, all others by data set and model.

use super::collect::{Collected, ReportedRecipe, ReportedRun};
use super::plain;
use crate::cli::numbers::{count, grouped};
use crate::run_dir::{ReadClaim, ReadTrial};

/// The protocol whose accuracies only the recipe's results hold.
const STRICT: &str = "strict";

/// What is compared.
#[derive(Debug)]
pub(super) struct RunGroup {
    /// What it is about.
    pub(super) title: String,
    /// The protocol that a recipe names.
    pub(super) protocol: Option<String>,
    pub(super) series: Vec<RunSeries>,
    /// What a recipe expects.
    pub(super) claims: Vec<ReadClaim>,
    /// Whether its accuracies are others than the best of its runs.
    pub(super) has_own_accuracies: bool,
    /// The recipe's text.
    pub(super) recipe: Option<String>,
}

/// Settings of one kind, with any number of parameters.
#[derive(Debug)]
pub(super) struct RunSeries {
    pub(super) label: String,
    /// Sorted by parameters.
    pub(super) points: Vec<SeriesPoint>,
}

/// One setting with all its seeds.
#[derive(Debug, Default)]
pub(super) struct SeriesPoint {
    /// What sets it apart from the others of its series: `genes=5`, or nothing.
    pub(super) name: String,
    pub(super) parameters: u64,
    /// Accuracies of seeds that have one, each with its seed where that is known.
    pub(super) accuracies: Vec<(Option<u64>, f64)>,
    /// Seeds that have none.
    pub(super) lost: usize,
    /// How it stands.
    pub(super) state: String,
    /// Its runs, by their numbers in [`Collected::runs`].
    pub(super) runs: Vec<usize>,
}

impl SeriesPoint {
    /// Returns the accuracies alone.
    pub(super) fn values(&self) -> Vec<f64> {
        self.accuracies.iter().map(|(_, accuracy)| *accuracy).collect()
    }

    /// Tells whether it may still change, or ended early.
    pub(super) fn is_open(&self) -> bool {
        self.state != "finished"
    }

    /// Returns what sets it apart: its name, or how many parameters it has; and how it stands where it is not finished.
    pub(super) fn said(&self) -> String {
        let name = if self.name.is_empty() { count(self.parameters, "parameter") } else { self.name.clone() };
        if self.is_open() { format!("{name} ({})", self.state) } else { name }
    }

    /// Takes the seeds of a run: those that are there already are the same run once more.
    pub(super) fn take(&mut self, index: usize, run: &ReportedRun) {
        let outcome = &run.record.outcome;
        for (place, seed) in run.record.seeds.iter().enumerate() {
            let known = self.accuracies.iter().any(|(own, _)| *own == Some(*seed));
            match outcome.best_accuracy.get(place).copied().flatten() {
                Some(accuracy) if !known => self.accuracies.push((Some(*seed), accuracy)),
                Some(_) => {}
                None => self.lost += 1,
            }
        }
        self.runs.push(index);
    }
}

impl RunGroup {
    /// Makes all groups: recipes first.
    pub(super) fn all(collected: &Collected) -> Vec<Self> {
        let recipes = collected.recipes.iter().map(|recipe| Self::of_recipe(collected, recipe));
        recipes.chain(plain::groups(collected)).collect()
    }

    fn of_recipe(collected: &Collected, recipe: &ReportedRecipe) -> Self {
        let results = recipe.results.clone().unwrap_or_default();
        let strict = results.protocol.as_deref() == Some(STRICT);
        let mut series: Vec<RunSeries> = Vec::new();
        for (trial, run) in results.trials.iter().zip(&recipe.trials) {
            let Some(point) = of_trial(collected, trial, *run, strict) else { continue };
            match series.iter_mut().find(|series| series.label == trial.label) {
                Some(series) => series.points.push(point),
                None => series.push(RunSeries { label: trial.label.clone(), points: vec![point] }),
            }
        }
        for own in &mut series {
            own.points.sort_by_key(|point| point.parameters);
        }
        let folder = recipe.folder.display().to_string();
        let pairs = results
            .trials
            .iter()
            .zip(&recipe.trials)
            .filter_map(|(trial, run)| Some((trial, &collected.runs[(*run)?])));
        let own = |(trial, run): (&ReadTrial, &ReportedRun)| {
            let best = run.record.outcome.best_accuracy.iter().flatten();
            !trial.accuracy.is_empty() && !trial.accuracy.iter().flatten().eq(best)
        };
        let has_own_accuracies = pairs.into_iter().any(own);
        let title = results.title.filter(|title| !title.trim().is_empty()).unwrap_or(folder);
        Self {
            title,
            protocol: results.protocol,
            series,
            claims: results.expect,
            has_own_accuracies,
            recipe: recipe.text.clone(),
        }
    }

    /// Says by which protocol the accuracies were measured.
    pub(super) fn protocol(&self, collected: &Collected) -> String {
        if self.protocol.as_deref() == Some(STRICT) {
            return "Protocol strict: the best evaluation is chosen on a validation split, then accuracy is measured on the test samples, once. \
                    Learning curves are of the validation split."
                .to_owned();
        }
        let runs: Vec<usize> =
            self.series.iter().flat_map(|series| &series.points).flat_map(|point| &point.runs).copied().collect();
        let (mut test, mut tasks, mut splits) = (0_usize, 0_usize, Vec::new());
        for record in runs.iter().map(|run| &collected.runs[*run].record) {
            match record.held_out {
                _ if record.recipe.few_shot.is_some() => tasks += 1,
                Some(size) if size > 0 => splits.push(size),
                _ => test += 1,
            }
        }
        splits.sort_unstable();
        let mut said: Vec<String> = self.protocol.iter().map(|name| format!("Protocol {name}.")).collect();
        let of =
            |runs: usize| format!("The accuracies of {} are those of the best evaluation", count(runs as u64, "run"));
        if test > 0 {
            said.push(format!("{} on the test samples, which also choose it: they are somewhat too high.", of(test)));
        }
        for same in splits.chunk_by(|one, other| one == other) {
            let size = grouped(same[0] as u64);
            said.push(format!("{} on a validation split of {size} samples.", of(same.len())));
        }
        if tasks > 0 {
            said.push(format!("{} on tasks of classes that are not trained on.", of(tasks)));
        }
        if self.has_own_accuracies {
            said.push("Charts and tables have the accuracies of results.json, which are others.".to_owned());
        }
        said.join(" ")
    }
}

/// Makes the point of a trial; what its run holds is no result of a `strict` one. Nothing where neither the recipe's results nor its run say how many parameters it has.
fn of_trial(collected: &Collected, trial: &ReadTrial, index: Option<usize>, strict: bool) -> Option<SeriesPoint> {
    let run = index.map(|index| &collected.runs[index]);
    let parameters = trial.parameters.or(run.map(|run| run.record.parameters))?;
    let state = trial.state.clone().or(run.map(|run| run.state.to_owned())).unwrap_or_else(|| "finished".to_owned());
    let mut point = SeriesPoint {
        name: trial.varied.clone().or(run.map(ReportedRun::settings)).unwrap_or_default(),
        parameters,
        state,
        ..SeriesPoint::default()
    };
    match run.zip(index) {
        Some((run, index)) if trial.accuracy.is_empty() && !strict => point.take(index, run),
        found => {
            let seeds =
                found.map(|(run, _)| run.record.seeds.as_slice()).filter(|seeds| seeds.len() == trial.accuracy.len());
            for (place, accuracy) in trial.accuracy.iter().enumerate() {
                let seed = seeds.and_then(|seeds| seeds.get(place).copied());
                match accuracy {
                    Some(accuracy) => point.accuracies.push((seed, *accuracy)),
                    None => point.lost += 1,
                }
            }
            point.runs.extend(index);
        }
    }
    Some(point)
}
