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

/// A model that ships with gemc: 270 learned numbers grow 7,840 synapses.
const TEXT: &str = include_str!("../models/sgem_slp.gem");

/// The loop prints nothing by itself: a watcher hears what happens.
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

    // Digits that need no file: the same seed draws the same samples on every machine.
    let digits = Glyphs { seed: 1, train: 2_000, test: 500 }.draw()?;

    // Two runs, from the seeds 7 and 8, are trained side by side. Each is the run that its seed alone would give.
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

    // Where a folder is given in place of `None`, the run is kept there. Nobody asks it to stop.
    let outcome = run(&job, None, &mut Printer, &|| None)?;
    if let (Some(mean), Some(sd)) = (outcome.mean, outcome.sd) {
        println!("best accuracy {:.3?}, mean {mean:.3}, sd {sd:.3}", outcome.best_accuracy);
    }
    Ok(())
}
