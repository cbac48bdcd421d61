//! Masks as lists of pairs against masks as matrices: the same starts, losses and gradients, whatever is masked and however it
//! is computed.

use gemc::compile::compile;
use gemc::emit::{LossAndGradients, Net, Place};
use gemc::options::{Options, Order};
use gemc::plan::{Bilinear, Interpreter, Op, Plan};
use gemc::random::RandomStream;
use tch::{Kind, Tensor};

/// Which weights: via what, and under which attributes.
const CONNECTIONS: &[&str] = &[
    "g { within: 0.5 }",
    "g { density: 0.2, seed: 3 }",
    "g { density: 0.3, within: 1.2, acyclic }",
    "g { acyclic, weights: nonnegative }",
    "g { density: 0.3, weights: heaviside }",
    "direct { within: 0.6 }",
    "direct { density: 0.1, seed: 2 }",
    "direct { acyclic, density: 0.4, weights: heaviside }",
    "direct { density: 0.3, weights: nonnegative }",
    "basis(3) { density: 0.2 }",
    "gnetwork(hidden: 3) { density: 0.3 }",
];

/// A cloud that is joined to itself, and read after some ticks.
fn text(neurons: usize, via: &str) -> String {
    format!(
        "model m {{
    genome g(5)
    population a = grid(4, 3)       {{ g: gaussian }}
    population b = cloud({neurons}) {{ g: free, activation: tanh, bias: free }}
    population c = units(3)         {{ g: random }}
    connect a -> b via g
    connect b -> b via {via}
    connect b -> c via g
    unroll 4
    input a
    output c
}}
"
    )
}

/// Plans with every weight of a masked connection made, and with those only that are joined.
fn both(text: &str) -> [Plan; 2] {
    let plans = [Order::Synthesized, Order::Factored].map(|order| {
        let options = Options { order, ..Options::default() };
        compile(text, &options).expect("the model compiles")
    });
    let has = |plan: &Plan, wanted: fn(&Op) -> bool| plan.tensors().iter().any(|tensor| wanted(&tensor.op));
    let joined = |op: &Op| matches!(op, Op::Sparse(Bilinear::Forward, _));
    assert_eq!(plans.each_ref().map(|plan| has(plan, joined)), [false, true]);
    assert_eq!(plans.each_ref().map(|plan| has(plan, |op| matches!(op, Op::Mask(_)))), [true, false]);
    plans
}

fn lesson(plan: &Plan, place: Place, (seeds, batch): (&[u64], usize)) -> LossAndGradients {
    let mut net = Net::new(plan, seeds, place).unwrap();
    let (runs, samples) = (seeds.len(), seeds.len() * batch);
    let sizes = [runs, batch, plan.inputs()].map(|size| i64::try_from(size).unwrap());
    let x = Tensor::from_slice(&RandomStream::new(5, "x").uniform(samples * plan.inputs(), 1.0)).view(sizes);
    let labels: Vec<i64> = (0..3).cycle().take(samples).collect();
    let lesson = net.loss_and_gradients((&x.to_kind(place.kind), &Tensor::from_slice(&labels))).unwrap();
    let copied = |live: &Tensor| live.to_kind(Kind::Double).copy();
    LossAndGradients { losses: copied(&lesson.losses), gradients: lesson.gradients.iter().map(copied).collect() }
}

fn assert_near(plan: &Plan, found: &LossAndGradients, wanted: &LossAndGradients, bound: f64, what: &str) {
    let named =
        plan.learned().map(|parameter| parameter.name.as_str()).zip(found.gradients.iter().zip(&wanted.gradients));
    for (name, (found, wanted)) in named.chain([("loss", (&found.losses, &wanted.losses))]) {
        let error = (found - wanted).norm().double_value(&[]) / wanted.norm().double_value(&[]).max(1e-9);
        assert!(error < bound, "{what}, {name}: {error:e}");
    }
}

#[test]
fn pairs_teach_what_matrices_do() {
    gemc::emit::Threads::set(1);
    for via in CONNECTIONS {
        let [dense, sparse] = both(&text(21, via));
        for (seeds, batch) in [([7].as_slice(), 5), (&[7, 8, 9], 3)] {
            let wanted = lesson(&dense, Place::EXACT, (seeds, batch));
            let found = lesson(&sparse, Place::EXACT, (seeds, batch));
            assert_near(&dense, &found, &wanted, 1e-12, via);
        }
    }
}

