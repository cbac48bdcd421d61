//! How long a step takes, what of, and how close that is to what the machine can do at all.

use serde::Serialize;
use tch::{Cuda, Device};

use super::non_finite::StepFault;
use super::peak::peak;
use super::run::Clock;
use super::step::Stepper;
use crate::emit::{Place, Threads};
use crate::plan::{Plan, Sizes, Tensor, TensorId, TensorNames};

/// Steps before anything is measured.
const WARM_UP: usize = 20;
/// Blocks of steps; the median block counts.
const BLOCKS: usize = 15;
/// Seconds that a block should take at least.
const BLOCK: f64 = 0.05;

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
    /// What the step is made of: data, express (identities and interactions), weights, forward, backward, update.
    pub parts: Vec<StepPart>,
    /// The tensors that took longest, the slowest first; as many as were asked for.
    pub slowest: Vec<Slow>,
    /// The same step with products in other orders; filled by who asks for it.
    pub compared: Vec<Compared>,
}

/// A step with its products in one of the orders.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compared {
    /// The order, as `--weights` calls it.
    pub weights: String,
    /// Milliseconds of a training step of all runs: the median block.
    pub ms_per_step: f64,
    /// Million floating-point operations of a step, by the plan's count.
    pub mflop_per_step: f64,
}

/// What one tensor takes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Slow {
    /// Its name in the printed plan.
    pub tensor: String,
    /// What makes it, as the plan spells it.
    pub made: String,
    /// Its milliseconds, the median step's.
    pub ms: f64,
    /// Million floating-point operations, by the plan's count.
    pub mflop: f64,
}

/// One part of a step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepPart {
    /// Its name.
    pub name: &'static str,
    /// Its milliseconds, the median step's.
    pub ms: f64,
}

/// Measures the steps of a net in training, and names the `slowest` tensors; it goes on learning while it is measured.
///
/// # Errors
///
/// As for [`Stepper::step`].
pub fn bench(stepper: &mut Stepper, batch: usize, slowest: usize, clock: Clock<'_>) -> Result<Bench, StepFault> {
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
    let (parts, each) = parts(stepper, BLOCKS * steps.min(50), clock)?;
    let (plan, runs) = (stepper.net().plan(), stepper.net().runs());
    let sizes = Sizes { runs, batch };
    let mflop_per_step = plan.step_cost(sizes).flop as f64 / 1e6;
    let slowest = slow(plan, sizes, each).take(slowest).collect();
    let (ms_per_step, peak_gflops) = (median(&mut blocks), peak(place, clock)?);
    let gflops = mflop_per_step / ms_per_step;
    Ok(Bench {
        model: plan.name().to_owned(),
        batch,
        runs,
        threads: Threads::count(),
        device: place.name(),
        ms_per_step,
        mflop_per_step,
        gflops,
        peak_gflops,
        efficiency: gflops / peak_gflops,
        parts,
        slowest,
        compared: Vec::new(),
    })
}

/// What a step spends its time on, in the order of [`NAMES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Express,
    Weights,
    Forward,
    Backward,
}

const NAMES: [&str; 6] = ["data", "express", "weights", "forward", "backward", "update"];

/// Times the parts of single steps, and each tensor; a part's time is that of its median step, and so is a tensor's.
fn parts(stepper: &mut Stepper, steps: usize, clock: Clock<'_>) -> Result<(Vec<StepPart>, Vec<f64>), StepFault> {
    let place = stepper.net().place();
    let kinds = kinds(stepper.net().plan());
    let mut times: [Vec<f64>; NAMES.len()] = Default::default();
    let mut each: Vec<Vec<f64>> = vec![Vec::new(); kinds.len()];
    let now = || {
        wait(place);
        1e3 * clock()
    };
    for _ in 0..steps {
        let start = now();
        let batch = stepper.batch()?;
        let mut last = now();
        let mut spent = [0.0; NAMES.len()];
        spent[0] = last - start;
        let mut made = |id: TensorId| {
            let ended = now();
            spent[1 + kinds.get(id.index()).map_or(3, |kind| *kind as usize)] += ended - last;
            each.get_mut(id.index()).into_iter().for_each(|times| times.push(ended - last));
            last = ended;
        };
        drop(stepper.compute(&batch, Some(&mut made))?);
        stepper.update()?;
        spent[5] = now() - last;
        times.iter_mut().zip(spent).for_each(|(times, spent)| times.push(spent));
    }
    let parts = NAMES.into_iter().zip(&mut times).map(|(name, times)| StepPart { name, ms: median(times) }).collect();
    Ok((parts, each.iter_mut().map(|times| median(times)).collect()))
}

/// Returns the tensors made in a step, the slowest first; `each` holds their milliseconds, or no number.
fn slow(plan: &Plan, sizes: Sizes, each: Vec<f64>) -> impl Iterator<Item = Slow> {
    let names = TensorNames::new(plan);
    let mut timed: Vec<((TensorId, &Tensor), f64)> =
        plan.numbered().zip(each).filter(|(_, ms)| ms.is_finite()).collect();
    timed.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    timed.into_iter().map(move |((id, tensor), ms)| Slow {
        tensor: names.tensor(id).to_owned(),
        made: tensor.spelt(&names),
        ms,
        mflop: plan.cost(id, sizes).flop as f64 / 1e6,
    })
}

/// Returns the kind of each tensor: what is made from the loss on is backward, what depends on the batch forward; of the rest
/// identities X, interactions O and what they are made of are expressed, and what is made of them are weights.
fn kinds(plan: &Plan) -> Vec<Kind> {
    let genes = |tensor: &Tensor| tensor.label.rsplit_once('.').is_some_and(|(_, part)| part == "X" || part == "O");
    let forward = plan.numbered().take_while(|(id, _)| *id < plan.losses());
    let genes: Vec<TensorId> = forward.filter(|(_, tensor)| genes(tensor)).map(|(id, _)| id).collect();
    let expressed = plan.needed(&genes);
    let mut batched: Vec<bool> = Vec::with_capacity(expressed.len());
    for tensor in plan.tensors() {
        let inherits = tensor.operands.iter().any(|id| batched.get(id.index()) == Some(&true));
        batched.push(tensor.op.reads_batch() || inherits);
    }
    let kind = |((id, expressed), batched): ((TensorId, bool), bool)| match (id > plan.losses(), batched, expressed) {
        (true, ..) => Kind::Backward,
        (_, true, _) => Kind::Forward,
        (_, _, true) => Kind::Express,
        _ => Kind::Weights,
    };
    plan.numbered().map(|(id, _)| id).zip(expressed).zip(batched).map(kind).collect()
}

/// Waits until a GPU has done all that it was told.
pub(super) fn wait(place: Place) {
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
