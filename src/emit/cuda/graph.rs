//! Work on a GPU that is recorded once and then given to it as a whole. A step of a small net is some hundred launches, each of
//! which takes a processor longer to make than the GPU to compute; a recording takes one.

use std::fmt;

use tch::{Device, no_grad_guard};

use crate::emit::device::Place;
use crate::emit::fault::TorchFault;
use crate::emit::ffi::{self, Graph};

/// Recorded work. It reads and writes the tensors that it was recorded with, so they must be kept.
pub struct Recording {
    graph: Graph,
}

impl Recording {
    /// Records what `work` gives the GPU of `place`; nothing is computed yet, so what `work` returns has no numbers before the
    /// first [`Recording::launch`]. All of it must have been computed before in the same way: libtorch sets things up
    /// at first that cannot be recorded. `None` where there is no GPU, where this libtorch cannot record, or where `work`
    /// fails, as it does where it reads something back; it can then still be done as it is.
    pub fn of<T>(place: Place, work: impl FnOnce() -> Result<T, TorchFault>) -> Option<(Self, T)> {
        let Device::Cuda(index) = place.device else { return None };
        let _guard = no_grad_guard();
        let recording = ffi::Recording::begin(i32::try_from(index).ok()?)?;
        let Ok(made) = work() else {
            recording.give_up();
            return None;
        };
        Some((Self { graph: recording.end() }, made))
    }

    /// Gives the GPU all of it, and does not wait.
    ///
    /// # Errors
    ///
    /// CUDA refuses, mostly since something that it was given before has failed.
    ///
    /// # Safety
    ///
    /// Every tensor that was there before the recording, and that the recorded work reads or writes, must still be there, with the
    /// storage that it had then.
    #[allow(unsafe_code)]
    pub unsafe fn launch(&self) -> Result<(), TorchFault> {
        let refused = || TorchFault::refused("CUDA refused to launch a recorded step");
        // SAFETY: what the work itself made lives in the graph's memory; for the rest the caller vouches.
        unsafe { self.graph.launch() }.then_some(()).ok_or_else(refused)
    }
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording").finish_non_exhaustive()
    }
}
