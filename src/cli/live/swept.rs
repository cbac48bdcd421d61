//! What a sweep has reached: `sweep.json`, and a table for people.

use std::path::Path;

use serde::Serialize;

use super::reached::percent;
use crate::cli::exit::Failure;
use crate::cli::numbers::{columns, count, grouped};
use crate::cli::screen::{Ink, Screen, spelt};
use crate::cli::whole;
use crate::train::Stopped;

/// What is kept of a sweep besides the runs: `sweep.json`. A field is never renamed or given another unit.
#[derive(Debug, Serialize)]
pub(super) struct Swept {
    /// The model's name.
    pub(super) model: String,
    /// The parameter.
    pub(super) parameter: String,
    /// The data set's name.
    pub(super) data: String,
    /// Runs for each value.
    pub(super) runs: usize,
    /// Which values were trained as one program.
    pub(super) programs: Vec<Vec<String>>,
    /// What each value reached, those that were trained.
    pub(super) points: Vec<Reached>,
    /// Seconds from the first step to the last.
    pub(super) seconds: f64,
}

/// What one value reached.
#[derive(Debug, Serialize)]
pub(super) struct Reached {
    pub(super) value: String,
    /// Learned numbers of one run.
    pub(super) parameters: u64,
    /// Synapses and biases of one run.
    pub(super) uncompressed: u64,
    pub(super) best_accuracy: Vec<f64>,
    pub(super) mean: f64,
    pub(super) sd: f64,
    pub(super) steps: u64,
    pub(super) stopped: Stopped,
    /// The run's folder, beside this file.
    pub(super) folder: String,
}

impl Swept {
    /// Writes what was reached so far.
    pub(super) fn write(&self, folder: &Path) -> Result<(), Failure> {
        whole::write(&folder.join("sweep.json"), &spelt(self))
    }

    /// Shows it to people or scripts.
    pub(super) fn show(&self, screen: &Screen, folder: &Path) -> Result<(), Failure> {
        if screen.is_json() { screen.object(self) } else { screen.print(&self.text(screen, folder)) }
    }

    fn text(&self, screen: &Screen, folder: &Path) -> String {
        let title = format!("{} on {}", screen.paint(Ink::Strong, &self.model), self.data);
        let spread =
            if self.runs > 1 { format!(": mean and deviation of {} runs each", self.runs) } else { String::new() };
        let head = [self.parameter.clone(), "parameters".to_owned(), "accuracy".to_owned(), "steps".to_owned()];
        let rows: Vec<[String; 4]> =
            std::iter::once(head).chain(self.points.iter().map(|point| self.row(point))).collect();
        let table = columns(&rows, &[0, 1, 2, 3]).join("\n  ");
        let programs = self.programs.len() as u64;
        let interrupted = self.points.iter().any(|point| point.stopped == Stopped::Interrupted);
        let end = if interrupted { "; stopped by you" } else { "" };
        let time = format!("{:.1} s, as {}{end}", self.seconds, count(programs, "program"));
        let kept = format!("{}: a run's folder for each value, sweep.json", folder.display());
        let block = screen.block(&[("trained", time), ("kept in", kept)]);
        format!("{title}, by {}{spread}\n\n  {table}\n\n{block}", self.parameter)
    }

    fn row(&self, point: &Reached) -> [String; 4] {
        let accuracy = match self.runs {
            1 => format!("{} %", percent(point.mean)),
            _ => format!("{} ± {} %", percent(point.mean), percent(point.sd)),
        };
        [point.value.clone(), grouped(point.parameters), accuracy, grouped(point.steps)]
    }
}
