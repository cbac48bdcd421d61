//! How far it is: a line for each evaluation, and a bar beneath where someone watches; no progress where quiet is asked for,
//! but what is amiss all the same.

use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use crate::cli::bars::{duration, style};
use crate::cli::exit::alone;
use crate::cli::numbers::{grouped, percent};
use crate::cli::screen::Screen;
use crate::train::{Doubt, Metric, RunDirFault, Watcher, mean_and_deviation};

/// How often the words beside the bar change.
const BLINK: Duration = Duration::from_millis(100);

/// Tells how far training is.
pub(super) struct Watch<'a> {
    screen: &'a Screen,
    quiet: bool,
    bar: Option<ProgressBar>,
    said: Instant,
    length: u64,
    /// Step and seconds of the evaluation before.
    before: (u64, f64),
    accuracy: String,
}

impl<'a> Watch<'a> {
    /// Begins to watch a run of at most `length` steps.
    pub(super) fn new(screen: &'a Screen, quiet: bool, length: u64) -> Self {
        let bar = (screen.is_watched() && !quiet).then(|| ProgressBar::new(length).with_style(style(STEPS)));
        Self { screen, quiet, bar, said: Instant::now(), length, before: (0, 0.0), accuracy: String::new() }
    }

    /// Takes the bar away.
    pub(super) fn done(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    /// Says something above the bar, where there is one.
    fn say(&self, action: impl FnOnce(&Screen)) {
        match &self.bar {
            Some(bar) => bar.suspend(|| action(self.screen)),
            None => action(self.screen),
        }
    }
}

impl Watcher for Watch<'_> {
    fn stepped(&mut self, done: u64, losses: Option<&[f64]>) {
        let Some(bar) = &self.bar else { return };
        bar.set_position(done);
        if let Some(losses) = losses
            && self.said.elapsed() > BLINK
        {
            self.said = Instant::now();
            bar.set_message(format!("loss {:.3}{}", mean_and_deviation(losses).0, self.accuracy));
        }
    }

    fn evaluated(&mut self, metrics: &[Metric]) {
        let Some(last) = metrics.last() else { return };
        let mean = |value: fn(&Metric) -> f64| mean_and_deviation(&metrics.iter().map(value).collect::<Vec<_>>());
        let (loss, (accuracy, sd)) = (mean(|metric| metric.loss).0, mean(|metric| metric.accuracy));
        let spread = sd.map(|sd| format!(" ± {}", percent(sd))).unwrap_or_default();
        self.accuracy = format!(", accuracy {} %", percent(accuracy));
        let speed = (last.step - self.before.0) as f64 / (last.seconds - self.before.1).max(1e-9);
        self.before = (last.step, last.seconds);
        if self.quiet {
            return;
        }
        let runs = if metrics.len() > 1 { format!("  {} runs", metrics.len()) } else { String::new() };
        let (step, accuracy) = (grouped(last.step), percent(accuracy));
        let rest = self.length.saturating_sub(last.step);
        let left = match last.seconds / last.step.max(1) as f64 * rest as f64 {
            _ if rest == 0 => String::new(),
            seconds => format!("  {} left at most", duration(seconds)),
        };
        let line =
            format!("step {step:>7}  loss {loss:.4}  accuracy {accuracy}{spread} %  {speed:.0} steps/s{runs}{left}");
        self.say(|screen| screen.remark(&line));
    }

    fn doubted(&mut self, doubt: &Doubt) {
        let report = alone(doubt.clone());
        self.say(|screen| screen.report(&report));
    }

    fn unwritten(&mut self, fault: &RunDirFault) {
        let line = format!("{fault}; training goes on, and writing is tried again at the next evaluation");
        self.say(|screen| screen.remark(&line));
    }
}

const STEPS: &str = "{bar:20} {pos:>6}/{len} steps  {per_sec}  {left} left  {msg}";
