//! What a comparison of runs found, for people and for scripts: every figure with its n and its interval.

use serde::Serialize;

use super::compare::{MeasuredRun, SharedSeeds, shown};
use super::exit::Failure;
use super::numbers::{accuracy, columns, count, grouped, percent};
use super::screen::{Ink, Screen};
use crate::diag::in_line;
use crate::run_dir::Manifest;
use crate::statistics::{PairedComparison, mean_interval};

/// With fewer seeds a bootstrap tells less than it seems to.
const FEW: usize = 10;
/// What p is usually held against.
const USUAL: f64 = 0.05;

/// The comparison of some runs with the first; the fields are stable.
#[derive(Debug, Serialize)]
pub(super) struct Compared {
    /// What is compared: the best of each seed's evaluations.
    measure: String,
    runs: Vec<ComparedRun>,
    comparisons: Vec<Comparison>,
    remarks: Vec<String>,
}

/// A run by itself.
#[derive(Debug, Serialize)]
struct ComparedRun {
    run: String,
    model: String,
    /// Parameters of the model that were set: `genes=5 sigma=0.2`.
    settings: String,
    data: String,
    data_hash: String,
    parameters: u64,
    /// Seeds that were evaluated.
    n: usize,
    /// Mean of their best accuracies, a fraction.
    mean: Option<f64>,
    /// Their sample standard deviation; `null` for one.
    sd: Option<f64>,
    /// The 95 % interval of the mean, by Student's t; `null` for one.
    interval: Option<(f64, f64)>,
}

/// A run against the first.
#[derive(Debug, Serialize)]
struct Comparison {
    run: String,
    against: String,
    /// The seeds that both have.
    seeds: Vec<u64>,
    n: usize,
    /// For each seed, the accuracy of `run` − that of `against`, fractions.
    differences: Vec<f64>,
    /// Their mean.
    difference: f64,
    /// Its 95 % interval; `null` for one seed, or equal differences.
    interval: Option<(f64, f64)>,
    /// Of the sign-flip test, on both sides; `null` for one seed.
    p: Option<f64>,
    /// Choices of signs that were looked at, and whether these are all.
    flips: Option<u32>,
    exact: Option<bool>,
    /// The share of seeds for which `against` is better, ties half, and its 95 % interval.
    against_is_better: f64,
    against_is_better_interval: (f64, f64),
}

impl Compared {
    /// Sums up `runs`, and compares those that are `paired`.
    pub(super) fn new(runs: &[MeasuredRun], paired: Vec<SharedSeeds<'_>>, mut remarks: Vec<String>) -> Self {
        let compare = |paired| Comparison::new(paired, &mut remarks);
        let comparisons: Vec<Comparison> = paired.into_iter().filter_map(compare).collect();
        if comparisons.iter().any(|comparison| comparison.interval.is_some() && comparison.n < FEW) {
            remarks.push(format!("with fewer than {FEW} seeds the interval of a difference tends to be too narrow"));
        }
        let measure = runs
            .first()
            .map(|run| format!("best accuracy of each seed on {}", measure(&run.record)))
            .unwrap_or_default();
        Self { measure, runs: runs.iter().map(ComparedRun::new).collect(), comparisons, remarks }
    }

    /// Shows it to people or scripts.
    pub(super) fn show(&self, screen: &Screen) -> Result<(), Failure> {
        if screen.is_json() {
            return screen.object(self);
        }
        let title = screen.paint(Ink::Strong, &self.measure);
        let against = self.comparisons.first().map(|comparison| comparison.against.as_str()).unwrap_or_default();
        let second = screen.paint(Ink::Strong, &format!("difference from {against}, seed by seed"));
        let runs = table(screen, self.runs.iter().map(ComparedRun::row), RUNS, &[2, 5]);
        let differences = self.comparisons.iter().map(Comparison::row);
        let differences = table(screen, differences, DIFFERENCES, &[1, 3, 5]);
        let how = screen.paint(Ink::Faint, HOW);
        screen.print(&format!("{title}\n\n{runs}\n{second}\n\n{differences}\n  {how}\n"))?;
        self.remarks.iter().for_each(|line| screen.remark(line));
        Ok(())
    }
}

const RUNS: [&str; 6] = ["run", "model", "parameters", "accuracy", "95 % interval", "n"];
const DIFFERENCES: [&str; 6] = ["run", "difference", "95 % interval", "p", "first is better", "n"];
const HOW: &str = "differences: percentage points, BCa bootstrap over seeds; p: sign-flip test, both sides;
  first is better: share of seeds, ties half";

fn table(screen: &Screen, rows: impl Iterator<Item = [String; 6]>, head: [&str; 6], right: &[usize]) -> String {
    let rows: Vec<[String; 6]> = std::iter::once(head.map(str::to_owned)).chain(rows).collect();
    let mut lines = columns(&rows, right);
    lines[0] = screen.paint(Ink::Faint, &lines[0]);
    format!("  {}\n", lines.join("\n  "))
}

