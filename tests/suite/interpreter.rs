//! The reference interpreter, without libtorch: operations by hand-made numbers, gradients of every good case and of networks drawn at random against
//! differences of the loss, and what passes have made of a plan against the plan that they were given.

use std::path::Path;

use gemc::compile::{compile, stages};
use gemc::options::{Options, Order};
use gemc::plan::{Array, Function, Interpreter, Op, Plan, TensorId, lower_unoptimized};
use gemc::random::RandomStream;

use crate::cases::case;
use crate::properties::networks::{Kind, draw};

const BATCH: usize = 3;
const SEEDS: [u64; 2] = [7, 8];

/// A spatial network of 36 – 20 – 4 neurons.
const SPATIAL: &str = "
model spatial {
    genome g(5)
    start fan_in
    population a = grid(6, 6) { g: gaussian }
    population b = grid(5, 4) { g: gaussian, activation: relu, bias: free }
    population c = units(4)   { g: random }
    connect a -> b -> c via g
    input a
    output c
}
";

/// Returns the plan's interpreter for two runs, with a batch of samples that are drawn.
fn interpreter(plan: &Plan) -> Interpreter<'_> {
    let mut interpreter = Interpreter::new(plan, &SEEDS).unwrap();
    let drawn = |purpose: &str, each: usize| {
        let count = SEEDS.len() * each * BATCH;
        let samples = RandomStream::new(5, purpose).uniform(count * plan.inputs(), 1.0);
        (samples, (0..count).map(|sample| sample % plan.outputs()).collect::<Vec<usize>>())
    };
    let [each, support] = plan.samples_each();
    let (samples, labels) = drawn("x", each);
    interpreter.set_batch(&samples, &labels).unwrap();
    let (samples, labels) = drawn("support", support);
    interpreter.set_support(&samples, &labels).unwrap();
    interpreter
}

/// Returns the loss summed over runs.
fn loss(interpreter: &Interpreter<'_>, plan: &Plan) -> f64 {
    interpreter.compute(&[plan.losses()]).unwrap()[0].numbers().iter().sum()
}

/// Returns the norm of an array, and of its difference to another.
fn norms(one: &[f64], other: &[f64]) -> [f64; 2] {
    let square = |sum: f64, number: f64| sum + number * number;
    [one.iter().copied().fold(0.0, square).sqrt(), one.iter().zip(other).map(|(a, b)| a - b).fold(0.0, square).sqrt()]
}

/// Returns every good case, and networks drawn at random; a mask that happens to join nothing is the one fault that a draw may
/// have.
fn texts() -> Vec<(String, String, Options)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/ok");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "gem"));
    paths.sort();
    let drawn = (0..60).map(|seed| (format!("seed {seed}"), draw(seed, Kind::Smooth).text(), Options::default()));
    let drawn = drawn.filter(|(_, text, options)| compile(text, options).is_ok());
    let texts: Vec<_> = paths.iter().map(|path| case(path)).chain(drawn).collect();
    assert!(texts.len() > 40, "{}", texts.len());
    texts
}

/// Tells whether the loss has a slope that differences find: a step counts as if its slope were 1.
fn is_smooth(plan: &Plan) -> bool {
    !plan.tensors().iter().any(|tensor| matches!(tensor.op, Op::Unary(Function::StraightThroughStep | Function::Sign)))
}

#[test]
fn gradients_are_those_of_differences() {
    let mut looked_at = 0;
    for (name, text, options) in texts() {
        let plan = stages(&name, &text, &options).unwrap().plan;
        if !is_smooth(&plan) {
            continue;
        }
        let mut interpreter = interpreter(&plan);
        let gradients = interpreter.compute(plan.gradients()).unwrap();
        let learned: Vec<usize> = (0..plan.parameters().len()).filter(|row| plan.parameters()[*row].learned).collect();
        for (row, gradient) in learned.into_iter().zip(gradients) {
            let count = gradient.numbers().len();
            let places: Vec<usize> = (0..count).step_by(count.div_ceil(6).max(1)).collect();
            let slopes: Vec<f64> = places.iter().map(|place| slope(&mut interpreter, &plan, row, *place)).collect();
            let found: Vec<f64> = places.iter().map(|place| gradient.numbers()[*place]).collect();
            let [size, apart] = norms(&found, &slopes);
            assert!(
                apart < 1e-6 * size.max(1e-2),
                "{name}, {}: {found:?} are not {slopes:?}",
                plan.parameters()[row].name
            );
            looked_at += places.len();
        }
    }
    assert!(looked_at > 500, "{looked_at} slopes");
}

/// Returns the slope of the loss by one number of a row, by four losses around it.
fn slope(interpreter: &mut Interpreter<'_>, plan: &Plan, row: usize, place: usize) -> f64 {
    const STEP: f64 = 1e-4;
    let mut there = |by: f64| {
        let before = interpreter.rows()[row].numbers()[place];
        interpreter.rows_mut()[row].numbers_mut()[place] = before + by;
        let loss = loss(interpreter, plan);
        interpreter.rows_mut()[row].numbers_mut()[place] = before;
        loss
    };
    (8.0 * (there(STEP) - there(-STEP)) - (there(2.0 * STEP) - there(-2.0 * STEP))) / (12.0 * STEP)
}

