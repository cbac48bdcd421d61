//! Few-shot learning as a plan: what is derived is what central differences say, whether weights of tasks are made or not.

use gemc::compile::stages;
use gemc::options::{Adapt, FewShot, Order};
use gemc::plan::{Interpreter, Plan, Sizes, lower, lower_unoptimized};
use gemc::program::{Program, Target};
use gemc::random::RandomStream;
use gemc::{Options, wire::Wiring};

use crate::properties::networks::{Kind, draw};

/// Three tasks, two runs.
const TASKS: usize = 3;
const SEEDS: [u64; 2] = [3, 4];

fn wiring(text: &str) -> Wiring {
    stages("m.gem", text, &Options::default()).unwrap().wiring
}

/// Gives an interpreter drawn tasks: numbers of each sample, and labels class by class.
fn tasks(plan: &Plan, few_shot: FewShot) -> Interpreter<'_> {
    let mut interpreter = Interpreter::new(plan, &SEEDS).unwrap();
    let drawn = |purpose: &str, each: usize| {
        let samples = RandomStream::new(7, purpose).normal(SEEDS.len() * each * TASKS * plan.inputs(), 1.0);
        let labels: Vec<usize> = (0..SEEDS.len() * each * TASKS).map(|at| at / TASKS % few_shot.ways).collect();
        (samples, labels)
    };
    let (samples, labels) = drawn("query", few_shot.query());
    interpreter.set_batch(&samples, &labels).unwrap();
    let (samples, labels) = drawn("support", few_shot.support());
    interpreter.set_support(&samples, &labels).unwrap();
    interpreter
}

fn losses(interpreter: &Interpreter, plan: &Plan) -> Vec<f64> {
    interpreter.compute(&[plan.losses()]).unwrap()[0].numbers().to_vec()
}

fn gradients(plan: &Plan, few_shot: FewShot) -> Vec<Vec<f64>> {
    let made = tasks(plan, few_shot).compute(&plan.training_outputs()).unwrap();
    made.into_iter().map(|array| array.numbers().to_vec()).collect()
}

const TANH: &str = "
model m {
    genome g(3)
    population a = grid(2, 3) { g: gaussian }
    population b = units(5) { g: free, activation: tanh }
    population c = units(4) { g: gaussian, activation: gelu }
    population d = units(2) { g: free }
    connect a -> b -> c -> d via g
    connect a -> d via direct
    input a
    output d
}";

/// In double precision, the derived gradient of every learned number is that of central differences; relu is left out, as its
/// kinks have none.
#[test]
fn outer_gradients_are_central_differences() {
    for (queries, inner_steps, shots) in [(1, 1, 1), (1, 2, 2), (3, 3, 1)] {
        let few_shot = FewShot { ways: 2, shots, queries, inner_steps, ..FewShot::default() };
        let plan = lower(&wiring(TANH), Order::Cheapest, TASKS, Some(few_shot)).unwrap();
        let found = gradients(&plan, few_shot);
        let learned: Vec<usize> = (0..plan.parameters().len()).filter(|row| plan.parameters()[*row].learned).collect();
        for (gradient, row) in found[1..].iter().zip(learned) {
            for (at, gradient) in gradient.iter().enumerate() {
                let moved = |by: f64| {
                    let mut interpreter = tasks(&plan, few_shot);
                    interpreter.rows_mut()[row].numbers_mut()[at] += by;
                    losses(&interpreter, &plan).iter().sum::<f64>()
                };
                let step = 1e-5;
                let slope = (moved(step) - moved(-step)) / (2.0 * step);
                let name = &plan.parameters()[row].name;
                assert!((slope - gradient).abs() < 1e-7 * slope.abs().max(1.0), "{name} {at}: {slope} {gradient}");
            }
        }
    }
}

