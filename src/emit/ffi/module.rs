//! Kernels of our own: compiled by NVRTC, which stands beside libtorch's CUDA half, and launched on the stream that libtorch uses.

use std::ffi::{CString, OsStr, c_char, c_int, c_void};
use std::fs;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_NOW};
use tch::Tensor;

use super::Handle;

/// The compiler, and what it looks for by name when it is called, so that it must have been opened before. Both lie beside
/// CUDA's runtime, which libtorch has opened.
const COMPILER: [&str; 2] = ["libnvrtc-builtins.so.", "libnvrtc.so."];
const RUNTIME: &str = "libcudart.so";
/// `cudaDevAttrComputeCapabilityMajor` and `…Minor`.
const CAPABILITY: [c_int; 2] = [75, 76];

/// What a kernel takes: the addresses of the memory of some tensors, 0 for those that there are not.
#[derive(Debug, Clone, Copy)]
pub struct Arguments<'a> {
    addresses: [*mut c_void; ARGUMENTS],
    tensors: PhantomData<&'a Tensor>,
}

/// How many.
const ARGUMENTS: usize = 9;

impl<'a> Arguments<'a> {
    /// Takes tensors on the GPU; they must be as large as the kernels' text takes them to be.
    pub(in crate::emit) fn new(tensors: [Option<&'a Tensor>; ARGUMENTS]) -> Self {
        let address = |tensor: Option<&Tensor>| tensor.map_or(std::ptr::null_mut(), Tensor::data_ptr);
        Self { addresses: tensors.map(address), tensors: PhantomData }
    }

    /// Returns the addresses, in the order of a kernel's parameters.
    pub fn addresses(&self) -> [*mut c_void; ARGUMENTS] {
        self.addresses
    }
}

/// Compiled kernels.
pub trait Kernels {
    /// Launches a kernel, by its place among the names, with `blocks` blocks of threads; false where that is refused.
    ///
    /// # Safety
    ///
    /// The tensors of the arguments must be on the device of the kernels, in the order of their parameters, and as large as the
    /// kernels' text takes them to be. Until the device has done it, nobody else may write what it reads, nor read what it writes, but
    /// in the order of the stream that libtorch uses.
    unsafe fn launch(&self, kernel: usize, extent: (usize, usize), arguments: &Arguments<'_>) -> bool;
}

/// Compiled kernels.
#[derive(Debug)]
pub(in crate::emit) struct Module {
    calls: Calls,
    gpu: i32,
    kernels: Vec<Handle>,
}

// SAFETY: kernels belong to the process and not to a thread; each launch asks for the stream of the thread that makes it.
unsafe impl Send for Module {}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
struct Extent {
    x: u32,
    y: u32,
    z: u32,
}

type GetAttribute = unsafe extern "C" fn(*mut c_int, c_int, c_int) -> c_int;
type Load = unsafe extern "C" fn(
    *mut Handle,
    *const c_void,
    *const c_void,
    *const c_void,
    u32,
    *const c_void,
    *const c_void,
    u32,
) -> c_int;
type GetKernel = unsafe extern "C" fn(*mut Handle, Handle, *const c_char) -> c_int;
type Launch = unsafe extern "C" fn(Handle, Extent, Extent, *mut *mut c_void, usize, Handle) -> c_int;
type CurrentStream = unsafe extern "C" fn(i32, *mut Handle) -> i32;

#[derive(Debug, Clone, Copy)]
struct Calls {
    attribute: GetAttribute,
    load: Load,
    kernel: GetKernel,
    launch: Launch,
    stream: CurrentStream,
}

impl Calls {
    /// Looks the symbols up; `None` where libtorch's CUDA half is not open, or is of a CUDA before 12.
    fn find() -> Option<Self> {
        let program = Library::this();
        // SAFETY: the types are those of cuda_runtime_api.h of CUDA 12 and 13, and of libtorch's shim.h. `open_cuda` never
        // closes the libraries, so the pointers stay valid.
        unsafe {
            Some(Self {
                attribute: *program.get(b"cudaDeviceGetAttribute\0").ok()?,
                load: *program.get(b"cudaLibraryLoadData\0").ok()?,
                kernel: *program.get(b"cudaLibraryGetKernel\0").ok()?,
                launch: *program.get(b"cudaLaunchKernel\0").ok()?,
                stream: *program.get(b"aoti_torch_get_current_cuda_stream\0").ok()?,
            })
        }
    }

