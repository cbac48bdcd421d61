//! A run that does not learn is noticed: what populations receive, losses and answers come in, doubts go out, each once a run.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::doubt::{Doubt, Who};
use super::evaluate::Evaluation;
use super::signal::unhealthy;
use crate::emit::Arrival;
use crate::run_dir::Warning;

/// A first loss is far above what guessing costs from this multiple of it on; calibrated starts come to about ten.
const HIGH: f64 = 100.0;
/// How near to what guessing costs a mean loss has to be to be called the same, relative to it; a float holds seven digits.
const SAME: f64 = 1e-6;
/// Steps before which nothing is said of what a run has learned.
const EARLY: u64 = 100;
/// Evaluations in a row that have to answer alike.
const ALIKE: u64 = 2;
/// Evaluations after which a run should be better than guessing.
const SEVERAL: u64 = 3;
/// Deviations of a binomial that one guess in a thousand exceeds.
const DEVIATIONS: f64 = 3.09;

/// What is known of one run.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
struct RunHistory {
    evaluations: u64,
    /// Evaluations in a row that gave one answer to all.
    alike: u64,
    best: f64,
    /// Codes of what was noted.
    noted: Vec<String>,
}

/// What was noticed so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct DoubtLog {
    runs: Vec<RunHistory>,
    warnings: Vec<Warning>,
    /// Codes of which people have been told.
    told: BTreeSet<String>,
}

impl DoubtLog {
    /// Begins with `runs` runs of which nothing is known.
    pub(super) fn new(runs: usize) -> Self {
        Self { runs: vec![RunHistory::default(); runs], warnings: Vec::new(), told: BTreeSet::new() }
    }

    /// Returns the number of runs.
    pub(super) fn runs(&self) -> usize {
        self.runs.len()
    }

    /// Returns what was noticed of these runs, counted anew.
    pub(super) fn select(&self, runs: &[usize]) -> Self {
        let renumbered = |warning: &Warning| {
            let run = runs.iter().position(|run| *run == warning.run)?;
            Some(Warning { run, ..warning.clone() })
        };
        let warnings: Vec<Warning> = self.warnings.iter().filter_map(renumbered).collect();
        let told = self.told.iter().filter(|code| warnings.iter().any(|warning| warning.code == **code));
        let told = told.cloned().collect();
        Self { runs: runs.iter().filter_map(|run| self.runs.get(*run).cloned()).collect(), warnings, told }
    }
}

/// Watches all runs of a program.
#[derive(Debug)]
pub(super) struct Doubts {
    /// ln C.
    guess: f64,
    chance: Option<f64>,
    samples: usize,
    log: DoubtLog,
    /// Doubts of which people have not been told, with the runs.
    news: Vec<(Doubt, Vec<usize>)>,
}

impl Doubts {
    /// Goes on to watch the runs of `log`, which tell `classes` classes apart and are judged by samples with these labels.
    pub(super) fn new(log: DoubtLog, classes: usize, labels: &[u8]) -> Self {
        let guess = (classes.max(1) as f64).ln();
        Self { guess, chance: chance(classes, labels), samples: labels.len(), log, news: Vec::new() }
    }

    /// Returns the accuracy up to which guessing can come by chance; `None` where nobody can tell.
    pub(super) fn chance(&self) -> Option<f64> {
        self.chance
    }

    /// Returns what was noticed so far.
    pub(super) fn log(&self) -> &DoubtLog {
        &self.log
    }

    /// Returns the same as `run.json` holds it.
    pub(super) fn warnings(&self) -> &[Warning] {
        &self.log.warnings
    }

    /// Looks at what the populations of runs receive from `samples` samples after `step` steps.
    pub(super) fn received<'a>(
        &mut self,
        runs: impl Iterator<Item = (usize, &'a Vec<Arrival>)>,
        step: u64,
        samples: usize,
    ) {
        for (run, arrivals) in runs {
            for doubt in unhealthy(arrivals, step, samples) {
                self.note(run, step, doubt);
            }
        }
    }

    /// Looks at the losses of the first step.
    pub(super) fn first(&mut self, losses: &[f64]) {
        let guess = self.guess;
        for (run, &loss) in losses.iter().enumerate() {
            if loss > HIGH * guess && guess > 0.0 {
                self.note(run, 1, Doubt::HighFirstLoss { who: Who::default(), loss, guess });
            }
        }
    }

    /// Looks at an evaluation of `run` at `step`: its mean loss since the one before, and its answers; `last` where none follows.
    pub(super) fn evaluated(&mut self, run: usize, (step, last): (u64, bool), loss: f64, verdict: Evaluation) {
        let Some(seen) = self.log.runs.get_mut(run) else { return };
        seen.evaluations += 1;
        seen.alike = if verdict.only.is_some() { seen.alike + 1 } else { 0 };
        seen.best = seen.best.max(verdict.accuracy);
        let (alike, evaluations, best) = (seen.alike, seen.evaluations, seen.best);
        let who = Who::default();
        // a start of zeros costs the same in the first step
        if step > 1 && (loss - self.guess).abs() <= SAME * self.guess {
            self.note(run, step, Doubt::EqualOutputs { who: who.clone(), guess: self.guess });
        }
        if step >= EARLY
            && let Some(class) = verdict.only
            && (alike >= ALIKE || last)
            && self.samples > 1
        {
            self.note(run, step, Doubt::OneAnswer { who: who.clone(), class, samples: self.samples });
        }
        if (last || (step >= EARLY && evaluations >= SEVERAL))
            && let Some(chance) = self.chance
            && best <= chance
        {
            self.note(run, step, Doubt::AtChance { who, step, best, chance });
        }
    }

    /// Notes a doubt about a run, unless it was noted before.
    pub(super) fn note(&mut self, run: usize, step: u64, doubt: Doubt) {
        let Some(history) = self.log.runs.get_mut(run) else { return };
        let code = doubt.name();
        if history.noted.iter().any(|noted| noted == code) {
            return;
        }
        history.noted.push(code.to_owned());
        self.log.warnings.push(Warning { code: code.to_owned(), run, step, message: doubt.to_string() });
        if self.log.told.contains(code) {
            return;
        }
        match self.news.iter_mut().find(|(other, _)| other.name() == code) {
            Some((_, runs)) => runs.push(run),
            None => self.news.push((doubt, vec![run])),
        }
    }

    /// Returns what people have not been told of: each doubt once, about all runs that it was noted of by now.
    pub(super) fn news(&mut self) -> Vec<Doubt> {
        let news = std::mem::take(&mut self.news);
        self.log.told.extend(news.iter().map(|(doubt, _)| doubt.name().to_owned()));
        let several = self.log.runs.len() > 1;
        news.into_iter().map(|(doubt, runs)| if several { doubt.about(runs) } else { doubt }).collect()
    }
}

/// Returns the accuracy that one guesser in a thousand exceeds, who knows which class is the most frequent; `None` where even
/// one that knows everything would not.
fn chance(classes: usize, labels: &[u8]) -> Option<f64> {
    let mut counts = [0_usize; 256];
    for label in labels {
        counts[usize::from(*label)] += 1;
    }
    let samples = labels.len().max(1) as f64;
    let commonest = counts.into_iter().max().unwrap_or(0) as f64 / samples;
    let share = commonest.max(1.0 / classes.max(1) as f64);
    let bound = share + DEVIATIONS * (share * (1.0 - share) / samples).sqrt() + 0.5 / samples;
    (bound < 1.0).then_some(bound)
}
