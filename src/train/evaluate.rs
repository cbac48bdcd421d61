//! What every run answers to all held-out samples: how many are right, and whether all are alike.

use tch::{Kind, Tensor as Live, no_grad_guard};

use super::confusion::Confusion;
use super::held_out::{FixedTasks, HeldOut};
use super::non_finite::numbers;
use super::samples::{Samples, as_size};
use crate::emit::{Inference, InferenceMemory, Net, TorchFault};
use crate::plan::Sizes;
use crate::program::Program;

/// Bytes that one batch's tensors may take.
const ROOM: u64 = 256 << 20;

/// Samples in a batch at most; beyond that nothing gets faster on a CPU, whose caches overflow.
const MOST_CPU: usize = 1_000;

/// The same on a GPU.
const MOST_GPU: usize = 10_000;

/// What a run answers to all samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Evaluation {
    /// The share of right answers; 0 where there is no sample.
    pub(super) accuracy: f64,
    /// The class that it gives to all of them, if it is one.
    pub(super) only: Option<usize>,
}

/// Returns each run's share of right answers for each of `tasks`, as fractions.
///
/// # Errors
///
/// What libtorch refuses: memory, mostly.
pub fn task_accuracies(net: &Net, tasks: &mut FixedTasks) -> Result<Vec<Vec<f64>>, TorchFault> {
    tasks.accuracies(net, &mut Inference::new(net, InferenceMemory::default())?)
}

/// Returns each run's accuracy over all of `samples`, as a fraction; 0 where there is none.
///
/// # Errors
///
/// What libtorch refuses: memory, mostly.
pub fn accuracy(net: &Net, samples: &Samples) -> Result<Vec<f64>, TorchFault> {
    Ok(Evaluator::default().judge_samples(net, samples)?.into_iter().map(|verdict| verdict.accuracy).collect())
}

/// Returns which class each run gives to how many samples of each class, over all of `samples`.
///
/// # Errors
///
/// What libtorch refuses: memory, mostly.
pub fn confusions(net: &Net, samples: &Samples) -> Result<Vec<Confusion>, TorchFault> {
    let (classes, outputs) = (samples.classes(), net.plan().outputs());
    let mut found = vec![Confusion::new(classes, outputs); net.runs()];
    let mut answers = Inference::new(net, InferenceMemory::default())?;
    each_answer(&mut answers, (net.runs(), batch_size(net)), samples, |answer, labels| {
        let place = labels.f_mul_scalar(as_size(outputs))?.f_add(answer)?;
        for (run, found) in found.iter_mut().enumerate() {
            let counts = place.f_select(0, as_size(run))?.f_bincount(None::<Live>, as_size(classes * outputs))?;
            found.add(&Vec::<i64>::try_from(&counts)?);
        }
        Ok(())
    })?;
    Ok(found)
}

/// What the evaluations of a net have in common.
#[derive(Debug, Default)]
pub(super) struct Evaluator {
    memory: InferenceMemory,
    /// The number of runs, and the number of samples that go through the net at once.
    batch: Option<(usize, usize)>,
}

impl Evaluator {
    /// Judges each run by what is held out.
    pub(super) fn judge(&mut self, net: &Net, held_out: &mut HeldOut) -> Result<Vec<Evaluation>, TorchFault> {
        match held_out {
            HeldOut::Samples(samples) => self.judge_samples(net, samples),
            HeldOut::Tasks(tasks) => {
                let mut answers = Inference::new(net, std::mem::take(&mut self.memory))?;
                let each = tasks.accuracies(net, &mut answers);
                self.memory = answers.into_memory();
                let mean = |each: Vec<f64>| each.iter().sum::<f64>() / each.len().max(1) as f64;
                Ok(each?.into_iter().map(|each| Evaluation { accuracy: mean(each), only: None }).collect())
            }
        }
    }

    /// Judges each run by all of `samples`.
    fn judge_samples(&mut self, net: &Net, samples: &Samples) -> Result<Vec<Evaluation>, TorchFault> {
        let batch = match self.batch {
            Some((runs, batch)) if runs == net.runs() => batch,
            _ => batch_size(net),
        };
        self.batch = Some((net.runs(), batch));
        let mut answers = Inference::new(net, std::mem::take(&mut self.memory))?;
        let judged = judge(&mut answers, (net.runs(), batch), samples);
        self.memory = answers.into_memory();
        judged
    }
}

fn judge(
    answers: &mut Inference<'_>,
    (runs, batch): (usize, usize),
    samples: &Samples,
) -> Result<Vec<Evaluation>, TorchFault> {
    let mut seen = None::<[Live; 3]>;
    each_answer(answers, (runs, batch), samples, |answer, labels| {
        let hits = answer.f_eq_tensor(labels)?.f_sum_dim_intlist(1_i64, false, Kind::Int64)?;
        let (least, most) = (answer.f_amin(1_i64, false)?, answer.f_amax(1_i64, false)?);
        seen = Some(match seen.take() {
            None => [hits, least, most],
            Some([sum, low, high]) => [sum.f_add(&hits)?, low.f_minimum(&least)?, high.f_maximum(&most)?],
        });
        Ok(())
    })?;
    let Some([right, least, most]) = seen else { return Ok(vec![Evaluation { accuracy: 0.0, only: None }; runs]) };
    let (least, most) = (Vec::<i64>::try_from(&least)?, Vec::<i64>::try_from(&most)?);
    let verdict = |(right, (least, most)): (f64, (&i64, &i64))| Evaluation {
        accuracy: right / samples.len() as f64,
        only: usize::try_from(*least).ok().filter(|_| least == most),
    };
    Ok(numbers(&right)?.into_iter().zip(least.iter().zip(&most)).map(verdict).collect())
}

/// Calls `note` with the classes that the runs give to `batch` samples at a time, [R, `batch`], and the samples' labels.
fn each_answer(
    answers: &mut Inference<'_>,
    (runs, batch): (usize, usize),
    samples: &Samples,
    mut note: impl FnMut(&Live, &Live) -> Result<(), TorchFault>,
) -> Result<(), TorchFault> {
    let _guard = no_grad_guard();
    for start in (0..samples.len()).step_by(batch) {
        let (x, labels) = samples.stretch(start, batch.min(samples.len() - start), runs)?;
        note(&answers.answer(&x)?.f_argmax(1, false)?, &labels)?;
    }
    Ok(())
}

/// Returns how many samples go through the net at once.
fn batch_size(net: &Net) -> usize {
    // on a CPU runs are made one after the other, and whatever they stand beside
    let (runs, most) = if net.place().device.is_cuda() { (net.runs(), MOST_GPU) } else { (1, MOST_CPU) };
    let target = net.place().target();
    let bytes = |batch| Program::inference(net.plan(), Sizes { runs, batch }, target).bytes();
    // of two sizes that fill the steps in which memory is given out
    let each = (bytes(128).saturating_sub(bytes(64)) / 64).max(1);
    usize::try_from(ROOM / each).unwrap_or(most).clamp(1, most)
}
