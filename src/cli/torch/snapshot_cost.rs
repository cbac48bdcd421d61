//! `--snapshots`: how many there will be, and what they take of the disk, told before training.

use indicatif::DecimalBytes;

use crate::cli::numbers::count;
use crate::cli::screen::{Ink, Screen};
use crate::cli::training::TrainArgs;
use crate::plan::Plan;
use crate::train::TrainConfig;

/// Bytes of a parameter.
const NUMBER: u64 = 4;
/// Bytes of a header, and those of each row in it.
const HEADER: u64 = 350;
const ROW: u64 = 80;

/// Tells it, where snapshots are asked for.
pub(super) fn tell(screen: &Screen, training: &TrainArgs, (plan, recipe): (&Plan, &TrainConfig)) {
    let Some(steps) = training.snapshots.filter(|_| !training.quiet) else { return };
    let rows = plan.parameters().iter().filter(|parameter| parameter.learned).count() as u64;
    let numbers = plan.counts().parameters.saturating_mul(recipe.runs as u64);
    let each = numbers.saturating_mul(NUMBER).saturating_add(HEADER + ROW * rows);
    let number = steps.count(recipe.length);
    let (of, all) = (DecimalBytes(each), DecimalBytes(each.saturating_mul(number)));
    let line = format!("at most {} of {of}: {all} of disk space", count(number, "snapshot"));
    screen.remark(&screen.paint_remark(Ink::Faint, &line));
}
