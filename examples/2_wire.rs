//! Meaning and wiring: `Ast` → `Model` → `Wiring`. From here on a network has sizes and an order of evaluation.
//!
//! `cargo run --example 2_wire --no-default-features`

use std::error::Error;
use std::io::{self, Write};

use gemc::Options;
use gemc::compile::stages;

/// Two paths lead from the pixels to the digits.
const TEXT: &str = "\
model skip(genes = 6) {
    genome g(genes)
    population digits = units(10)    { g: random }
    population hidden = grid(14, 14) { g: gaussian, activation: relu }
    population pixels = grid(28, 28) { g: gaussian }
    connect hidden -> digits via g
    connect pixels -> hidden via g
    connect pixels -> digits via direct
    input pixels
    output digits
}
";

/// Shows the model and the wiring of a text.
///
/// # Errors
///
/// All faults of the text, of which there are none; and what cannot be written.
pub(crate) fn tour(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    // Options set the parameters of the model. Values are text, as on a command line.
    let options = Options { set: vec![("genes".to_owned(), "8".to_owned())], ..Options::default() };

    // `stages` keeps the product of every room; `gemc::compile` keeps the last product only.
    let stages = stages("skip.gem", TEXT, &options)?;

    // A model has no names left to look up: `pop1` feeds `pop0` through `o0`, the interaction matrix of `gen0`.
    writeln!(out, "{}", stages.model())?;

    // The wiring adds the schedule. Every population comes after all that feed it, whatever the order of the text.
    writeln!(out, "{}", stages.wiring)?;

    // Ids print as they appear above, and lead from one product to the next.
    let model = stages.model();
    for id in stages.wiring.schedule() {
        let received = stages.wiring.incoming(*id).iter().map(|link| model.projection(*link));
        let fan_in: usize = received.map(|link| model.population(link.source).shape.neurons()).sum();
        writeln!(out, "{id} {}: each neuron has {fan_in} synapses", model.population(*id).name)?;
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    tour(&mut io::stdout())
}
