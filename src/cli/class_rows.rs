//! Confusion matrices of runs → what is told of each class.

use crate::cli::numbers::{accuracy, grouped, percent};
use crate::statistics::{deviation, mean};

/// A matrix of one run: a row for each class of the samples, and in it how many of them were given each class.
pub(super) type Counts = Vec<Vec<u64>>;

/// A class, over all runs.
pub(super) struct ClassRow {
    /// Its label.
    pub(super) class: usize,
    /// The mean over runs of the share of right answers among its samples.
    pub(super) mean: Option<f64>,
    /// The sample standard deviation over runs.
    pub(super) sd: Option<f64>,
    /// Samples of one run.
    pub(super) samples: u64,
    /// The class that its samples are most often taken for, and the share of them.
    taken_for: Option<(usize, f64)>,
}

impl ClassRow {
    /// Returns one for each class of the samples.
    pub(super) fn all(runs: &[Counts]) -> Vec<Self> {
        let sum = summed(runs);
        let of = |(class, row): (usize, &Vec<u64>)| {
            let shares: Vec<f64> = runs.iter().filter_map(|run| share(run.get(class)?, class)).collect();
            let all = row.iter().sum::<u64>();
            let others = row.iter().enumerate().filter(|(other, count)| *other != class && **count > 0);
            // of equals the first
            let most = others.max_by_key(|(other, count)| (**count, std::cmp::Reverse(*other)));
            Self {
                class,
                mean: (!shares.is_empty()).then(|| mean(&shares)),
                sd: deviation(&shares),
                samples: all / runs.len().max(1) as u64,
                taken_for: most.map(|(other, count)| (other, *count as f64 / all as f64)),
            }
        };
        sum.iter().enumerate().map(of).collect()
    }

    /// Writes it: the class, its accuracy, its samples, and what they are most often taken for; `name` calls classes.
    pub(super) fn words(&self, name: impl Fn(usize) -> String) -> [String; 4] {
        let taken = self.taken_for.map(|(class, share)| format!("{} ({} %)", name(class), percent(share)));
        [name(self.class), accuracy(self.mean, self.sd), grouped(self.samples), taken.unwrap_or_default()]
    }
}

/// Returns the counts of several runs added up.
pub(super) fn summed(runs: &[Counts]) -> Counts {
    let mut sum = runs.first().cloned().unwrap_or_default();
    for run in runs.iter().skip(1) {
        let counts = sum.iter_mut().flatten().zip(run.iter().flatten());
        counts.for_each(|(sum, more)| *sum += more);
    }
    sum
}

/// Returns the share of right answers among the samples of a class; nothing where it has none.
fn share(row: &[u64], class: usize) -> Option<f64> {
    let samples = row.iter().sum::<u64>();
    row.get(class).filter(|_| samples > 0).map(|right| *right as f64 / samples as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_told_over_runs() {
        let runs = [vec![vec![3, 1], vec![0, 0]], vec![vec![4, 0], vec![0, 0]]];
        assert_eq!(summed(&runs), [[7, 1], [0, 0]]);
        let rows: Vec<[String; 4]> =
            ClassRow::all(&runs).iter().map(|row| row.words(|class| class.to_string())).collect();
        assert_eq!(rows[0], ["0", "87.50 ± 17.68 %", "4", "1 (12.50 %)"]);
        assert_eq!(rows[1], ["1", "–", "0", ""]);
    }
}
