//! The one module with unsafe code: what libtorch exports and `tch` does not bind. Opening its CUDA half, its version, CUDA
//! graphs and kernels, a tensor's numbers as a slice; products by pointers; and threads that are lent work. All symbols are
//! looked up at run time, so a libtorch without them is no link error.
#![allow(unsafe_code)]

mod graph;
mod module;
mod product;
mod team;

use std::ffi::c_void;

use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_NOW};
use tch::{Device, Kind, Tensor};

pub(super) use self::graph::{Graph, Recording, leave_default_stream};
pub use self::module::{Arguments, Kernels};
pub(super) use self::module::{Module, compiles};
pub(super) use self::product::{Matrix, Rows, multiply};
pub(super) use self::team::{MOST, Team};

type Handle = *mut c_void;
type Version = unsafe extern "C" fn() -> u64;

/// Opens libtorch's CUDA half into the process; it registers itself. Says why where that fails.
pub(super) fn open_cuda() -> Result<(), String> {
    // SAFETY: libtorch_cuda.so is the other half of the libtorch this program is linked to; its initialisers only
    // register kernels and are written to run when the library is opened late. It is never closed (forgotten below),
    // so nothing that it registered can dangle.
    let library = unsafe { Library::open(Some("libtorch_cuda.so"), RTLD_NOW | RTLD_GLOBAL) };
    library.map(std::mem::forget).map_err(|error| error.to_string())
}

/// Returns the numbers of a tensor; none where it is not in single precision, on the CPU and contiguous.
///
/// # Safety
///
/// Tensors may share their numbers, which the compiler does not see: nobody may write them through another one as long as the
/// slice is used.
pub(super) unsafe fn numbers(live: &Tensor) -> &[f32] {
    let count = plain(live);
    if count == 0 {
        return &[];
    }
    // SAFETY: a contiguous tensor of `count` f32 numbers on the CPU has that many, allocated one after the other from `data_ptr`
    // on. They live as long as the tensor, which is borrowed, and the caller sees to it that nobody writes them.
    unsafe { std::slice::from_raw_parts(live.data_ptr().cast::<f32>(), count) }
}

/// Returns the numbers of a tensor to be written; none where [`numbers`] gives none.
///
/// # Safety
///
/// As long as the slice is used nobody may read or write the numbers through another tensor that shares them.
pub(super) unsafe fn numbers_mut(live: &mut Tensor) -> &mut [f32] {
    let count = plain(live);
    if count == 0 {
        return &mut [];
    }
    // SAFETY: as for `numbers`; the caller sees to it that nobody else reads or writes them.
    unsafe { std::slice::from_raw_parts_mut(live.data_ptr().cast::<f32>(), count) }
}

/// A tensor whose numbers are plain, with their place looked up once and not at each use.
#[derive(Debug)]
pub(super) struct Block {
    live: Tensor,
    start: *mut f32,
    count: usize,
}

// SAFETY: the pointer leads into the storage of the tensor beside it, which may be sent; nothing of it is bound to a thread.
unsafe impl Send for Block {}

impl Block {
    /// Takes a tensor; `None` where it is not in single precision, on the CPU and contiguous.
    ///
    /// # Safety
    ///
    /// As long as a slice of [`Block::numbers`] is used nobody may write the numbers through another tensor that shares them, and
    /// as long as one of [`Block::numbers_mut`] is used nobody may read them so. Nobody may give the tensor another storage.
    pub(super) unsafe fn of(live: Tensor) -> Option<Self> {
        let count = plain(&live);
        (count > 0).then(|| Self { start: live.data_ptr().cast::<f32>(), count, live })
    }

    /// Returns the tensor.
    pub(super) fn live(&self) -> &Tensor {
        &self.live
    }

    /// Returns its numbers.
    pub(super) fn numbers(&self) -> &[f32] {
        // SAFETY: `of` has seen that there are `count` f32 numbers from `start` on. A tensor's storage stays where it is
        // as long as the tensor lives, and the block holds it; who made the block keeps others from resizing and writing it.
        unsafe { std::slice::from_raw_parts(self.start, self.count) }
    }

    /// Returns its numbers to be written.
    pub(super) fn numbers_mut(&mut self) -> &mut [f32] {
        // SAFETY: as for `numbers`; the block is borrowed mutably, and who made it keeps others from reading meanwhile.
        unsafe { std::slice::from_raw_parts_mut(self.start, self.count) }
    }
}

/// Returns how many numbers a tensor has, 0 where they are not plain.
fn plain(live: &Tensor) -> usize {
    let plain = live.device() == Device::Cpu && live.kind() == Kind::Float && live.is_contiguous();
    if plain { live.numel() } else { 0 }
}

/// Returns libtorch's version as (major, minor, patch), where it tells it.
pub(super) fn version() -> Option<(u8, u8, u8)> {
    // SAFETY: `aoti_torch_abi_version` takes nothing and returns a number, in every libtorch that exports it.
    let packed = unsafe {
        let version: Version = *Library::this().get(b"aoti_torch_abi_version\0").ok()?;
        version()
    };
    let [major, minor, patch, ..] = packed.to_be_bytes();
    Some((major, minor, patch))
}
