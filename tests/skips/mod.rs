//! Tests that cannot run, or can only run in part: each says so here, and `make test` lists them at its end. Both test binaries
//! use this folder.

use std::fs::{OpenOptions, create_dir_all};
use std::io::Write;
use std::path::Path;
use std::thread;

/// What a test needs and does not find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code)] // each binary has its own needs
pub(crate) enum Lack {
    /// The program `c++`.
    CppCompiler,
    /// The program `python3`.
    Python,
    /// The Python package `tensorboard`.
    TensorBoard,
    /// The program `chromium`.
    Chromium,
    /// The program `readelf`.
    Readelf,
    /// The program `nvim`, 0.11 or later.
    Neovim,
    /// The Python package `pytest-lsp`.
    PytestLsp,
    /// The program `script`, which makes a terminal.
    Script,
    /// A GPU.
    Gpu,
    /// A machine without a GPU.
    NoGpu,
    /// A user whom permissions of files bind: not root.
    Permissions,
    /// The files of MNIST.
    Mnist,
    /// The files of CIFAR-10.
    Cifar10,
    /// The files of Omniglot.
    Omniglot,
}

impl Lack {
    /// Returns why a test cannot run.
    fn reason(self) -> &'static str {
        match self {
            Self::CppCompiler => "no C++ compiler `c++`",
            Self::Python => "no `python3`",
            Self::TensorBoard => "no Python package `tensorboard`, and it cannot be installed",
            Self::Chromium => "no browser `chromium`",
            Self::Readelf => "no `readelf`",
            Self::Neovim => "no `nvim`, or an older one than 0.11",
            Self::PytestLsp => "no Python package `pytest-lsp`",
            Self::Script => "no program `script`",
            Self::Gpu => "no GPU; the CPU is tested instead",
            Self::NoGpu => "there is a GPU",
            Self::Permissions => "permissions do not bind this user",
            Self::Mnist => "no MNIST; GEMC_DATA names the folder that data sets are in",
            Self::Cifar10 => "no CIFAR-10; GEMC_DATA names the folder that data sets are in",
            Self::Omniglot => "no Omniglot; GEMC_DATA names the folder that data sets are in",
        }
    }

    /// Tells whether CI has to have it.
    fn must_be_in_ci(self) -> bool {
        match self {
            Self::CppCompiler | Self::Python | Self::Readelf | Self::Script => true,
            Self::TensorBoard
            | Self::Chromium
            | Self::Neovim
            | Self::PytestLsp
            | Self::Gpu
            | Self::NoGpu
            | Self::Permissions
            | Self::Mnist
            | Self::Cifar10
            | Self::Omniglot => false,
        }
    }
}

/// Notes that the test that calls it does not run, or not all of it. Fails in CI if CI has to have what is lacking.
pub(crate) fn lacking(what: Lack) {
    let (thread, reason) = (thread::current(), what.reason());
    // a test has a thread of its own, which is called after it
    let test = thread.name().unwrap_or("a test");
    let in_ci = std::env::var_os("CI").is_some();
    assert!(!(in_ci && what.must_be_in_ci()), "`{test}` cannot run: {reason}. CI has to have it");
    println!("skipped: {test} ({reason})");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    create_dir_all(folder).unwrap();
    let mut file = OpenOptions::new().create(true).append(true).open(folder.join("skipped.txt")).unwrap();
    // in one piece: other tests write to it at the same time
    file.write_all(format!("{test} ({reason})\n").as_bytes()).unwrap();
}
