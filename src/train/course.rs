//! Runs on their way: one program, each run's score, and its genome as it was at its best.

use std::collections::BTreeSet;

use tch::{Tensor as Live, no_grad_guard};

use super::evaluate::accuracy;
use super::finite::StepFault;
use super::run::{Job, Member, Outcome, RunFault, Stopped};
use super::samples::{Samples, as_size};
use super::scores::{Metric, Score, mean_and_deviation};
use super::step::Stepper;
use crate::emit::{Cohort, Net, TorchFault};

/// The runs of a job, member after member.
pub(super) struct Course<'a, 'b> {
    job: &'a Job<'a>,
    members: &'a mut [Member<'b>],
    stepper: Stepper,
    test: Samples,
    scores: Vec<Score>,
    /// Every row of the table, [R, …], each run's part as it was at its best.
    best: Vec<(String, Live)>,
    evaluated: bool,
    began: f64,
    evaluating: f64,
}

impl<'a, 'b> Course<'a, 'b> {
    pub(super) fn new(job: &'a Job<'a>, members: &'a mut [Member<'b>]) -> Result<Self, RunFault> {
        let recipe = job.recipe;
        recipe.check(job.train.labels.len())?;
        let seeds = recipe.seeds();
        let cohorts = members.iter().map(|member| Cohort { plan: member.start, seeds: &seeds });
        let net = Net::beside(job.plan, &cohorts.collect::<Vec<_>>(), job.place)?;
        let (train, test) = (Samples::new(job.train, job.place)?, Samples::new(job.test, job.place)?);
        train.fit(&net)?;
        test.fit(&net)?;
        let copy = |(name, row): (&str, &Live)| Ok((name.to_owned(), row.f_detach()?.f_zeros_like()?));
        let best = net.named().map(copy).collect::<Result<_, TorchFault>>()?;
        let scores = vec![Score::default(); net.runs()];
        let stepper = Stepper::new(net, train, recipe.batch, recipe.lr)?;
        let began = (job.clock)();
        Ok(Self { job, members, stepper, test, scores, best, evaluated: false, began, evaluating: 0.0 })
    }

    /// Makes one step. Returns the losses of the runs that still count, if they were looked at.
    pub(super) fn step(&mut self) -> Result<Option<Vec<f64>>, StepFault> {
        self.stepper.set_lr(self.job.recipe.rate(self.stepper.done()));
        self.stepper.step()
    }

    /// Returns the steps made.
    pub(super) fn done(&self) -> u64 {
        self.stepper.done()
    }

    /// Tells whether there was an evaluation.
    pub(super) fn is_evaluated(&self) -> bool {
        self.evaluated
    }

    /// Tells whether every run has stopped improving.
    pub(super) fn is_over(&self) -> bool {
        self.scores.iter().all(|score| !score.counts(self.job.recipe))
    }

    /// Evaluates all runs, notes what is new, keeps and writes what is best.
    pub(super) fn evaluate(&mut self) -> Result<Vec<Metric>, RunFault> {
        self.stepper.settle()?;
        let before = (self.job.clock)();
        let accuracies = accuracy(self.stepper.net(), &self.test)?;
        let losses = self.stepper.take_losses();
        let seconds = (self.job.clock)() - self.began;
        let (step, recipe) = (self.stepper.done(), self.job.recipe);
        let (mut metrics, mut better) = (Vec::new(), Vec::new());
        for ((place, &run), (loss, accuracy)) in
            self.stepper.runs().iter().enumerate().zip(losses.into_iter().zip(accuracies))
        {
            if self.scores[run].note(accuracy, step, recipe) {
                better.push((place, run));
            }
            metrics.push(Metric { run, step, loss, accuracy, seconds });
        }
        self.keep(&better)?;
        self.write(&metrics, &better)?;
        let going: Vec<usize> = (0..self.scores.len()).filter(|run| self.scores[*run].counts(recipe)).collect();
        self.stepper.keep(&going)?;
        self.evaluated = true;
        self.evaluating += (self.job.clock)() - before;
        Ok(metrics)
    }

    /// Copies these runs' parts of every row, from their places in the net.
    fn keep(&mut self, runs: &[(usize, usize)]) -> Result<(), TorchFault> {
        let _guard = no_grad_guard();
        for ((_, best), (_, row)) in self.best.iter_mut().zip(self.stepper.net().named()) {
            for (place, run) in runs {
                best.f_select(0, as_size(*run))?.f_copy_(&row.f_select(0, as_size(*place))?)?;
            }
        }
        Ok(())
    }

    /// Writes what was measured into each member's folder, and the genomes of those that have a run in a better one.
    fn write(&mut self, metrics: &[Metric], better: &[(usize, usize)]) -> Result<(), RunFault> {
        let each = self.job.recipe.runs.max(1);
        for metric in metrics {
            let folder = self.members.get_mut(metric.run / each).and_then(|member| member.folder.as_deref_mut());
            folder.map_or(Ok(()), |folder| folder.metric(&Metric { run: metric.run % each, ..metric.clone() }))?;
        }
        let better: BTreeSet<usize> = better.iter().map(|(_, run)| run / each).collect();
        better.into_iter().try_for_each(|member| self.write_genome(member))
    }

    fn write_genome(&self, index: usize) -> Result<(), RunFault> {
        let Some(member) = self.members.get(index) else { return Ok(()) };
        let Some(folder) = member.folder.as_deref() else { return Ok(()) };
        let each = self.job.recipe.runs;
        let part = |row: &Live| row.f_narrow(0, as_size(index * each), as_size(each));
        let own = |(name, row): &(String, Live)| Ok((name.clone(), part(row)?));
        let rows: Vec<(String, Live)> = self.best.iter().map(own).collect::<Result<_, TorchFault>>()?;
        let kept = Cohort { plan: member.kept, seeds: &[] };
        let rows = kept.own(self.job.plan, &rows)?;
        Ok(folder.genome(&rows)?)
    }

    /// Looks at the last losses, and returns what came of each member.
    pub(super) fn outcomes(mut self, stopped: Stopped) -> Result<Vec<Outcome>, RunFault> {
        self.stepper.settle()?;
        let seconds = (self.job.clock)() - self.began;
        let steps = self.stepper.done();
        let ms_per_step = 1e3 * (seconds - self.evaluating) / steps.max(1) as f64;
        let outcome = |scores: &[Score]| {
            let bests: Vec<(f64, u64)> = scores.iter().map(|score| score.best.unwrap_or_default()).collect();
            let (best_accuracy, best_step): (Vec<f64>, Vec<u64>) = bests.into_iter().unzip();
            let (mean, sd) = mean_and_deviation(&best_accuracy);
            Outcome { best_accuracy, best_step, mean, sd, steps, seconds, ms_per_step, stopped }
        };
        Ok(self.scores.chunks(self.job.recipe.runs.max(1)).map(outcome).collect())
    }
}
