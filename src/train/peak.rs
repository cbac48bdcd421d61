//! How fast a machine multiplies large matrices, with which the speed of a step is compared.

use tch::{Tensor as Live, no_grad_guard};

use super::bench::wait;
use super::run::Clock;
use super::samples::as_size;
use crate::emit::{Multiplier, Place, Threads, TorchFault};
use crate::program::Product;

/// Rows and columns of the product. Rows of 2ⁿ numbers would compete for places in a cache.
const SIDE: usize = 960;
/// How often each way is tried; the best counts.
const TRIES: usize = 8;

/// Returns the GFLOP/s of the best of several large matrix products: by libtorch, and on a CPU in single precision also by what makes
/// the large products of a step. Both have as many threads as a step.
///
/// # Errors
///
/// What libtorch refuses: memory.
pub(super) fn peak(place: Place, clock: Clock<'_>) -> Result<f64, TorchFault> {
    let gflop = 2.0 * (SIDE as f64).powi(3) / 1e9;
    let mut seconds = by_library(place, clock)?;
    if place == Place::CPU {
        seconds = seconds.min(by_step(clock));
    }
    Ok(gflop / seconds.max(1e-9))
}

fn by_library(place: Place, clock: Clock<'_>) -> Result<f64, TorchFault> {
    let _guard = no_grad_guard();
    let before = tch::get_num_threads();
    tch::set_num_threads(i32::try_from(Threads::count()).unwrap_or(1));
    let sizes = [as_size(SIDE); 2];
    let (a, b) = (Live::f_ones(sizes, place.options())?, Live::f_ones(sizes, place.options())?);
    let mut best = f64::INFINITY;
    for _ in 0..TRIES {
        wait(place);
        let began = clock();
        let _ = a.f_mm(&b)?;
        wait(place);
        best = best.min(clock() - began);
    }
    tch::set_num_threads(before);
    Ok(best)
}

fn by_step(clock: Clock<'_>) -> f64 {
    let product = Product { rows: SIDE, inner: SIDE, columns: SIDE, left_turned: false, right_turned: false };
    let (numbers, mut out) = (vec![1.0; SIDE * SIDE], vec![0.0; SIDE * SIDE]);
    let mut best = f64::INFINITY;
    for _ in 0..TRIES {
        let began = clock();
        product.multiply(Multiplier::Gemm, (&numbers, &numbers), &mut out, Threads::count());
        best = best.min(clock() - began);
    }
    best
}
