//! The loop: steps, evaluations, each run's own end.

use miette::Diagnostic;
use thiserror::Error;

use super::doubt::Doubt;
use super::early_stopping::Metric;
use super::episodes::{ClassBytes, EpisodesFault};
use super::non_finite::StepFault;
use super::run_dir::RunDir;
use super::samples::{Misfit, TrainData};
use super::session::Session;
use super::state::{BadState, TrainState};
use crate::emit::{Place, TorchFault};
use crate::plan::{Array, Plan};
use crate::run_dir::{BadConfig, GenomeMismatch, RunDirFault, RunOutcome, State, Stopped, TrainConfig, Trouble};

/// Tells the time, in seconds since any moment.
pub type Clock<'a> = &'a dyn Fn() -> f64;

/// Tells whether a run is asked to stop, and by whom.
pub type Interrupt<'a> = &'a dyn Fn() -> Option<Stopped>;

/// What is to be trained, on what, how, and where.
#[derive(Clone, Copy)]
pub struct TrainJob<'a> {
    /// The network.
    pub plan: &'a Plan,
    /// The protocol.
    pub recipe: &'a TrainConfig,
    /// Rows that runs which begin take from elsewhere, by name, [R, …] each; the others are drawn from the seeds.
    pub start: &'a [(String, Array)],
    /// Device and kind of number.
    pub place: Place,
    /// What is learned from, and what accuracy is measured on.
    pub data: &'a JobData<'a>,
    /// The time.
    pub clock: Clock<'a>,
}

/// What runs are trained on.
#[derive(Debug, Clone)]
pub enum JobData<'a> {
    /// Samples of the classes that the net tells apart.
    Samples(TrainData<'a>),
    /// Classes that tasks are made of.
    Classes(ClassData<'a>),
}

/// Classes that tasks are made of.
#[derive(Debug, Clone)]
pub struct ClassData<'a> {
    /// Those of tasks that are learned from.
    pub train: ClassBytes<'a>,
    /// Those of tasks that accuracy is measured on.
    pub test: ClassBytes<'a>,
}

/// Data and protocol do not go together.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("{found} is no data for {wanted}")]
#[diagnostic(
    code(run::other_data),
    help("tasks are made of classes: `--few-shot` goes with them, and with nothing else")
)]
pub struct OtherData {
    /// What the data is.
    pub found: &'static str,
    /// What the protocol trains.
    pub wanted: &'static str,
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
    fn unwritten(&mut self, fault: &RunDirFault) {
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
    Config(#[from] BadConfig),
    /// The data does not fit the model.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Misfit(#[from] Misfit),
    /// No tasks can be made of the data.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Episodes(#[from] EpisodesFault),
    /// Data and protocol do not go together.
    #[error(transparent)]
    #[diagnostic(transparent)]
    OtherData(#[from] OtherData),
    /// The state to go on from is no good.
    #[error(transparent)]
    #[diagnostic(transparent)]
    State(#[from] BadState),
    /// The rows to start from do not fit.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Genome(#[from] GenomeMismatch),
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
    RunDir(#[from] RunDirFault),
}

impl RunFault {
    /// Notes that it has ended the runs.
    pub(super) fn end(&self, outcome: &mut RunOutcome) {
        outcome.state = Some(State::Failed);
        if let Self::Step(StepFault::NotFinite(fault)) = self {
            outcome.steps = fault.step.saturating_sub(1);
            outcome.state = Some(State::Diverged);
        }
        let code = self.code().map(|code| code.to_string()).unwrap_or_default();
        outcome.error = Some(Trouble { code, message: self.to_string() });
    }
}

/// Runs that were trained.
#[derive(Debug)]
pub struct Trained {
    /// What came of them.
    pub outcome: RunOutcome,
    /// Where they stopped: what they would go on from.
    pub state: TrainState,
}

/// Trains until every run has stopped, all steps are made, or `interrupt` says so, which is heard after the step at hand; begins
/// with the runs' seeds, or goes on `from` a state. `run.json` tells how it stands at every moment.
///
/// # Errors
///
/// See [`RunFault`]. What was written to the folder by then stays; what cannot be written is no fault, but
/// [`RunDir::missing`].
pub fn run(
    job: &TrainJob<'_>,
    mut folder: Option<&mut RunDir>,
    from: Option<&TrainState>,
    watcher: &mut dyn Watcher,
    interrupt: Interrupt<'_>,
) -> Result<Trained, RunFault> {
    let mut session = match Session::new(job, folder.as_deref_mut(), from) {
        Ok(session) => session,
        Err(fault) => {
            if let Some(folder) = folder {
                folder.fail(&fault);
            }
            return Err(fault);
        }
    };
    let outcome = train(&mut session, job.recipe, watcher, interrupt);
    if let Err(fault) = &outcome {
        session.fail(fault);
    }
    session.tell(watcher);
    Ok(Trained { outcome: outcome?, state: session.into_state() })
}

fn train(
    session: &mut Session<'_>,
    recipe: &TrainConfig,
    watcher: &mut dyn Watcher,
    interrupt: Interrupt<'_>,
) -> Result<RunOutcome, RunFault> {
    session.begin(watcher);
    session.snapshot(false)?;
    let mut asked = None;
    loop {
        let converged = session.is_over().then_some(Stopped::Converged);
        let length = session.done() >= recipe.length && !session.owes_evaluation();
        if let Some(stopped) = asked.or(converged).or(length.then_some(Stopped::Length)) {
            return session.finish(stopped);
        }
        if !session.owes_evaluation() {
            let losses = session.step()?;
            watcher.stepped(session.done(), losses.as_deref());
            asked = interrupt();
            session.snapshot(false)?;
            session.checkpoint(asked.is_some())?;
        }
        if session.owes_evaluation() || (asked.is_some() && !session.is_evaluated()) {
            let last = asked.is_some() || session.done() >= recipe.length;
            watcher.evaluated(&session.evaluate(last)?);
        }
        session.tell(watcher);
    }
}
