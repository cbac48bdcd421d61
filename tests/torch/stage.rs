//! What the tests play on: small models, and data that they can learn.

use gemc::compile::compile;
use gemc::emit::{Net, Place};
use gemc::options::{Options, Order};
use gemc::plan::Plan;
use gemc::random::RandomStream;
use gemc::run_dir::{Manifest, Versions};
use gemc::train::{RunOutcome, SampleBytes, Samples, Stepper, TrainConfig};
use tch::Tensor;

/// A spatial network of 36 – 20 – 4 neurons: every part of a paper's perceptron, small.
pub(crate) const SMALL: &str = "
model small(genes = 5) {
    genome g(genes)
    start fan_in
    population pixels = grid(6, 6) { g: gaussian }
    population hidden = grid(5, 4) { g: gaussian, activation: relu, bias: free }
    population digits = units(4)   { g: random }
    connect pixels -> hidden -> digits via g
    input pixels
    output digits
}
";

/// The same with learned matrices.
pub(crate) const DIRECT: &str = "
model direct_small {
    population pixels = grid(6, 6)
    population hidden = units(20) { activation: relu, bias: free }
    population digits = units(4)  { bias: free }
    connect pixels -> hidden -> digits via direct
    input pixels
    output digits
}
";

/// Compiles a text that is right.
pub(crate) fn plan(source: &str) -> Plan {
    plan_in(source, Order::Cheapest)
}

/// Compiles a text that is right, with products in this order.
pub(crate) fn plan_in(source: &str, order: Order) -> Plan {
    gemc::emit::Threads::set(1);
    compile(source, &Options { order, ..Options::default() }).expect("the model compiles")
}

/// Draws five samples for each of two runs, and labels of three classes: what gradients are looked at by.
pub(crate) fn batch(plan: &Plan) -> (Tensor, Tensor) {
    let pixels = RandomStream::new(5, "x").uniform(2 * 5 * plan.inputs(), 1.0);
    let x = Tensor::from_slice(&pixels).view([2, 5, i64::try_from(plan.inputs()).unwrap()]);
    (x, Tensor::from_slice(&[0_i64, 1, 2, 1, 0, 2, 2, 1, 0, 0]))
}

/// Samples in 4 classes: noise on a pattern for each class.
pub(crate) struct Patterns {
    pixels: Vec<u8>,
    labels: Vec<u8>,
    neurons: usize,
}

impl Patterns {
    /// Draws samples of 36 pixels.
    pub(crate) fn new(count: usize, seed: u64) -> Self {
        Self::of(36, count, seed)
    }

    /// Draws samples of so many pixels.
    pub(crate) fn of(neurons: usize, count: usize, seed: u64) -> Self {
        let pattern = RandomStream::new(1, "patterns").uniform(4 * neurons, 60.0);
        let mut noise = RandomStream::new(seed, "noise");
        let labels: Vec<u8> = (0..4_u8).cycle().take(count).collect();
        let mut pixels = Vec::with_capacity(neurons * count);
        for label in &labels {
            let mean = &pattern[neurons * usize::from(*label)..][..neurons];
            let noise = noise.normal(neurons, 45.0);
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            pixels.extend(mean.iter().zip(noise).map(|(mean, noise)| (127.0 + mean + noise).clamp(0.0, 255.0) as u8));
        }
        Self { pixels, labels, neurons }
    }

    pub(crate) fn pieces(&self) -> SampleBytes<'_> {
        SampleBytes { pixels: &self.pixels, labels: &self.labels, neurons: self.neurons, classes: 4 }
    }
}

/// A protocol that ends in a second.
pub(crate) fn recipe() -> TrainConfig {
    TrainConfig { batch: 16, length: 120, eval_every: 40, ..TrainConfig::default() }
}

/// A net in training, in double or single precision.
pub(crate) fn stepper(source: &str, seeds: &[u64], place: Place, lr: f64) -> Stepper {
    let net = Net::new(&plan(source), seeds, place).unwrap();
    let samples = Samples::new(Patterns::new(200, 3).pieces(), place).unwrap();
    Stepper::new(net, samples, 16, lr).unwrap()
}

/// The record of a run that has not begun, of the graph with this hash.
pub(crate) fn record(runs: usize, graph: &str) -> Manifest {
    Manifest {
        model: "small".to_owned(),
        settings: [("genes".to_owned(), "5".to_owned())].into_iter().collect(),
        recipe: TrainConfig { runs, ..TrainConfig::default() },
        seeds: (0..).take(runs).collect(),
        data: "patterns".to_owned(),
        data_hash: "12".to_owned(),
        data_proven: Some(true),
        facts: None,
        padding: 2,
        split: None,
        rotations: false,
        held_out: None,
        weights: "auto".to_owned(),
        graph: graph.to_owned(),
        versions: Versions { gemc: "0.1.0".to_owned(), commit: None, libtorch: "2.11.0".to_owned() },
        device: "cpu".to_owned(),
        threads: 1,
        lanes: None,
        tensorboard: None,
        snapshots: None,
        from: None,
        freeze: Vec::new(),
        parameters: 90,
        uncompressed: 820,
        outcome: RunOutcome::none(runs),
    }
}
