//! What a run reached, for people.

use std::path::Path;

use crate::cli::numbers::{count, grouped, ratio};
use crate::cli::screen::{Ink, Screen};
use crate::train::{Record, Stopped};

/// Writes a fraction in percent, without the sign.
pub(super) fn percent(fraction: f64) -> String {
    format!("{:.2}", 100.0 * fraction)
}

/// Writes a mean with its spread where there is more than one value.
pub(super) fn spread(mean: f64, sd: f64, values: usize) -> String {
    match values {
        0 | 1 => format!("{} %", percent(mean)),
        _ => format!("{} ± {} %, mean and deviation of {values} runs", percent(mean), percent(sd)),
    }
}

/// Writes what a finished run reached, where it is kept, and how to look at it again.
pub(super) fn reached(screen: &Screen, record: &Record, path: &Path) -> String {
    let outcome = &record.outcome;
    let why = match outcome.stopped {
        Stopped::Converged => "no longer improving",
        Stopped::Length => "all that were asked for",
        Stopped::Interrupted => "stopped by you",
    };
    let steps = count(outcome.steps, "step");
    let accuracy = spread(outcome.mean, outcome.sd, outcome.best_accuracy.len());
    let title = format!("{} on {}: {accuracy}", screen.paint(Ink::Strong, &record.model), record.data);
    let compressed = match record.parameters {
        0 => format!("nothing of {}", grouped(record.uncompressed)),
        learned => {
            let times = ratio(record.uncompressed as f64 / learned as f64);
            format!(
                "{} for {} weights and biases, {times} times compressed",
                grouped(learned),
                grouped(record.uncompressed)
            )
        }
    };
    let shown = path.display();
    let lines = [
        ("steps", format!("{steps} in {:.1} s, {:.2} ms each; {why}", outcome.seconds, outcome.ms_per_step)),
        ("parameters", compressed),
        ("kept in", format!("{shown}: text, genome, metrics, record")),
        ("again", format!("gemc eval {} --data {}", quoted(&shown.to_string()), quoted(&record.data))),
    ];
    format!("{title}\n\n{}", screen.block(&lines))
}

/// Quotes a path where a shell needs it.
fn quoted(path: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-+=:@%".contains(letter);
    if path.chars().all(plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', r"'\''")) }
}
