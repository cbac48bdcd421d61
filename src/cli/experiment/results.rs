//! What the trials of a recipe have reached: `results.json`, a table for people, and whether it is what was expected.

use indexmap::IndexMap;
use serde::Serialize;

use super::arguments::Protocol;
use super::points::{Chosen, Point};
use super::results_folder::link_name;
use super::store::{Finished, Standing, Store};
use super::trial::{Trial, full_name};
use crate::cli::numbers::{accuracy, columns, count, grouped, percent};
use crate::cli::screen::{Ink, Screen};
use crate::diag::in_line;
use crate::recipe::{Expectation, Recipe, Verdict};
use crate::statistics::mean_interval;

/// What is kept of a recipe besides the runs. A field is never renamed or given another unit; new ones may be added.
#[derive(Debug, Serialize)]
pub(super) struct Results {
    pub(super) title: Option<String>,
    /// By which protocol accuracies were measured: `paper`, `strict`, `validation`, or `mixed`.
    pub(super) protocol: &'static str,
    pub(super) trials: Vec<TrialResult>,
    pub(super) expect: Vec<Judged>,
}

/// What a trial has reached.
#[derive(Debug, Serialize)]
pub(super) struct TrialResult {
    pub(super) number: usize,
    pub(super) label: String,
    /// What tells it from the others of its label; with what was chosen for it, once that is known.
    pub(super) varied: String,
    /// The settings among which was chosen on the validation split; 1 where nothing was.
    pub(super) tries: usize,
    pub(super) model: String,
    pub(super) settings: IndexMap<String, String>,
    pub(super) data: String,
    pub(super) protocol: &'static str,
    /// The run's folder, a link beside this file.
    pub(super) run: String,
    /// The trial's address in the store.
    pub(super) key: String,
    /// Parameters of one run.
    pub(super) parameters: u64,
    /// Synapses and biases of one run.
    pub(super) uncompressed: u64,
    /// `finished`, `failed`, `running`, `stopped` or `new`.
    pub(super) state: &'static str,
    /// Each run's accuracy, a fraction; empty where nothing was measured.
    pub(super) accuracy: Vec<f64>,
    pub(super) mean: Option<f64>,
    pub(super) sd: Option<f64>,
    /// The 95 % interval of the mean (Student's t over the runs); `null` for one run.
    pub(super) interval: Option<(f64, f64)>,
    pub(super) steps: u64,
    pub(super) seconds: f64,
    /// Why it failed.
    pub(super) error: Option<String>,
}

/// An expectation, and what was found.
#[derive(Debug, Serialize)]
pub(super) struct Judged {
    /// Whose trials it speaks of; empty for all.
    pub(super) label: String,
    /// `..` for any number.
    pub(super) parameters: String,
    pub(super) accuracy: String,
    pub(super) source: Option<String>,
    /// The trial that did best among those that it speaks of.
    pub(super) trial: Option<String>,
    /// Its mean accuracy.
    pub(super) found: Option<f64>,
    /// The runs of that mean.
    pub(super) n: usize,
    pub(super) interval: Option<(f64, f64)>,
    pub(super) verdict: &'static str,
}

impl Finished {
    /// Returns each run's accuracy by the protocol of the trial.
    pub(super) fn accuracy(&self) -> Vec<f64> {
        match &self.test {
            Some(test) => test.accuracy.clone(),
            None => self.record.outcome.best_accuracy.iter().flatten().copied().collect(),
        }
    }

    /// Returns mean and standard deviation of the same.
    pub(super) fn reached(&self) -> (Option<f64>, Option<f64>) {
        match &self.test {
            Some(test) => (Some(test.mean), test.sd),
            None => (self.record.outcome.mean, self.record.outcome.sd),
        }
    }
}

impl TrialResult {
    fn new(point: &Point, store: &Store) -> Option<Self> {
        let tries = point.choices.len();
        let open = |standing: &Standing| {
            let first = &point.choices.first()?.trial;
            Some(Self { varied: point.varied.clone(), tries, run: String::new(), ..Self::of(first, standing) })
        };
        match point.chosen(store) {
            Chosen::Trial(trial) => Some(Self { tries, ..Self::of(trial, &store.look(trial)) }),
            Chosen::Open => open(&Standing::New),
            Chosen::None(why) => open(&Standing::Failed(why)),
        }
    }

    fn of(trial: &Trial, standing: &Standing) -> Self {
        let (finished, record) = (standing.finished(), standing.record());
        let accuracy = finished.map(Finished::accuracy).unwrap_or_default();
        let (mean, sd) = finished.map_or((None, None), Finished::reached);
        let error = standing.failed().map(|failed| failed.message.clone());
        Self {
            number: trial.number,
            label: trial.label.clone(),
            varied: trial.varied.clone(),
            tries: 1,
            model: trial.model.clone(),
            settings: trial.settings(),
            data: trial.data.clone(),
            protocol: trial.protocol.word(),
            run: link_name(trial),
            key: trial.key.clone(),
            parameters: trial.parameters,
            uncompressed: trial.uncompressed,
            state: standing.word(),
            interval: mean_interval(&accuracy),
            accuracy,
            mean,
            sd,
            steps: record.map_or(0, |record| record.outcome.steps),
            seconds: record.map_or(0.0, |record| record.outcome.seconds),
            error,
        }
    }

    fn row(&self) -> [String; 6] {
        let shown = |text: &str| in_line(text).into_owned();
        let runs = if self.accuracy.len() > 1 { format!(" (n = {})", self.accuracy.len()) } else { String::new() };
        let interval = self.interval.map(|(low, high)| format!("{} to {} %", percent(low), percent(high)));
        [
            shown(&self.label),
            shown(&self.varied),
            grouped(self.parameters),
            accuracy(self.mean, self.sd) + &runs,
            interval.unwrap_or_default(),
            self.state.to_owned(),
        ]
    }
}

