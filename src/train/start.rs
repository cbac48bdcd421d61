//! Runs begin: from their seeds, calibrated and looked at, or from a state in which others stopped.

use tch::Tensor as Live;

use super::batch_source::BatchSource;
use super::doubts::{DoubtLog, Doubts};
use super::early_stopping::Score;
use super::run::{RunFault, TrainJob};
use super::samples::as_size;
use super::signal::signals;
use super::state::{BadState, LossSums, NamedRows, Progress, TrainState, bad};
use super::step::Stepper;
use crate::emit::{Arrival, LoadFault, Net, Place, TorchFault};

/// Samples by which a start is calibrated and looked at.
pub(super) const SEEN_FIRST: usize = 256;

/// Runs that are about to make a step.
pub(super) struct Started {
    pub(super) stepper: Stepper,
    pub(super) progress: Progress,
    pub(super) doubts: Doubts,
    pub(super) best: NamedRows,
}

/// Draws or takes what the runs start from, and sends their first samples through it.
pub(super) fn from_seeds(job: &TrainJob<'_>) -> Result<Started, RunFault> {
    let seeds = job.recipe.seeds();
    let mut train = job.batches(&seeds)?;
    let net = Net::starting_from(job.plan, &seeds, job.start, job.place);
    let mut net = net.map_err(|fault| match fault {
        LoadFault::Torch(fault) => RunFault::from(fault),
        LoadFault::Mismatch(fault) => fault.into(),
    })?;
    train.fit(&net)?;
    let arrivals = calibrated(&mut net, &mut train, job.place)?;
    let mut doubts = job.doubts(DoubtLog::new(seeds.len()));
    doubts.received(arrivals.iter().enumerate(), 0, SEEN_FIRST.min(train.len()));
    let blank = |(name, row): (&str, &Live)| Ok((name.to_owned(), row.f_detach()?.f_zeros_like()?));
    let best = net.named().map(blank).collect::<Result<_, TorchFault>>()?;
    let progress = Progress {
        step: 0,
        runs: (0..seeds.len()).collect(),
        losses: LossSums::default(),
        scores: vec![Score::default(); seeds.len()],
        evaluations: 0,
        evaluated: 0,
        seconds: 0.0,
        evaluating: 0.0,
        received: signals(&arrivals),
        doubts: doubts.log().clone(),
        seeds,
    };
    Ok(Started { stepper: Stepper::of(net, train, job.recipe.lr)?, progress, doubts, best })
}

/// Goes on from a state, which must be one of the job's plan and seeds.
pub(super) fn from_state(job: &TrainJob<'_>, state: &TrainState) -> Result<Started, RunFault> {
    let (wanted, progress) = (job.recipe.seeds(), state.progress.clone());
    if progress.seeds != wanted {
        let why = format!("is of runs with the seeds {:?}, these have {wanted:?}", progress.seeds);
        return Err(bad(why).into());
    }
    let seeds: Vec<u64> = progress.runs.iter().filter_map(|run| wanted.get(*run).copied()).collect();
    let (net, train) = (Net::new(job.plan, &seeds, job.place)?, job.batches(&seeds)?);
    train.fit(&net)?;
    let best = best_of(state, &net, wanted.len())?;
    let mut stepper = Stepper::of(net, train, job.recipe.lr)?;
    stepper.restore(&state.steps).map_err(|fault| match fault {
        LoadFault::Torch(fault) => RunFault::from(fault),
        LoadFault::Mismatch(fault) => misfit(&fault.name, &fault.why).into(),
    })?;
    stepper.resume(&progress.runs, &progress.losses)?;
    let doubts = job.doubts(progress.doubts.clone());
    Ok(Started { stepper, progress, doubts, best })
}

/// Copies the best rows of all `runs` to where the net is, in the table's order.
fn best_of(state: &TrainState, net: &Net, runs: usize) -> Result<NamedRows, RunFault> {
    let one = |(name, row): (&str, &Live)| {
        let mut shape = row.size();
        shape.iter_mut().take(1).for_each(|all| *all = as_size(runs));
        let found = state.best.iter().find(|(other, best)| other == name && best.size() == shape);
        let (_, best) = found.ok_or_else(|| misfit(name, "is missing, or of another shape"))?;
        let (place, copy) = (net.place(), best.f_detach_copy().map_err(TorchFault::from)?);
        let copy = copy.f_to_device(place.device).and_then(|copy| copy.f_to_kind(place.kind));
        Ok((name.to_owned(), copy.map_err(TorchFault::from)?))
    };
    net.named().map(one).collect()
}

fn misfit(name: &str, why: &str) -> BadState {
    bad(format!("is not of this model: `{name}` {why}"))
}

/// Sends each run's first samples, in its own order, through the net as it starts; see [`Net::calibrate`].
fn calibrated(net: &mut Net, train: &mut BatchSource, place: Place) -> Result<Vec<Vec<Arrival>>, TorchFault> {
    let seeds = net.seeds().to_vec();
    let arrivals = net.calibrate(|run| train.first(seeds.get(run).copied().unwrap_or_default(), SEEN_FIRST, place))?;
    train.set_seeds(&seeds);
    Ok(arrivals)
}
