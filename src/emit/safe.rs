//! A copy of everything that a step changes, to go back to when a step went wrong.

use tch::Tensor as Live;

use super::adam::{Adam, Moments, copy_all};
use super::fault::TorchFault;

/// Learned rows, moments and the step they belong to.
#[derive(Debug)]
pub struct Safe {
    rows: Vec<Live>,
    moments: Moments,
}

impl Safe {
    /// Copies the state.
    ///
    /// # Errors
    ///
    /// What libtorch refuses: memory.
    pub fn of(adam: &Adam) -> Result<Self, TorchFault> {
        let blank =
            |rows: &[Live]| rows.iter().map(|row| row.f_detach()?.f_zeros_like()).collect::<Result<Vec<_>, _>>();
        let moments = adam.moments();
        let (first, second) = (blank(&moments.first)?, blank(&moments.second)?);
        let mut safe = Self { rows: blank(adam.values())?, moments: Moments { step: 0, first, second } };
        safe.keep(adam)?;
        Ok(safe)
    }

    /// Copies the state over the one kept so far.
    ///
    /// # Errors
    ///
    /// What libtorch refuses: memory.
    pub fn keep(&mut self, adam: &Adam) -> Result<(), TorchFault> {
        copy_all(&mut self.rows, adam.values())?;
        copy_all(&mut self.moments.first, &adam.moments().first)?;
        copy_all(&mut self.moments.second, &adam.moments().second)?;
        self.moments.step = adam.moments().step;
        Ok(())
    }

    /// Goes back to the kept state.
    ///
    /// # Errors
    ///
    /// What libtorch refuses: memory.
    pub fn restore(&self, adam: &mut Adam) -> Result<(), TorchFault> {
        let mut rows: Vec<Live> = adam.values().iter().map(Live::shallow_clone).collect();
        copy_all(&mut rows, &self.rows)?;
        adam.restore(&self.moments)
    }
}
