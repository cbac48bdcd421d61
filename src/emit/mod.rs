//! Programs are run: [`Net`], its optimiser, and the device that they lie on.
//!
//! `cpu`, `cuda` and `torch` each run the programs of one target and decide nothing: what is made, in which order, by which kernel
//! and where it lies is settled by the program. `ffi` is the one room with unsafe code. An activity is R × N × B within a plan; a
//! net takes and returns R × B × N.
//!
//! `tch` is spoken here and in `train`, nowhere else. A plan has no user errors left, so what can fail here is libtorch
//! itself, every call of which is the fallible one, or gemc: both come back as a [`TorchFault`], which tells them apart.

mod calibrate;
mod constants;
mod cpu;
mod cuda;
mod device;
mod fault;
mod ffi;
mod gain;
mod genome;
mod inference;
mod kernel_batch;
mod net;
mod params;
mod sample_batch;
mod step;
mod threads;
mod torch;
mod training;

pub use calibrate::Arrival;
pub use cpu::{BatchBuffer, Multiplier, Scratch, lanes_here};
pub use cuda::Recording;
pub use device::{NoDevice, Place, UnknownDevice, Wish, kernels, libtorch_version, open, probe};
pub use fault::TorchFault;
pub use ffi::{Arguments, Kernels};
pub use genome::LoadFault;
pub use inference::{Inference, InferenceMemory};
pub use kernel_batch::{IndexedBatch, KernelBatch};
pub use net::{Net, Output};
pub use sample_batch::SampleBatch;
pub use threads::Threads;
pub use training::LossAndGradients;
