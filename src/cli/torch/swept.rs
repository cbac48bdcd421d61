//! What a sweep has reached: `sweep.json`, and a table for people.

use std::path::Path;

use serde::Serialize;

use super::reached::why;
use crate::cli::atomic_file;
use crate::cli::exit::Failure;
use crate::cli::numbers::{accuracy, columns, count, grouped};
use crate::cli::screen::{Ink, Screen, spelt};
use crate::train::{State, Stopped};

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
    pub(super) state: Option<State>,
    pub(super) best_accuracy: Vec<Option<f64>>,
    pub(super) mean: Option<f64>,
    pub(super) sd: Option<f64>,
    /// Runs that are no better than guessing.
    pub(super) at_chance: usize,
    pub(super) steps: u64,
    pub(super) stopped: Option<Stopped>,
    /// The run's folder, beside this file.
    pub(super) folder: String,
}

impl Swept {
    /// Writes what was reached so far.
    pub(super) fn write(&self, folder: &Path) -> Result<(), Failure> {
        atomic_file::write(&folder.join("sweep.json"), &spelt(self))
    }

    /// Shows it to people or scripts.
    pub(super) fn show(&self, screen: &Screen, folder: &Path) -> Result<(), Failure> {
        if screen.is_json() { screen.object(self) } else { screen.print(&self.text(screen, folder)) }
    }

    fn text(&self, screen: &Screen, folder: &Path) -> String {
        let title = format!("{} on {}", screen.paint(Ink::Strong, &self.model), self.data);
        let spread = if self.runs > 1 { format!(": mean ± SD, n = {}", self.runs) } else { String::new() };
        let head = [self.parameter.clone(), "parameters".to_owned(), "accuracy".to_owned(), "steps".to_owned()];
        let rows: Vec<[String; 4]> = std::iter::once(head).chain(self.points.iter().map(Self::row)).collect();
        let table = columns(&rows, &[0, 1, 2, 3]).join("\n  ");
        let programs = self.programs.len() as u64;
        let asked = self.points.iter().filter_map(|point| point.stopped).find(|stopped| stopped.was_asked_for());
        let end = asked.map(|stopped| format!("; {}", why(stopped))).unwrap_or_default();
        let time = format!("{:.1} s, as {}{end}", self.seconds, count(programs, "program"));
        let kept = format!("{}: a run's folder for each value, sweep.json", folder.display());
        let mut lines = vec![("trained", time), ("saved in", kept)];
        let lost: Vec<&str> =
            self.points.iter().filter(|point| point.at_chance > 0).map(|point| point.value.as_str()).collect();
        if !lost.is_empty() {
            let line = format!(
                "runs with {} = {} are no better than guessing: `gemc explain run::at_chance`",
                self.parameter,
                lost.join(", ")
            );
            lines.push(("warning", screen.paint(Ink::Bad, &line)));
        }
        let block = screen.block(&lines);
        format!("{title}, by {}{spread}\n\n  {table}\n\n{block}", self.parameter)
    }

    fn row(point: &Reached) -> [String; 4] {
        let accuracy = accuracy(point.mean, point.sd);
        [point.value.clone(), grouped(point.parameters), accuracy, grouped(point.steps)]
    }
}