impl ComparedRun {
    fn new(run: &MeasuredRun) -> Self {
        let (record, values) = (&run.record, run.accuracies.iter().map(|(_, best)| *best).collect::<Vec<f64>>());
        Self {
            run: run.path.display().to_string(),
            model: record.model.clone(),
            settings: record.settings_line(),
            data: record.data.clone(),
            data_hash: record.data_hash.clone(),
            parameters: record.parameters,
            n: values.len(),
            mean: record.outcome.mean,
            sd: record.outcome.sd,
            interval: mean_interval(&values),
        }
    }

    fn row(&self) -> [String; 6] {
        let model = format!("{} {}", self.model, self.settings);
        // an accuracy lies between 0 and 1, whatever the formula says
        let interval =
            self.interval.map(|(low, high)| format!("{} to {} %", percent(low.max(0.0)), percent(high.min(1.0))));
        [
            in_line(&self.run).into_owned(),
            in_line(model.trim_end()).into_owned(),
            grouped(self.parameters),
            accuracy(self.mean, self.sd),
            interval.unwrap_or_else(|| "–".to_owned()),
            self.n.to_string(),
        ]
    }
}

impl Comparison {
    fn new(SharedSeeds { first, other, seeds }: SharedSeeds<'_>, remarks: &mut Vec<String>) -> Option<Self> {
        let (one, two): (Vec<f64>, Vec<f64>) = seeds.iter().map(|(_, one, two)| (*one, *two)).unzip();
        let compared = PairedComparison::of(&one, &two)?;
        remarks.extend(limits(first, other, &compared));
        Some(Self {
            run: other.path.display().to_string(),
            against: first.path.display().to_string(),
            n: seeds.len(),
            seeds: seeds.into_iter().map(|(seed, _, _)| seed).collect(),
            difference: compared.difference,
            interval: compared.interval,
            p: compared.test.map(|test| test.p),
            flips: compared.test.map(|test| test.choices),
            exact: compared.test.map(|test| test.exact),
            against_is_better: compared.first_greater,
            against_is_better_interval: compared.first_greater_interval,
            differences: compared.differences,
        })
    }

    fn row(&self) -> [String; 6] {
        let interval = self.interval.map(|(low, high)| format!("{} to {}", points(low), points(high)));
        let (low, high) = self.against_is_better_interval;
        let whole = |share: f64| format!("{:.0}", 100.0 * share);
        let share = format!("{} % ({} to {} %)", whole(self.against_is_better), whole(low), whole(high));
        [
            in_line(&self.run).into_owned(),
            points(self.difference),
            interval.unwrap_or_else(|| "–".to_owned()),
            self.p.map_or("–".to_owned(), |p| if p < 0.0001 { "< 0.0001".to_owned() } else { format!("{p:.4}") }),
            share,
            self.n.to_string(),
        ]
    }
}

/// Writes a difference in percentage points, with its sign.
fn points(difference: f64) -> String {
    format!("{:+.2}", 100.0 * difference).replace('-', "−")
}

/// Says what so few seeds, or such differences, cannot tell.
fn limits(first: &MeasuredRun, other: &MeasuredRun, compared: &PairedComparison) -> Vec<String> {
    let (name, n) = (shown(&other.path), compared.differences.len());
    let (one, two) = (first.accuracies.len(), other.accuracies.len());
    let mut lines = Vec::new();
    if n < one.max(two) {
        let seeds = count(n as u64, "seed");
        lines.push(format!(
            "{name}: compared over {seeds} that both have; {} has {one}, {name} {two}",
            shown(&first.path)
        ));
    }
    let least = 2.0 / 2_f64.powf(n as f64);
    if n == 1 {
        lines.push(format!("{name}: one seed has neither an interval nor a test: train more with `--runs`"));
    } else if compared.interval.is_none() {
        lines.push(format!("{name}: all differences are equal: their interval is not known"));
    }
    if n > 1 && least > USUAL {
        lines.push(format!("{name}: with {n} seeds p is never below {least:.4}: train more with `--runs`"));
    }
    lines
}

/// Says by what runs are measured.
pub(super) fn measure(record: &Manifest) -> String {
    let data = in_line(&record.data);
    if let Some(few_shot) = record.recipe.few_shot {
        let split = record.split.as_ref().map(|split| format!(", split `{}`", in_line(split))).unwrap_or_default();
        return format!(
            "{}-way {}-shot tasks of held-out classes of {data}, {} a class judged{split}",
            few_shot.ways,
            few_shot.shots,
            count(few_shot.queries as u64, "sample")
        );
    }
    match record.held_out.unwrap_or(0) {
        0 => format!("the test samples of {data}"),
        held_out => format!("a validation split of {data}, {}", count(held_out as u64, "sample")),
    }
}
