//! A start seen by samples: what each population receives before the first step, and constants c by which that has the spread
//! that is asked for.

use tch::{Kind, Tensor as Live, no_grad_guard};

use super::device::Place;
use super::fault::TorchFault;
use super::net::Net;
use super::params::parameter_tensors;
use super::torch::{Batch, EvalContext, Frame, Samples, Values, prepare_all, size};
use crate::plan::{Function, Grown, Plan, Received, Sizes, TensorId};

/// What a population receives from samples at the start of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrival {
    /// The population.
    pub population: String,
    /// The tick, from 1; 0 in a wiring without cycles.
    pub tick: usize,
    /// What the population does with it.
    pub activation: Option<Function>,
    /// The standard deviation that it should have.
    pub wanted: f64,
    /// Mean over neurons and samples.
    pub mean: f64,
    /// Standard deviation over neurons and samples.
    pub sd: f64,
    /// Root mean square, over neurons, of the standard deviation over samples.
    pub between_samples: f64,
    /// Share of neurons and samples for which the neuron's response has a gradient.
    pub active: f64,
    /// Share of neurons whose response has no gradient for any sample.
    pub dead: f64,
}

/// A spread below this part of the root mean square is rounding, not spread.
const ROUNDING: f64 = 1e-12;
/// |x| from which on tanh has less than a hundredth of its gradient at 0.
const SATURATED: f64 = 3.0;

impl Net {
    /// Sends samples through each run as it starts. Where the plan asks for it, sets the constants c, population by population
    /// in the order of the schedule; see `scales`. `samples` returns those of a run, 1 × B × N. Returns what each
    /// population then receives, for each run.
    ///
    /// Runs are computed one by one in double precision on the CPU, so that each is what its seed alone gives on any device.
    ///
    /// # Errors
    ///
    /// What libtorch refuses: memory, mostly.
    pub fn calibrate(
        &mut self,
        mut samples: impl FnMut(usize) -> Result<Live, TorchFault>,
    ) -> Result<Vec<Vec<Arrival>>, TorchFault> {
        let _guard = no_grad_guard();
        let prepared = prepare_all(&self.plan, Place::EXACT)?;
        let mut arrivals = Vec::with_capacity(self.runs());
        for run in 0..self.runs() {
            let mut one = OneRun::new(self, run, &samples(run)?, &prepared)?;
            arrivals.push(one.arrive(true)?);
            let constants: Vec<Grown> = self.plan.received().iter().flat_map(|at| at.grown.iter().copied()).collect();
            for grown in constants {
                let row = grown.constant.index();
                if let (Some(found), Some(kept)) = (one.rows.get(row), self.rows().get(row)) {
                    kept.f_narrow(0, size(run), 1)?.f_copy_(found)?;
                }
            }
        }
        self.synchronise()?;
        Ok(arrivals)
    }

    /// Returns what each population receives from `samples`, 1 × B × N, for each run as it stands; changes nothing.
    ///
    /// # Errors
    ///
    /// As for [`Net::calibrate`].
    pub fn arrivals(&self, samples: &Live) -> Result<Vec<Vec<Arrival>>, TorchFault> {
        let _guard = no_grad_guard();
        let prepared = prepare_all(&self.plan, Place::EXACT)?;
        (0..self.runs()).map(|run| OneRun::new(self, run, samples, &prepared)?.arrive(false)).collect()
    }
}

/// Returns a row's numbers of one run, as doubles.
fn own(row: &Live, run: usize) -> Result<Live, TorchFault> {
    Ok(row.f_narrow(0, size(run), 1)?.f_to_device(Place::EXACT.device)?.f_to_kind(Kind::Double)?.f_detach_copy()?)
}

/// One run on its way through the populations.
struct OneRun<'a> {
    plan: &'a Plan,
    rows: Vec<Live>,
    prepared: &'a Values,
    /// 1 × N × B.
    sample: Live,
    frame: Frame,
    /// The rows, and what populations receive as far as it is settled.
    known: Values,
    /// Rows that stay as they are.
    taken: &'a [usize],
}

impl<'a> OneRun<'a> {
    /// Copies a run's rows, and `samples`, 1 × B × N, as doubles.
    fn new(net: &'a Net, run: usize, samples: &Live, prepared: &'a Values) -> Result<Self, TorchFault> {
        let sample = samples.f_to_kind(Kind::Double)?.f_to_device(Place::EXACT.device)?.f_transpose(1, 2)?;
        let batch = sample.size().last().map_or(1, |batch| usize::try_from(*batch).unwrap_or(1));
        let [each, support] = net.plan().samples_each();
        let batch = batch / if support > 0 { support } else { each.max(1) };
        let frame = Frame { sizes: Sizes { runs: 1, batch }, place: Place::EXACT };
        let rows: Vec<Live> = net.rows().iter().map(|row| own(row, run)).collect::<Result<_, _>>()?;
        let plan = net.plan();
        let mut known = Values::of(plan);
        for (id, row) in parameter_tensors(plan) {
            known.set(id, rows.get(row).map(Live::shallow_clone));
        }
        Ok(Self { plan, rows, prepared, sample, frame, known, taken: net.taken() })
    }

