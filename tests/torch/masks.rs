//! Masks, clouds, learned positions, and weights that are binary or nonnegative, against the formulas of each.
#![allow(clippy::float_cmp)] // what is exactly 0, 1 or a count must be exactly that

use gemc::emit::{Net, Place};
use gemc::options::Order;
use gemc::plan::Plan;
use gemc::random::RandomStream;
use tch::{Kind, Reduction, Tensor};

use crate::stage::plan_in;

const SOURCES: usize = 12;
const TARGETS: usize = 7;
const BATCH: i64 = 4;

fn text(source: &str, target: &str, via: &str) -> String {
    format!(
        "model m {{
    genome g(3)
    start fan_in
    population a = cloud(12, seed: 4) {{ {source} }}
    population b = cloud(7, seed: 5)  {{ {target} }}
    connect a -> b via {via}
    input a
    output b
}}
"
    )
}

fn net(plan: &Plan) -> Net {
    Net::new(plan, &[11, 12], Place::EXACT).unwrap()
}

fn batch() -> (Tensor, Tensor) {
    let sample = Tensor::from_slice(&RandomStream::new(5, "x").uniform(2 * 4 * SOURCES, 1.0));
    (sample.view([2, BATCH, 12]), Tensor::from_slice(&[0_i64, 6, 2, 1, 3, 5, 2, 4]))
}

/// Returns a tensor by its label; of several the last.
fn traced(net: &Net, label: &str) -> Tensor {
    let (x, labels) = batch();
    let trace = net.trace((&x, &labels)).unwrap();
    let found = trace.iter().rev().find(|(id, _)| net.plan().tensor(*id).label == label);
    found.unwrap_or_else(|| panic!("no `{label}`")).1.shallow_clone()
}

fn row(net: &Net, name: &str, run: i64) -> Tensor {
    let found = net.named().find(|(other, _)| *other == name).unwrap_or_else(|| panic!("no `{name}`"));
    found.1.select(0, run).detach().copy()
}

/// Places of a cloud, drawn here.
fn places(count: usize, seed: u64) -> Tensor {
    let drawn = RandomStream::new(seed, "cloud").uniform(2 * count, 1.0);
    Tensor::from_slice(&drawn).view([i64::try_from(count).unwrap(), 2])
}

/// exp(−|p − tanh θ|² / σ²), neurons × genes.
fn gaussian(places: &Tensor, theta: &Tensor, lambda: &Tensor) -> Tensor {
    let offset = places.unsqueeze(1) - theta.tanh().unsqueeze(0);
    (-offset.square().sum_dim_intlist(2_i64, false, None) / lambda.exp().square()).exp()
}

/// Which pairs are closer than `radius`, as numbers.
fn near_pairs(radius: f64) -> Tensor {
    let offset = places(SOURCES, 4).unsqueeze(1) - places(TARGETS, 5).unsqueeze(0);
    offset.square().sum_dim_intlist(2_i64, false, None).sqrt().lt(radius).to_kind(Kind::Double)
}

/// Which pairs a density keeps, as numbers.
fn drawn_pairs(part: f64, seed: u64, purpose: &str) -> Tensor {
    let mut draw = RandomStream::new(seed, purpose);
    let kept: Vec<f64> = (0..SOURCES * TARGETS).map(|_| f64::from(u8::from(draw.unit() < part))).collect();
    Tensor::from_slice(&kept).view([12, 7])
}

fn assert_near(found: &Tensor, wanted: &Tensor, what: &str) {
    assert_eq!(found.size(), wanted.size(), "{what}");
    let error = (found - wanted).norm().double_value(&[]) / wanted.norm().double_value(&[]);
    assert!(error < 1e-12, "{what}: {error:e}");
}

