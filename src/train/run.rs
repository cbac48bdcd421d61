//! The loop: steps, evaluations, each run's own end. The best genome of every run is kept as it was at its best.

use std::sync::atomic::{AtomicBool, Ordering};

use miette::Diagnostic;
use serde::{Deserialize, Serialize};
use tch::{Tensor as Live, no_grad_guard};
use thiserror::Error;

use super::evaluate::accuracy;
use super::finite::StepFault;
use super::folder::{Folder, FolderFault};
use super::recipe::{BadRecipe, Recipe};
use super::samples::{Misfit, Pieces, Samples, as_size};
use super::scores::{Metric, Score, mean_and_deviation};
use super::step::Stepper;
use crate::emit::{Net, Place, TorchFault};
use crate::plan::Plan;

/// Tells the time, in seconds since any moment.
pub type Clock<'a> = &'a dyn Fn() -> f64;

/// What is to be trained, on what, how, and where.
#[derive(Clone, Copy)]
pub struct Job<'a> {
    /// The network.
    pub plan: &'a Plan,
    /// The protocol.
    pub recipe: &'a Recipe,
    /// Device and kind of number.
    pub place: Place,
    /// What is learned from.
    pub train: Pieces<'a>,
    /// What accuracy is measured on.
    pub test: Pieces<'a>,
    /// The time.
    pub clock: Clock<'a>,
}

/// Hears what happens while a net trains.
pub trait Watcher {
    /// Called after every step; `losses` are the runs', where they were looked at.
    fn stepped(&mut self, done: u64, losses: Option<&[f64]>) {
        let _ = (done, losses);
    }

    /// Called after every evaluation with one entry for each run that still counted.
    fn evaluated(&mut self, metrics: &[Metric]) {
        let _ = metrics;
    }
}

/// Hears nothing.
impl Watcher for () {}

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stopped {
    /// Every run's accuracy stopped improving.
    Converged,
    /// All steps were made.
    Length,
    /// The user asked for it.
    Interrupted,
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Each run's best accuracy on all held-out samples, a fraction.
    pub best_accuracy: Vec<f64>,
    /// The step at which each run was at its best.
    pub best_step: Vec<u64>,
    /// Mean of the best accuracies.
    pub mean: f64,
    /// Their sample standard deviation; 0 for a single run.
    pub sd: f64,
    /// Steps made.
    pub steps: u64,
    /// Seconds, evaluations included.
    pub seconds: f64,
    /// Milliseconds a step, evaluations not included.
    pub ms_per_step: f64,
    /// Why it ended.
    pub stopped: Stopped,
}

/// Why a run failed.
#[derive(Debug, Error, Diagnostic)]
pub enum RunFault {
    /// A number of the protocol is no good.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Recipe(#[from] BadRecipe),
    /// The data does not fit the model.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Misfit(#[from] Misfit),
    /// A step failed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Step(#[from] StepFault),
    /// libtorch refuses.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Torch(#[from] TorchFault),
    /// The folder cannot be written.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Folder(#[from] FolderFault),
}

/// Trains until every run has stopped, all steps are made, or `interrupt` is set, which is seen after the step at hand.
///
/// # Errors
///
/// See [`RunFault`]. What was written to the folder by then stays.
pub fn run(
    job: &Job<'_>,
    folder: Option<&mut Folder>,
    watcher: &mut dyn Watcher,
    interrupt: &AtomicBool,
) -> Result<Outcome, RunFault> {
    let recipe = job.recipe;
    let mut course = Course::new(job, folder)?;
    let stopped = loop {
        let losses = course.step()?;
        let done = course.stepper.done();
        watcher.stepped(done, losses.as_deref());
        let interrupted = interrupt.load(Ordering::Relaxed);
        let last = done >= recipe.length || (interrupted && !course.evaluated);
        if done.is_multiple_of(recipe.eval_every) || last {
            watcher.evaluated(&course.evaluate()?);
        }
        if interrupted {
            break Stopped::Interrupted;
        }
        if course.scores.iter().all(|score| !score.counts(recipe)) {
            break Stopped::Converged;
        }
        if done >= recipe.length {
            break Stopped::Length;
        }
    };
    course.stepper.settle()?;
    Ok(course.outcome(stopped))
}

/// A run on its way.
struct Course<'a> {
    job: &'a Job<'a>,
    folder: Option<&'a mut Folder>,
    stepper: Stepper,
    test: Samples,
    scores: Vec<Score>,
    /// Every row of the table, [R, …], each run's part as it was at its best.
    best: Vec<(String, Live)>,
    evaluated: bool,
    began: f64,
    evaluating: f64,
}

impl<'a> Course<'a> {
    fn new(job: &'a Job<'a>, folder: Option<&'a mut Folder>) -> Result<Self, RunFault> {
        let recipe = job.recipe;
        recipe.check(job.train.labels.len())?;
        let net = Net::new(job.plan, &recipe.seeds(), job.place)?;
        let (train, test) = (Samples::new(job.train, job.place)?, Samples::new(job.test, job.place)?);
        train.fit(&net)?;
        test.fit(&net)?;
        let copy = |(name, row): (&str, &Live)| Ok((name.to_owned(), row.f_detach()?.f_zeros_like()?));
        let best = net.named().map(copy).collect::<Result<_, TorchFault>>()?;
        let stepper = Stepper::new(net, train, recipe.batch, recipe.lr)?;
        let scores = vec![Score::default(); recipe.runs];
        let began = (job.clock)();
        Ok(Self { job, folder, stepper, test, scores, best, evaluated: false, began, evaluating: 0.0 })
    }

    fn step(&mut self) -> Result<Option<Vec<f64>>, StepFault> {
        self.stepper.set_lr(self.job.recipe.rate(self.stepper.done()));
        self.stepper.step()
    }

    /// Evaluates all runs, notes what is new, keeps and writes what is best.
    fn evaluate(&mut self) -> Result<Vec<Metric>, RunFault> {
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
        self.write(&metrics, !better.is_empty())?;
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

    fn write(&mut self, metrics: &[Metric], genome: bool) -> Result<(), FolderFault> {
        let Some(folder) = self.folder.as_deref_mut() else { return Ok(()) };
        metrics.iter().try_for_each(|metric| folder.metric(metric))?;
        if genome { folder.genome(&self.best) } else { Ok(()) }
    }

    fn outcome(&self, stopped: Stopped) -> Outcome {
        let bests: Vec<(f64, u64)> = self.scores.iter().map(|score| score.best.unwrap_or_default()).collect();
        let (best_accuracy, best_step): (Vec<f64>, Vec<u64>) = bests.into_iter().unzip();
        let (mean, sd) = mean_and_deviation(&best_accuracy);
        let seconds = (self.job.clock)() - self.began;
        let steps = self.stepper.done();
        let ms_per_step = 1e3 * (seconds - self.evaluating) / steps.max(1) as f64;
        Outcome { best_accuracy, best_step, mean, sd, steps, seconds, ms_per_step, stopped }
    }
}