    /// Goes through what populations receive, setting constants on the way if `calibrate` says so.
    fn arrive(&mut self, calibrate: bool) -> Result<Vec<Arrival>, TorchFault> {
        let plan = self.plan;
        let mut arrivals = Vec::with_capacity(plan.received().len());
        for received in plan.received() {
            let parts: Vec<TensorId> = received.grown.iter().map(|grown| grown.part).collect();
            if calibrate && !parts.is_empty() {
                let brought = self.make(&parts)?;
                for (grown, factor) in received.grown.iter().zip(scales(received, &brought)?) {
                    let place = grown.constant.index();
                    if let Some(row) = self.rows.get(place).filter(|_| !self.taken.contains(&place)) {
                        // the row's tensor is known, and shares the row's memory
                        let scaled = row.f_mul_scalar(factor)?;
                        let value = rounded(scaled.f_double_value(&[0, 0, 0])?);
                        drop(row.shallow_clone().f_fill_(value)?);
                    }
                }
            }
            let made = self.make(&[received.total, received.biased])?;
            let [total, biased] = made.as_slice() else { continue };
            arrivals.push(arrival(received, total, biased)?);
            self.known.set(received.total, Some(total.shallow_clone()));
        }
        Ok(arrivals)
    }

    /// Computes tensors from what is known.
    fn make(&self, wanted: &[TensorId]) -> Result<Vec<Live>, TorchFault> {
        // what tasks are learned from comes first where there are tasks
        let samples = Samples { sample: Some(&self.sample), labels: None };
        let batch = Batch { samples, support: samples, ..Batch::default() };
        let given =
            EvalContext { plan: self.plan, known: &self.known, prepared: self.prepared, frame: self.frame, batch };
        let made = given.make(wanted)?;
        let found = |id: &TensorId| made.get(*id).or_else(|| self.known.get(*id)).map(Live::shallow_clone);
        Ok(wanted.iter().filter_map(found).collect())
    }
}

/// Returns by what the constants of connections are multiplied that bring something for the first time.
///
/// Of k connections of a population, m bring something. In units of the spread that is asked for, each comes to the standard
/// deviation 1 / √k, then all m by one factor to √(m / k) together, as they may go the same way. Where one brings the same to all neurons from all samples, the
/// root mean square stands in for the deviation; one that brings nothing keeps its constant.
fn scales(received: &Received, brought: &[Live]) -> Result<Vec<f64>, TorchFault> {
    let grown = received.grown.as_slice();
    let each = grown.iter().zip(brought).map(|(grown, part)| {
        let spread = spread(part)?;
        Ok(if spread > 0.0 { 1.0 / (spread * (grown.among.max(1) as f64).sqrt()) } else { 1.0 })
    });
    let each = each.collect::<Result<Vec<f64>, TorchFault>>()?;
    let share = grown.len() as f64 / grown.first().map_or(1.0, |grown| grown.among.max(1) as f64);
    let mut together = 1.0;
    if let [first, rest @ ..] = brought
        && !rest.is_empty()
    {
        let mut sum = first.f_mul_scalar(each[0])?;
        for (part, factor) in rest.iter().zip(&each[1..]) {
            sum = sum.f_add(&part.f_mul_scalar(*factor)?)?;
        }
        let spread = spread(&sum)?;
        together = if spread > 0.0 { share.sqrt() / spread } else { 1.0 };
    }
    Ok(each.into_iter().zip(grown).map(|(factor, grown)| factor * together * received.spread * grown.gain).collect())
}

/// Returns the standard deviation of all entries; their root mean square where they are all the same.
fn spread(values: &Live) -> Result<f64, TorchFault> {
    let mean = values.f_mean(Kind::Double)?;
    let square =
        |values: &Live| Ok::<f64, TorchFault>(values.f_square()?.f_mean(Kind::Double)?.f_double_value(&[])?.sqrt());
    let (deviation, whole) = (square(&values.f_sub(&mean)?)?, square(values)?);
    Ok(if deviation > ROUNDING * whole { deviation } else { whole })
}

/// Returns a number with 16 significant bits: how many threads have summed what it is made of does not show.
fn rounded(value: f64) -> f64 {
    const CUT: u64 = 1 << 36;
    f64::from_bits((value.to_bits() + CUT) & !((CUT << 1) - 1))
}

/// Returns what is told of what a population receives, 1 × N × B without and with its bias.
fn arrival(received: &Received, total: &Live, biased: &Live) -> Result<Arrival, TorchFault> {
    let number =
        |value: Live| Ok::<f64, TorchFault>(value.f_to_kind(Kind::Double)?.f_mean(Kind::Double)?.f_double_value(&[])?);
    let mean = number(total.shallow_clone())?;
    let sd = number(total.f_sub_scalar(mean)?.f_square()?)?.sqrt();
    let own_mean = total.f_mean_dim(2_i64, true, None)?;
    let between_samples = number(total.f_sub(&own_mean)?.f_square()?)?.sqrt();
    let sloped = match received.activation {
        Some(Function::Relu) => biased.f_gt(0.0)?,
        Some(Function::Tanh) => biased.f_abs()?.f_lt(SATURATED)?,
        // σ(x) = (1 + tanh(x / 2)) / 2
        Some(Function::Sigmoid) => biased.f_abs()?.f_lt(2.0 * SATURATED)?,
        Some(Function::Gelu) => biased.f_gt(-SATURATED)?,
        _ => total.f_ones_like()?.f_to_kind(Kind::Bool)?,
    };
    let dead = sloped.f_any_dim(2, false)?.f_logical_not()?;
    let Received { population, tick, activation, spread: wanted, .. } = received;
    let (population, tick, activation, wanted) = (population.to_string(), *tick, *activation, *wanted);
    Ok(Arrival {
        population,
        tick,
        activation,
        wanted,
        mean,
        sd,
        between_samples,
        active: number(sloped)?,
        dead: number(dead)?,
    })
}
