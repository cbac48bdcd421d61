//! What an evaluation of runs found, class by class, for people and for scripts.

use serde_json::{Value, json};

use super::reached::spread;
use crate::cli::numbers::{accuracy, columns, count, grouped, percent};
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
}

/// A class, over all runs.
struct ClassRow {
    class: usize,
    mean: Option<f64>,
    sd: Option<f64>,
    /// Samples of one run.
    samples: u64,
    /// The class that its samples are most often taken for, and the share of them.
    taken_for: Option<(usize, f64)>,
}

impl Evaluated<'_> {
    /// Returns it for scripts: lists hold an entry for each run, matrices a row for each class of the samples.
    pub(super) fn object(&self) -> Value {
        let each: Vec<f64> = self.confusions.iter().map(Confusion::accuracy).collect();
        let (mean, sd) = mean_and_deviation(&each);
        let by_class: Vec<Vec<Option<f64>>> = self.confusions.iter().map(Confusion::by_class).collect();
        let matrices: Vec<Vec<&[u64]>> = self.confusions.iter().map(|confusion| confusion.rows().collect()).collect();
        let classes = self.classes();
        let (means, sds): (Vec<_>, Vec<_>) = classes.iter().map(|class| (class.mean, class.sd)).unzip();
        json!({
            "run": self.run, "data": self.data, "split": self.split, "accuracy": each, "mean": mean, "sd": sd,
            "samples": self.samples, "class_accuracy": by_class, "class_mean": means, "class_sd": sds,
            "confusion": matrices,
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
        format!("{title}\n\n{}{}", self.table(screen), matrix.unwrap_or_default())
    }

    /// Writes a row for each class; of very many, of those that are recognised least.
    fn table(&self, screen: &Screen) -> String {
        let mut classes = self.classes();
        let all = classes.len();
        if all > SHOWN {
            let order = |class: &ClassRow| class.mean.unwrap_or(f64::INFINITY);
            classes.sort_by(|one, other| order(one).total_cmp(&order(other)));
            classes.truncate(SHOWN);
        }
        let head = ["class", "accuracy", "samples", "most often taken for"].map(str::to_owned);
        let rows: Vec<[String; 4]> = std::iter::once(head).chain(classes.iter().map(ClassRow::row)).collect();
        let mut lines = columns(&rows, &[0, 1, 2]);
        lines[0] = screen.paint(Ink::Faint, &lines[0]);
        if all > SHOWN {
            let line = format!("… the {SHOWN} of {} classes that are recognised least", grouped(all as u64));
            lines.push(screen.paint(Ink::Faint, &line));
        }
        format!("  {}\n", lines.join("\n  "))
    }

    fn classes(&self) -> Vec<ClassRow> {
        let Some(sum) = Confusion::sum(&self.confusions) else { return Vec::new() };
        let by_class: Vec<Vec<Option<f64>>> = self.confusions.iter().map(Confusion::by_class).collect();
        let class = |(class, row): (usize, &[u64])| {
            let shares: Vec<f64> = by_class.iter().filter_map(|run| run.get(class).copied().flatten()).collect();
            let (mean, sd) = mean_and_deviation(&shares);
            let all = row.iter().sum::<u64>();
            let others = row.iter().enumerate().filter(|(other, count)| *other != class && **count > 0);
            // of equals the first
            let most = others.max_by_key(|(other, count)| (**count, std::cmp::Reverse(*other)));
            ClassRow {
                class,
                mean: (!shares.is_empty()).then_some(mean),
                sd,
                samples: all / self.confusions.len().max(1) as u64,
                taken_for: most.map(|(other, count)| (other, *count as f64 / all as f64)),
            }
        };
        sum.rows().enumerate().map(class).collect()
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

impl ClassRow {
    fn row(&self) -> [String; 4] {
        let taken = self.taken_for.map(|(class, share)| format!("{class} ({} %)", percent(share)));
        let accuracy = accuracy(self.mean, self.sd);
        [self.class.to_string(), accuracy, grouped(self.samples), taken.unwrap_or_default()]
    }
}
