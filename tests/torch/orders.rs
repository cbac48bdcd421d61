//! The optimised plan against the raw one, in every order of products: the same losses and gradients, in double precision,
//! for every good case and every shipped model.

use std::fs;
use std::path::PathBuf;

use gemc::compile::{Stages, stages};
use gemc::emit::{LossAndGradients, Net, Place};
use gemc::options::{Options, Order};
use gemc::plan::{Plan, lower, lower_unoptimized};
use gemc::random::RandomStream;
use tch::{Kind, Tensor};

const BATCH: usize = 3;
const SEEDS: [u64; 2] = [4, 5];

fn texts(folder: &str) -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder);
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|end| end == "gem")).collect();
    paths.sort();
    paths
}

fn compiled(path: &PathBuf) -> Stages {
    let text = fs::read_to_string(path).unwrap();
    // a case may say `// set: NAME=VALUE`
    let set = text.lines().filter_map(|line| line.strip_prefix("// set: ")?.split_once('='));
    let mut set: Vec<(String, String)> = set.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    if path.ends_with("subspace_mlp.gem") {
        // its fixed matrix is large in double precision
        set.push(("dimension".to_owned(), "3".to_owned()));
    }
    let options = Options { set, ..Options::default() };
    stages(&path.display().to_string(), &text, &options).expect("a good case compiles")
}

/// Computes what a made-up batch teaches.
fn taught(plan: &Plan) -> LossAndGradients {
    loss_and_gradients(&mut Net::new(plan, &SEEDS, Place::EXACT).unwrap(), BATCH)
}

/// Teaches a net a made-up batch of `count` samples.
fn loss_and_gradients(net: &mut Net, count: usize) -> LossAndGradients {
    let (neurons, classes) = (net.plan().inputs(), net.plan().outputs());
    let pixels = RandomStream::new(9, "x").uniform(SEEDS.len() * count * neurons, 1.0);
    let sizes = [SEEDS.len(), count, neurons].map(|size| i64::try_from(size).unwrap());
    let labels: Vec<i64> = (0..SEEDS.len() * count).map(|sample| i64::try_from(sample % classes).unwrap()).collect();
    let pixels = Tensor::from_slice(&pixels).view(sizes).to_kind(net.place().kind);
    net.loss_and_gradients((&pixels, &Tensor::from_slice(&labels))).unwrap()
}

fn difference(a: &Tensor, b: &Tensor) -> f64 {
    let scale = b.norm().double_value(&[]).max(1e-12);
    (a - b).norm().double_value(&[]) / scale
}

fn agree(folder: &str) {
    gemc::emit::Threads::set(1);
    for path in texts(folder) {
        let stages = compiled(&path);
        let wanted = taught(&lower_unoptimized(&stages.wiring, None).unwrap());
        for order in [Order::Synthesized, Order::Factored, Order::Cheapest] {
            let found = taught(&lower(&stages.wiring, order, 64, None).unwrap());
            let error = difference(&found.losses, &wanted.losses);
            assert!(error < 1e-12, "{}, {order:?}, loss: {error:e}", path.display());
            for ((found, wanted), parameter) in found.gradients.iter().zip(&wanted.gradients).zip(stages.plan.learned())
            {
                let error = difference(found, wanted);
                assert!(error < 1e-9, "{}, {order:?}, {}: {error:e}", path.display(), parameter.name);
            }
        }
    }
}

#[test]
fn agree_on_every_good_case() {
    agree("tests/cases/ok");
}

#[test]
fn agree_on_every_shipped_model() {
    agree("models");
}

/// On a CPU in single precision steps are computed in place, by loops of our own: the same losses and gradients as in double
/// precision through libtorch, whatever batches came before and however many threads there are.
#[test]
fn steps_in_place_agree_with_libtorch() {
    for path in ["tests/cases/ok", "models"].into_iter().flat_map(texts) {
        let plan = compiled(&path).plan;
        let mut exact = Net::new(&plan, &SEEDS, Place::EXACT).unwrap();
        let mut single = Net::new(&plan, &SEEDS, Place::CPU).unwrap();
        for (threads, count) in [(1, BATCH), (1, 2), (2, BATCH)] {
            gemc::emit::Threads::set(threads);
            let (wanted, found) = (loss_and_gradients(&mut exact, count), loss_and_gradients(&mut single, count));
            let error = difference(&found.losses.to_kind(Kind::Double), &wanted.losses);
            assert!(error < 1e-5, "{}, loss: {error:e}", path.display());
            for ((found, wanted), parameter) in found.gradients.iter().zip(&wanted.gradients).zip(plan.learned()) {
                let error = difference(&found.to_kind(Kind::Double), wanted);
                assert!(error < 2e-4, "{}, {}: {error:e}", path.display(), parameter.name);
            }
        }
        gemc::emit::Threads::set(1);
    }
}

/// Prices as the passes weigh them.
#[test]
fn the_cheapest_order_is_no_dearer_than_another() {
    for path in texts("models") {
        let stages = compiled(&path);
        let price = |order| lower(&stages.wiring, order, 64, None).unwrap().step_price(gemc::plan::Sizes::SHOWN);
        let cheapest = price(Order::Cheapest);
        let others = [price(Order::Synthesized), price(Order::Factored)];
        assert!(others.iter().all(|other| cheapest <= *other), "{}: {cheapest} {others:?}", path.display());
    }
}
