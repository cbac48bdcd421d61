//! What a run reached, for people.

use std::path::Path;

use crate::cli::numbers::{count, grouped, percent, ratio};
use crate::cli::screen::{Ink, Screen};
use crate::cli::shell_word::quoted;
use crate::run_dir::{Manifest, SNAPSHOTS, TENSORBOARD};
use crate::train::{RunOutcome, Stopped, numbered};

/// Writes a mean, with its standard deviation where there is more than one value.
pub(super) fn spread(mean: f64, sd: Option<f64>, values: usize) -> String {
    match sd {
        None => format!("{} %", percent(mean)),
        Some(sd) => format!("{} ± {} % (mean ± SD, n = {values})", percent(mean), percent(sd)),
    }
}

/// Says why a run ended.
pub(super) fn why(stopped: Stopped) -> &'static str {
    match stopped {
        Stopped::Converged => "early stopping",
        Stopped::Length => "step limit reached",
        Stopped::Interrupted => "interrupted (Ctrl-C)",
        Stopped::Terminated => "interrupted (SIGTERM)",
        Stopped::Hangup => "interrupted (SIGHUP: the terminal was closed)",
    }
}

/// Writes what a finished run reached, where it is kept, and how to look at it again.
///
/// `data_dir` is where data was looked for first.
pub(super) fn reached(screen: &Screen, record: &Manifest, path: &Path, data_dir: Option<&Path>) -> String {
    let outcome = &record.outcome;
    let steps = count(outcome.steps, "step");
    let accuracy = match outcome.mean {
        Some(mean) => spread(mean, outcome.sd, outcome.best_accuracy.len()),
        None => "not evaluated".to_owned(),
    };
    let title = format!("{} on {}: {accuracy}", screen.paint(Ink::Strong, &record.model), record.data);
    let compressed = match record.parameters {
        0 => format!("nothing of {}", grouped(record.uncompressed)),
        learned => {
            let times = ratio(record.uncompressed as f64 / learned as f64);
            format!(
                "{} for {} weights and biases, compression {times} times",
                grouped(learned),
                grouped(record.uncompressed)
            )
        }
    };
    let shown = path.display();
    let place =
        data_dir.map(|place| format!(" --data-dir {}", quoted(&place.display().to_string()))).unwrap_or_default();
    let each = outcome.ms_per_step.map(|each| format!(", {each:.2} ms each")).unwrap_or_default();
    let end = outcome.stopped.map(|stopped| format!("; {}", why(stopped))).unwrap_or_default();
    let mut lines = vec![
        ("steps", format!("{steps} in {:.1} s{each}{end}", outcome.seconds)),
        ("parameters", compressed),
        ("saved in", format!("{shown}: {}", kept(outcome))),
        ("evaluate", format!("gemc eval {}{place}", quoted(&shown.to_string()))),
    ];
    if record.tensorboard.is_some() {
        let folder = quoted(&path.join(TENSORBOARD).display().to_string());
        lines.push(("look at", format!("tensorboard --logdir {folder}")));
    }
    if record.snapshots.is_some() {
        lines.push(("snapshots", format!("{}: `gemc report` shows them", path.join(SNAPSHOTS).display())));
    }
    if outcome.stopped.is_some_and(Stopped::was_asked_for) {
        lines.insert(3, ("go on", format!("gemc resume {}{place}", quoted(&shown.to_string()))));
    }
    lines.extend(at_chance(outcome).map(|line| ("warning", screen.paint(Ink::Bad, &line))));
    format!("{title}\n\n{}", screen.block(&lines))
}

/// Says which files of a run are there.
fn kept(outcome: &RunOutcome) -> String {
    let files =
        [("text", "model.gem"), ("genome", "genome.safetensors"), ("metrics", "metrics.jsonl"), ("record", "run.json")];
    let there = files.into_iter().filter(|(_, file)| !outcome.missing.iter().any(|missing| missing == file));
    let there: Vec<&str> = there.map(|(word, _)| word).collect();
    match (there.as_slice(), outcome.missing.as_slice()) {
        ([], _) => "nothing".to_owned(),
        (there, []) => there.join(", "),
        (there, missing) => format!("{}; not {}", there.join(", "), missing.join(", ")),
    }
}

/// Says of runs that are no better than guessing that they are not.
pub(super) fn at_chance(outcome: &RunOutcome) -> Option<String> {
    let (runs, chance) = (outcome.at_chance(), outcome.chance?);
    let who = match (runs.len(), outcome.best_accuracy.len()) {
        (0, _) => return None,
        (_, 1) => "this is".to_owned(),
        (some, all) if some == all => "all runs are".to_owned(),
        (1, _) => format!("{} is", numbered(&runs)),
        _ => format!("{} are", numbered(&runs)),
    };
    Some(format!("{who} no better than guessing, which may reach {} %: `gemc explain run::at_chance`", percent(chance)))
}
