//! How long a step takes, what of, and how close that is to what the machine can do at all.

use serde::Serialize;
use tch::{Cuda, Device, Tensor as Live, no_grad_guard};

use super::finite::StepFault;
use super::run::Clock;
use super::step::Stepper;
use crate::emit::{Place, TorchFault};
use crate::plan::Sizes;

/// Steps before anything is measured.
const WARM_UP: usize = 20;
/// Blocks of steps; the median block counts.
const BLOCKS: usize = 15;
/// Seconds that a block should take at least.
const BLOCK: f64 = 0.05;
/// Rows and columns of the product that stands for the machine's limit.
const SIDE: i64 = 1024;
/// How often it is tried; the best counts.
const TRIES: usize = 8;

/// The object that `gemc bench --format json` prints.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bench {
    /// The model's name.
    pub model: String,
    /// B.
    pub batch: usize,
    /// R.
    pub runs: usize,
    /// Threads of libtorch.
    pub threads: usize,
    /// `cpu` or `cuda:N`.
    pub device: String,
    /// Milliseconds of a training step of all runs: the median block.
    pub ms_per_step: f64,
    /// Million floating-point operations of a step, by the plan's count.
    pub mflop_per_step: f64,
    /// Billion floating-point operations a second that a step achieves.
    pub gflops: f64,
    /// The same of a large matrix product in the same process.
    pub peak_gflops: f64,
    /// `gflops` / `peak_gflops`.
    pub efficiency: f64,
    /// What the step is made of: data, forward, backward, update.
    pub parts: Vec<Part>,
}

/// One part of a step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// Its name.
    pub name: &'static str,
    /// Its milliseconds, the median step's.
    pub ms: f64,
}

/// Measures the steps of a net in training; it goes on learning while it is measured.
///
/// # Errors
///
/// As for [`Stepper::step`].
pub fn bench(stepper: &mut Stepper, batch: usize, clock: Clock<'_>) -> Result<Bench, StepFault> {
    let place = stepper.net().place();
    let began = clock();
    for _ in 0..WARM_UP {
        stepper.step()?;
    }
    let warm = (clock() - began) / WARM_UP as f64;
    let steps = steps_of(BLOCK / warm.max(1e-6));
    let mut blocks = Vec::with_capacity(BLOCKS);
    for _ in 0..BLOCKS {
        wait(place);
        let began = clock();
        for _ in 0..steps {
            stepper.step()?;
        }
        wait(place);
        blocks.push(1e3 * (clock() - began) / steps as f64);
    }
    let parts = parts(stepper, BLOCKS * steps.min(50), clock)?;
    let (plan, runs) = (stepper.net().plan(), stepper.net().runs());
    let mflop_per_step = plan.step_cost(Sizes { runs, batch }).flop as f64 / 1e6;
    let (ms_per_step, peak_gflops) = (median(&mut blocks), peak(place, clock)?);
    let gflops = mflop_per_step / ms_per_step;
    Ok(Bench {
        model: plan.name().to_owned(),
        batch,
        runs,
        threads: usize::try_from(tch::get_num_threads()).unwrap_or(1),
        device: place.name(),
        ms_per_step,
        mflop_per_step,
        gflops,
        peak_gflops,
        efficiency: gflops / peak_gflops,
        parts,
    })
}

/// Times the parts of single steps.
fn parts(stepper: &mut Stepper, steps: usize, clock: Clock<'_>) -> Result<Vec<Part>, StepFault> {
    let place = stepper.net().place();
    let mut times: [Vec<f64>; 4] = Default::default();
    let now = || {
        wait(place);
        1e3 * clock()
    };
    for _ in 0..steps {
        let start = now();
        let (x, labels) = stepper.batch()?;
        let data = now();
        let _ = stepper.net().forward(&x)?;
        let forward = now();
        let lesson = stepper.net().teach(&x, &labels)?;
        let taught = now();
        stepper.update(lesson.gradients)?;
        // forward is made twice: once alone, once with what follows
        let forward_ms = forward - data;
        let spent = [data - start, forward_ms, taught - forward - forward_ms, now() - taught];
        times.iter_mut().zip(spent).for_each(|(times, spent)| times.push(spent));
    }
    let names = ["data", "forward", "backward", "update"];
    Ok(names.into_iter().zip(&mut times).map(|(name, times)| Part { name, ms: median(times) }).collect())
}

/// Returns the GFLOP/s of the best of several large matrix products.
fn peak(place: Place, clock: Clock<'_>) -> Result<f64, TorchFault> {
    let _guard = no_grad_guard();
    let (a, b) = (Live::f_ones([SIDE, SIDE], place.options())?, Live::f_ones([SIDE, SIDE], place.options())?);
    let gflop = 2.0 * (SIDE as f64).powi(3) / 1e9;
    let mut best: f64 = 0.0;
    for _ in 0..TRIES {
        wait(place);
        let began = clock();
        let _ = a.f_mm(&b)?;
        wait(place);
        best = best.max(gflop / (clock() - began).max(1e-9));
    }
    Ok(best)
}

/// Waits until a GPU has done all that it was told.
fn wait(place: Place) {
    if let Device::Cuda(index) = place.device {
        Cuda::synchronize(i64::try_from(index).unwrap_or(0));
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn steps_of(wanted: f64) -> usize {
    wanted.clamp(1.0, 10_000.0) as usize
}
