//! The one module with unsafe code: what libtorch exports and `tch` does not bind. Opening its CUDA half, its version, CUDA
//! graphs and kernels, the fused Adam through the C ABI, a tensor's numbers as a slice; and products by pointers. All symbols are looked up at run time,
//! so a libtorch without them is no link error.
#![allow(unsafe_code)]

mod graph;
mod module;
mod product;

use std::ffi::{CStr, c_char, c_void};

use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_NOW};
use tch::{Device, Kind, Tensor};

pub(super) use self::graph::{Graph, Recording, leave_default_stream};
pub use self::module::{Arguments, Kernels};
pub(super) use self::module::{Module, compiles};
pub(super) use self::product::{Matrix, multiply};

type Handle = *mut c_void;
type Call = unsafe extern "C" fn(*const c_char, *const c_char, *mut u64) -> i32;
type NewHandle = unsafe extern "C" fn(Handle, *mut Handle) -> i32;
type NewList = unsafe extern "C" fn(usize, *mut Handle) -> i32;
type Push = unsafe extern "C" fn(Handle, u64) -> i32;
type Version = unsafe extern "C" fn() -> u64;

const FUSED_ADAM: &CStr = c"aten::_fused_adam_";
/// The overload that reads the learning rate from a tensor.
const LIVE_RATE: &CStr = c"tensor_lr";

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

/// libtorch's dispatcher, reached through its C ABI.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dispatcher {
    call: Call,
    new_handle: NewHandle,
    new_list: NewList,
    push: Push,
}

/// What one fused update works on; all lists have one entry a parameter.
#[derive(Debug, Clone, Copy)]
pub(super) struct FusedAdam<'a> {
    /// Parameters, changed in place.
    pub(super) values: &'a [Tensor],
    /// Their gradients, contiguous.
    pub(super) gradients: &'a [Tensor],
    /// First moments, changed in place.
    pub(super) first: &'a [Tensor],
    /// Second moments, changed in place.
    pub(super) second: &'a [Tensor],
    /// The number of this update, from 1: one f32 number that all parameters share.
    pub(super) step: &'a Tensor,
    /// The learning rate: one number.
    pub(super) lr: &'a Tensor,
    /// β₁, β₂, weight decay, ε.
    pub(super) numbers: [f64; 4],
}

impl Dispatcher {
    /// Looks the symbols up; `None` where this libtorch does not export them all.
    pub(super) fn find() -> Option<Self> {
        let program = Library::this();
        // SAFETY: the types are those of torch/csrc/inductor/aoti_torch/c/shim.h and torch/csrc/stable/c/shim.h in the
        // version that Cargo.toml pins. The symbols are of libtorch_cpu, which the program links and never unloads, so
        // the pointers stay valid.
        unsafe {
            Some(Self {
                call: *program.get(b"aoti_torch_call_dispatcher\0").ok()?,
                new_handle: *program.get(b"aoti_torch_new_tensor_handle\0").ok()?,
                new_list: *program.get(b"torch_new_list_reserve_size\0").ok()?,
                push: *program.get(b"torch_list_push_back\0").ok()?,
            })
        }
    }

    /// Makes one update; false if libtorch refuses, with its reason on standard error and nothing changed.
    pub(super) fn fused_adam(&self, update: &FusedAdam<'_>) -> bool {
        let same_step = update.values.iter().map(|_| update.step);
        let lists = [
            self.list(update.values.iter()),
            self.list(update.gradients.iter()),
            self.list(update.first.iter()),
            self.list(update.second.iter()),
            self.list(std::iter::empty()),
            self.list(same_step),
        ];
        // lists, then lr, β₁, β₂, weight decay, ε; amsgrad, maximize, grad_scale and found_inf stay 0: false and none
        let mut stack = [0_u64; 16];
        let handed_over = lists.into_iter().chain([self.handle(update.lr)]);
        for (slot, given) in stack.iter_mut().zip(handed_over) {
            let Some(given) = given else { return false };
            *slot = given;
        }
        for (slot, number) in stack.iter_mut().skip(7).zip(update.numbers) {
            *slot = number.to_bits();
        }
        // SAFETY: the stack has a slot for each of the schema's 15 arguments in its order, and outlives the call; the
        // lists and the handle are live and handed over (the call takes and frees them). A C++ exception is caught inside and comes
        // back as a number other than 0.
        unsafe { (self.call)(FUSED_ADAM.as_ptr(), LIVE_RATE.as_ptr(), stack.as_mut_ptr()) == 0 }
    }

    /// Makes a list of new handles to `tensors`, as a stack slot; the call that receives it frees it.
    fn list<'a>(&self, tensors: impl ExactSizeIterator<Item = &'a Tensor>) -> Option<u64> {
        let mut list: Handle = std::ptr::null_mut();
        // SAFETY: `new_list` writes one pointer; `push` stores a handle in the list that was just made.
        unsafe {
            if (self.new_list)(tensors.len(), &raw mut list) != 0 {
                return None;
            }
            for tensor in tensors {
                if (self.push)(list, self.handle(tensor)?) != 0 {
                    return None;
                }
            }
        }
        Some(list as u64)
    }

    /// Makes a new handle to a tensor, as a stack slot; who receives it frees it.
    fn handle(&self, tensor: &Tensor) -> Option<u64> {
        let mut handle: Handle = std::ptr::null_mut();
        // SAFETY: `as_ptr` is a live `at::Tensor`, which is what the ABI's tensor handles point to; `new_handle` copies it
        // (one more reference), so the handle may outlive the borrow.
        let made = unsafe { (self.new_handle)(tensor.as_ptr().cast_mut().cast(), &raw mut handle) } == 0;
        made.then_some(handle as u64)
    }
}
