//! Losses come in; the first run whose loss is not a finite number goes out.

use tch::{Device, Kind, Tensor as Live};

use crate::emit::TorchFault;

/// Reads a short tensor back as numbers.
pub(super) fn numbers(live: &Live) -> Result<Vec<f64>, TorchFault> {
    let live = live.f_detach()?.f_to_device(Device::Cpu)?.f_to_kind(Kind::Double)?.f_contiguous()?;
    let mut numbers = vec![0.0; live.numel()];
    live.f_copy_data(&mut numbers, live.numel())?;
    Ok(numbers)
}

/// Returns the first run that still counts and whose loss is not finite.
pub(super) fn first_bad(losses: &[f64], counting: &[bool]) -> Option<usize> {
    losses.iter().zip(counting).position(|(loss, counts)| *counts && !loss.is_finite())
}
