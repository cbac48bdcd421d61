//! Where tensors live. A wish (`auto`, `cpu`, `cuda`, `cuda:N`) becomes a device or the exact reason why not. libtorch's
//! CUDA half is opened only where it is wanted and an NVIDIA device exists, so one program serves both kinds of machine.

use std::fs;
use std::path::Path;
use std::str::FromStr;

use miette::Diagnostic;
use tch::{Cuda, Device, Kind};
use thiserror::Error;

use super::cpu::lanes_here;
use super::ffi;
use crate::program::Target;

/// The device and the kind of number that a net's tensors have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Device.
    pub device: Device,
    /// `Float` or `Double`.
    pub kind: Kind,
}

impl Place {
    /// Single precision on the CPU.
    pub const CPU: Self = Self { device: Device::Cpu, kind: Kind::Float };
    /// Double precision on the CPU: what starting values are computed in.
    pub const EXACT: Self = Self { device: Device::Cpu, kind: Kind::Double };

    /// Returns both as `tch` takes them.
    pub fn options(self) -> (Kind, Device) {
        (self.kind, self.device)
    }

    /// Returns what programs are made for.
    pub fn target(self) -> Target {
        match (self.device, self.kind) {
            (Device::Cpu, Kind::Float) => Target::Cpu { lanes: lanes_here() },
            (Device::Cuda(_), Kind::Float) => Target::Cuda,
            _ => Target::Torch,
        }
    }

    /// Returns the device's name: `cpu`, `cuda:0`.
    pub fn name(self) -> String {
        if let Device::Cuda(index) = self.device { format!("cuda:{index}") } else { "cpu".to_owned() }
    }
}

/// What the user asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// A GPU if one is usable, else the CPU.
    Auto,
    /// The CPU.
    Cpu,
    /// This GPU, counted from 0.
    Cuda(usize),
}

/// A word that is no device.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("`{word}` is no device")]
#[diagnostic(code(run::unknown_device), help("devices are `auto`, `cpu`, `cuda` and `cuda:N`, N counted from 0"))]
pub struct UnknownDevice {
    /// The word.
    pub word: String,
}

impl FromStr for Wish {
    type Err = UnknownDevice;

    fn from_str(word: &str) -> Result<Self, UnknownDevice> {
        let unknown = || UnknownDevice { word: word.to_owned() };
        match word {
            "auto" => Ok(Self::Auto),
            "cpu" => Ok(Self::Cpu),
            "cuda" => Ok(Self::Cuda(0)),
            _ => word.strip_prefix("cuda:").and_then(|number| number.parse().ok()).map(Self::Cuda).ok_or_else(unknown),
        }
    }
}

/// Why a GPU cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[diagnostic(code(run::no_gpu), help("`--device cpu` always works; `gemc doctor` shows what was found"))]
pub enum NoDevice {
    /// The machine has none, or its driver is not loaded.
    #[error("no GPU: neither /dev/nvidia0 nor a driver in /proc/driver/nvidia is there")]
    Absent,
    /// libtorch's CUDA half cannot be opened.
    #[error("no GPU: the CUDA libraries of libtorch cannot be opened: {reason}")]
    Libraries {
        /// What the loader says.
        reason: String,
    },
    /// The library is there but finds no device that it can use.
    #[error("no GPU: an NVIDIA device is there but libtorch finds none usable; is the driver too old for it?")]
    Refused,
    /// There are fewer.
    #[error("no GPU `cuda:{wanted}`: usable are {found}, counted from 0")]
    Fewer {
        /// How many there are.
        found: usize,
        /// Which one was asked for, counted from 0.
        wanted: usize,
    },
}

/// Opens what is wished for, in single precision. Must be called before the first tensor is made, as libtorch looks for its CUDA
/// half only once, and by the thread that will compute.
///
/// # Errors
///
/// Says why a GPU that was asked for cannot be used; `auto` and `cpu` never fail.
pub fn open(wish: Wish) -> Result<Place, NoDevice> {
    match wish {
        Wish::Cpu => Ok(Place::CPU),
        Wish::Auto => Ok(probe().map_or(Place::CPU, |_| gpu(0))),
        Wish::Cuda(wanted) => match probe()? {
            found if wanted < found => Ok(gpu(wanted)),
            found => Err(NoDevice::Fewer { found, wanted }),
        },
    }
}

/// Takes a GPU into use for this thread, on a stream of its own, so that what it is given can be recorded.
fn gpu(index: usize) -> Place {
    // without one nothing is recorded, which costs time only
    let _ = i32::try_from(index).is_ok_and(ffi::leave_default_stream);
    Place { device: Device::Cuda(index), ..Place::CPU }
}

/// Returns how many GPUs can be used, at least 1; opens libtorch's CUDA half to find out. As for [`open`], call it first.
///
/// # Errors
///
/// Says why none can be used.
pub fn probe() -> Result<usize, NoDevice> {
    if !nvidia_exists() {
        return Err(NoDevice::Absent);
    }
    ffi::open_cuda().map_err(|reason| NoDevice::Libraries { reason })?;
    match usize::try_from(Cuda::device_count()) {
        Ok(found) if found > 0 && Cuda::is_available() => Ok(found),
        _ => Err(NoDevice::Refused),
    }
}

/// Tells whether kernels can be compiled for GPUs, once [`probe`] has found some: steps are several times as fast with them.
pub fn kernels() -> bool {
    ffi::compiles()
}

/// Returns the version of the libtorch that is loaded, such as `2.11.0`; `unknown` where it does not tell.
pub fn libtorch_version() -> String {
    ffi::version().map_or_else(|| "unknown".to_owned(), |(major, minor, patch)| format!("{major}.{minor}.{patch}"))
}

fn nvidia_exists() -> bool {
    let numbered = |name: &str| name.strip_prefix("nvidia").is_some_and(|rest| rest.parse::<u32>().is_ok());
    let node = |entry: fs::DirEntry| entry.file_name().to_str().is_some_and(numbered);
    let in_dev = fs::read_dir("/dev").is_ok_and(|entries| entries.flatten().any(node));
    let in_proc = fs::read_dir("/proc/driver/nvidia/gpus").is_ok_and(|mut entries| entries.next().is_some());
    in_dev || in_proc || Path::new("/dev/dxg").exists()
}
