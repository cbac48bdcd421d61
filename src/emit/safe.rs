//! A copy of everything that a step changes, to go back to when a step went wrong.

use tch::{Tensor as Live, no_grad_guard};

use super::fault::TorchFault;
use super::net::Net;

/// Learned rows and the optimizer's state.
#[derive(Debug)]
pub struct Safe {
    rows: Vec<Live>,
}

impl Safe {
    /// Copies the state.
    ///
    /// # Errors
    ///
    /// What libtorch refuses: memory.
    pub fn of(net: &Net) -> Result<Self, TorchFault> {
        let rows = net.changing().map(|row| row.f_detach_copy());
        Ok(Self { rows: rows.collect::<Result<_, _>>()? })
    }

    /// Copies the state over the one kept so far.
    ///
    /// # Errors
    ///
    /// What libtorch refuses: memory.
    pub fn keep(&mut self, net: &Net) -> Result<(), TorchFault> {
        let _guard = no_grad_guard();
        self.rows.iter_mut().zip(net.changing()).try_for_each(|(kept, row)| Ok(kept.f_copy_(row)?))
    }

    /// Goes back to the kept state.
    ///
    /// # Errors
    ///
    /// What libtorch refuses: memory.
    pub fn restore(&self, net: &Net) -> Result<(), TorchFault> {
        let _guard = no_grad_guard();
        net.changing().zip(&self.rows).try_for_each(|(row, kept)| Ok(row.shallow_clone().f_copy_(kept)?))
    }
}
