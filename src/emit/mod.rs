//! A verified plan becomes live tensors: [`Net`], its optimiser, and the device they lie on.
//!
//! A plan holds its backward, so a [`Net`] walks one list and returns losses and gradients together; libtorch records nothing.
//! `ops` is the table of operations, one line of libtorch for each; sums over receptive fields and over joined pairs of neurons
//! have a kernel of their own for a CPU in single precision, and are unfolded, or gathered, elsewhere. An activity is
//! R × N × B within a plan; a net takes and returns R × B × N.
//!
//! `tch` is spoken here and in `train`, nowhere else. A plan has no user errors left, so what can fail here is libtorch
//! itself: every call is the fallible one and a failure comes back as a [`TorchFault`].

mod abi;
mod adam;
mod answers;
mod calibrate;
mod device;
mod fault;
mod gain;
mod genome;
mod joined;
mod kernel;
mod lesson;
mod look;
mod native;
mod net;
mod one_thread;
mod ops;
mod params;
mod pools;
mod prepare;
mod recording;
mod safe;
mod still;
mod sums;
mod walk;
mod waves;
mod windows;

pub use abi::{Arguments, Kernels};
pub use adam::{Adam, Moments, Route};
pub use answers::Inference;
pub use calibrate::Arrival;
pub use device::{NoDevice, Place, UnknownDevice, Wish, kernels, libtorch_version, open, probe};
pub use fault::TorchFault;
pub use genome::{GenomeMismatch, LoadFault};
pub use lesson::{Choice, LossAndGradients};
pub use look::Numbers;
pub use native::Canvas;
pub use net::{Net, Output};
pub use ops::words;
pub use recording::Recording;
pub use safe::Safe;
