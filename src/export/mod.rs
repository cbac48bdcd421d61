//! A plan and a genome → files of other ecosystems: the grown network, or the genome with the operations that grow it.
//!
//! [`ForwardGraph`] holds what all formats are written of. The room needs no libtorch: the reference interpreter computes weights.

mod array_file;
mod fault;
mod fields;
mod forward;
mod graphml;
mod onnx;
mod pytorch;
mod tensor_file;

pub use array_file::{csv, npy};
pub use fault::{ExportFault, TooLargeToExport, TooManySynapses, UnknownTensor, UnsupportedOp, Unwritten};
pub use forward::{ConstantLayout, ForwardConstant, ForwardGraph, ForwardInput, ForwardStep};
pub use graphml::graphml;
pub use onnx::{OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor, onnx};
pub use pytorch::{PythonFile, pytorch};
pub use tensor_file::{GENOME_ORIENTATION, GROWN_ORIENTATION, safetensors};