    /// Returns the architecture that a GPU wants its code for: `sm_90`.
    fn architecture(&self, gpu: i32) -> Option<String> {
        let mut version = [0; 2];
        for (number, which) in version.iter_mut().zip(CAPABILITY) {
            // SAFETY: one number is written.
            if unsafe { (self.attribute)(number, which, gpu) } != 0 {
                return None;
            }
        }
        Some(format!("sm_{}{}", version[0], version[1]))
    }
}

impl Module {
    /// Compiles kernels that take as many addresses as [`Arguments`] has. `None` where there is no compiler, or where it
    /// refuses.
    pub(in crate::emit) fn compile(text: &str, names: &[&str], gpu: i32) -> Option<Self> {
        let calls = Calls::find()?;
        let code = compiled(text, &calls.architecture(gpu)?)?;
        let (mut library, nothing) = (std::ptr::null_mut(), std::ptr::null());
        // SAFETY: the code is whole and is copied. No options are given. The library is never unloaded, so the kernels stay.
        let loaded = unsafe {
            (calls.load)(&raw mut library, code.as_ptr().cast(), nothing, nothing, 0, nothing, nothing, 0) == 0
        };
        let kernel = |name: &&str| {
            let (mut kernel, name) = (std::ptr::null_mut(), CString::new(*name).ok()?);
            // SAFETY: the library is loaded; the name ends with a zero.
            (unsafe { (calls.kernel)(&raw mut kernel, library, name.as_ptr()) } == 0).then_some(kernel)
        };
        let kernels = if loaded { names.iter().map(kernel).collect::<Option<_>>()? } else { return None };
        Some(Self { calls, gpu, kernels })
    }
}

impl Kernels for Module {
    unsafe fn launch(&self, kernel: usize, (blocks, threads): (usize, usize), arguments: &Arguments<'_>) -> bool {
        let Some(kernel) = self.kernels.get(kernel) else { return false };
        let extent = |x: usize| u32::try_from(x).ok().map(|x| Extent { x, y: 1, z: 1 });
        let (Some(blocks), Some(threads)) = (extent(blocks), extent(threads)) else { return false };
        let mut addresses = arguments.addresses;
        let mut parameters = addresses.each_mut().map(|address| std::ptr::from_mut(address).cast::<c_void>());
        let mut stream = std::ptr::null_mut();
        // SAFETY: the kernel takes these addresses, which are read before the call returns; the caller vouches for what lies
        // there, and libtorch reuses the memory of tensors in the order of the same stream only.
        unsafe {
            (self.calls.stream)(self.gpu, &raw mut stream) == 0
                && (self.calls.launch)(*kernel, blocks, threads, parameters.as_mut_ptr(), 0, stream) == 0
        }
    }
}

type Program = *mut c_void;
type Create =
    unsafe extern "C" fn(*mut Program, *const c_char, *const c_char, c_int, *const c_void, *const c_void) -> c_int;
type Compile = unsafe extern "C" fn(Program, c_int, *const *const c_char) -> c_int;
type Size = unsafe extern "C" fn(Program, *mut usize) -> c_int;
type Get = unsafe extern "C" fn(Program, *mut c_char) -> c_int;
type Destroy = unsafe extern "C" fn(*mut Program) -> c_int;

/// Opens the compiler.
fn compiler() -> Option<&'static Library> {
    static OPENED: OnceLock<Option<Library>> = OnceLock::new();
    let open = || {
        let folder = folder(RUNTIME)?;
        let files: Vec<PathBuf> = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).collect();
        let find = |begin: &str| files.iter().find(|file| named(file, begin));
        // SAFETY: these libraries' initialisers only set up a compiler. They are never closed.
        let open = |file: &PathBuf| unsafe { Library::open(Some(file), RTLD_NOW | RTLD_GLOBAL) }.ok();
        let [builtins, compiler] = COMPILER.map(|begin| find(begin).and_then(open));
        std::mem::forget(builtins?);
        compiler
    };
    OPENED.get_or_init(open).as_ref()
}

/// Tells whether there is a compiler.
pub(in crate::emit) fn compiles() -> bool {
    compiler().is_some()
}

/// Returns the folder that the process has opened a library from.
fn folder(library: &str) -> Option<PathBuf> {
    let maps = fs::read_to_string("/proc/self/maps").ok()?;
    let files = maps.lines().filter_map(|line| line.find('/').and_then(|start| line.get(start..))).map(Path::new);
    files.into_iter().find(|file| named(file, library)).and_then(Path::parent).map(Path::to_path_buf)
}

fn named(file: &Path, begin: &str) -> bool {
    file.file_name().and_then(OsStr::to_str).is_some_and(|name| name.starts_with(begin))
}

/// Compiles a text for an architecture; returns the machine's code.
fn compiled(text: &str, architecture: &str) -> Option<Vec<u8>> {
    let text = CString::new(text).ok()?;
    let option = CString::new(format!("--gpu-architecture={architecture}")).ok()?;
    // SAFETY: the types are those of nvrtc.h. The texts end with zeros and outlive the calls; the code is written into as many
    // bytes as it was said to have.
    unsafe {
        let library = compiler()?;
        let create: Create = *library.get(b"nvrtcCreateProgram\0").ok()?;
        let compile: Compile = *library.get(b"nvrtcCompileProgram\0").ok()?;
        let size: Size = *library.get(b"nvrtcGetCUBINSize\0").ok()?;
        let get: Get = *library.get(b"nvrtcGetCUBIN\0").ok()?;
        let destroy: Destroy = *library.get(b"nvrtcDestroyProgram\0").ok()?;
        let (mut program, nothing) = (std::ptr::null_mut(), std::ptr::null::<c_void>());
        if create(&raw mut program, text.as_ptr(), nothing.cast(), 0, nothing, nothing) != 0 {
            return None;
        }
        let (mut code, mut bytes) = (Vec::new(), 0);
        let options = [option.as_ptr()];
        let mut made = compile(program, 1, options.as_ptr()) == 0 && size(program, &raw mut bytes) == 0;
        if made {
            code.resize(bytes, 0_u8);
            made = get(program, code.as_mut_ptr().cast()) == 0;
        }
        let _ = destroy(&raw mut program);
        made.then_some(code)
    }
}
