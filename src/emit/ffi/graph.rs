//! CUDA graphs: what a GPU is given is recorded once and launched as a whole. libtorch's own recorder is used, which keeps the
//! memory of a recording apart from all other; it is a C++ class, called by its exported names.

use std::ffi::{c_int, c_void};

use libloading::os::unix::Library;

use super::Handle;

/// Bytes that libtorch's recorder takes at most; 2.11's takes less than a tenth.
const RECORDER: usize = 4096;
/// A stream that does not wait for the default one: `cudaStreamNonBlocking`.
const NON_BLOCKING: u32 = 1;
/// Other threads may go on using the GPU meanwhile: `cudaStreamCaptureModeThreadLocal`.
const THREAD_LOCAL: c_int = 1;

/// `at::cuda::CUDAGraph`, which must stay where it is: libtorch holds its address.
#[repr(C, align(16))]
struct Recorder([u8; RECORDER]);

/// What is called. The first five are members of the recorder.
#[derive(Debug, Clone, Copy)]
struct Calls {
    make: unsafe extern "C" fn(*mut Recorder, bool),
    // the memory pool, two words, goes by value in two registers
    begin: unsafe extern "C" fn(*mut Recorder, u64, u64, c_int),
    end: unsafe extern "C" fn(*mut Recorder),
    executable: unsafe extern "C" fn(*mut Recorder) -> Handle,
    unmake: unsafe extern "C" fn(*mut Recorder),
    current_stream: unsafe extern "C" fn(i32, *mut Handle) -> i32,
    end_capture: unsafe extern "C" fn(Handle, *mut Handle) -> c_int,
    last_error: unsafe extern "C" fn() -> c_int,
    launch: unsafe extern "C" fn(Handle, Handle) -> c_int,
}

impl Calls {
    /// Looks the symbols up; `None` where libtorch is another version, or its CUDA half is not open.
    fn find() -> Option<Self> {
        let (2, 11, _) = super::version()? else { return None };
        let program = Library::this();
        // SAFETY: the types are those of ATen/cuda/CUDAGraph.h, torch/csrc/inductor/aoti_torch/c/shim.h and
        // cuda_runtime_api.h of the version just seen, with `this` as the first argument of members, as the Itanium C++ ABI
        // has it. `open_cuda` never closes the libraries, so the pointers stay valid.
        unsafe {
            Some(Self {
                make: *program.get(b"_ZN2at4cuda9CUDAGraphC1Eb\0").ok()?,
                begin: *program
                    .get(b"_ZN2at4cuda9CUDAGraph13capture_beginESt4pairIyyE21cudaStreamCaptureMode\0")
                    .ok()?,
                end: *program.get(b"_ZN2at4cuda9CUDAGraph11capture_endEv\0").ok()?,
                executable: *program.get(b"_ZN2at4cuda9CUDAGraph19raw_cuda_graph_execEv\0").ok()?,
                unmake: *program.get(b"_ZN2at4cuda9CUDAGraphD1Ev\0").ok()?,
                current_stream: *program.get(b"aoti_torch_get_current_cuda_stream\0").ok()?,
                end_capture: *program.get(b"cudaStreamEndCapture\0").ok()?,
                last_error: *program.get(b"cudaGetLastError\0").ok()?,
                launch: *program.get(b"cudaGraphLaunch\0").ok()?,
            })
        }
    }

    /// Returns this thread's stream on a GPU; `None` where it is the default one, on which nothing can be recorded.
    fn stream(&self, gpu: i32) -> Option<Handle> {
        let mut stream: Handle = std::ptr::null_mut();
        // SAFETY: one pointer is written; a fault comes back as a number other than 0.
        let told = unsafe { (self.current_stream)(gpu, &raw mut stream) } == 0;
        (told && !stream.is_null()).then_some(stream)
    }
}