/// Weights of each task, made; or never made: the same losses and gradients.
#[test]
fn both_forms_are_the_same() {
    let models = ["omniglot_direct", "omniglot_gem", "omniglot_sgem"].map(|name| {
        let text = std::fs::read_to_string(format!("models/{name}.gem")).unwrap();
        text.replace("grid(28, 28)", "grid(4, 4)").replace("genes = 50", "genes = 3").replace("genes = 43", "genes = 3")
    });
    for text in models.iter().map(String::as_str).chain([TANH, DIRECT]) {
        for (queries, inner_steps, first_order) in [(1, 1, false), (3, 2, false), (1, 3, true)] {
            let ways = match text {
                TANH => 2,
                DIRECT => 3,
                _ => 5,
            };
            let few_shot = FewShot { ways, queries, inner_steps, first_order, ..FewShot::default() };
            let wiring = wiring(text);
            let raw = lower_unoptimized(&wiring, Some(few_shot)).unwrap();
            let plan = lower(&wiring, Order::Cheapest, 32, Some(few_shot)).unwrap();
            for (one, other) in gradients(&raw, few_shot).iter().zip(&gradients(&plan, few_shot)) {
                let scale = one.iter().fold(1e-3, |most: f64, x| most.max(x.abs()));
                assert!(one.iter().zip(other).all(|(x, y)| (x - y).abs() < 1e-10 * scale), "{few_shot:?}");
            }
        }
    }
}

/// The largest tensor of a step of 32 tasks has fewer numbers than one task's weights.
#[test]
fn no_weights_of_tasks_are_made() {
    for (name, parameters) in [("omniglot_direct", 1_233_232), ("omniglot_gem", 120_350), ("omniglot_sgem", 2_451)] {
        let text = std::fs::read_to_string(format!("models/{name}.gem")).unwrap();
        let plan = lower(&wiring(&text), Order::Cheapest, 32, Some(FewShot::default())).unwrap();
        let sizes = Sizes { runs: 1, batch: 32 };
        let largest = plan.tensors().iter().map(|tensor| tensor.shape.count(sizes)).max().unwrap();
        let most = if name == "omniglot_direct" { 784 * 784 } else { 784 * 784 - 1 };
        assert!(largest <= most, "{name}: {largest}");
        assert_eq!(plan.counts().parameters, parameters + 3);
    }
}

/// The plans of the shipped models, and what a CPU and a GPU make of them, for 32 tasks.
#[test]
fn plans_and_programs_of_tasks_are_kept() {
    for name in ["omniglot_direct", "omniglot_gem", "omniglot_sgem"] {
        let text = std::fs::read_to_string(format!("models/{name}.gem")).unwrap();
        let plan = lower(&wiring(&text), Order::Cheapest, 32, Some(FewShot::default())).unwrap();
        let program = |target| Program::step(&plan, Sizes { runs: 1, batch: 32 }, target).text(&plan);
        insta::with_settings!({ snapshot_path => "../snapshots/few_shot", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("{name}.plan"), plan);
            insta::assert_snapshot!(format!("{name}.cpu"), program(Target::CPU));
            insta::assert_snapshot!(format!("{name}.cuda"), program(Target::Cuda));
        });
    }
}

/// Adaptation of the read-out alone, or of nothing.
#[test]
fn what_learns_can_be_chosen() {
    let rates = |adapt| {
        let few_shot = FewShot { ways: 2, adapt, ..FewShot::default() };
        let plan = lower(&wiring(TANH), Order::Cheapest, 32, Some(few_shot)).unwrap();
        let raw = lower_unoptimized(&wiring(TANH), Some(few_shot)).unwrap();
        for (one, other) in gradients(&raw, few_shot).iter().zip(&gradients(&plan, few_shot)) {
            assert!(one.iter().zip(other).all(|(x, y)| (x - y).abs() < 1e-10));
        }
        plan.parameters().iter().filter(|row| row.name.ends_with(".rate")).count()
    };
    assert_eq!([Adapt::All, Adapt::Readout, Adapt::None].map(rates), [4, 2, 0]);
}

