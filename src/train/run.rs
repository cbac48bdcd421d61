//! The loop: steps, evaluations, each run's own end.

use std::sync::atomic::{AtomicBool, Ordering};

use miette::Diagnostic;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::course::Course;
use super::finite::StepFault;
use super::folder::{Folder, FolderFault};
use super::recipe::{BadRecipe, Recipe};
use super::samples::{Misfit, Pieces};
use super::scores::Metric;
use crate::emit::{Place, TorchFault};
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

/// Runs among those of a job that differ in their seed alone, and what is kept of them. A job has as many as its recipe says
/// for each member.
#[derive(Debug)]
pub struct Member<'a> {
    /// What they start as: the job's plan, or one by [`crate::plan::spare`] with no more genes.
    pub start: &'a Plan,
    /// Whose rows are kept.
    pub kept: &'a Plan,
    /// Where.
    pub folder: Option<&'a mut Folder>,
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
    let mut member = [Member { start: job.plan, kept: job.plan, folder }];
    let outcomes = beside(job, &mut member, watcher, interrupt)?;
    Ok(outcomes.into_iter().next().unwrap_or_else(|| Outcome::none(0)))
}

/// Does the same for the runs of several members, one member's after the other's, as one program; each run comes to what it
/// would come to alone. Returns what came of each member.
///
/// # Errors
///
/// As for [`run`].
pub fn beside(
    job: &Job<'_>,
    members: &mut [Member<'_>],
    watcher: &mut dyn Watcher,
    interrupt: &AtomicBool,
) -> Result<Vec<Outcome>, RunFault> {
    let recipe = job.recipe;
    let mut course = Course::new(job, members)?;
    let stopped = loop {
        let losses = course.step()?;
        let done = course.done();
        watcher.stepped(done, losses.as_deref());
        let interrupted = interrupt.load(Ordering::Relaxed);
        let last = done >= recipe.length || (interrupted && !course.is_evaluated());
        if done.is_multiple_of(recipe.eval_every) || last {
            watcher.evaluated(&course.evaluate()?);
        }
        if interrupted {
            break Stopped::Interrupted;
        }
        if course.is_over() {
            break Stopped::Converged;
        }
        if done >= recipe.length {
            break Stopped::Length;
        }
    };
    course.outcomes(stopped)
}
