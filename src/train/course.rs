//! Runs on their way: one program, each run's score, and its genome as it was at its best.

use std::collections::BTreeSet;

use tch::{Tensor as Live, no_grad_guard};

use super::doubt::Warning;
use super::doubts::{Doubts, Noted};
use super::evaluate::judge;
use super::finite::StepFault;
use super::keeper::{Folder, Rows};
use super::outcome::{Outcome, State, Stopped};
use super::run::{Job, Member, RunFault, Watcher};
use super::samples::{Order, Samples, as_size};
use super::scores::{Metric, Score, mean_and_deviation};
use super::signal::signals;
use super::step::Stepper;
use crate::emit::{Arrival, Cohort, Net, Place, TorchFault};

/// The runs of a job, member after member.
pub(super) struct Course<'a, 'b> {
    job: &'a Job<'a>,
    members: &'a mut [Member<'b>],
    stepper: Stepper,
    test: Samples,
    scores: Vec<Score>,
    /// Every row of the table, [R, …], each run's part as it was at its best.
    best: Rows,
    doubts: Doubts,
    /// What each run's populations received before the first step.
    received: Vec<Vec<Arrival>>,
    evaluations: u64,
    began: f64,
    evaluating: f64,
}

impl<'a, 'b> Course<'a, 'b> {
    pub(super) fn new(job: &'a Job<'a>, members: &'a mut [Member<'b>]) -> Result<Self, RunFault> {
        let recipe = job.recipe;
        recipe.check(job.train.labels.len())?;
        let seeds = recipe.seeds();
        let cohorts = members.iter().map(|member| Cohort { plan: member.start, seeds: &seeds });
        let mut net = Net::beside(job.plan, &cohorts.collect::<Vec<_>>(), job.place)?;
        let (mut train, test) = (Samples::new(job.train, job.place)?, Samples::new(job.test, job.place)?);
        train.fit(&net)?;
        test.fit(&net)?;
        let received = start(&mut net, &mut train, job.place)?;
        let copy = |(name, row): (&str, &Live)| Ok((name.to_owned(), row.f_detach()?.f_zeros_like()?));
        let best = net.named().map(copy).collect::<Result<_, TorchFault>>()?;
        let scores = vec![Score::default(); net.runs()];
        let mut doubts = Doubts::new(net.runs(), job.test.classes, job.test.labels);
        doubts.received(received.iter().enumerate(), 0, SEEN_FIRST.min(train.len()));
        let stepper = Stepper::new(net, train, recipe.batch, recipe.lr)?;
        let began = (job.clock)();
        Ok(Self { job, members, stepper, test, scores, best, doubts, received, evaluations: 0, began, evaluating: 0.0 })
    }

    /// Writes and tells how the runs start.
    pub(super) fn begin(&mut self, watcher: &mut dyn Watcher) -> Result<(), RunFault> {
        (0..self.members.len()).try_for_each(|member| self.write(member, &[], false, None))?;
        self.tell(watcher);
        Ok(())
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
        self.stepper.settle()?;
        self.look_at_first();
        let before = (self.job.clock)();
        let verdicts = judge(self.stepper.net(), &self.test)?;
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
        if self.evaluations.is_power_of_two() {
            looked_at = self.stepper.runs().to_vec();
        }
        self.look_at_neurons(&looked_at)?;
        self.keep(&better)?;
        self.evaluating += (self.job.clock)() - before;
        let better: BTreeSet<usize> = better.iter().map(|(_, run)| run / recipe.runs.max(1)).collect();
        for member in 0..self.members.len() {
            self.write(member, &metrics, better.contains(&member), None)?;
        }
        let going: Vec<usize> = (0..self.scores.len()).filter(|run| self.scores[*run].counts(recipe)).collect();
        self.stepper.keep(&going)?;
        Ok(metrics)
    }

    /// Looks at what the populations of these runs receive from some of the held-out samples.
    fn look_at_neurons(&mut self, runs: &[usize]) -> Result<(), TorchFault> {
        let (count, all) = (self.test.len().min(SEEN_FIRST), self.test.len());
        if count == 0 || runs.is_empty() {
            return Ok(());
        }
        // from all over the set, which may be in the order of classes
        let index: Vec<i64> = (0..count).map(|place| as_size(place * all / count)).collect();
        let index = Live::f_from_slice(&index)?.f_to_device(self.job.place.device)?;
        let (samples, _) = self.test.gather(&index, 1)?;
        let arrivals = self.stepper.net().arrivals(&samples)?;
        let all = self.stepper.runs().iter().copied().zip(&arrivals);
        self.doubts.received(all.filter(|(run, _)| runs.contains(run)), self.stepper.done(), count);
        Ok(())
    }

    /// Tells of what has not been told yet: doubts about runs, and folders that cannot be written.
    pub(super) fn tell(&mut self, watcher: &mut dyn Watcher) {
        self.doubts.news().iter().for_each(|doubt| watcher.doubted(doubt));
        let folders = self.members.iter_mut().filter_map(|member| member.folder.as_deref_mut());
        folders.filter_map(Folder::news).for_each(|fault| watcher.unwritten(&fault));
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

    /// Writes what was measured of a member's runs, their genome where it is `better` or not there, and what came of them.
    fn write(&mut self, index: usize, metrics: &[Metric], better: bool, end: Option<Stopped>) -> Result<(), RunFault> {
        let lacks = self.members.get(index).and_then(|member| member.folder.as_deref()).map(Folder::lacks_genome);
        let Some(lacks) = lacks else { return Ok(()) };
        let rows = (self.is_evaluated() && (better || lacks)).then(|| self.rows(index)).transpose()?;
        let (outcome, each) = (self.outcome(index, end), self.job.recipe.runs.max(1));
        let own = metrics.iter().filter(|metric| metric.run / each == index);
        let own: Vec<Metric> = own.map(|metric| Metric { run: metric.run % each, ..metric.clone() }).collect();
        if let Some(folder) = self.members.get_mut(index).and_then(|member| member.folder.as_deref_mut()) {
            folder.keep(&own, rows.as_deref(), outcome);
        }
        Ok(())
    }

    /// Returns the rows of a member's runs, each as it was at its best.
    fn rows(&self, index: usize) -> Result<Rows, TorchFault> {
        let Some(member) = self.members.get(index) else { return Ok(Vec::new()) };
        let each = self.job.recipe.runs;
        let part = |row: &Live| row.f_narrow(0, as_size(index * each), as_size(each));
        let own = |(name, row): &(String, Live)| Ok((name.clone(), part(row)?));
        let rows: Rows = self.best.iter().map(own).collect::<Result<_, TorchFault>>()?;
        let kept = Cohort { plan: member.kept, seeds: &[] };
        kept.own(self.job.plan, &rows)
    }

    /// Looks at the last losses, writes how it ended, and returns what came of each member.
    pub(super) fn finish(&mut self, stopped: Stopped) -> Result<Vec<Outcome>, RunFault> {
        self.stepper.settle()?;
        let members = 0..self.members.len();
        members.clone().try_for_each(|member| self.write(member, &[], false, Some(stopped)))?;
        let outcome = |member: usize| {
            let folder = self.members.get(member).and_then(|member| member.folder.as_deref());
            folder.map_or_else(|| self.outcome(member, Some(stopped)), |folder| folder.record().outcome.clone())
        };
        Ok(members.map(outcome).collect())
    }

    /// Writes that a fault has ended the runs, and what had come of them.
    pub(super) fn fail(&mut self, fault: &RunFault) {
        for index in 0..self.members.len() {
            let mut outcome = self.outcome(index, None);
            outcome.fail(fault, index * self.job.recipe.runs);
            if let Some(folder) = self.members.get_mut(index).and_then(|member| member.folder.as_deref_mut()) {
                folder.keep(&[], None, outcome);
            }
        }
    }

    /// Returns what came of a member's runs by now, `end` being why they ended if they have.
    fn outcome(&self, index: usize, end: Option<Stopped>) -> Outcome {
        let each = self.job.recipe.runs.max(1);
        let scores = self.scores.chunks(each).nth(index).unwrap_or_default();
        let bests: Vec<f64> = scores.iter().filter_map(|score| score.best).map(|(best, _)| best).collect();
        let (mean, sd) = mean_and_deviation(&bests);
        let (steps, seconds) = (self.stepper.done(), (self.job.clock)() - self.began);
        let noted = self.doubts.noted().iter().filter(|noted| noted.run / each == index);
        Outcome {
            state: Some(end.map_or(State::Running, Stopped::state)),
            best_accuracy: scores.iter().map(|score| score.best.map(|(best, _)| best)).collect(),
            best_step: scores.iter().map(|score| score.best.map(|(_, step)| step)).collect(),
            mean: (!bests.is_empty()).then_some(mean),
            sd,
            chance: self.doubts.chance(),
            steps,
            seconds,
            ms_per_step: (steps > 0).then(|| 1e3 * (seconds - self.evaluating) / steps as f64),
            stopped: end,
            received: signals(self.received.chunks(each).nth(index).unwrap_or_default()),
            warnings: noted.map(|noted| warning(noted, each)).collect(),
            ..Outcome::none(0)
        }
    }
}

/// Returns a doubt as a record holds it, the run counted within its member.
fn warning(noted: &Noted, each: usize) -> Warning {
    let Noted { run, step, doubt } = noted;
    Warning { code: doubt.name().to_owned(), run: run % each, step: *step, message: doubt.to_string() }
}

/// Samples by which a start is calibrated and looked at.
const SEEN_FIRST: usize = 256;

/// Sends each run's first samples, in its own order, through the net as it starts; see [`Net::calibrate`].
fn start(net: &mut Net, train: &mut Samples, place: Place) -> Result<Vec<Vec<Arrival>>, TorchFault> {
    let seeds = net.seeds().to_vec();
    let count = train.len().min(SEEN_FIRST);
    net.calibrate(|run| {
        let own = seeds.get(run..=run).unwrap_or_default();
        let index = Order::new(own, train.len(), count, place).batch(0)?;
        Ok(train.gather(&index, 1)?.0)
    })
}