/// Networks drawn at random, of any wiring: with cycles, masks, pools and ports. Both forms agree, and so does each order of products;
/// what cannot adapt is refused.
#[test]
fn networks_drawn_at_random_learn_tasks() {
    let (mut adapted, mut refused, mut diverged) = (0, 0, 0);
    for (seed, adapt) in (0..60).flat_map(|seed| [Adapt::All, Adapt::Readout].map(|adapt| (seed, adapt))) {
        let text = draw(seed, Kind::Smooth).text();
        let few_shot = FewShot { ways: 2, adapt, ..FewShot::default() };
        let options = Options { few_shot: Some(few_shot), batch: Some(TASKS), ..Options::default() };
        let Ok(stages) = stages("m.gem", &text, &options) else {
            refused += 1;
            continue;
        };
        let raw = lower_unoptimized(&stages.wiring, Some(few_shot)).unwrap();
        let wanted = gradients(&raw, few_shot);
        // a step of rate 0.1 may be too long for a network that feeds back into itself
        if wanted.iter().flatten().any(|number| !number.is_finite() || number.abs() > 1e6) {
            diverged += 1;
            continue;
        }
        for order in [Order::Matrices, Order::Synthesized, Order::Factored, Order::Cheapest] {
            let plan = lower(&stages.wiring, order, 32, Some(few_shot)).unwrap();
            for (place, (one, other)) in wanted.iter().zip(&gradients(&plan, few_shot)).enumerate() {
                let scale = one.iter().fold(1e-3, |most: f64, x| most.max(x.abs()));
                let apart = one.iter().zip(other).map(|(x, y)| (x - y).abs());
                let apart = apart.fold(0.0, |most: f64, x| if x <= most { most } else { x });
                assert!(apart < 1e-8 * scale, "{adapt:?}, {order:?}, result {place}: {apart:e} of {scale:e}:\n{text}");
            }
        }
        adapted += 1;
    }
    assert!(adapted > 60, "{adapted} adapted, {refused} refused, {diverged} diverged");
}

/// Every kind of connection whose weights are rows of the table: whole matrices, receptive fields, a mask; within a cycle.
const DIRECT: &str = "
model m {
    population a = grid(4, 4)
    population b = grid(3, 3, 2) { activation: tanh }
    population c = units(5) { activation: gelu, bias: free }
    population d = units(3)
    connect a -> b via direct { window: 2 }
    connect b -> b via direct { window: 3, padding: 1 }
    connect b -> c via direct { density: 0.6, seed: 3 }
    connect c -> c via direct
    connect c -> d via direct
    unroll 5
    input a
    output d
}";

/// Inner steps are what the gradients of the same network, trained on the support samples alone, make of its weights.
#[test]
fn inner_steps_are_those_of_the_network_itself() {
    let few_shot = FewShot { ways: 3, shots: 2, queries: 2, inner_steps: 3, ..FewShot::default() };
    let network = stages("m.gem", DIRECT, &Options::default()).unwrap();
    let samples = |purpose: &str, each: usize| {
        let labels: Vec<usize> = (0..each).map(|at| at % few_shot.ways).collect();
        (RandomStream::new(7, purpose).normal(each * network.plan.inputs(), 1.0), labels)
    };
    let (query, support) = (samples("query", few_shot.query()), samples("support", few_shot.support()));
    let plan = lower(&network.wiring, Order::Cheapest, 1, Some(few_shot)).unwrap();
    let mut tasks = Interpreter::new(&plan, &[5]).unwrap();
    tasks.set_batch(&query.0, &query.1).unwrap();
    tasks.set_support(&support.0, &support.1).unwrap();
    let mut alone = Interpreter::new(&network.plan, &[5]).unwrap();
    for _ in 0..few_shot.inner_steps {
        alone.set_batch(&support.0, &support.1).unwrap();
        let gradients = alone.compute(network.plan.gradients()).unwrap();
        let learned = network.plan.parameters().iter().enumerate().filter(|(_, row)| row.learned);
        for ((row, parameter), gradient) in learned.zip(&gradients) {
            if parameter.name.ends_with(".W") {
                let numbers = alone.rows_mut()[row].numbers_mut().iter_mut().zip(gradient.numbers());
                numbers.for_each(|(number, gradient)| *number -= 0.1 * gradient);
            }
        }
    }
    alone.set_batch(&query.0, &query.1).unwrap();
    let wanted = alone.compute(&[network.plan.output()]).unwrap();
    let found = tasks.compute(&[plan.output()]).unwrap();
    assert_eq!(found[0].sizes(), wanted[0].sizes());
    for (found, wanted) in found[0].numbers().iter().zip(wanted[0].numbers()) {
        assert!((found - wanted).abs() < 1e-12, "{found} {wanted}");
    }
}
