//! What both kinds of sums over pairs of neurons, within receptive fields and along a list, have in common: when the kernel
//! makes them, and how it is called.

use tch::{Device, Kind, TchError, Tensor as Live};

use crate::emit::cpu::bilinear::Operands;
use crate::emit::ffi::{numbers, numbers_mut};
use crate::emit::threads::Threads;
use crate::plan::Bilinear;

/// Tells whether the kernel can make a sum of these.
pub(super) fn are_plain(operands: [&Live; 2]) -> bool {
    let plain = |live: &Live| live.device() == Device::Cpu && live.kind() == Kind::Float && !live.requires_grad();
    operands.into_iter().all(plain)
}

/// Has `sum`, one of the kernel's, make a tensor of `sizes`; it is told operands, result, R and threads.
#[allow(unsafe_code)]
pub(super) fn by_kernel(
    over: Bilinear,
    [x, y]: [&Live; 2],
    sizes: &[i64],
    sum: impl FnOnce(Operands<'_>, &mut [f32], (usize, usize)),
) -> Result<Live, TchError> {
    let (x, y) = (x.f_contiguous()?, y.f_contiguous()?);
    let mut made = Live::f_empty(sizes, (Kind::Float, Device::Cpu))?;
    let whole = |size: i64| usize::try_from(size).unwrap_or(0);
    // SAFETY: nobody writes the operands while a sum is made of them.
    let [of_x, of_y] = unsafe { [numbers(&x), numbers(&y)] };
    let operands = Operands { x: of_x, y: of_y, length: whole(length(over, &x, &y)) };
    let (runs, threads) = (whole(x.size()[0]), Threads::count());
    // SAFETY: the tensor was made here, and nobody else knows it.
    sum(operands, unsafe { numbers_mut(&mut made) }, (runs, threads));
    Ok(made)
}

/// Returns n: samples of the batch, or genes.
pub(super) fn length(over: Bilinear, x: &Live, y: &Live) -> i64 {
    let behind = if over == Bilinear::WeightGradient { x } else { y };
    behind.size().last().copied().unwrap_or(1)
}
