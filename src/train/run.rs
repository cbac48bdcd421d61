//! The loop: steps, evaluations, each run's own end.

use miette::Diagnostic;
use thiserror::Error;

use super::course::Course;
use super::doubt::Doubt;
use super::finite::StepFault;
use super::folder::FolderFault;
use super::keeper::Folder;
use super::outcome::{Outcome, Stopped};
use super::recipe::{BadRecipe, Recipe};
use super::samples::{Misfit, Pieces};
use super::scores::Metric;
use crate::emit::{Place, TorchFault};
use crate::plan::Plan;

/// Tells the time, in seconds since any moment.
pub type Clock<'a> = &'a dyn Fn() -> f64;

/// Tells whether a run is asked to stop, and by whom.
pub type Interrupt<'a> = &'a dyn Fn() -> Option<Stopped>;

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

    /// Called where a run may not learn, once for each kind of doubt.
    fn doubted(&mut self, doubt: &Doubt) {
        let _ = doubt;
    }

    /// Called where files of a run's folder can no longer be written.
    fn unwritten(&mut self, fault: &FolderFault) {
        let _ = fault;
    }
}

/// Hears nothing.
impl Watcher for () {}

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

impl RunFault {
    /// Returns its code.
    pub(super) fn name(&self) -> String {
        self.code().map(|code| code.to_string()).unwrap_or_default()
    }
}

/// Trains until every run has stopped, all steps are made, or `interrupt` says so, which is heard after the step at hand.
/// `run.json` tells how it stands at every moment.
///
/// # Errors
///
/// See [`RunFault`]. What was written to the folder by then stays; what cannot be written is no fault, but
/// [`Folder::missing`].
pub fn run(
    job: &Job<'_>,
    folder: Option<&mut Folder>,
    watcher: &mut dyn Watcher,
    interrupt: Interrupt<'_>,
) -> Result<Outcome, RunFault> {
    let mut folder = folder;
    let mut course = match Course::new(job, folder.as_deref_mut()) {
        Ok(course) => course,
        Err(fault) => {
            if let Some(folder) = folder {
                folder.fail(&fault);
            }
            return Err(fault);
        }
    };
    let outcome = train(&mut course, job.recipe, watcher, interrupt);
    if let Err(fault) = &outcome {
        course.fail(fault);
    }
    course.tell(watcher);
    outcome
}

fn train(
    course: &mut Course<'_>,
    recipe: &Recipe,
    watcher: &mut dyn Watcher,
    interrupt: Interrupt<'_>,
) -> Result<Outcome, RunFault> {
    course.begin(watcher)?;
    loop {
        let losses = course.step()?;
        let done = course.done();
        watcher.stepped(done, losses.as_deref());
        let asked = interrupt();
        let length = done >= recipe.length;
        if done.is_multiple_of(recipe.eval_every) || length || (asked.is_some() && !course.is_evaluated()) {
            watcher.evaluated(&course.evaluate(length || asked.is_some())?);
        }
        course.tell(watcher);
        let converged = course.is_over().then_some(Stopped::Converged);
        if let Some(stopped) = asked.or(converged).or(length.then_some(Stopped::Length)) {
            return course.finish(stopped);
        }
    }
}