/// Makes a stream of its own the one that this thread uses on a GPU: on the default one nothing can be recorded. False where
/// that cannot be had; then all goes on as before.
pub(in crate::emit) fn leave_default_stream(gpu: i32) -> bool {
    type SetDevice = unsafe extern "C" fn(c_int) -> c_int;
    type NewStream = unsafe extern "C" fn(*mut Handle, u32) -> c_int;
    type NewGuard = unsafe extern "C" fn(Handle, i32, *mut Handle) -> i32;
    let program = Library::this();
    let set = || {
        // SAFETY: the types are those of cuda_runtime_api.h and of libtorch's shim.h; both tell of faults by a number. Neither
        // the stream nor the guard that makes it the current one is ever given back, so nothing can dangle.
        unsafe {
            let set_device: SetDevice = *program.get(b"cudaSetDevice\0").ok()?;
            let new_stream: NewStream = *program.get(b"cudaStreamCreateWithFlags\0").ok()?;
            let new_guard: NewGuard = *program.get(b"aoti_torch_create_cuda_stream_guard\0").ok()?;
            let (mut stream, mut guard): (Handle, Handle) = (std::ptr::null_mut(), std::ptr::null_mut());
            let made = set_device(gpu) == 0 && new_stream(&raw mut stream, NON_BLOCKING) == 0;
            (made && new_guard(stream, gpu, &raw mut guard) == 0).then_some(())
        }
    };
    set().is_some()
}

/// A recording under way.
pub(in crate::emit) struct Recording {
    calls: Calls,
    stream: Handle,
    recorder: Box<Recorder>,
}

impl Recording {
    /// Begins to record what this thread gives a GPU; nothing of it is computed. `None` where that cannot be had.
    pub(in crate::emit) fn begin(gpu: i32) -> Option<Self> {
        let calls = Calls::find()?;
        let stream = calls.stream(gpu)?;
        let mut recorder = Box::new(Recorder([0; RECORDER]));
        // SAFETY: the constructor gets memory that is larger than the object and aligned, and that never moves. Beginning is
        // refused, by an exception that ends the program, only on the default stream or within another recording.
        unsafe {
            (calls.make)(&raw mut *recorder, false);
            (calls.begin)(&raw mut *recorder, 0, 0, THREAD_LOCAL);
        }
        Some(Self { calls, stream, recorder })
    }

    /// Ends it. All that was recorded must have been accepted.
    pub(in crate::emit) fn end(mut self) -> Graph {
        // SAFETY: the recorder has begun, and is ended once.
        let executable = unsafe {
            (self.calls.end)(&raw mut *self.recorder);
            (self.calls.executable)(&raw mut *self.recorder)
        };
        Graph { recording: self, executable }
    }

    /// Gives it up: something was refused meanwhile. The recorder is left as it is, as libtorch may still ask it.
    pub(in crate::emit) fn give_up(self) {
        let mut half_done: Handle = std::ptr::null_mut();
        // SAFETY: the stream is being captured. A graph that is not whole is not returned, and one that is may be forgotten.
        // CUDA remembers the error; asking for it makes it forget, or libtorch would find it after its next call.
        unsafe {
            let _ = (self.calls.end_capture)(self.stream, &raw mut half_done);
            let _ = (self.calls.last_error)();
        }
        std::mem::forget(self.recorder);
    }
}

/// What was recorded, ready to be launched.
pub(in crate::emit) struct Graph {
    recording: Recording,
    executable: Handle,
}

impl Graph {
    /// Gives the GPU all of it; false where CUDA refuses.
    ///
    /// # Safety
    ///
    /// Every tensor that the recorded work reads or writes must still be there, with the storage that it had then.
    pub(in crate::emit) unsafe fn launch(&self) -> bool {
        // SAFETY: the executable graph lives as long as its recorder, which is here; the caller vouches for the tensors.
        unsafe { (self.recording.calls.launch)(self.executable, self.recording.stream) == 0 }
    }
}

impl Drop for Graph {
    fn drop(&mut self) {
        // SAFETY: the recorder was made in `begin` and is unmade once; its memory outlives the call.
        unsafe { (self.recording.calls.unmake)(&raw mut *self.recording.recorder) };
    }
}

const _: () = assert!(size_of::<*mut c_void>() == 8, "a memory pool's name is two words");
