//! Few-shot learning by every target: libtorch in double precision, loops on a CPU and the kernels of a GPU against the reference
//! interpreter, and the plan against a loop over tasks that libtorch differentiates twice by itself.

use std::fs;

use gemc::compile::stages;
use gemc::emit::{KernelBatch, LossAndGradients, Net, Place, SampleBatch};
use gemc::options::{Adapt, FewShot, Options, Order};
use gemc::plan::{Interpreter, Plan, lower, lower_unoptimized};
use gemc::random::RandomStream;
use tch::{Kind, Tensor};

use crate::waves::Host;

const TASKS: usize = 17;
const SEEDS: [u64; 2] = [3, 4];
const MODELS: [&str; 3] = ["omniglot_direct", "omniglot_gem", "omniglot_sgem"];

/// A shipped model with smaller grids and fewer genes.
fn small(name: &str) -> String {
    let text = fs::read_to_string(format!("models/{name}.gem")).unwrap();
    text.replace("grid(28, 28)", "grid(5, 5)").replace("genes = 50", "genes = 4").replace("genes = 43", "genes = 4")
}

fn plans(text: &str, few_shot: FewShot) -> [Plan; 2] {
    gemc::emit::Threads::set(1);
    let wiring = stages("m.gem", text, &Options::default()).unwrap().wiring;
    [
        lower_unoptimized(&wiring, Some(few_shot)).unwrap(),
        lower(&wiring, Order::Cheapest, TASKS, Some(few_shot)).unwrap(),
    ]
}

/// Samples, R × k · B × N, and labels, R · k · B: of all tasks the first sample, then the second.
fn drawn(plan: &Plan, few_shot: FewShot, purpose: &str, each: usize) -> (Vec<f64>, Vec<usize>) {
    let count = SEEDS.len() * each * TASKS;
    let labels = (0..count).map(|at| at / TASKS % few_shot.ways).collect();
    (RandomStream::new(7, purpose).uniform(count * plan.inputs(), 0.5).iter().map(|x| x + 0.5).collect(), labels)
}

fn live(plan: &Plan, (samples, labels): &(Vec<f64>, Vec<usize>)) -> (Tensor, Tensor) {
    let size = |length: usize| i64::try_from(length).unwrap();
    let x = Tensor::from_slice(samples).view([size(SEEDS.len()), -1, size(plan.inputs())]);
    (x, Tensor::from_slice(&labels.iter().map(|label| size(*label)).collect::<Vec<_>>()))
}

fn hold(found: &LossAndGradients, wanted: &[Tensor], part: f64, what: &str) {
    for (place, (found, wanted)) in [&found.losses].into_iter().chain(&found.gradients).zip(wanted).enumerate() {
        let found = found.to_kind(Kind::Double);
        assert_eq!(found.size(), wanted.size(), "{what}");
        let apart = (&found - wanted).norm().double_value(&[]) / wanted.norm().double_value(&[]).max(1e-9);
        assert!(apart <= part, "{what}, result {place}: {apart:e}");
    }
}

#[test]
fn every_target_computes_what_the_interpreter_does() {
    // where the read-out alone adapts, nothing but products of matrices reads samples
    let cases =
        [(1, 2, Adapt::All), (15, 1, Adapt::All), (1, 3, Adapt::All), (1, 2, Adapt::Readout), (2, 1, Adapt::None)];
    for (name, (queries, inner_steps, adapt)) in MODELS.iter().flat_map(|name| cases.map(|case| (name, case))) {
        let few_shot = FewShot { queries, inner_steps, adapt, ..FewShot::default() };
        for (plan, form) in plans(&small(name), few_shot).iter().zip(["made", "never made"]) {
            let query = drawn(plan, few_shot, "query", few_shot.query());
            let support = drawn(plan, few_shot, "support", few_shot.support());
            let mut interpreter = Interpreter::new(plan, &SEEDS).unwrap();
            interpreter.set_batch(&query.0, &query.1).unwrap();
            interpreter.set_support(&support.0, &support.1).unwrap();
            let wanted: Vec<Tensor> = interpreter
                .compute(&plan.training_outputs())
                .unwrap()
                .iter()
                .map(|array| {
                    let sizes: Vec<i64> = array.sizes().iter().map(|size| i64::try_from(*size).unwrap()).collect();
                    Tensor::from_slice(array.numbers()).view(sizes.as_slice())
                })
                .collect();
            let ((x, labels), (support_x, support_labels)) = (live(plan, &query), live(plan, &support));
            for (place, part) in [(Place::EXACT, 1e-9), (Place::CPU, 1e-3)] {
                let (x, support_x) = (x.to_kind(place.kind), support_x.to_kind(place.kind));
                let batch = SampleBatch { x: &x, labels: Some(&labels), support: Some((&support_x, &support_labels)) };
                let mut net = Net::new(plan, &SEEDS, place).unwrap();
                let what = format!("{name}, weights {form}, {place:?}, {few_shot:?}");
                hold(&net.loss_and_gradients(batch).unwrap(), &wanted, part, &what);
                if place == Place::CPU && queries == 1 && Host::can_compile() {
                    let batch = KernelBatch::of(batch).unwrap();
                    let made = net.loss_and_gradients_by(&batch, 1, |text, names| Some(Host::compile(text, names)));
                    hold(&made.unwrap().unwrap(), &wanted, 1e-3, &format!("kernels of {what}"));
                }
            }
        }
    }
}

