//! Runs on their way: one program, each run's score, and its genome as it was at its best.

use tch::{Tensor as Live, no_grad_guard};

use super::doubts::Doubts;
use super::early_stopping::{Metric, Score, mean_and_deviation};
use super::evaluate::Evaluator;
use super::held_out::HeldOut;
use super::non_finite::StepFault;
use super::run::{RunFault, TrainJob, Watcher};
use super::run_dir::RunDir;
use super::samples::as_size;
use super::start::{SEEN_FIRST, Started, from_seeds, from_state};
use super::state::{NamedRows, Progress, TrainState};
use super::step::Stepper;
use crate::emit::TorchFault;
use crate::run_dir::{RunOutcome, Signal, State, Stopped};

/// The runs of a job.
pub(super) struct Session<'a> {
    job: &'a TrainJob<'a>,
    folder: Option<&'a mut RunDir>,
    stepper: Stepper,
    test: HeldOut,
    scores: Vec<Score>,
    /// Every row of the table, [R, …], each run's part as it was at its best.
    best: NamedRows,
    doubts: Doubts,
    /// What the populations received before the first step.
    received: Vec<Signal>,
    evaluator: Evaluator,
    evaluations: u64,
    /// The step of the last one.
    evaluated: u64,
    began: f64,
    evaluating: f64,
}

impl<'a> Session<'a> {
    /// Begins the runs of a job, or goes on with them `from` a state.
    pub(super) fn new(
        job: &'a TrainJob<'a>,
        mut folder: Option<&'a mut RunDir>,
        from: Option<&TrainState>,
    ) -> Result<Self, RunFault> {
        job.recipe.check(job.samples())?;
        let test = job.held_out()?;
        let Started { mut stepper, progress, doubts, best } = match from {
            None => from_seeds(job)?,
            Some(state) => from_state(job, state)?,
        };
        test.fit(stepper.net())?;
        stepper.set_lr(job.recipe.rate(progress.step));
        if let Some(folder) = folder.as_deref_mut() {
            folder.keep_snapshots_to(progress.step);
        }
        let Progress { scores, evaluations, evaluated, evaluating, received, .. } = progress;
        let began = (job.clock)() - progress.seconds;
        let evaluator = Evaluator::default();
        Ok(Self {
            job,
            folder,
            stepper,
            test,
            scores,
            best,
            doubts,
            received,
            evaluator,
            evaluations,
            evaluated,
            began,
            evaluating,
        })
    }

    /// Returns the state that the runs have come to.
    pub(super) fn into_state(self) -> TrainState {
        TrainState { progress: self.progress(), steps: self.stepper.view(), best: self.best }
    }

    fn progress(&self) -> Progress {
        Progress {
            step: self.stepper.done(),
            seeds: self.job.recipe.seeds(),
            runs: self.stepper.runs().to_vec(),
            losses: self.stepper.losses().clone(),
            seconds: (self.job.clock)() - self.began,
            scores: self.scores.clone(),
            evaluations: self.evaluations,
            evaluated: self.evaluated,
            evaluating: self.evaluating,
            received: self.received.clone(),
            doubts: self.doubts.log().clone(),
        }
    }

    /// Writes a checkpoint where one is due, or wanted `now`: what comes after it, an evaluation too, is done again from it.
    pub(super) fn checkpoint(&mut self, now: bool) -> Result<(), StepFault> {
        let time = (self.job.clock)();
        if !self.folder.as_deref_mut().is_some_and(|folder| folder.is_checkpoint_due(time) || now) {
            return Ok(());
        }
        self.stepper.synchronise()?;
        self.look_at_first();
        let shared = |(name, row): &(String, Live)| (name.clone(), row.shallow_clone());
        let best = self.best.iter().map(shared).collect();
        let state = TrainState { progress: self.progress(), steps: self.stepper.view(), best };
        if let Some(folder) = self.folder.as_deref_mut() {
            folder.checkpoint(&state, self.job.clock);
        }
        Ok(())
    }

