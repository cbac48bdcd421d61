//! The kernels that a GPU gets, compiled by a C++ compiler and run one thread after the other, against libtorch's operations; and
//! their text.
#![allow(unsafe_code)]

use std::ffi::{CString, c_void};
use std::path::PathBuf;
use std::process::{self, Command};
use std::sync::atomic::{AtomicU64, Ordering};
use std::{env, fs};

use gemc::compile::compile;
use gemc::emit::{Arguments, BatchBuffer, IndexedBatch, Kernels, Net, Place};
use gemc::options::Options;
use gemc::plan::Plan;
use gemc::random::RandomStream;
use libloading::os::unix::Library;
use tch::{Kind, Tensor};

use crate::skips::{Lack, lacking};

const SAMPLES: usize = 4;

/// A perceptron with every kind of kernel: expressions, products, their sums, the loss.
const SMALL: &str = "
model small(genes = 3) {
    genome g(genes)
    population pixels = grid(4, 4) { g: gaussian }
    population hidden = units(5) { g: random, activation: relu, bias: free }
    population digits = units(2) { g: random }
    connect pixels -> hidden -> digits via g
    input pixels
    output digits
}
";

/// What the kernels' text needs where there is no GPU: one thread for each number, one call for each thread.
const PRELUDE: &str = r#"
#include <math.h>
#define __device__
#define LAUNCH(name) extern "C" void name(TAKES, int block, const int t)
#define BEGIN
"#;

type Address = *mut c_void;
type Kernel =
    unsafe extern "C" fn(Address, Address, Address, Address, Address, Address, Address, Address, Address, i32, i32);

pub(crate) struct Host(Vec<Kernel>);

impl Host {
    /// Tells whether there is a compiler.
    pub(crate) fn can_compile() -> bool {
        let there = Command::new("c++").arg("--version").output().is_ok();
        if !there {
            lacking(Lack::CppCompiler);
        }
        there
    }

    pub(crate) fn compile(text: &str, names: &[&str]) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!("gemc-waves-{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let [source, library] = ["cpp", "so"].map(|end| env::temp_dir().join(format!("{name}.{end}")));
        fs::write(&source, format!("{PRELUDE}{text}")).unwrap();
        let mut compiler = Command::new("c++");
        let done = compiler.args(["-O1", "-w", "-shared", "-fPIC", "-o"]).args([&library, &source]).output().unwrap();
        assert!(done.status.success(), "{}\n{text}", String::from_utf8_lossy(&done.stderr));
        // SAFETY: the library has no initialisers, and is never closed; its functions are those that the prelude makes.
        let kernels = unsafe {
            let library = Library::new(&library).unwrap();
            let find = |name: &&str| *library.get::<Kernel>(CString::new(*name).unwrap().as_bytes_with_nul()).unwrap();
            let kernels = names.iter().map(find).collect();
            std::mem::forget(library);
            kernels
        };
        for file in [source, library] {
            fs::remove_file(file).unwrap();
        }
        Self(kernels)
    }
}

impl Kernels for Host {
    unsafe fn launch(&self, kernel: usize, (blocks, threads): (usize, usize), arguments: &Arguments<'_>) -> bool {
        let [memory, given, scalars, x, pixels, labels, index, support, support_labels] = arguments.addresses();
        for (block, thread) in (0..blocks).flat_map(|block| (0..threads).map(move |thread| (block, thread))) {
            let [block, thread] = [block, thread].map(|number| i32::try_from(number).unwrap());
            // SAFETY: the kernels were written for tensors of these sizes, and check what lies beyond the last number.
            unsafe {
                self.0[kernel](
                    memory,
                    given,
                    scalars,
                    x,
                    pixels,
                    labels,
                    index,
                    support,
                    support_labels,
                    block,
                    thread,
                );
            };
        }
        true
    }
}

fn texts(folder: &str) -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "gem"));
    paths.sort();
    paths
}

/// Compiles a text; a case may say `// set: NAME=VALUE`.
fn plan(text: &str) -> Plan {
    gemc::emit::Threads::set(1);
    let set = text.lines().filter_map(|line| line.strip_prefix("// set: ")?.split_once('='));
    let set = set.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    compile(text, &Options { set, ..Options::default() }).unwrap()
}

/// Draws samples, as bytes.
fn pixels(plan: &Plan) -> Tensor {
    let drawn = RandomStream::new(9, "x").uniform(SAMPLES * plan.inputs(), 127.0);
    (Tensor::from_slice(&drawn) + 128.0).to_kind(Kind::Uint8).view([i64::try_from(SAMPLES).unwrap(), -1])
}