impl Results {
    /// Sums up how the trials of a recipe stand.
    pub(super) fn new(recipe: &Recipe, points: &[Point], store: &Store) -> Self {
        let results: Vec<TrialResult> = points.iter().filter_map(|point| TrialResult::new(point, store)).collect();
        let first = results.first().map_or(Protocol::Paper.word(), |trial| trial.protocol);
        let protocol = if results.iter().all(|trial| trial.protocol == first) { first } else { "mixed" };
        let expect = recipe.expect.iter().map(|expectation| Judged::new(expectation, &results)).collect();
        Self { title: recipe.title.clone(), protocol, trials: results, expect }
    }

    /// Tells whether a trial has failed, or an expectation.
    pub(super) fn any_failed(&self) -> bool {
        self.trials.iter().any(|trial| trial.state == "failed")
            || self.expect.iter().any(|judged| judged.verdict == Verdict::Fails.word())
    }

    /// Writes them for people.
    pub(super) fn text(&self, screen: &Screen, folder: &str) -> String {
        let head = ["trial", "", "parameters", "accuracy", "95 % interval", "state"].map(str::to_owned);
        let rows: Vec<[String; 6]> = std::iter::once(head).chain(self.trials.iter().map(TrialResult::row)).collect();
        let mut table = columns(&rows, &[2]);
        table[0] = screen.paint(Ink::Faint, &table[0]);
        let title = self.title.as_deref().map(|title| format!("{}\n\n", screen.paint(Ink::Strong, &in_line(title))));
        let failed: Vec<String> = self.trials.iter().filter_map(|trial| trial.failure(screen)).collect();
        let expected: Vec<String> = self.expect.iter().map(|judged| judged.line(screen)).collect();
        let expected = if expected.is_empty() { expected } else { [vec![String::new()], expected].concat() };
        let measured = match self.protocol {
            "paper" => "each run's best evaluation on the test samples",
            "strict" => "the test samples once, by what was best on the validation split",
            "validation" => "each run's best evaluation on the validation split",
            _ => "by the protocol of each trial",
        };
        let block = screen.block(&[
            ("accuracy", measured.to_owned()),
            ("saved in", format!("{folder}: results.json, a link for each run")),
        ]);
        let lines = [table, failed, expected].concat().join("\n  ");
        format!("{}  {lines}\n\n{block}", title.unwrap_or_default())
    }

    /// Says in a line how many trials stand how.
    pub(super) fn counted(&self) -> String {
        let mut counts: IndexMap<&str, u64> = IndexMap::new();
        self.trials.iter().for_each(|trial| *counts.entry(trial.state).or_default() += 1);
        let counts: Vec<String> = counts.iter().map(|(state, many)| format!("{many} {state}")).collect();
        format!("{}: {}", count(self.trials.len() as u64, "trial"), counts.join(", "))
    }
}

impl TrialResult {
    /// Says why a trial failed, where it did.
    fn failure(&self, screen: &Screen) -> Option<String> {
        let error = self.error.as_ref()?;
        let said: Vec<String> = error.lines().map(|line| format!("  {}", in_line(line))).collect();
        let head = screen.paint(Ink::Bad, &format!("trial {} failed", self.number));
        Some(format!("\n  {head}: run again with `--retry`\n  {}", said.join("\n  ")))
    }
}

impl Judged {
    fn new(expectation: &Expectation, results: &[TrialResult]) -> Self {
        let Expectation { label, parameters, accuracy, source } = expectation;
        let meant = |trial: &&TrialResult| {
            label.as_ref().is_none_or(|label| *label == trial.label)
                && parameters.is_none_or(|range| range.holds(trial.parameters as f64))
        };
        let measured = results.iter().filter(meant).filter(|trial| trial.mean.is_some());
        let best = measured.max_by(|one, other| one.mean.unwrap_or(0.0).total_cmp(&other.mean.unwrap_or(0.0)));
        let verdict = match best {
            None => Verdict::Missing,
            // one run has no interval
            Some(best) => best.interval.map_or(Verdict::Undecided, |interval| accuracy.judge(interval)),
        };
        Self {
            label: label.clone().unwrap_or_default(),
            parameters: parameters.map_or_else(|| "..".to_owned(), |range| range.to_string()),
            accuracy: accuracy.to_string(),
            source: source.clone(),
            trial: best.map(|best| full_name(&best.label, &best.varied)),
            found: best.and_then(|best| best.mean),
            n: best.map_or(0, |best| best.accuracy.len()),
            interval: best.and_then(|best| best.interval),
            verdict: verdict.word(),
        }
    }

    /// Writes it for people, in a line.
    fn line(&self, screen: &Screen) -> String {
        let ink = match self.verdict {
            "holds" => Ink::Good,
            "fails" => Ink::Bad,
            _ => Ink::Faint,
        };
        let whose = if self.label.is_empty() { "all" } else { &self.label };
        let parameters =
            if self.parameters == ".." { String::new() } else { format!(", parameters {}", self.parameters) };
        let interval = self.interval.map(|(low, high)| format!(", {} to {} %", percent(low), percent(high)));
        let found = match (self.found, &self.trial) {
            (Some(found), Some(trial)) => {
                format!("{} % by {trial} (n = {}{})", percent(found), self.n, interval.unwrap_or_default())
            }
            _ => "not measured".to_owned(),
        };
        let source = self.source.as_ref().map(|source| format!("; {source}")).unwrap_or_default();
        let line = format!("{whose}{parameters}: accuracy {} expected, {found}{source}", self.accuracy);
        format!("{}  {}", screen.paint(ink, &format!("{:<9}", self.verdict)), in_line(&line))
    }
}