    /// Writes the learned rows where a snapshot of them is wanted after this step, or where a run `ends` with it. Before a checkpoint,
    /// so that none of those before it is missing.
    pub(super) fn snapshot(&mut self, ends: bool) -> Result<(), StepFault> {
        let (step, length) = (self.stepper.done(), self.job.recipe.length);
        if !self.folder.as_deref().is_some_and(|folder| folder.wants_snapshot((step, length), ends)) {
            return Ok(());
        }
        self.stepper.synchronise()?;
        self.look_at_first();
        let net = self.stepper.net();
        let rows = net.named().zip(net.plan().parameters()).filter(|(_, parameter)| parameter.learned);
        let rows: Vec<(String, Live)> = rows.map(|((name, row), _)| (name.to_owned(), row.shallow_clone())).collect();
        if let Some(folder) = self.folder.as_deref_mut() {
            folder.write_snapshot(step, self.stepper.runs(), &rows);
        }
        Ok(())
    }

    /// Tells whether the runs stopped right before an evaluation.
    pub(super) fn owes_evaluation(&self) -> bool {
        let (done, recipe) = (self.stepper.done(), self.job.recipe);
        done > 0 && self.evaluated != done && (done.is_multiple_of(recipe.eval_every) || done >= recipe.length)
    }

    /// Writes and tells how the runs start.
    pub(super) fn begin(&mut self, watcher: &mut dyn Watcher) {
        self.write(&[], false, None);
        self.tell(watcher);
    }

    /// Makes one step. Returns the losses of the runs that still count, if they were looked at.
    pub(super) fn step(&mut self) -> Result<Option<Vec<f64>>, StepFault> {
        self.stepper.set_lr(self.job.recipe.rate(self.stepper.done()));
        let losses = self.stepper.step()?;
        self.look_at_first();
        Ok(losses)
    }

    fn look_at_first(&mut self) {
        if let Some(first) = self.stepper.take_first() {
            self.doubts.first(&first);
        }
    }

    /// Returns the steps made.
    pub(super) fn done(&self) -> u64 {
        self.stepper.done()
    }

    /// Tells whether there was an evaluation.
    pub(super) fn is_evaluated(&self) -> bool {
        self.evaluations > 0
    }

    /// Tells whether every run has stopped improving.
    pub(super) fn is_over(&self) -> bool {
        self.scores.iter().all(|score| !score.counts(self.job.recipe))
    }

    /// Evaluates all runs, notes what is new, keeps and writes what is best; `last` where no evaluation is to follow.
    pub(super) fn evaluate(&mut self, last: bool) -> Result<Vec<Metric>, RunFault> {
        self.stepper.synchronise()?;
        self.look_at_first();
        let before = (self.job.clock)();
        let verdicts = self.evaluator.judge(self.stepper.net(), &mut self.test)?;
        let losses = self.stepper.take_losses();
        let seconds = (self.job.clock)() - self.began;
        let (step, recipe) = (self.stepper.done(), self.job.recipe);
        let (mut metrics, mut better, mut looked_at) = (Vec::new(), Vec::new(), Vec::new());
        for ((place, &run), (loss, verdict)) in
            self.stepper.runs().iter().enumerate().zip(losses.into_iter().zip(verdicts))
        {
            let accuracy = verdict.accuracy;
            if self.scores[run].note(accuracy, step, recipe) {
                better.push((place, run));
            }
            let ends = last || !self.scores[run].counts(recipe);
            if ends {
                looked_at.push(run);
            }
            self.doubts.evaluated(run, (step, ends), loss, verdict);
            metrics.push(Metric { run, step, loss, accuracy, seconds });
        }
        self.evaluations += 1;
        self.evaluated = step;
        if self.evaluations.is_power_of_two() {
            looked_at = self.stepper.runs().to_vec();
        }
        self.look_at_neurons(&looked_at)?;
        self.keep(&better)?;
        self.evaluating += (self.job.clock)() - before;
        self.write(&metrics, !better.is_empty(), None);
        let going: Vec<usize> = (0..self.scores.len()).filter(|run| self.scores[*run].counts(recipe)).collect();
        if going.len() < self.stepper.runs().len() {
            self.snapshot(true)?;
        }
        self.stepper.keep(&going)?;
        Ok(metrics)
    }