/// Kernels that update rows in place, in the same launch for all rows, come to what loops on the CPU come to.
#[test]
fn kernels_make_whole_steps() {
    if !Host::can_compile() {
        return;
    }
    for path in texts("models") {
        let plan = plan(&fs::read_to_string(&path).unwrap());
        let mut nets = [0, 1].map(|_| Net::new(&plan, &[7, 8], Place::CPU).unwrap());
        let (pixels, labels) = (pixels(&plan), Tensor::from_slice(&[0_i64, 1, 0, 1]));
        let index = Tensor::from_slice(&[3_i64, 0, 2, 1, 1, 0]);
        let choice = IndexedBatch { pixels: &pixels, labels: &labels, index: &index };
        let x = pixels.index_select(0, &index).to_kind(Kind::Float) * f64::from(BatchBuffer::DARKEST);
        let (x, labels) = (x.view([2, 3, -1]), labels.index_select(0, &index));
        let [by_kernels, by_loops] = &mut nets;
        for step in 1..=2 {
            by_kernels.announce(0.01, step).unwrap();
            drop(
                by_kernels.step_by(&choice.into(), 1, |text, names| Some(Host::compile(text, names))).unwrap().unwrap(),
            );
            by_loops.announce(0.01, step).unwrap();
            drop(by_loops.compute((&x, &labels), None).unwrap());
            by_loops.update().unwrap();
        }
        for ((name, found), (_, wanted)) in by_kernels.named().zip(by_loops.named()) {
            let apart = (found - wanted).abs().mean(Kind::Double).double_value(&[]);
            // Adam's first steps are as long as the learning rate wherever a gradient is not 0, so rounding shows where it nearly is
            assert!(apart < 2e-4, "{}, {name}: {apart:e}", path.display());
        }
    }
}

#[test]
fn kernels_compute_what_libtorch_does() {
    if !Host::can_compile() {
        return;
    }
    for path in ["models", "tests/cases/ok"].into_iter().flat_map(texts) {
        let plan = plan(&fs::read_to_string(&path).unwrap());
        let mut net = Net::new(&plan, &[7, 8], Place::CPU).unwrap();
        let (pixels, labels) = (pixels(&plan), Tensor::from_slice(&[0_i64, 1, 0, 1]));
        let index = Tensor::from_slice(&[3_i64, 0, 2, 1, 1, 0]);
        let choice = IndexedBatch { pixels: &pixels, labels: &labels, index: &index };
        let found = net
            .loss_and_gradients_by(&choice.into(), 1, |text, names| Some(Host::compile(text, names)))
            .unwrap()
            .unwrap();
        let x = pixels.index_select(0, &index).to_kind(Kind::Float) * f64::from(BatchBuffer::DARKEST);
        let wanted = net.loss_and_gradients((&x.view([2, 3, -1]), &labels.index_select(0, &index))).unwrap();
        let found = found.gradients.iter().chain([&found.losses]);
        for (place, (found, wanted)) in found.zip(wanted.gradients.iter().chain([&wanted.losses])).enumerate() {
            let (found, wanted) = (found.to_kind(Kind::Double), wanted.to_kind(Kind::Double));
            let apart = (found - &wanted).norm().double_value(&[]) / wanted.norm().double_value(&[]).max(1e-9);
            assert!(apart < 1e-3, "{}, gradient {place}: {apart:.1e} apart", path.display());
        }
    }
}

/// What a GPU is given for the perceptron, 64 samples and up to 32 threads a number; addresses are left out.
#[test]
fn kernels_are_written_out() {
    let plan = plan(SMALL);
    let net = Net::new(&plan, &[7], Place::CPU).unwrap();
    let (pixels, labels) = (pixels(&plan), Tensor::from_slice(&[0_i64, 1, 0, 1]));
    let index = Tensor::zeros([64], (Kind::Int64, tch::Device::Cpu));
    let mut written = String::new();
    let keep = |text: &str, _: &[&str]| -> Option<Host> {
        text.clone_into(&mut written);
        None
    };
    let choice = IndexedBatch { pixels: &pixels, labels: &labels, index: &index };
    assert!(net.loss_and_gradients_by(&choice.into(), 32, keep).unwrap().is_none());
    let anonymous = |line: &str| match line.split_once("0x") {
        Some((before, after)) => {
            format!("{before}ADDRESS{}", after.trim_start_matches(|letter: char| letter.is_ascii_hexdigit()))
        }
        None => line.to_owned(),
    };
    let written: Vec<String> = written.lines().map(anonymous).collect();
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("waves_small", written.join("\n"));
    });
}
