//! Progress bars: how they look, times that people wait, and the bar of a download.

use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressStyle};

use super::numbers::count;
use super::screen::Screen;
use crate::data::Progress;

/// Writes a time that people wait: `12 s`, `3 min`, `2 h 05 min`.
pub(super) fn duration(seconds: f64) -> String {
    // a time is not negative, and one of more than millions of years is no time
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let (seconds, minutes) = (seconds.ceil() as u64, (seconds / 60.0).round() as u64);
    match (seconds, minutes) {
        (0..100, _) => format!("{seconds} s"),
        (_, 0..100) => format!("{minutes} min"),
        (_, minutes) if minutes < 48 * 60 => format!("{} h {:02} min", minutes / 60, minutes % 60),
        (_, minutes) => count(minutes / (24 * 60), "day"),
    }
}

/// Tells how far a download is.
pub(super) struct DownloadBar<'a> {
    screen: &'a Screen,
    quiet: bool,
    bar: Mutex<Option<ProgressBar>>,
}

impl<'a> DownloadBar<'a> {
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

impl Progress for DownloadBar<'_> {
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

const BYTES: &str = "{bar:20} {bytes:>10}/{total_bytes}  {bytes_per_sec}  {msg}";

/// Returns the look of a bar.
pub(super) fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let style = style.progress_chars("━╸─").with_key(
        "per_sec",
        |state: &indicatif::ProgressState, text: &mut dyn std::fmt::Write| {
            // writing into a string cannot fail
            let _ = write!(text, "{:.0}/s", state.per_sec());
        },
    );
    style.with_key("left", |state: &indicatif::ProgressState, text: &mut dyn std::fmt::Write| {
        let _ = write!(text, "{}", duration(state.eta().as_secs_f64()));
    })
}