#[test]
fn keep_the_pairs_that_they_say_and_the_deviation_of_those() {
    let masks = [
        ("within: 0.8", near_pairs(0.8)),
        ("density: 0.6, seed: 3", drawn_pairs(0.6, 3, "a->b via g")),
        ("density: 0.6, within: 0.9", drawn_pairs(0.6, 0, "a->b via g") * near_pairs(0.9)),
    ];
    for (written, mask) in masks {
        let plan = plan_in(&text("g: gaussian", "g: gaussian", &format!("g {{ {written} }}")), Order::Synthesized);
        let net = net(&plan);
        let kept = mask.sum(Kind::Double).double_value(&[]);
        assert_eq!(plan.counts().synapses as f64, kept, "{written}");
        for run in 0..2 {
            let of = |name: &str| row(&net, name, run);
            let sent = gaussian(&places(SOURCES, 4), &of("a.g.mu"), &of("a.g.sigma"));
            let received = gaussian(&places(TARGETS, 5), &of("b.g.mu"), &of("b.g.sigma"));
            let raw = sent.matmul(&of("g.O")).matmul(&received.tr());
            let mean = (&raw * &mask).sum(Kind::Double) / kept;
            let deviation = (((&raw - mean) * &mask).square().sum(Kind::Double) / kept).sqrt();
            let wanted = raw / deviation * (2.0 * TARGETS as f64 / kept).sqrt() * &mask;
            assert_near(&traced(&net, "a->b.W").select(0, run), &wanted, written);
        }
    }
}

#[test]
fn over_other_encodings_multiply_what_those_make() {
    let mask = |encoding: &str| drawn_pairs(0.5, 2, &format!("a->b via {encoding}"));
    let mut direct = net(&plan_in(
        &text("", "", "direct { density: 0.5, seed: 2 }").replace("    genome g(3)\n    start fan_in\n", ""),
        Order::Cheapest,
    ));
    assert_near(&traced(&direct, "a->b.W").select(0, 1), &(row(&direct, "a->b.W", 1) * mask("direct")), "direct");
    let gradient = &direct.loss_and_gradients((&batch().0, &batch().1)).unwrap().gradients[0];
    let hidden: Tensor = 1.0 - mask("direct");
    let masked: Tensor = gradient * hidden;
    assert_eq!(masked.abs().max().double_value(&[]), 0.0, "what is masked learns nothing");
    let basis = net(&plan_in(
        &text("", "", "basis(3) { density: 0.5, seed: 2 }").replace("    genome g(3)\n    start fan_in\n", ""),
        Order::Cheapest,
    ));
    let wanted = row(&basis, "a->b.R", 0).matmul(&row(&basis, "a->b.P", 0)) * mask("basis");
    assert_near(&traced(&basis, "a->b.W").select(0, 0), &wanted, "basis");
}

#[test]
fn a_self_connection_may_lead_to_higher_numbers_only() {
    let text = "model m {
    population a = units(12)
    population b = units(7) { activation: tanh }
    connect a -> b via direct
    connect b -> b via direct { acyclic }
    population c = units(7)
    connect b -> c via direct
    unroll 3
    input a
    output c
}
";
    let net = net(&plan_in(text, Order::Cheapest));
    let wanted = row(&net, "b->b.W", 0).triu(1);
    assert_near(&traced(&net, "b->b.W").select(0, 0), &wanted, "acyclic");
}

#[test]
fn learned_positions_start_where_the_seed_draws_and_follow_the_chain_rule() {
    let plan = plan_in(&text("g: gaussian(sigma: 0.7), positions: learned", "g: gaussian", "g"), Order::Cheapest);
    let mut net = net(&plan);
    assert!(
        plan.parameters()
            .iter()
            .any(|parameter| parameter.name == "a.positions" && parameter.learned && parameter.count() == 24)
    );
    let (x, labels) = batch();
    let lesson = net.loss_and_gradients((&x, &labels)).unwrap();
    for run in 0..2 {
        let rows: Vec<Tensor> =
            plan.learned().map(|parameter| row(&net, &parameter.name, run).set_requires_grad(true)).collect();
        let of = |name: &str| &rows[plan.learned().position(|parameter| parameter.name == name).unwrap()];
        let drawn = places(SOURCES, 4).clamp(-0.999, 0.999);
        assert_near(&of("a.positions").detach().tanh(), &drawn, "start");
        let sent = gaussian(&of("a.positions").tanh(), of("a.g.mu"), of("a.g.sigma"));
        let received = gaussian(&places(TARGETS, 5), of("b.g.mu"), of("b.g.sigma"));
        let weights = sent.matmul(of("g.O")).matmul(&received.tr()) * row(&net, "a->b.g.c", run).view([1, 1]);
        let answer = x.select(0, run).matmul(&weights);
        let labels = labels.view([2, BATCH]).select(0, run);
        let loss = answer.cross_entropy_loss(&labels, None::<&Tensor>, Reduction::Mean, -100, 0.0);
        let wanted = Tensor::run_backward(&[loss], &rows, false, false);
        for ((found, wanted), parameter) in lesson.gradients.iter().zip(&wanted).zip(plan.learned()) {
            assert_near(&found.select(0, run), wanted, &parameter.name);
        }
    }
}