/// In single precision, by loops of our own, against matrices in double precision: batches that do not fill a register, and
/// as many synapses as threads share.
#[test]
fn pairs_teach_the_same_in_single_precision() {
    let large = text(320, "g { within: 0.7, density: 0.5 }");
    let small = CONNECTIONS.iter().map(|via| text(21, via));
    for (text, sizes) in small.map(|text| (text, &[1, 3, 16, 19][..])).chain([(large, &[64, 101][..])]) {
        let [dense, sparse] = both(&text);
        for ((seeds, threads), batch) in [([4].as_slice(), 1), (&[4, 5, 6], 2)]
            .into_iter()
            .flat_map(|runs| sizes.iter().map(move |size| (runs, *size)))
        {
            gemc::emit::Threads::set(1);
            let wanted = lesson(&dense, Place::EXACT, (seeds, batch));
            gemc::emit::Threads::set(threads);
            let found = lesson(&sparse, Place::CPU, (seeds, batch));
            // a step jumps, and single precision may be on its other side
            let bound = if text.contains("heaviside") { 1e-2 } else { 2e-4 };
            assert_near(&dense, &found, &wanted, bound, &format!("{text}\nbatch {batch}, {threads} threads"));
        }
    }
    gemc::emit::Threads::set(1);
}

#[test]
fn how_many_threads_there_are_changes_no_digit() {
    let [_, sparse] = both(&text(320, "g { acyclic }"));
    let taught = [1, 2, 3].map(|threads| {
        gemc::emit::Threads::set(threads);
        lesson(&sparse, Place::CPU, (&[4, 5], 64))
    });
    gemc::emit::Threads::set(1);
    let own = sparse.learned().position(|parameter| parameter.name == "b.bias").unwrap();
    for other in &taught[1..] {
        assert_eq!(other.losses, taught[0].losses);
        assert_eq!(other.gradients[own], taught[0].gradients[own]);
    }
}

/// The constant c, and everything else that a run starts from.
#[test]
fn runs_start_from_the_same_numbers() {
    for via in CONNECTIONS {
        let [dense, sparse] = both(&text(30, via)).map(|plan| Net::new(&plan, &[1, 2], Place::EXACT).unwrap());
        assert_eq!(dense.plan().parameters().len(), sparse.plan().parameters().len());
        for ((name, wanted), (other, found)) in dense.named().zip(sparse.named()) {
            assert_eq!(name, other);
            let error = (found - wanted).abs().max().double_value(&[]);
            assert!(error < 1e-13, "{via}, {name}: {error:e}");
        }
        assert_eq!(dense.plan().counts(), sparse.plan().counts());
    }
}

#[test]
fn weights_are_those_of_the_pairs_in_their_order() {
    let plans = both(&text(30, "g { density: 0.2, within: 1.5 }"));
    let joined = |op: &Op| if let Op::Sparse(_, wires) = op { Some(wires.joins().pairs().collect()) } else { None };
    let joins: Option<Vec<bool>> = plans[1].tensors().iter().find_map(|tensor| joined(&tensor.op));
    let [dense, sparse] = plans.map(|plan| {
        let id = plan.numbered().find(|(_, tensor)| tensor.label == "b->b.W").unwrap().0;
        Interpreter::new(&plan, &[1]).unwrap().compute(&[id]).unwrap().swap_remove(0)
    });
    let joins = joins.unwrap();
    let pairs = (0..30).flat_map(|target| (0..30).map(move |source| source * 30 + target)).filter(|pair| joins[*pair]);
    let wanted: Vec<f64> = pairs.map(|pair| dense.numbers()[pair]).collect();
    assert_eq!((dense.sizes(), sparse.sizes()), (&[1, 30, 30][..], &[1, wanted.len()][..]));
    for (found, wanted) in sparse.numbers().iter().zip(&wanted) {
        assert!((found - wanted).abs() < 1e-13 && *wanted != 0.0, "{found} {wanted}");
    }
}
