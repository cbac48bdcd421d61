//! Adam with its state in plain sight: copied, restored, saved. On a CPU in single precision numbers are updated here, each alike
//! whatever stands beside it; elsewhere by one fused call into libtorch for all rows; where that is not to be had, the same
//! arithmetic goes row by row.

use std::cmp::Ordering;

use tch::{Kind, Tensor as Live, no_grad_guard};

use super::cpu::{Rates, Row, update};
use super::device::Place;
use super::fault::TorchFault;
use super::ffi::{Dispatcher, FusedAdam, numbers, numbers_mut};
use super::torch::size;

const BETA1: f64 = 0.9;
const BETA2: f64 = 0.999;
const EPSILON: f64 = 1e-8;

/// How updates are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// A loop of our own, for single precision on a CPU.
    Native,
    /// One fused call for all rows.
    Fused,
    /// Plain operations, row by row.
    Plain,
}

/// The optimiser's state, in the order of the rows: what exact continuation needs beside the rows themselves.
#[derive(Debug)]
pub struct Moments {
    /// Updates made.
    pub step: u64,
    /// Running means of the gradients.
    pub first: Vec<Live>,
    /// Running means of their squares.
    pub second: Vec<Live>,
}

/// Adam (Kingma, Ba 2015; β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸) over a fixed list of tensors, which it changes in place.
#[derive(Debug)]
pub struct Adam {
    values: Vec<Live>,
    /// How fast each row goes, in learning rates.
    rates: Vec<f64>,
    moments: Moments,
    /// `moments.step` as libtorch wants it.
    counter: Live,
    /// The learning rate of the update that is announced, as a number and as libtorch wants it.
    lr: (f64, Live),
    native: bool,
    dispatcher: Option<Dispatcher>,
}

