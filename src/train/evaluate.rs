//! The accuracy of every run over all held-out samples.

use tch::{Kind, Tensor as Live, no_grad_guard};

use super::finite::numbers;
use super::samples::Samples;
use crate::emit::{Answers, Net, TorchFault};
use crate::plan::Sizes;

/// Bytes that one batch's tensors may take.
const ROOM: u64 = 256 << 20;

/// Samples in a batch at most; beyond that nothing gets faster on a CPU, whose caches overflow.
const MOST_CPU: usize = 1_000;

/// The same on a GPU.
const MOST_GPU: usize = 10_000;

/// Returns each run's accuracy over all of `samples`, as a fraction; 0 where there is none.
///
/// # Errors
///
/// What libtorch refuses: memory, mostly.
pub fn accuracy(net: &Net, samples: &Samples) -> Result<Vec<f64>, TorchFault> {
    let _guard = no_grad_guard();
    let (runs, batch) = (net.runs(), batch_size(net));
    let (mut answers, mut right) = (Answers::new(net)?, None::<Live>);
    for start in (0..samples.len()).step_by(batch) {
        let (x, labels) = samples.stretch(start, batch.min(samples.len() - start), runs)?;
        let answer = answers.answer(&x)?.f_argmax(1, false)?;
        let hits = answer.f_eq_tensor(&labels)?.f_sum_dim_intlist(1_i64, false, Kind::Int64)?;
        right = Some(match right {
            None => hits,
            Some(sum) => sum.f_add(&hits)?,
        });
    }
    let Some(right) = right else { return Ok(vec![0.0; runs]) };
    Ok(numbers(&right)?.into_iter().map(|right| right / samples.len() as f64).collect())
}

/// Returns how many samples go through the net at once.
fn batch_size(net: &Net) -> usize {
    let bytes = |batch| net.plan().held_bytes(&net.plan().answers(), Sizes { runs: net.runs(), batch });
    let each = bytes(2).saturating_sub(bytes(1)).max(1);
    let most = if net.place().device.is_cuda() { MOST_GPU } else { MOST_CPU };
    usize::try_from(ROOM / each).unwrap_or(most).clamp(1, most)
}
