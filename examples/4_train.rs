//! Training: a model's text and data → runs. This one needs libtorch, the default feature `torch`.
//!
//! `cargo run --release --example 4_train`
#![allow(clippy::print_stdout)]

use std::error::Error;

use gemc::Trainer;
use gemc::data::Glyphs;
use gemc::train::{Metric, TrainConfig};

/// A model that ships with gemc: 270 parameters grow 7,840 synapses.
const TEXT: &str = include_str!("../models/sgem_slp.gem");

fn main() -> Result<(), Box<dyn Error>> {
    // Synthetic digits, which need no file: a seed gives the same samples on every machine.
    let digits = Glyphs { seed: 1, train: 2_000, test: 500 }.draw()?;

    // Two runs, with the seeds 7 and 8, are trained at once. Each gives the same result as its seed alone.
    let config = TrainConfig { length: 300, eval_every: 100, seed: 7, runs: 2, ..TrainConfig::default() };

    // Nothing is printed by itself: callbacks hear what happens.
    let hear = |metrics: &[Metric]| {
        for Metric { run, step, loss, accuracy, .. } in metrics {
            println!("run {run}, step {step}: loss {loss:.3}, accuracy {accuracy:.3}");
        }
    };
    let trainer = Trainer::from_text(TEXT, &digits, config.clone())?.on_metrics(hear);
    let done = trainer.on_warning(|warning| println!("warning: {warning}")).run()?;
    let outcome = &done.outcome;
    if let (Some(mean), Some(sd)) = (outcome.mean, outcome.sd) {
        println!("best accuracy {:.3?}, mean {mean:.3}, sd {sd:.3}", outcome.best_accuracy);
    }

    // Where training stopped is a value. It can be written, read back, and gone on from: here for a hundred steps more.
    let state = gemc::train::TrainState::from_bytes(&done.state.to_bytes()?)?;
    let longer = TrainConfig { length: 400, ..config };
    let done = Trainer::from_text(TEXT, &digits, longer)?.from_state(&state).run()?;
    println!("after {} steps: best accuracy {:.3?}", done.state.step(), done.outcome.best_accuracy);
    Ok(())
}
