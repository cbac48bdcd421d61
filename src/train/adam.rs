//! Adam over a few tensors whose gradients are given: what fits a connectome, which is no plan. Plans hold their own update.

use tch::{Tensor as Live, no_grad_guard};

use crate::emit::TorchFault;

const BETA1: f64 = 0.9;
const BETA2: f64 = 0.999;
const EPSILON: f64 = 1e-8;

/// Adam (Kingma, Ba 2015; β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸) over a fixed list of tensors, which it changes in place.
#[derive(Debug)]
pub(super) struct Adam {
    values: Vec<Live>,
    /// Running means of the gradients, and of their squares.
    moments: Vec<[Live; 2]>,
    step: i32,
}

impl Adam {
    /// Makes an optimizer of `values`.
    pub(super) fn new<'a>(values: impl IntoIterator<Item = &'a Live>) -> Result<Self, TorchFault> {
        let values: Vec<Live> = values.into_iter().map(Live::shallow_clone).collect();
        let moments = values.iter().map(|value| Ok([value.f_zeros_like()?, value.f_zeros_like()?]));
        Ok(Self { moments: moments.collect::<Result<_, TorchFault>>()?, values, step: 0 })
    }

    /// Makes one update with the learning rate `lr`.
    pub(super) fn step(&mut self, gradients: &[Live], lr: f64) -> Result<(), TorchFault> {
        let _guard = no_grad_guard();
        self.step += 1;
        let [first_part, second_part] = [BETA1, BETA2].map(|beta| 1.0 - beta.powi(self.step));
        for ((value, [first, second]), gradient) in self.values.iter_mut().zip(&mut self.moments).zip(gradients) {
            let _ = first.f_lerp_(gradient, 1.0 - BETA1)?;
            let _ = second.f_lerp_(&gradient.f_square()?, 1.0 - BETA2)?;
            let root = second.f_sqrt()?.f_div_scalar(second_part.sqrt())?.f_add_scalar(EPSILON)?;
            let _ = value.f_sub_(&first.f_mul_scalar(lr / first_part)?.f_div(&root)?)?;
        }
        Ok(())
    }
}