/// `Tensor::cross_entropy_for_logits` computes in single precision.
fn cross_entropy(logits: &Tensor, labels: &Tensor) -> Tensor {
    logits.log_softmax(-1, Kind::Double).nll_loss(labels)
}

/// As PyTorch's users write it: for each task a copy of the weights, steps by `run_backward` with a graph, and the loss on the query
/// samples, whose gradient goes through the steps.
#[test]
fn outer_gradients_are_those_of_a_loop_over_tasks() {
    for (queries, inner_steps) in [(1, 2), (15, 1), (1, 3)] {
        let few_shot = FewShot { queries, inner_steps, ..FewShot::default() };
        let [_, plan] = plans(&small("omniglot_direct"), few_shot);
        let query = drawn(&plan, few_shot, "query", few_shot.query());
        let support = drawn(&plan, few_shot, "support", few_shot.support());
        let mut net = Net::new(&plan, &SEEDS, Place::EXACT).unwrap();
        let rows: Vec<(String, Tensor)> =
            net.named().map(|(name, row)| (name.to_owned(), row.copy().set_requires_grad(true))).collect();
        let ((x, labels), (support_x, support_labels)) = (live(&plan, &query), live(&plan, &support));
        let mut losses = Tensor::zeros([], (Kind::Double, tch::Device::Cpu));
        for (run, task) in (0..SEEDS.len()).flat_map(|run| (0..TASKS).map(move |task| (run, task))) {
            let [run, task, tasks, runs] = [run, task, TASKS, SEEDS.len()].map(|count| i64::try_from(count).unwrap());
            let own = |x: &Tensor, labels: &Tensor| {
                let x = x.select(0, run).slice(0, task, None, tasks);
                (x, labels.view([runs, -1]).select(0, run).slice(0, task, None, tasks))
            };
            let of = |end: &str| -> Vec<Tensor> {
                rows.iter().filter(|(name, _)| name.ends_with(end)).map(|(_, row)| row.select(0, run)).collect()
            };
            let (mut weights, rates) = (of(".W"), of(".rate"));
            let answer = |weights: &[Tensor], x: &Tensor| {
                x.matmul(&weights[0]).relu().matmul(&weights[1]).relu().matmul(&weights[2])
            };
            let (seen, seen_labels) = own(&support_x, &support_labels);
            for _ in 0..inner_steps {
                let loss = cross_entropy(&answer(&weights, &seen), &seen_labels);
                let gradients = Tensor::run_backward(&[loss], &weights, true, true);
                let step = |((w, rate), gradient): ((&Tensor, &Tensor), &Tensor)| w - rate.exp() * gradient;
                weights = weights.iter().zip(&rates).zip(&gradients).map(step).collect();
            }
            let (asked, asked_labels) = own(&x, &labels);
            losses += cross_entropy(&answer(&weights, &asked), &asked_labels) / TASKS as f64;
        }
        let leaves: Vec<Tensor> = rows.iter().map(|(_, row)| row.shallow_clone()).collect();
        let wanted = Tensor::run_backward(&[&losses], &leaves, false, false);
        let batch = SampleBatch { x: &x, labels: Some(&labels), support: Some((&support_x, &support_labels)) };
        let found = net.loss_and_gradients(batch).unwrap();
        let apart = (found.losses.sum(Kind::Double) - losses).double_value(&[]);
        assert!(apart.abs() < 1e-10, "{few_shot:?}: {apart:e}");
        assert_eq!(found.gradients.len(), wanted.len());
        for ((found, wanted), (name, _)) in found.gradients.iter().zip(&wanted).zip(&rows) {
            let apart = (found - wanted).norm().double_value(&[]) / wanted.norm().double_value(&[]);
            assert!(apart < 1e-8, "{name}, {few_shot:?}: {apart:e}");
        }
    }
}