#[test]
fn passes_change_nothing_that_is_computed() {
    for (name, text, options) in texts() {
        let raw = lower_unoptimized(&stages(&name, &text, &options).unwrap().wiring, options.few_shot).unwrap();
        let wanted = interpreter(&raw).compute(&raw.training_outputs()).unwrap();
        for order in [Order::Matrices, Order::Synthesized, Order::Factored, Order::Cheapest] {
            let plan = stages(&name, &text, &Options { order, ..options.clone() }).unwrap().plan;
            let found = interpreter(&plan).compute(&plan.training_outputs()).unwrap();
            assert_eq!(found.len(), wanted.len());
            for (found, wanted) in found.iter().zip(&wanted) {
                let [size, apart] = norms(wanted.numbers(), found.numbers());
                assert!(apart <= 1e-9 * size.max(1e-3), "{name}: {apart:e} of {size:e}");
            }
        }
    }
}

#[test]
fn a_perceptron_is_what_is_written_out_by_hand() {
    let text = "model small {\n    population a = units(2)\n    population b = units(2) { activation: relu }\n    \
                population c = units(2)\n    connect a -> b -> c via direct\n    input a\n    output c\n}\n";
    let plan = compile(text, &Options::default()).unwrap();
    let mut interpreter = Interpreter::new(&plan, &[1]).unwrap();
    let first = interpreter.rows()[0].sizes().to_vec();
    assert_eq!(first, [1, 2, 2]);
    for (row, numbers) in interpreter.rows_mut().iter_mut().zip([[1.0, -1.0, 2.0, 0.5], [1.0, 0.0, -1.0, 2.0]]) {
        row.numbers_mut().copy_from_slice(&numbers);
    }
    interpreter.set_batch(&[1.0, 0.5], &[1]).unwrap();
    let [answer, losses] = interpreter.compute(&[plan.output(), plan.losses()]).unwrap().try_into().unwrap();
    // hidden: relu(1 + 1), relu(-1 + 0.25); answers: 2, 0
    assert_eq!(answer, Array::new(&[1, 2, 1], vec![2.0, 0.0]).unwrap());
    assert!((losses.numbers()[0] - (1.0 + 2.0_f64.exp()).ln()).abs() < 1e-12);
    assert!(interpreter.set_batch(&[1.0], &[1]).is_err());
}

#[test]
fn each_of_several_runs_is_computed_alone() {
    for text in [SPATIAL, &SPATIAL.replace("via g", "via direct")] {
        let plan = compile(text, &Options { order: Order::Synthesized, ..Options::default() }).unwrap();
        let all = Interpreter::new(&plan, &SEEDS).unwrap();
        let names = plan.parameters().iter().map(|parameter| parameter.name.to_string());
        let genome: Vec<(String, Array)> = names.zip(all.rows().iter().cloned()).collect();
        let weights = tensor(&plan, "a->b.W");
        let together = all.compute(&[weights]).unwrap();
        for run in 0..SEEDS.len() {
            let alone = Interpreter::of_run(&plan, &genome, run).unwrap().compute(&[weights]).unwrap();
            assert_eq!(alone[0].sizes(), [1, 36, 20]);
            assert_eq!(alone[0].numbers(), &together[0].numbers()[run * 720..(run + 1) * 720]);
        }
        assert!(Interpreter::of_run(&plan, &genome, SEEDS.len()).is_err(), "a run that there is not");
        assert!(Interpreter::of_run(&plan, &genome[1..], 0).is_err(), "a row is missing");
    }
}

#[test]
fn weights_are_made_of_identities_and_o() {
    let plan = compile(SPATIAL, &Options { order: Order::Synthesized, ..Options::default() }).unwrap();
    let ids = ["a->b.W", "a.g.X", "g.O", "b.g.X", "a->b.g.c"].map(|label| tensor(&plan, label));
    let mut interactions = Vec::new();
    for seed in SEEDS {
        let made = Interpreter::new(&plan, &[seed]).unwrap().compute(&ids).unwrap();
        let [weights, sent, genes, received, gain] = made.as_slice() else { panic!("{made:?}") };
        assert_eq!((weights.sizes(), sent.sizes()), (&[1, 36, 20][..], &[1, 36, 5][..]));
        let [weights, sent, genes, received, gain] = [weights, sent, genes, received, gain].map(Array::numbers);
        for (source, target) in [(0, 0), (35, 19), (7, 12)] {
            let pairs = (0..5).flat_map(|a| (0..5).map(move |b| (a, b)));
            let sum: f64 = pairs.map(|(a, b)| sent[source * 5 + a] * genes[a * 5 + b] * received[target * 5 + b]).sum();
            let (by_hand, found) = (gain[0] * sum, weights[source * 20 + target]);
            assert!((by_hand - found).abs() < 1e-12 * by_hand.abs().max(1.0), "{by_hand} {found}");
        }
        interactions.push(genes.to_vec());
    }
    assert_ne!(interactions[0], interactions[1]);
}

fn tensor(plan: &Plan, label: &str) -> TensorId {
    plan.numbered().find(|(_, tensor)| tensor.label == label).unwrap_or_else(|| panic!("no {label}")).0
}
