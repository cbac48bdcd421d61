//! How far it is: a bar where someone watches, else a line for each evaluation; nothing where quiet is asked for.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::reached::percent;
use crate::cli::numbers::grouped;
use crate::cli::screen::Screen;
use crate::data::Progress;
use crate::train::{Metric, Watcher, mean_and_deviation};

/// How often the words beside the bar change.
const BLINK: Duration = Duration::from_millis(100);

/// Tells how far training is.
pub(super) struct Watch<'a> {
    screen: &'a Screen,
    quiet: bool,
    bar: Option<ProgressBar>,
    said: Instant,
    /// Step and seconds of the evaluation before.
    before: (u64, f64),
    accuracy: String,
}

impl<'a> Watch<'a> {
    /// Begins to watch a run of at most `length` steps.
    pub(super) fn new(screen: &'a Screen, quiet: bool, length: u64) -> Self {
        let bar = (screen.is_watched() && !quiet).then(|| ProgressBar::new(length).with_style(style(STEPS)));
        Self { screen, quiet, bar, said: Instant::now(), before: (0, 0.0), accuracy: String::new() }
    }

    /// Takes the bar away.
    pub(super) fn done(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
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
        let many = metrics.len() > 1;
        let spread = if many { format!(" ± {}", percent(sd)) } else { String::new() };
        self.accuracy = format!(", accuracy {} %", percent(accuracy));
        let speed = (last.step - self.before.0) as f64 / (last.seconds - self.before.1).max(1e-9);
        self.before = (last.step, last.seconds);
        if self.bar.is_none() && !self.quiet {
            let runs = if many { format!("  {} runs", metrics.len()) } else { String::new() };
            let (step, accuracy) = (grouped(last.step), percent(accuracy));
            self.screen.remark(&format!(
                "step {step:>7}  loss {loss:.4}  accuracy {accuracy}{spread} %  {speed:.0} steps/s{runs}"
            ));
        }
    }
}

/// Tells how far a download is.
pub(super) struct Download<'a> {
    screen: &'a Screen,
    quiet: bool,
    bar: Mutex<Option<ProgressBar>>,
}

impl<'a> Download<'a> {
    /// Waits for a download to begin.
    pub(super) fn new(screen: &'a Screen, quiet: bool) -> Self {
        Self { screen, quiet, bar: Mutex::new(None) }
    }

    fn with(&self, action: impl FnOnce(&mut Option<ProgressBar>)) {
        if let Ok(mut bar) = self.bar.lock() {
            action(&mut bar);
        }
    }
}

impl Progress for Download<'_> {
    fn begin(&self, name: &str, total: Option<u64>) {
        if self.quiet {
            return;
        }
        if self.screen.is_watched() {
            let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
            let bar = bar.with_style(style(BYTES)).with_message(name.to_owned());
            self.with(|place| *place = Some(bar));
        } else {
            self.screen.remark(&format!("downloading {name}"));
        }
    }

    fn advance(&self, bytes: u64) {
        self.with(|bar| bar.iter().for_each(|bar| bar.inc(bytes)));
    }

    fn done(&self) {
        self.with(|bar| bar.take().iter().for_each(ProgressBar::finish_and_clear));
    }
}

const STEPS: &str = "{bar:20} {pos:>6}/{len} steps  {per_sec}  {msg}";
const BYTES: &str = "{bar:20} {bytes:>10}/{total_bytes}  {bytes_per_sec}  {msg}";

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    style.progress_chars("━╸─").with_key(
        "per_sec",
        |state: &indicatif::ProgressState, text: &mut dyn std::fmt::Write| {
            // writing into a string cannot fail
            let _ = write!(text, "{:.0}/s", state.per_sec());
        },
    )
}