impl Adam {
    /// Makes an optimiser of `values`: native in single precision on a CPU, else fused where this libtorch can.
    ///
    /// # Errors
    ///
    /// What libtorch refuses: memory.
    pub fn new<'a>(values: impl IntoIterator<Item = &'a Live>) -> Result<Self, TorchFault> {
        let values: Vec<&Live> = values.into_iter().collect();
        Self::by(if plain(&values) { Route::Native } else { Route::Fused }, values)
    }

    /// Makes an optimiser of `values` that goes this way.
    ///
    /// # Errors
    ///
    /// As for [`Adam::new`].
    pub fn by<'a>(route: Route, values: impl IntoIterator<Item = &'a Live>) -> Result<Self, TorchFault> {
        let values: Vec<Live> = values.into_iter().map(Live::shallow_clone).collect();
        let zeros = || values.iter().map(Live::f_zeros_like).collect::<Result<Vec<Live>, _>>();
        let moments = Moments { step: 0, first: zeros()?, second: zeros()? };
        let device = values.first().map_or(tch::Device::Cpu, Live::device);
        let number = |kind: Kind| Live::f_zeros([0_i64; 0], (kind, device));
        let counter = number(Kind::Float)?;
        // a GPU's kernel reads it in single precision
        let lr = (0.0, number(if device.is_cuda() { Kind::Float } else { Kind::Double })?);
        let native = route == Route::Native && plain(&values.iter().collect::<Vec<_>>());
        let dispatcher = if route == Route::Plain || native { None } else { Dispatcher::find() };
        let rates = vec![1.0; values.len()];
        Ok(Self { values, rates, moments, counter, lr, native, dispatcher })
    }

    /// Sets how fast each row goes, in learning rates; 1 for all unless this is called.
    #[must_use]
    pub fn at(mut self, rates: impl IntoIterator<Item = f64>) -> Self {
        self.rates.iter_mut().zip(rates).for_each(|(rate, wanted)| *rate = wanted);
        self
    }

    /// Returns the way updates are made.
    pub fn route(&self) -> Route {
        match (self.native, self.dispatcher) {
            (true, _) => Route::Native,
            (false, Some(_)) => Route::Fused,
            (false, None) => Route::Plain,
        }
    }

    /// Returns the state.
    pub fn moments(&self) -> &Moments {
        &self.moments
    }

    /// Returns the tensors that are changed.
    pub fn values(&self) -> &[Live] {
        &self.values
    }

    /// Replaces the state by a copy of `moments`, whose shapes must be those of the values.
    ///
    /// # Errors
    ///
    /// What libtorch refuses.
    pub fn restore(&mut self, moments: &Moments) -> Result<(), TorchFault> {
        copy_all(&mut self.moments.first, &moments.first)?;
        copy_all(&mut self.moments.second, &moments.second)?;
        self.moments.step = moments.step;
        Ok(())
    }

    /// Goes on with other `values`, each of which holds some of the runs of the one before, named by their places.
    ///
    /// # Errors
    ///
    /// What libtorch refuses.
    pub fn keep<'a>(&mut self, values: impl IntoIterator<Item = &'a Live>, runs: &[usize]) -> Result<(), TorchFault> {
        let _guard = no_grad_guard();
        let index: Vec<i64> = runs.iter().copied().map(size).collect();
        let index = Live::f_from_slice(&index)?.f_to(self.counter.device())?;
        let kept = |rows: &[Live]| rows.iter().map(|row| row.f_index_select(0, &index)).collect::<Result<Vec<_>, _>>();
        let (first, second) = (kept(&self.moments.first)?, kept(&self.moments.second)?);
        self.values = values.into_iter().map(Live::shallow_clone).collect();
        self.moments = Moments { step: self.moments.step, first, second };
        Ok(())
    }

    /// Makes one update with the learning rate `lr`. A gradient that is not defined counts as zero.
    ///
    /// # Errors
    ///
    /// What libtorch refuses. If it refuses the fused call at the first update, all updates go the plain way.
    pub fn step(&mut self, gradients: Vec<Live>, lr: f64) -> Result<(), TorchFault> {
        self.announce(lr)?;
        self.update(gradients)
    }

    /// Announces the next update, which will go with the learning rate `lr`. What [`Adam::update`] then does is the same
    /// from update to update on the fused way, so that it can be recorded.
    ///
    /// # Errors
    ///
    /// What libtorch refuses.
    pub fn announce(&mut self, lr: f64) -> Result<(), TorchFault> {
        self.moments.step += 1;
        self.lr.0 = lr;
        if self.dispatcher.is_some() {
            let _guard = no_grad_guard();
            let _ = self.counter.f_fill_(self.moments.step as f64)?;
            let _ = self.lr.1.f_fill_(lr)?;
        }
        Ok(())
    }

    /// Makes the update that was announced last.
    ///
    /// # Errors
    ///
    /// As for [`Adam::step`].
    pub fn update(&mut self, gradients: Vec<Live>) -> Result<(), TorchFault> {
        let _guard = no_grad_guard();
        let gradients = dense(gradients, &self.values)?;
        if self.native {
            self.native(&gradients);
            return Ok(());
        }
        if let Some(dispatcher) = self.dispatcher {
            let Some(refused) = self.fused(dispatcher, &gradients)? else { return Ok(()) };
            if self.moments.step > 1 || refused > 0 {
                return Err(TorchFault::refused("refused a fused Adam update; its reason is above"));
            }
            self.dispatcher = None;
        }
        self.plain(&gradients)
    }

    /// Makes one call for all rows of one rate; returns which call, from 0, libtorch refuses, if any.
    fn fused(&self, dispatcher: Dispatcher, gradients: &[Live]) -> Result<Option<usize>, TorchFault> {
        let mut rates = self.rates.clone();
        rates.sort_by(f64::total_cmp);
        rates.dedup();
        let own = |rate: &f64| match rate.total_cmp(&1.0) {
            Ordering::Equal => Ok(self.lr.1.shallow_clone()),
            Ordering::Less | Ordering::Greater => self.lr.1.f_mul_scalar(*rate),
        };
        let own = rates.iter().map(own).collect::<Result<Vec<_>, _>>()?;
        Ok(rates.into_iter().zip(own).position(|(rate, lr)| {
            let of = |rows: &[Live]| -> Vec<Live> {
                let own = rows.iter().zip(&self.rates).filter(|(_, own)| own.total_cmp(&rate).is_eq());
                own.map(|(row, _)| row.shallow_clone()).collect()
            };
            !dispatcher.fused_adam(&FusedAdam {
                values: &of(&self.values),
                gradients: &of(gradients),
                first: &of(&self.moments.first),
                second: &of(&self.moments.second),
                step: &self.counter,
                lr: &lr,
                numbers: [BETA1, BETA2, 0.0, EPSILON],
            })
        }))
    }

    #[allow(clippy::cast_possible_truncation, unsafe_code)]
    fn native(&mut self, gradients: &[Live]) {
        let (step, lr) = (self.moments.step as f64, self.lr.0);
        let rates = Rates {
            fresh: [(1.0 - BETA1) as f32, (1.0 - BETA2) as f32],
            stride: (lr / (1.0 - BETA1.powf(step))) as f32,
            root: (1.0 - BETA2.powf(step)).sqrt() as f32,
            epsilon: EPSILON as f32,
        };
        let threads = usize::try_from(tch::get_num_threads()).unwrap_or(1);
        let rows = self.values.iter_mut().zip(gradients).zip(&mut self.moments.first).zip(&mut self.moments.second);
        for ((((values, gradient), first), second), rate) in rows.zip(&self.rates) {
            let rates = Rates { stride: rates.stride * *rate as f32, ..rates };
            // SAFETY: values, gradient and moments of a row are four tensors that share nothing with each other or with those of
            // another row; the net, which shares the values, computes nothing meanwhile.
            let row = unsafe {
                let (first, second) = (numbers_mut(first), numbers_mut(second));
                Row { values: numbers_mut(values), gradient: numbers(gradient), first, second }
            };
            update(row, rates, threads);
        }
    }

    fn plain(&mut self, gradients: &[Live]) -> Result<(), TorchFault> {
        let (step, lr) = (self.moments.step as f64, self.lr.0);
        let (correction1, correction2) = (1.0 - BETA1.powf(step), 1.0 - BETA2.powf(step));
        let rows = self.values.iter_mut().zip(gradients).zip(&mut self.moments.first).zip(&mut self.moments.second);
        for ((((value, gradient), first), second), rate) in rows.zip(&self.rates) {
            let _ = first.f_lerp_(gradient, 1.0 - BETA1)?;
            let square = gradient.f_square()?.f_mul_scalar(1.0 - BETA2)?;
            let _ = second.f_mul_scalar_(BETA2)?.f_add_(&square)?;
            let root = second.f_sqrt()?.f_div_scalar(correction2.sqrt())?.f_add_scalar(EPSILON)?;
            let _ = value.f_sub_(&first.f_div(&root)?.f_mul_scalar(rate * lr / correction1)?)?;
        }
        Ok(())
    }
}

/// Tells whether all tensors are in single precision, on the CPU and contiguous.
fn plain(values: &[&Live]) -> bool {
    let kept = |value: &&&Live| (value.kind(), value.device()) == Place::CPU.options() && value.is_contiguous();
    values.iter().filter(kept).count() == values.len()
}

/// Copies `from` into `into`, tensor by tensor.
pub(super) fn copy_all(into: &mut [Live], from: &[Live]) -> Result<(), TorchFault> {
    let _guard = no_grad_guard();
    into.iter_mut().zip(from).try_for_each(|(into, from)| Ok(into.f_copy_(from)?))
}

/// Lays gradients out as their values are. libtorch may hand out transposed or broadcast views, which the fused call
/// would read in the wrong order, and undefined tensors for values that nothing used.
fn dense(gradients: Vec<Live>, values: &[Live]) -> Result<Vec<Live>, TorchFault> {
    let lay_out = |(gradient, value): (Live, &Live)| match (gradient.defined(), value) {
        (false, value) => value.f_zeros_like(),
        (true, _) if gradient.is_contiguous() => Ok(gradient),
        (true, _) => gradient.f_contiguous(),
    };
    Ok(gradients.into_iter().zip(values).map(lay_out).collect::<Result<_, _>>()?)
}
