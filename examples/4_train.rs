//! Training: `Plan` → `Net` → a run. This one needs libtorch, the default feature `torch`.
//!
//! `cargo run --release --example 4_train`
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::time::Instant;

use gemc::data::{Facts, Glyphs, Split};
use gemc::emit::Place;
use gemc::train::{Job, Metric, Pieces, Recipe, Watcher, run};
use gemc::{Options, compile};

/// A model that ships with gemc: 270 parameters grow 7,840 synapses.
const TEXT: &str = include_str!("../models/sgem_slp.gem");

/// The training loop prints nothing itself: it reports to a watcher.
struct Printer;

impl Watcher for Printer {
    fn evaluated(&mut self, metrics: &[Metric]) {
        for Metric { run, step, loss, accuracy, .. } in metrics {
            println!("run {run}, step {step}: loss {loss:.3}, accuracy {accuracy:.3}");
        }
    }
}

fn pieces<'a>(split: &'a Split, facts: &Facts) -> Pieces<'a> {
    let (neurons, classes) = (facts.sample_bytes(), facts.classes);
    Pieces { pixels: split.pixels(), labels: split.labels(), neurons, classes }
}

fn main() -> Result<(), Box<dyn Error>> {
    let plan = compile(TEXT, &Options::default())?;

    // Synthetic digits, which need no file: a seed gives the same samples on every machine.
    let digits = Glyphs { seed: 1, train: 2_000, test: 500 }.draw()?;

    // Two runs, with the seeds 7 and 8, are trained at once. Each gives the same result as its seed alone.
    let recipe = Recipe { length: 300, eval_every: 100, seed: 7, runs: 2, ..Recipe::default() };

    // The training room reads no clock, and takes data as plain bytes.
    let began = Instant::now();
    let job = Job {
        plan: &plan,
        recipe: &recipe,
        place: Place::CPU,
        train: pieces(&digits.train, &digits.facts),
        test: pieces(&digits.test, &digits.facts),
        clock: &|| began.elapsed().as_secs_f64(),
    };

    // With a folder in place of `None` the run would be saved there. Nothing asks it to stop.
    let outcome = run(&job, None, &mut Printer, &|| None)?;
    if let (Some(mean), Some(sd)) = (outcome.mean, outcome.sd) {
        println!("best accuracy {:.3?}, mean {mean:.3}, sd {sd:.3}", outcome.best_accuracy);
    }
    Ok(())
}
