//! Lowering: `Wiring` → `Plan`, a tensor program that says what is learned, what is computed, and at what cost.
//!
//! `cargo run --example 3_plan --no-default-features`

use std::error::Error;
use std::io::{self, Write};

use gemc::plan::Sizes;
use gemc::{Options, compile, data};

/// The spatial GEM of the paper with two layers, sized by whatever data it is compiled for.
const TEXT: &str = "\
model spatial(genes = 22, height = 8, width = 8, classes = 10) {
    genome g(genes)
    population pixels = grid(height, width) { g: gaussian }
    population hidden = grid(height, width) { g: gaussian, activation: relu }
    population digits = units(classes)      { g: random }
    connect pixels -> hidden -> digits via g
    input pixels
    output digits
}
";

/// Tells what a network consists of before any of it exists.
///
/// # Errors
///
/// All faults of the text, of which there are none; and what cannot be written.
pub(crate) fn tour(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    // The sizes of a data set are known before its files are read. They set `height`, `width` and `classes`, and the
    // compiler reports an input that does not hold a sample.
    let plan = compile(TEXT, &Options { facts: data::facts("mnist"), ..Options::default() })?;

    // The counts are exact. Few parameters grow many weights.
    let counts = plan.counts();
    writeln!(out, "{} parameters grow {} synapses\n", counts.parameters, counts.synapses)?;

    // Each learned tensor is named once, after the source, with everything that shares it: both connections use one O.
    writeln!(out, "{}", plan.table())?;

    // A plan leaves open how many runs are trained at once and how many samples a batch has. Cost is a function of both.
    for batch in [64, 512] {
        let cost = plan.step_cost(Sizes { runs: 1, batch });
        writeln!(out, "a step with {batch} samples: {:.0} MFLOP", cost.flop as f64 / 1e6)?;
    }

    // The program itself. A tensor is made from tensors above it; shapes are exact, `R` and `B` are open.
    let labelled = plan.numbered().filter(|(_, tensor)| !tensor.label.is_empty());
    for (id, tensor) in labelled {
        writeln!(out, "{id} {} {}", tensor.shape, tensor.label)?;
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    tour(&mut io::stdout())
}
