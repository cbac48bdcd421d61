//! The value of an option → a well-formed value, or what is wrong with it. Each function is what clap calls for an option.

use crate::recipe::values;
use crate::run_dir::SnapshotSteps;

/// Reads `NAME=VALUE`.
pub(super) fn setting(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() && !value.trim().is_empty() => {
            Ok((name.trim().to_owned(), value.trim().to_owned()))
        }
        _ => Err("write it as NAME=VALUE, such as `genes=40`".to_owned()),
    }
}

/// A parameter, and the values that it is given in turn, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sweep {
    pub(super) name: String,
    pub(super) values: Vec<String>,
}

/// Reads `NAME=VALUES`: values with commas between, `A..B` standing for all whole numbers from A to B.
pub(super) fn sweep(text: &str) -> Result<Sweep, String> {
    let wanted = || "write it as NAME=VALUES, such as `genes=1..30` or `genes=5,10,20`".to_owned();
    let (name, values_text) = setting(text).map_err(|_| wanted())?;
    match values(&values_text) {
        Ok(values) => Ok(Sweep { name, values }),
        Err(why) => Err(why.unwrap_or_else(wanted)),
    }
}

/// Reads a number of gibibytes as bytes.
pub(super) fn gibibytes(text: &str) -> Result<u64, String> {
    // a positive number of bytes that is too large to count is no limit, which is what the cast makes of it
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    positive(text).map(|gib| (gib * 1024.0 * 1024.0 * 1024.0) as u64)
}

/// Reads a number of millions.
pub(super) fn millions(text: &str) -> Result<u64, String> {
    // as above
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    positive(text).map(|millions| (millions * 1e6) as u64)
}

/// Reads a number above 0.
pub(super) fn positive(text: &str) -> Result<f64, String> {
    finite(text).filter(|value| *value > 0.0).ok_or_else(|| "a number above 0 is wanted, such as 0.5".to_owned())
}

/// Reads a learning rate.
pub(super) fn rate(text: &str) -> Result<f64, String> {
    let wanted = || "the learning rate is a number above 0, such as `--lr 0.01`".to_owned();
    finite(text).filter(|value| *value > 0.0).ok_or_else(wanted)
}

/// Reads what counts as an improvement.
pub(super) fn improvement(text: &str) -> Result<f64, String> {
    let wanted = || "an accuracy is from 0 to 1: `--min-delta 0.005` asks for half a per cent".to_owned();
    finite(text).filter(|value| (0.0..=1.0).contains(value)).ok_or_else(wanted)
}

/// Reads a part of a whole, of which something is left: 0, or a number below 1.
pub(super) fn part(text: &str) -> Result<f64, String> {
    let between = finite(text).filter(|value| *value >= 0.0 && *value < 1.0);
    between.ok_or_else(|| "0 or a number above it and below 1 is wanted".to_owned())
}

/// Reads how many steps are made at most.
pub(super) fn steps(text: &str) -> Result<u64, String> {
    counted(text, u64::MAX, "without `--steps` the usual number of the model is used")
}

/// Reads how many passes over the data are made at most.
pub(super) fn epochs(text: &str) -> Result<u64, String> {
    counted(text, u64::MAX, "one epoch is the least; `--steps` asks for fewer batches")
}

/// Reads after how many steps there is an evaluation.
pub(super) fn every(text: &str) -> Result<u64, String> {
    counted(text, u64::MAX, "more than `--steps` evaluates at the end only")
}

/// Reads the seconds between two checkpoints.
pub(super) fn seconds(text: &str) -> Result<f64, String> {
    let wanted = "a number of seconds from 0.001 to 86400 is wanted; one checkpoint every 10 seconds is usual";
    text.trim().parse().ok().filter(|seconds| (0.001..=86_400.0).contains(seconds)).ok_or_else(|| wanted.to_owned())
}

/// Reads after which steps snapshots are taken.
pub(super) fn snapshots(text: &str) -> Result<SnapshotSteps, String> {
    text.parse()
}

