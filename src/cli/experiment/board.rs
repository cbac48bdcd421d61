//! How far trials are: a bar for each that runs and one for all where someone watches, else a plain line an evaluation.

use std::time::Instant;

use indicatif::{MultiProgress, ProgressBar};
use serde::Deserialize;

use super::child::End;
use super::trial::Trial;
use crate::cli::bars::{duration, style};
use crate::cli::numbers::{accuracy, count, grouped, percent};
use crate::cli::screen::{Ink, Screen};

const TRIAL: &str = "{bar:20} {pos:>6}/{len} steps  {msg}";
const ALL: &str = "{bar:20} {pos:>6}/{len} trials  {msg}";

/// Shows how far trials are.
pub(super) struct Board<'a> {
    screen: &'a Screen,
    quiet: bool,
    bars: Option<(MultiProgress, ProgressBar)>,
    began: Instant,
    all: usize,
    over: usize,
    failed: usize,
    /// Work of all trials that were not over at the beginning, and what of it is done by those that are over now.
    work: f64,
    done: f64,
    places: Vec<Place>,
}

/// How far a trial is that runs.
struct Place {
    number: usize,
    bar: Option<ProgressBar>,
    /// The part of its steps that it has made, and had made when this process began it.
    part: f64,
    before: f64,
}

/// A line of the metrics, as far as it is shown.
#[derive(Deserialize)]
struct Line {
    step: u64,
    accuracy: f64,
}

impl<'a> Board<'a> {
    /// Begins to show `all` trials, of which `pending` are not over.
    pub(super) fn new(screen: &'a Screen, quiet: bool, all: usize, pending: &[&Trial]) -> Self {
        let bars = (screen.is_watched() && !quiet && !pending.is_empty()).then(|| {
            let (bars, total) = (MultiProgress::new(), ProgressBar::new(all as u64).with_style(style(ALL)));
            (bars.clone(), bars.add(total))
        });
        let (work, over) = (pending.iter().map(|trial| work(trial)).sum(), all - pending.len());
        let board =
            Self { screen, quiet, bars, began: Instant::now(), all, over, failed: 0, work, done: 0.0, places: vec![] };
        if over > 0 && !pending.is_empty() {
            board.say(&format!("{} of {} are in the store", count(over as u64, "trial"), grouped(all as u64)));
        }
        board.total();
        board
    }

    /// Shows a trial that begins, or goes on after `step` steps.
    pub(super) fn began(&mut self, trial: &Trial, step: u64) {
        let bar = self.bars.as_ref().map(|(bars, total)| {
            let bar = ProgressBar::new(trial.config.length).with_style(style(TRIAL)).with_message(trial.name());
            bar.set_position(step);
            bars.insert_before(total, bar)
        });
        let part = step as f64 / trial.config.length.max(1) as f64;
        self.places.push(Place { number: trial.number, bar, part, before: part });
        let goes_on = if step > 0 { format!(", goes on after {}", count(step, "step")) } else { String::new() };
        let (runs, steps) = (count(trial.config.runs as u64, "run"), count(trial.config.length, "step"));
        self.line(&format!("{}: {runs}, at most {steps}{goes_on}", self.head(trial)));
    }

    /// Shows what a trial has measured.
    pub(super) fn evaluated(&mut self, trial: &Trial, metrics: &str) {
        let lines: Vec<Line> = metrics.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let Some(step) = lines.last().map(|line| line.step) else { return };
        let last: Vec<f64> = lines.iter().filter(|line| line.step == step).map(|line| line.accuracy).collect();
        let mean = last.iter().sum::<f64>() / last.len() as f64;
        let Some(place) = self.places.iter_mut().find(|place| place.number == trial.number) else { return };
        place.part = step as f64 / trial.config.length.max(1) as f64;
        if let Some(bar) = &place.bar {
            bar.set_position(step);
            bar.set_message(format!("{}, accuracy {} %", trial.name(), percent(mean)));
        }
        let (head, step, length) = (self.head(trial), grouped(step), grouped(trial.config.length));
        self.line(&format!("{head}: step {step} of {length}, accuracy {} %{}", percent(mean), self.left()));
        self.total();
    }

    /// Shows that a trial is over that this process ran.
    pub(super) fn ended(&mut self, trial: &Trial, end: &End, reached: (Option<f64>, Option<f64>)) {
        let place = self.places.iter().position(|place| place.number == trial.number);
        if let Some(place) = place.map(|place| self.places.remove(place)) {
            if let Some((bars, bar)) = self.bars.as_ref().zip(place.bar.as_ref()) {
                bars.0.remove(bar);
            }
            self.done += work(trial) * (1.0 - place.before);
        }
        let head = self.head(trial);
        match end {
            End::Finished => {
                self.over += 1;
                self.say(&format!("{head}: {}{}", accuracy(reached.0, reached.1), self.left()));
            }
            End::Failed(failed) => {
                self.over += 1;
                self.failed += 1;
                let line = failed.message.lines().next().unwrap_or_default();
                self.say(&format!("{head}: failed: {line}"));
            }
            End::Interrupted => self.say(&format!("{head}: interrupted")),
        }
        self.total();
    }

    /// Shows that a trial is over that another process ran.
    pub(super) fn elsewhere(&mut self, trial: &Trial) {
        self.over += 1;
        self.done += work(trial);
        self.total();
    }

    /// Takes the bars away.
    pub(super) fn close(&self) {
        if let Some((bars, _)) = &self.bars {
            // nothing can be done where the terminal is gone
            let _ = bars.clear();
        }
    }

    fn head(&self, trial: &Trial) -> String {
        // one that is run alone is one of many all the same
        let all = if self.all > 1 { format!("/{}", self.all) } else { String::new() };
        format!("[{}{all}] {}", trial.number, trial.name())
    }

    /// Returns how long the rest takes at most, where that can be told.
    fn left(&self) -> String {
        let parts: f64 = self.places.iter().map(|place| place.part - place.before).sum();
        // those that run count by the mean of all
        let mean = self.work / (self.all - self.over + self.places.len()).max(1) as f64;
        let done = self.done + parts * mean;
        if done <= 0.0 || self.work <= done {
            return String::new();
        }
        let seconds = self.began.elapsed().as_secs_f64() * (self.work - done) / done;
        format!("; all: about {} left", duration(seconds))
    }

    fn total(&self) {
        let Some((_, bar)) = &self.bars else { return };
        bar.set_position(self.over as u64);
        let failed = if self.failed > 0 { format!(", {} failed", self.failed) } else { String::new() };
        bar.set_message(format!("{}{failed}", self.left().trim_start_matches("; all: ")));
    }

    /// Says a line where there are no bars.
    fn line(&self, line: &str) {
        if self.bars.is_none() {
            self.say(line);
        }
    }

    fn say(&self, line: &str) {
        if self.quiet {
            return;
        }
        let line = self.screen.paint_remark(Ink::Faint, line);
        match &self.bars {
            Some((bars, _)) => bars.suspend(|| self.screen.remark(&line)),
            None => self.screen.remark(&line),
        }
    }
}

/// Estimates the work of a trial, in weights times steps.
fn work(trial: &Trial) -> f64 {
    trial.uncompressed as f64 * trial.config.length as f64 * trial.config.runs as f64 * trial.config.batch as f64
}
