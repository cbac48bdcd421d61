//! How long compiling takes, by the number of populations: each stage of the compiler should be linear in it.
//!
//! ```sh
//! cargo bench --no-default-features --bench compile
//! ```

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use gemc::Options;

#[path = "models/generated.rs"]
mod generated;

/// Populations of the models.
const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

fn main() {
    divan::main();
}

/// What `gemc check` does: text to wiring.
#[divan::bench(args = SIZES, sample_count = 5, sample_size = 1)]
fn check(bencher: Bencher, populations: usize) {
    let text = generated::model(populations);
    let items = ItemsCount::new(populations);
    bencher.counter(items).bench(|| gemc::compile::faults("big.gem", black_box(&text), &Options::default()));
}

/// What `gemc compile` does: text to verified plan.
#[divan::bench(args = SIZES, sample_count = 5, sample_size = 1)]
fn compile(bencher: Bencher, populations: usize) {
    let text = generated::model(populations);
    let items = ItemsCount::new(populations);
    bencher.counter(items).bench(|| gemc::compile(black_box(&text), &Options::default()));
}
