//! Products of matrices in the steps of all shipped models: tiles of gemc's own, the crate `gemm`, libtorch, by turns on one thread.
//! A product is measured where a program makes it by tiles. The last lines sum up each model's step.
//!
//! ```sh
//! cargo bench --bench products
//! ```
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::cast_possible_wrap)]

use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

use gemc::Options;
use gemc::emit::{Multiplier, Scratch, lanes_here};
use gemc::plan::Sizes;
use gemc::program::{Kernel, Product, Program, Target};
use tch::Tensor;

/// Rounds, in each of which every way is measured once, and the time that one measurement takes.
const ROUNDS: usize = 9;
const NANOSECONDS: u128 = 2_000_000;

const WAYS: [&str; 3] = ["tiles", "gemm", "libtorch"];

fn main() {
    tch::set_num_threads(1);
    println!("{:<34} {:>10} {:>10} {:>10}", "rows × inner × columns", "tiles µs", "gemm µs", "libtorch µs");
    let mut known: BTreeMap<String, [f64; 3]> = BTreeMap::new();
    let mut sums: Vec<(String, [f64; 3])> = Vec::new();
    for path in models() {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let mut sum = [0.0; 3];
        for product in tiled(&path) {
            let key = format!("{product:?}");
            let times = *known.entry(key).or_insert_with(|| {
                let times = measured(product);
                println!("{:<34} {}", spelt(product), columns(times));
                times
            });
            sum.iter_mut().zip(times).for_each(|(sum, time)| *sum += time);
        }
        sums.push((name, sum));
    }
    println!("\n{:<34} {:>10} {:>10} {:>10}", "all of a step", "tiles µs", "gemm µs", "libtorch µs");
    for (name, sum) in sums.iter().filter(|(_, sum)| sum[0] > 0.0) {
        println!("{name:<34} {}", columns(*sum));
    }
}

fn models() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/models");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().filter(|path| path.extension().is_some_and(|end| end == "gem")).collect()
}

/// Returns the products that a step of a model makes by tiles.
fn tiled(path: &PathBuf) -> Vec<Product> {
    let facts = gemc::data::facts("mnist");
    let text = fs::read_to_string(path).unwrap();
    let options = Options { facts, ..Options::default() };
    let Ok(plan) = gemc::compile(&text, &options) else { return Vec::new() };
    let program = Program::step(&plan, Sizes::SHOWN, Target::Cpu { lanes: lanes_here() });
    let made = program.launches().iter().flat_map(|launch| &launch.makes);
    made.filter_map(|make| if let Kernel::Tiles(product) = make.kernel { Some(product) } else { None }).collect()
}

/// Returns the median microseconds of each way.
fn measured(product: Product) -> [f64; 3] {
    let numbers =
        |count: usize| -> Vec<f32> { (0..count).map(|at| ((at * 37 + 11) % 101) as f32 / 50.0 - 1.0).collect() };
    let (left, right) = (numbers(product.rows * product.inner), numbers(product.inner * product.columns));
    let mut out = vec![0.0; product.rows * product.columns];
    let matrix = |numbers: &[f32], [rows, columns]: [usize; 2], turned: bool| {
        let [rows, columns] = [rows as i64, columns as i64];
        let tensor = Tensor::from_slice(numbers);
        if turned { tensor.view([columns, rows]).tr() } else { tensor.view([rows, columns]) }
    };
    let (a, b) = (
        matrix(&left, [product.rows, product.inner], product.left_turned),
        matrix(&right, [product.inner, product.columns], product.right_turned),
    );
    let mut made = Tensor::from_slice(&out).view([product.rows as i64, product.columns as i64]);
    let mut scratch = Scratch::default();
    let mut rounds: [Vec<f64>; 3] = Default::default();
    for _ in 0..ROUNDS {
        for (way, times) in WAYS.iter().zip(&mut rounds) {
            times.push(match *way {
                "tiles" => timed(|| product.multiply(Multiplier::Tiles(&mut scratch), (&left, &right), &mut out, 1)),
                "gemm" => timed(|| product.multiply(Multiplier::Gemm, (&left, &right), &mut out, 1)),
                _ => timed(|| made = a.matmul_out(&made, &b)),
            });
            black_box(&out);
        }
    }
    rounds.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[ROUNDS / 2]
    })
}

/// Returns the microseconds that a call takes.
fn timed(mut call: impl FnMut()) -> f64 {
    let (start, mut calls) = (Instant::now(), 0_u32);
    while start.elapsed().as_nanos() < NANOSECONDS {
        (0..8).for_each(|_| call());
        calls += 8;
    }
    start.elapsed().as_secs_f64() * 1e6 / f64::from(calls)
}

fn spelt(product: Product) -> String {
    let turned = |turned: bool| if turned { "ᵀ" } else { "" };
    let (left, right) = (turned(product.left_turned), turned(product.right_turned));
    format!("{} × {} × {}, A{left} B{right}", product.rows, product.inner, product.columns)
}

fn columns(times: [f64; 3]) -> String {
    times.map(|time| format!("{time:>10.2}")).join(" ")
}