#[test]
fn binary_weights_are_signs_and_a_gradient_passes_straight_through() {
    let via = "g { weights: heaviside, density: 0.7 }";
    let plan = plan_in(&text("g: free", "g: free", via), Order::Cheapest);
    assert!(plan.parameters().iter().all(|parameter| parameter.name != "a->b.g.c"), "a sign needs no constant");
    let mut net = net(&plan);
    let (x, labels) = batch();
    let (logits, lesson) = (net.forward(&x).unwrap().logits, net.loss_and_gradients((&x, &labels)).unwrap());
    let mask = drawn_pairs(0.7, 0, "a->b via g");
    let scale = (8.0 * TARGETS as f64 / mask.sum(Kind::Double).double_value(&[])).sqrt();
    for run in 0..2 {
        let [sent, genes, received] = ["a.g.X", "g.O", "b.g.X"].map(|name| row(&net, name, run));
        let raw = sent.matmul(&genes).matmul(&received.tr());
        let weights = (raw.gt(0.0).to_kind(Kind::Double) * &mask).set_requires_grad(true);
        assert_eq!(traced(&net, "a->b.W").select(0, run), weights.detach(), "exactly 0 and 1");
        let answer = x.select(0, run).matmul(&weights) * scale;
        assert_near(&logits.select(0, run), &answer.detach(), "what is received");
        let labels = labels.view([2, BATCH]).select(0, run);
        let loss = answer.cross_entropy_loss(&labels, None::<&Tensor>, Reduction::Mean, -100, 0.0);
        let slope = &Tensor::run_backward(&[loss], &[&weights], false, false)[0] * &mask;
        let wanted = [
            ("a.g.X", slope.matmul(&received).matmul(&genes.tr())),
            ("g.O", sent.tr().matmul(&slope).matmul(&received)),
            ("b.g.X", slope.tr().matmul(&sent).matmul(&genes)),
        ];
        for (name, wanted) in wanted {
            let found = plan.learned().position(|parameter| parameter.name == name).unwrap();
            assert_near(&lesson.gradients[found].select(0, run), &wanted, name);
        }
    }
}

#[test]
fn a_weight_of_nothing_is_no_synapse_and_one_that_is_no_number_is_not_hidden() {
    let text = text("", "", "direct { weights: heaviside }").replace("    genome g(3)\n    start fan_in\n", "");
    let mut net = net(&plan_in(&text, Order::Cheapest));
    let mut row = Tensor::zeros([2, 12, 7], (Kind::Double, tch::Device::Cpu));
    row.get(0).get(0).narrow(0, 0, 3).copy_(&Tensor::from_slice(&[1e-300, 0.0, -1e-300]));
    net.load(&[("a->b.W".to_owned(), row.shallow_clone())]).unwrap();
    let made = traced(&net, "a->b.W");
    assert_eq!(made.sum(Kind::Double).double_value(&[]), 1.0);
    assert_eq!(made.double_value(&[0, 0, 0]), 1.0);
    let _ = row.fill_(f64::NAN);
    net.load(&[("a->b.W".to_owned(), row)]).unwrap();
    assert!(traced(&net, "a->b.W").isnan().all().int64_value(&[]) == 1);
}

#[test]
fn nonnegative_weights_are_what_is_above_zero() {
    let plan = plan_in(&text("g: free", "g: free", "g { weights: nonnegative }"), Order::Cheapest);
    let net = net(&plan);
    let [sent, genes, received] = ["a.g.X", "g.O", "b.g.X"].map(|name| row(&net, name, 1));
    let raw = sent.matmul(&genes).matmul(&received.tr()) * row(&net, "a->b.g.c", 1).view([1, 1]);
    assert_near(&traced(&net, "a->b.W").select(0, 1), &raw.clamp_min(0.0), "nonnegative");
}
