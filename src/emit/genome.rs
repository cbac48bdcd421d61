//! Learned numbers from elsewhere: found under each row's name, of each row's shape, or a fault that names the row.

use miette::Diagnostic;
use tch::Tensor as Live;
use thiserror::Error;

use super::fault::TorchFault;
use super::net::Net;
use super::torch::size;
use crate::plan::{Array, Parameter, Plan, Sizes};
use crate::run_dir::GenomeMismatch;

/// Why a genome could not be loaded.
#[derive(Debug, Error, Diagnostic)]
pub enum LoadFault {
    /// It is another net's.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Mismatch(#[from] GenomeMismatch),
    /// libtorch refuses.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Torch(#[from] TorchFault),
}

impl Net {
    /// Replaces the numbers of every row of the genome by those of a file, found under its name.
    ///
    /// # Errors
    ///
    /// As for [`Net::load`].
    pub fn load_stored(&mut self, rows: &[(String, Array)]) -> Result<(), LoadFault> {
        let kind = self.place().kind;
        let live = |(name, array): &(String, Array)| Ok((name.clone(), live(array)?.f_to_kind(kind)?));
        let rows = rows.iter().map(live).collect::<Result<Vec<_>, TorchFault>>()?;
        self.load(&rows)
    }
}

/// Makes a tensor of plain numbers.
pub(super) fn live(array: &Array) -> Result<Live, TorchFault> {
    let lengths: Vec<i64> = array.sizes().iter().copied().map(size).collect();
    Ok(Live::f_from_slice(array.numbers())?.f_reshape(lengths)?)
}

/// Returns which row of the table an array is for, and the array, which must have its shape for this many runs.
pub(super) fn place_of<'a>(
    plan: &Plan,
    runs: usize,
    (name, array): &'a (String, Array),
) -> Result<(usize, &'a Array), GenomeMismatch> {
    let fault = |why: String| GenomeMismatch { name: name.clone(), why };
    let row = plan.parameters().iter().position(|row| row.name == *name);
    let row = row.ok_or_else(|| fault("is not in the net".to_owned()))?;
    let wanted = plan.parameters()[row].shape.at(Sizes { runs, batch: 1 });
    if array.sizes() == wanted {
        return Ok((row, array));
    }
    Err(fault(format!("is {:?} in the genome, {wanted:?} in the net", array.sizes())))
}

/// Returns the numbers of one row.
pub(super) fn source<'a>(
    parameter: &Parameter,
    row: &Live,
    named: &'a [(String, Live)],
) -> Result<&'a Live, GenomeMismatch> {
    let fault = |why: String| GenomeMismatch { name: parameter.name.to_string(), why };
    let (_, found) = named
        .iter()
        .find(|(name, _)| *name == parameter.name)
        .ok_or_else(|| fault("is not in the genome".to_owned()))?;
    let (wanted, is) = (row.size(), found.size());
    if wanted == is { Ok(found) } else { Err(fault(format!("is {is:?} in the genome, {wanted:?} in the net"))) }
}