/// Reads how many samples a batch has.
pub(super) fn batch(text: &str) -> Result<u32, String> {
    small(text, u32::MAX, "a batch has at least 1 sample; without `--batch` it has 64, or 128 for a model with windows")
}

/// Reads the size of the validation split.
pub(super) fn hold_out(text: &str) -> Result<u32, String> {
    small(text, u32::MAX, "without `--validation` runs are evaluated on the test samples")
}

/// Reads how many classes a task has.
pub(super) fn ways(text: &str) -> Result<u32, String> {
    match small(text, 256, "a task has 2 to 256 classes")? {
        1 => Err("a task has 2 to 256 classes".to_owned()),
        ways => Ok(ways),
    }
}

/// Reads from how many samples of each class a task is learned.
pub(super) fn shots(text: &str) -> Result<u32, String> {
    small(text, 1024, "a task is learned from 1 to 1024 samples of each class")
}

/// Reads by how many samples of each class a task is judged.
pub(super) fn queries(text: &str) -> Result<u32, String> {
    small(text, 1024, "a task is judged by 1 to 1024 samples of each class")
}

/// Reads how many gradient steps a task takes.
pub(super) fn inner_steps(text: &str) -> Result<u32, String> {
    if text.trim() == "0" {
        return Ok(0);
    }
    small(text, 32, "a task takes 0 to 32 gradient steps")
}

/// Reads by how many tasks a run is judged.
pub(super) fn tasks(text: &str) -> Result<u32, String> {
    small(text, 1_000_000, "without `--tasks` a run is judged by 2,048 tasks")
}

/// Reads how many runs are trained at once.
pub(super) fn runs(text: &str) -> Result<u32, String> {
    small(text, 4096, "without `--runs` there is one run")
}

/// Reads how many trials are run at once.
pub(super) fn jobs(text: &str) -> Result<usize, String> {
    small(text, 1024, "without `--jobs` there are as many as cores and memory allow").map(|jobs| jobs as usize)
}

/// Reads the number of a trial.
pub(super) fn trial(text: &str) -> Result<usize, String> {
    small(text, u32::MAX, "`gemc run RECIPE --dry-run` lists the trials").map(|trial| trial as usize)
}

/// Reads how many threads compute.
pub(super) fn threads(text: &str) -> Result<u16, String> {
    let threads = small(text, 1024, "without `--threads` the fastest number is measured")?;
    Ok(u16::try_from(threads).unwrap_or(u16::MAX))
}

/// Reads after how many evaluations without improvement a run stops.
pub(super) fn patience(text: &str) -> Result<u64, String> {
    counted(text, u64::MAX, "a very large number turns early stopping off")
}

/// Reads a seed.
pub(super) fn seed(text: &str) -> Result<u64, String> {
    let wanted = || format!("a seed is a whole number from 0 to {}", u64::MAX);
    text.trim().parse().map_err(|_| wanted())
}

fn small(text: &str, most: u32, remedy: &str) -> Result<u32, String> {
    counted(text, u64::from(most), remedy).map(|number| u32::try_from(number).unwrap_or(most))
}

/// Reads a whole number from 1 to `most`.
fn counted(text: &str, most: u64, remedy: &str) -> Result<u64, String> {
    let wanted = match text.trim().parse::<u64>() {
        Ok(_) if most == u64::MAX => format!("at least 1 is wanted; {remedy}"),
        Ok(_) => format!("a number from 1 to {most} is wanted; {remedy}"),
        Err(_) => format!("a whole number from 1 to {most} is wanted; {remedy}"),
    };
    text.trim().parse().ok().filter(|number| (1..=most).contains(number)).ok_or(wanted)
}

/// Reads the name of a device.
pub(super) fn device(text: &str) -> Result<String, String> {
    let numbered = text.strip_prefix("cuda:").is_some_and(|number| number.parse::<u16>().is_ok());
    if numbered || ["auto", "cpu", "cuda"].contains(&text) {
        Ok(text.to_owned())
    } else {
        Err("devices are `auto`, `cpu`, `cuda` and `cuda:N`, N counted from 0".to_owned())
    }
}

fn finite(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|value: &f64| value.is_finite())
}
