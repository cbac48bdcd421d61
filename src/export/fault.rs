//! What can be wrong with a request to export: each fault with what was asked for and what there is.

use miette::Diagnostic;
use thiserror::Error;

use crate::diag::{Bug, did_you_mean, list};

/// An operation that a format has no counterpart of.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("{tensor} cannot be written as {format}: the operation `{op}` has no counterpart there")]
#[diagnostic(
    code(export::unsupported),
    help("export without `--genome`, so that weights are written as numbers, or as `safetensors`")
)]
pub struct UnsupportedOp {
    /// The tensor, by its name in the printed plan.
    pub tensor: String,
    /// The operation.
    pub op: &'static str,
    /// The format.
    pub format: &'static str,
}

/// A network whose weights are too many numbers to be written out.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("the network needs {found} numbers to be written out, at most {most} are written")]
#[diagnostic(
    code(export::too_large),
    help("export the genome alone: `--to safetensors --genome` writes the rows of the parameter table")
)]
pub struct TooLargeToExport {
    /// Numbers that would have to be held.
    pub found: u64,
    /// Numbers that may be.
    pub most: u64,
}

/// More synapses than tools for graphs read.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("the network has {found} synapses, GraphML is written of at most {most}")]
#[diagnostic(
    code(export::too_many_synapses),
    help("export the weights as arrays instead: `--to safetensors`, or `--to npy --tensor NAME`")
)]
pub struct TooManySynapses {
    /// Synapses that there are.
    pub found: u64,
    /// Synapses that are written at most.
    pub most: u64,
}

/// A name that no tensor has.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("there is no tensor `{name}`")]
#[diagnostic(code(export::unknown_tensor), help("{help}"))]
pub struct UnknownTensor {
    /// The name.
    pub name: String,
    /// What there is.
    pub help: String,
}

impl UnknownTensor {
    /// Says which of `names` is near, or lists them.
    pub(super) fn among<'a>(name: &str, names: impl Iterator<Item = &'a str> + Clone) -> Self {
        let near = did_you_mean(name, names.clone());
        let all = format!("tensors that can be written: {}", list(names));
        let help = near.map_or(all.clone(), |near| format!("{near} {all}"));
        Self { name: name.to_owned(), help }
    }
}

/// A file that cannot be made of what there is.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("the file cannot be made: {why}")]
#[diagnostic(code(export::unwritten), help("please report it, with the model's text"))]
pub struct Unwritten {
    /// What the writer says.
    pub why: String,
}

/// Why nothing was exported.
#[derive(Debug, Error, Diagnostic)]
pub enum ExportFault {
    /// An operation has no counterpart.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Unsupported(#[from] UnsupportedOp),
    /// There are too many numbers.
    #[error(transparent)]
    #[diagnostic(transparent)]
    TooLarge(#[from] TooLargeToExport),
    /// There are too many synapses.
    #[error(transparent)]
    #[diagnostic(transparent)]
    TooManySynapses(#[from] TooManySynapses),
    /// There is no such tensor.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Unknown(#[from] UnknownTensor),
    /// A writer refuses.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Unwritten(#[from] Unwritten),
    /// A bug in gemc.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Bug(#[from] Bug),
}
