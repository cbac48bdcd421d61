//! Learned numbers from elsewhere: found under each row's name, of each row's shape, or a fault that names the row.

use miette::Diagnostic;
use tch::Tensor as Live;
use thiserror::Error;

use super::fault::TorchFault;
use crate::plan::Parameter;

/// Learned numbers that do not belong to this net.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("`{name}` {why}")]
#[diagnostic(
    code(run::genome_mismatch),
    help("a genome fits only the model, the settings and the number of runs it was trained with")
)]
pub struct GenomeMismatch {
    /// The row of the parameter table.
    pub name: String,
    /// What was expected and found.
    pub why: String,
}

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
