//! Which class a run gives to the samples of each class: a confusion matrix.

/// How often a run gives each class to the samples of each class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confusion {
    outputs: usize,
    /// Row by row, `outputs` counts for each class of the samples.
    counts: Vec<u64>,
}

impl Confusion {
    /// Begins with no samples of `classes` classes, of which a net with `outputs` outputs names one each.
    pub(super) fn new(classes: usize, outputs: usize) -> Self {
        Self { outputs, counts: vec![0; classes * outputs] }
    }

    /// Adds counts, row by row.
    pub(super) fn add(&mut self, counts: &[i64]) {
        let more = counts.iter().map(|count| u64::try_from(*count).unwrap_or_default());
        self.counts.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
    }

    /// Returns the counts of several runs added up; nothing of none.
    pub fn sum(runs: &[Self]) -> Option<Self> {
        let (first, others) = runs.split_first()?;
        let mut sum = first.clone();
        for other in others {
            sum.counts.iter_mut().zip(&other.counts).for_each(|(sum, more)| *sum += more);
        }
        Some(sum)
    }

    /// Returns a row for each class of the samples, and in it how many of them each output took for its own.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[u64]> {
        self.counts.chunks_exact(self.outputs.max(1))
    }

    /// Returns the share of right answers over all samples; 0 where there is none.
    pub fn accuracy(&self) -> f64 {
        let right: u64 = self.rows().enumerate().filter_map(|(class, row)| row.get(class)).sum();
        right as f64 / self.counts.iter().sum::<u64>().max(1) as f64
    }

    /// Returns the share of right answers among the samples of each class; `None` for a class without samples.
    pub fn by_class(&self) -> Vec<Option<f64>> {
        let share = |(class, row): (usize, &[u64])| {
            let samples = row.iter().sum::<u64>();
            row.get(class).filter(|_| samples > 0).map(|right| *right as f64 / samples as f64)
        };
        self.rows().enumerate().map(share).collect()
    }
}
