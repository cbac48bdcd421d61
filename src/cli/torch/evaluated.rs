//! What an evaluation of runs found, class by class, for people and for scripts.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::reached::spread;
use crate::cli::class_rows::{ClassRow, Counts};
use crate::cli::numbers::{columns, count, grouped};
use crate::cli::screen::{Ink, Screen};
use crate::train::{Confusion, mean_and_deviation};

/// Classes that people are shown; of more, those that are recognised least.
const SHOWN: usize = 20;

/// What an evaluation found.
pub(super) struct Evaluated<'a> {
    /// The run's folder.
    pub(super) run: String,
    /// The data set.
    pub(super) data: &'a str,
    /// `test` or `validation`.
    pub(super) split: &'static str,
    /// How many samples there are.
    pub(super) samples: usize,
    /// What each run answered.
    pub(super) confusions: Vec<Confusion>,
    /// The file that keeps it, where one does.
    pub(super) saved: Option<PathBuf>,
}

impl Evaluated<'_> {
    /// Returns it for scripts: lists hold an entry for each run, matrices a row for each class of the samples.
    pub(super) fn object(&self) -> Value {
        let each: Vec<f64> = self.confusions.iter().map(Confusion::accuracy).collect();
        let (mean, sd) = mean_and_deviation(&each);
        let by_class: Vec<Vec<Option<f64>>> = self.confusions.iter().map(Confusion::by_class).collect();
        let matrices = self.matrices();
        let classes = ClassRow::all(&matrices);
        let (means, sds): (Vec<_>, Vec<_>) = classes.iter().map(|class| (class.mean, class.sd)).unzip();
        json!({
            "run": self.run, "data": self.data, "split": self.split, "accuracy": each, "mean": mean, "sd": sd,
            "samples": self.samples, "class_accuracy": by_class, "class_mean": means, "class_sd": sds,
            "confusion": matrices, "saved": self.saved.as_ref().map(|path| path.display().to_string()),
        })
    }

    /// Writes it for people: a line for all samples, a row for each class, and the matrix where it is `wanted`.
    pub(super) fn text(&self, screen: &Screen, wanted: bool) -> String {
        let each: Vec<f64> = self.confusions.iter().map(Confusion::accuracy).collect();
        let (mean, sd) = mean_and_deviation(&each);
        let samples = count(self.samples as u64, &format!("{} sample", self.split));
        let title = format!(
            "{} on {samples} of {}: {}",
            screen.paint(Ink::Strong, &self.run),
            self.data,
            spread(mean, sd, each.len())
        );
        let matrix = Confusion::sum(&self.confusions).filter(|_| wanted).map(|sum| self.matrix(screen, &sum));
        let saved = self.saved.as_ref().map(|path| format!("\nsaved in {}\n", path.display()));
        format!("{title}\n\n{}{}{}", self.table(screen), matrix.unwrap_or_default(), saved.unwrap_or_default())
    }

    /// Returns the matrix of each run.
    pub(super) fn matrices(&self) -> Vec<Counts> {
        self.confusions.iter().map(|confusion| confusion.rows().map(<[u64]>::to_vec).collect()).collect()
    }

    /// Writes a row for each class; of very many, of those that are recognised least.
    fn table(&self, screen: &Screen) -> String {
        let mut classes = ClassRow::all(&self.matrices());
        let all = classes.len();
        if all > SHOWN {
            let order = |class: &ClassRow| class.mean.unwrap_or(f64::INFINITY);
            classes.sort_by(|one, other| order(one).total_cmp(&order(other)));
            classes.truncate(SHOWN);
        }
        let head = ["class", "accuracy", "samples", "most often taken for"].map(str::to_owned);
        let row = |class: &ClassRow| class.words(|class| class.to_string());
        let rows: Vec<[String; 4]> = std::iter::once(head).chain(classes.iter().map(row)).collect();
        let mut lines = columns(&rows, &[0, 1, 2]);
        lines[0] = screen.paint(Ink::Faint, &lines[0]);
        if all > SHOWN {
            let line = format!("… the {SHOWN} of {} classes that are recognised least", grouped(all as u64));
            lines.push(screen.paint(Ink::Faint, &line));
        }
        format!("  {}\n", lines.join("\n  "))
    }

    /// Writes the whole matrix, added up over all runs.
    fn matrix(&self, screen: &Screen, sum: &Confusion) -> String {
        let rows: Vec<&[u64]> = sum.rows().collect();
        let outputs = rows.first().map_or(0, |row| row.len());
        let mut cells: Vec<Vec<String>> = vec![(0..outputs).map(|class| class.to_string()).collect()];
        cells.extend(rows.iter().map(|row| row.iter().map(|count| grouped(*count)).collect()));
        let width = |column: usize| cells.iter().filter_map(|row| Some(row.get(column)?.len())).max().unwrap_or(0);
        let widths: Vec<usize> = (0..outputs).map(width).collect();
        let names: Vec<String> =
            std::iter::once("class".to_owned()).chain((0..rows.len()).map(|at| at.to_string())).collect();
        let line = |(name, row): (&String, &Vec<String>)| {
            let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:>width$}")).collect();
            format!("  {name:>5}  {}", cells.join("  "))
        };
        let mut lines: Vec<String> = names.iter().zip(&cells).map(line).collect();
        lines[0] = screen.paint(Ink::Faint, &lines[0]);
        let runs = count(self.confusions.len() as u64, "run");
        let title = format!("a row for each class of the samples, a column for each class given; counts of {runs}");
        format!("\n{}\n\n{}\n", screen.paint(Ink::Strong, &title), lines.join("\n"))
    }
}
