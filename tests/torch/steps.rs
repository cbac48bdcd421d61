//! Steps: the update that a plan holds, made on every target, against the interpreter and against the formulas of Adam's paper.

use gemc::compile::compile;
use gemc::emit::{Net, Place};
use gemc::options::Options;
use gemc::plan::{Interpreter, Plan};
use tch::{Kind, Tensor};

use crate::stage::SMALL;

const SEEDS: [u64; 2] = [5, 6];
const SAMPLES: usize = 3;

/// Two connections of which one is learned at another rate, one that is frozen, biases, and a penalty.
const RATES: &str = "
model rates {
    genome g(3) { interaction: symmetric, rate: 0.25, sparse: 0.01 }
    population pixels = grid(3, 3) { g: gaussian }
    population hidden = units(4) { g: random, activation: tanh, bias: free }
    population digits = units(2) { g: random, bias: free }
    connect pixels -> hidden -> digits via g
    input pixels
    output digits
}
";

fn plan(text: &str) -> Plan {
    gemc::emit::Threads::set(1);
    compile(text, &Options::default()).unwrap_or_else(|report| panic!("{report}"))
}

/// Made-up samples of all runs, and their classes.
fn batch(plan: &Plan, step: usize) -> (Vec<f64>, Vec<usize>) {
    let count = SEEDS.len() * SAMPLES;
    let pixel = |at: usize| ((at * 7 + step * 5) % 13) as f64 / 13.0 - 0.3;
    let samples = (0..count * plan.inputs()).map(pixel).collect();
    (samples, (0..count).map(|at| (at + step) % plan.outputs()).collect())
}

/// The same as tensors.
fn tensors((samples, labels): &(Vec<f64>, Vec<usize>), kind: Kind) -> (Tensor, Tensor) {
    let [runs, samples_of_run] = [SEEDS.len(), SAMPLES].map(|count| i64::try_from(count).unwrap());
    let x = Tensor::from_slice(samples).view([runs, samples_of_run, -1]).to_kind(kind);
    let labels: Vec<i64> = labels.iter().map(|label| i64::try_from(*label).unwrap()).collect();
    (x, Tensor::from_slice(&labels))
}

fn rate(step: usize) -> f64 {
    if step < 2 { 0.01 } else { 0.003 }
}

/// Makes steps with a net; returns each row's numbers.
fn after(plan: &Plan, place: Place, steps: usize) -> Vec<Vec<f64>> {
    let mut net = Net::new(plan, &SEEDS, place).unwrap();
    for step in 0..steps {
        let (x, labels) = tensors(&batch(plan, step), place.kind);
        net.announce(rate(step), step as u64 + 1).unwrap();
        drop(net.compute((&x, &labels), None).unwrap());
        net.update().unwrap();
    }
    net.named().map(|(_, row)| Vec::try_from(&row.to_kind(Kind::Double).reshape(-1)).unwrap()).collect()
}

/// Holds rows against each other, relative to the larger of a row's length and 1e-3.
fn hold(plan: &Plan, found: &[Vec<f64>], wanted: &[Vec<f64>], within: f64, what: &str) {
    for ((found, wanted), row) in found.iter().zip(wanted).zip(plan.parameters()) {
        let length = |of: &mut dyn Iterator<Item = f64>| of.map(|x| x * x).sum::<f64>().sqrt();
        let apart = length(&mut found.iter().zip(wanted).map(|(a, b)| a - b));
        let whole = length(&mut wanted.iter().copied()).max(1e-3);
        assert!(apart <= within * whole, "{what}, {}: {apart:e} of {whole:e}", row.name);
    }
}

#[test]
fn every_target_makes_the_interpreters_steps() {
    for text in [SMALL, RATES] {
        let plan = plan(text);
        let mut one = Interpreter::new(&plan, &SEEDS).unwrap();
        for step in 0..5 {
            let (samples, labels) = batch(&plan, step);
            one.set_batch(&samples, &labels).unwrap();
            one.update(rate(step)).unwrap();
        }
        let wanted: Vec<Vec<f64>> = one.rows().iter().map(|row| row.numbers().to_vec()).collect();
        hold(&plan, &after(&plan, Place::EXACT, 5), &wanted, 1e-9, "libtorch in double precision");
        hold(&plan, &after(&plan, Place::CPU, 5), &wanted, 1e-5, "loops in single precision");
    }
}

/// A rate of r is a learning rate r times as large for that row alone; m, v and the corrections are those of the paper.
#[test]
fn the_update_is_the_papers() {
    let plan = plan(RATES);
    let mut net = Net::new(&plan, &SEEDS, Place::EXACT).unwrap();
    let numbers = |row: &Tensor| -> Vec<f64> { Vec::try_from(&row.reshape(-1)).unwrap() };
    let mut rows: Vec<Vec<f64>> = net.learned().map(numbers).collect();
    let mut moments: Vec<Vec<[f64; 2]>> = rows.iter().map(|row| vec![[0.0; 2]; row.len()]).collect();
    assert!(plan.learned().any(|row| (row.rate - 0.25).abs() < 1e-12));
    for step in 0..6 {
        let (x, labels) = tensors(&batch(&plan, step), Kind::Double);
        let gradients = net.loss_and_gradients((&x, &labels)).unwrap().gradients;
        net.announce(rate(step), step as u64 + 1).unwrap();
        drop(net.compute((&x, &labels), None).unwrap());
        net.update().unwrap();
        let count = f64::from(i32::try_from(step).unwrap() + 1);
        let each = rows.iter_mut().zip(&mut moments).zip(&gradients).zip(plan.learned());
        for (((row, moments), gradient), parameter) in each {
            for ((value, [m, v]), g) in row.iter_mut().zip(moments).zip(numbers(gradient)) {
                *m = 0.9 * *m + 0.1 * g;
                *v = 0.999 * *v + 0.001 * g * g;
                let (mean, square) = (*m / (1.0 - 0.9_f64.powf(count)), *v / (1.0 - 0.999_f64.powf(count)));
                *value -= parameter.rate * rate(step) * mean / (square.sqrt() + 1e-8);
            }
        }
        for ((found, wanted), parameter) in net.learned().map(numbers).zip(&rows).zip(plan.learned()) {
            let apart = found.iter().zip(wanted).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(apart < 1e-12, "{}: {apart:e}", parameter.name);
        }
    }
}

/// Runs that stop take their moments along, and leave those of others as they are.
#[test]
fn runs_go_on_with_their_own_moments() {
    let plan = plan(RATES);
    let steps = |net: &mut Net, steps: std::ops::Range<usize>, runs: std::ops::Range<i64>| {
        for step in steps {
            let (x, labels) = tensors(&batch(&plan, step), Kind::Float);
            let x = x.narrow(0, runs.start, runs.end - runs.start).contiguous();
            let labels = labels.view([2, -1]).narrow(0, runs.start, runs.end - runs.start).reshape(-1);
            net.announce(rate(step), step as u64 + 1).unwrap();
            drop(net.compute((&x, &labels), None).unwrap());
            net.update().unwrap();
        }
    };
    let mut both = Net::new(&plan, &SEEDS, Place::CPU).unwrap();
    steps(&mut both, 0..3, 0..2);
    both.keep(&[1]).unwrap();
    steps(&mut both, 3..6, 1..2);
    let mut alone = Net::new(&plan, &SEEDS[1..], Place::CPU).unwrap();
    steps(&mut alone, 0..6, 1..2);
    assert!(both.changing().zip(alone.changing()).all(|(one, other)| one == other));
}
