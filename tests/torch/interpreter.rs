//! The reference interpreter against libtorch: starting values, losses and gradients of every good case, every shipped model and
//! networks drawn at random; in double precision to rounding, and as they are trained, in single precision, to its rounding.

use std::fs;
use std::path::PathBuf;

use gemc::compile::compile;
use gemc::emit::{Net, Place};
use gemc::options::Options;
use gemc::plan::{Array, Interpreter, Plan};
use gemc::random::RandomStream;
use tch::{Kind, Tensor};

use crate::random;

const SEEDS: [u64; 2] = [7, 8];
const BATCH: usize = 3;

/// Returns samples, R × B × N, and labels, R × B.
fn batch(plan: &Plan) -> (Vec<f64>, Vec<usize>) {
    let samples = RandomStream::new(5, "x").uniform(SEEDS.len() * BATCH * plan.inputs(), 0.5);
    let labels = (0..SEEDS.len() * BATCH).map(|sample| sample % plan.outputs()).collect();
    (samples.iter().map(|sample| sample + 0.5).collect(), labels)
}

fn tensor(array: &Array) -> Tensor {
    let sizes: Vec<i64> = array.sizes().iter().map(|size| i64::try_from(*size).unwrap()).collect();
    Tensor::from_slice(array.numbers()).view(sizes.as_slice())
}

/// Holds a tensor of libtorch against the interpreter's, to a part of the interpreter's norm.
fn hold(found: &Tensor, wanted: &Array, part: f64, what: &str) {
    let (found, wanted) = (found.to_kind(Kind::Double), tensor(wanted));
    assert_eq!(found.size(), wanted.size(), "{what}");
    let apart = (&found - &wanted).norm().double_value(&[]);
    let size = wanted.norm().double_value(&[]);
    assert!(apart <= part * size.max(1e-6), "{what}: {apart:e} of {size:e}");
}

/// Holds a plan's starting values, losses and gradients against each other.
fn check(plan: &Plan, name: &str, place: Place, part: f64) {
    let (samples, labels) = batch(plan);
    let mut interpreter = Interpreter::new(plan, &SEEDS).unwrap();
    interpreter.set_batch(&samples, &labels).unwrap();
    let mut net = Net::new(plan, &SEEDS, place).unwrap();
    for ((row, live), own) in net.named().zip(interpreter.rows()) {
        hold(live, own, part.min(1e-6), &format!("{name}: the start of {row}"));
    }
    let sizes = [SEEDS.len(), BATCH, plan.inputs()].map(|size| i64::try_from(size).unwrap());
    let x = Tensor::from_slice(&samples).view(sizes).to_kind(place.kind);
    let classes: Vec<i64> = labels.iter().map(|label| i64::try_from(*label).unwrap()).collect();
    let taught = net.loss_and_gradients((&x, &Tensor::from_slice(&classes))).unwrap();
    let wanted = interpreter.compute(&plan.training_outputs()).unwrap();
    hold(&taught.losses, &wanted[0], part, &format!("{name}: the losses"));
    let learned = plan.parameters().iter().filter(|parameter| parameter.learned);
    for ((gradient, wanted), parameter) in taught.gradients.iter().zip(&wanted[1..]).zip(learned) {
        hold(gradient, wanted, part, &format!("{name}: the gradient of {}", parameter.name));
    }
}

fn texts(folder: &str) -> Vec<(String, Plan)> {
    gemc::emit::Threads::set(1);
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "gem"));
    paths.sort();
    assert!(paths.len() > 10, "{paths:?}");
    let read = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        let set = text.lines().filter_map(|line| line.strip_prefix("// set: ")?.split_once('='));
        let set = set.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        (path.display().to_string(), compile(&text, &Options { set, ..Options::default() }).unwrap())
    };
    paths.iter().map(read).collect()
}

#[test]
fn good_cases_agree() {
    for (name, plan) in texts("tests/cases/ok") {
        check(&plan, &name, Place::EXACT, 1e-9);
        check(&plan, &name, Place::CPU, 1e-3);
    }
}

#[test]
fn shipped_models_agree() {
    for (name, plan) in texts("models") {
        check(&plan, &name, Place::EXACT, 1e-9);
        check(&plan, &name, Place::CPU, 1e-3);
    }
}

#[test]
fn networks_drawn_at_random_agree() {
    gemc::emit::Threads::set(1);
    let texts: Vec<(u64, String)> = random::texts(0..40).collect();
    assert!(texts.len() > 30);
    for (seed, text) in texts {
        let plan = compile(&text, &Options::default()).unwrap();
        check(&plan, &format!("seed {seed}:\n{text}"), Place::EXACT, 1e-9);
    }
}