    /// Looks at what the populations of these runs receive from some of the held-out samples.
    fn look_at_neurons(&mut self, runs: &[usize]) -> Result<(), TorchFault> {
        if runs.is_empty() {
            return Ok(());
        }
        let Some((samples, count)) = self.test.some(SEEN_FIRST, self.job.place)? else { return Ok(()) };
        let arrivals = self.stepper.net().arrivals(&samples)?;
        let all = self.stepper.runs().iter().copied().zip(&arrivals);
        self.doubts.received(all.filter(|(run, _)| runs.contains(run)), self.stepper.done(), count);
        Ok(())
    }

    /// Tells of what has not been told yet: doubts about runs, and a folder that cannot be written.
    pub(super) fn tell(&mut self, watcher: &mut dyn Watcher) {
        self.doubts.news().iter().for_each(|doubt| watcher.doubted(doubt));
        let fault = self.folder.as_deref_mut().and_then(RunDir::news);
        if let Some(fault) = fault {
            watcher.unwritten(&fault);
        }
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

    /// Writes what was measured, the genome where it is `better` or not there, and what came of the runs.
    fn write(&mut self, metrics: &[Metric], better: bool, end: Option<Stopped>) {
        let outcome = self.outcome(end);
        let Some(folder) = self.folder.as_deref_mut() else { return };
        let rows = (self.evaluations > 0 && (better || folder.lacks_genome())).then_some(self.best.as_slice());
        folder.keep(metrics, rows, outcome);
    }

    /// Looks at the last losses, writes how it ended, and returns what came of the runs.
    pub(super) fn finish(&mut self, stopped: Stopped) -> Result<RunOutcome, RunFault> {
        self.stepper.synchronise()?;
        let ends = !stopped.was_asked_for();
        self.folder.iter_mut().filter(|_| ends).for_each(|folder| folder.need_no_checkpoint());
        self.write(&[], false, Some(stopped));
        self.folder.iter().filter(|_| ends).for_each(|folder| folder.remove_checkpoints());
        let written = self.folder.as_deref().map(|folder| folder.record().outcome.clone());
        Ok(written.unwrap_or_else(|| self.outcome(Some(stopped))))
    }

    /// Writes that a fault has ended the runs, and what had come of them.
    pub(super) fn fail(&mut self, fault: &RunFault) {
        let mut outcome = self.outcome(None);
        fault.end(&mut outcome);
        if let Some(folder) = self.folder.as_deref_mut() {
            folder.keep(&[], None, outcome);
        }
    }

    /// Returns what came of the runs by now, `end` being why they ended if they have.
    fn outcome(&self, end: Option<Stopped>) -> RunOutcome {
        let bests: Vec<f64> = self.scores.iter().filter_map(|score| score.best).map(|(best, _)| best).collect();
        let (mean, sd) = mean_and_deviation(&bests);
        let (steps, seconds) = (self.stepper.done(), (self.job.clock)() - self.began);
        RunOutcome {
            state: Some(end.map_or(State::Running, Stopped::state)),
            best_accuracy: self.scores.iter().map(|score| score.best.map(|(best, _)| best)).collect(),
            best_step: self.scores.iter().map(|score| score.best.map(|(_, step)| step)).collect(),
            mean: (!bests.is_empty()).then_some(mean),
            sd,
            chance: self.doubts.chance(),
            steps,
            seconds,
            ms_per_step: (steps > 0).then(|| 1e3 * (seconds - self.evaluating) / steps as f64),
            stopped: end,
            received: self.received.clone(),
            warnings: self.doubts.warnings().to_vec(),
            ..RunOutcome::none(0)
        }
    }
}
