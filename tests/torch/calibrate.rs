//! Calibrated starts: what connections via genes bring to each population spreads by 1 over the samples a run begins with.

use gemc::emit::{Net, Place};
use gemc::options::Order;
use gemc::plan::{Plan, Received};
use gemc::random::RandomStream;
use tch::{Kind, Tensor};

use crate::stage::{SMALL, plan_in};

/// Every way in which a population may receive: chains, several connections, windows, pools, masks, binary and nonnegative
/// weights, weights that are learned themselves beside grown ones.
const MANY: &str = "
model many(genes = 5) {
    genome g(genes)
    interaction other over g
    start calibrated
    population pixels = grid(8, 8)          { g: gaussian(centred) }
    population maps   = grid(6, 6, 2)       { g: inverse_square(scale: 2), activation: gelu, bias: per_map }
    population pooled = average_pool(maps, 2)
    population brain  = cloud(30, seed: 3)  { g: gaussian, activation: relu }
    population binary = units(12)           { g: free(centred), activation: tanh }
    population mixed  = units(9)            { g: random, activation: sigmoid }
    population digits = units(4)            { g: random(contrasts) }
    connect pixels -> maps via g { window: 3 }
    connect pooled -> brain via g
    connect pixels -> brain via other { within: 0.9 }
    connect pixels -> brain via other { density: 0.1, seed: 4 }
    connect brain -> binary via g { weights: heaviside }
    connect brain -> mixed via g { weights: nonnegative }
    connect binary -> mixed via direct
    connect mixed -> digits via g { gain: 0.5 }
    connect maps -> digits via g
    input pixels
    output digits
}
";

const CYCLIC: &str = "
model cyclic(genes = 5) {
    genome g(genes)
    interaction back over g
    start calibrated
    population pixels = grid(6, 6)         { g: gaussian }
    population brain  = cloud(40, seed: 1) { g: gaussian, activation: tanh }
    population digits = units(4)           { g: random }
    connect pixels -> brain via g
    connect brain -> brain via back { within: 0.8 }
    connect brain -> digits via g
    unroll 5
    input pixels
    output digits
}
";

const SEEDS: [u64; 3] = [1, 2, 8];
/// c is kept to 16 bits.
const KEPT: f64 = 4e-5;

/// Returns 40 samples for each run, of the run's seed alone: R × B × N.
fn samples(plan: &Plan, seeds: &[u64]) -> Tensor {
    let pixels = |seed: &u64| RandomStream::new(*seed, "x").uniform(40 * plan.inputs(), 1.0);
    let pixels: Vec<f64> = seeds.iter().flat_map(pixels).map(|pixel| pixel.mul_add(0.5, 0.5)).collect();
    Tensor::from_slice(&pixels).view([i64::try_from(seeds.len()).unwrap(), 40, -1])
}

fn calibrated(plan: &Plan, seeds: &[u64]) -> Net {
    let mut net = Net::new(plan, seeds, Place::EXACT).unwrap();
    let x = samples(plan, seeds);
    net.calibrate(|run| Ok(x.narrow(0, i64::try_from(run).unwrap(), 1))).unwrap();
    net
}

/// Returns every tensor that the samples make, and a way to find one's numbers of a run.
fn trace(net: &Net) -> impl Fn(gemc::plan::TensorId, usize) -> Tensor {
    let x = samples(net.plan(), net.seeds());
    let labels = Tensor::zeros([x.size()[0] * x.size()[1]], (Kind::Int64, tch::Device::Cpu));
    let made = net.trace((&x, &labels)).unwrap();
    move |wanted, run| {
        let (_, found) = made.iter().find(|(id, _)| *id == wanted).expect("it is made");
        found.get(i64::try_from(run).unwrap())
    }
}

fn spread(values: &Tensor) -> f64 {
    values.std(false).double_value(&[])
}

/// Returns the calibrated part of what arrives: of a population with k such connections, m of which act, √(m / k).
fn check(received: &Received, run: usize, of: &impl Fn(gemc::plan::TensorId, usize) -> Tensor) {
    let Some(first) = received.grown.first() else { return };
    let ungained = |grown: &gemc::plan::Grown| of(grown.part, run) / grown.gain;
    let sum = received.grown.iter().map(ungained).reduce(|sum, part| sum + part).unwrap();
    let (acting, all) = (received.grown.len(), first.among);
    let wanted = received.spread * (acting as f64 / all as f64).sqrt();
    let found = spread(&sum);
    assert!(
        (found / wanted - 1.0).abs() < KEPT,
        "{} at {}: {found}, wanted {wanted}",
        received.population,
        received.tick
    );
    // and all that act have equal shares in it
    let shares: Vec<f64> = received.grown.iter().map(|grown| spread(&ungained(grown))).collect();
    assert!(shares.iter().all(|share| (share / shares[0] - 1.0).abs() < KEPT), "{}: {shares:?}", received.population);
}

#[test]
fn what_arrives_spreads_by_one_whatever_the_wiring_and_the_order() {
    for text in [MANY, CYCLIC, &SMALL.replace("start fan_in", "start calibrated")] {
        for order in [Order::Synthesized, Order::Factored, Order::Cheapest] {
            let plan = plan_in(text, order);
            let net = calibrated(&plan, &SEEDS);
            let of = trace(&net);
            let grown = plan.received().iter().map(|received| received.grown.len()).sum::<usize>();
            assert!(grown >= 2, "{text}");
            for received in plan.received() {
                (0..SEEDS.len()).for_each(|run| check(received, run, &of));
            }
        }
    }
}

#[test]
fn several_connections_are_told_and_a_cycle_at_its_first_tick() {
    let of = |text: &str| {
        let plan = plan_in(text, Order::Cheapest);
        let at = |received: &Received| format!("{}@{}:{}", received.population, received.tick, received.grown.len());
        plan.received().iter().map(at).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(of(MANY), "maps@0:1 brain@0:3 binary@0:1 mixed@0:1 digits@0:2");
    // the brain hears of itself a tick later; the answer is read, and made, at the end alone
    assert_eq!(of(CYCLIC), "brain@1:1 brain@2:1 digits@5:1");
}

#[test]
fn each_run_is_what_its_seed_alone_gives() {
    let plan = plan_in(MANY, Order::Cheapest);
    let together = calibrated(&plan, &SEEDS);
    for (run, seed) in SEEDS.iter().enumerate() {
        let alone = calibrated(&plan, &[*seed]);
        for ((name, row), (_, own)) in together.named().zip(alone.named()) {
            assert_eq!(row.get(i64::try_from(run).unwrap()), own.get(0), "{name} of seed {seed}");
        }
    }
}

#[test]
fn a_fan_in_start_is_looked_at_and_left_as_it_is() {
    let plan = plan_in(SMALL, Order::Cheapest);
    let before = Net::new(&plan, &SEEDS, Place::EXACT).unwrap();
    let mut net = Net::new(&plan, &SEEDS, Place::EXACT).unwrap();
    let x = samples(&plan, &SEEDS);
    let arrivals = net.calibrate(|run| Ok(x.narrow(0, i64::try_from(run).unwrap(), 1))).unwrap();
    assert!(before.named().zip(net.named()).all(|((_, a), (_, b))| a == b));
    let of = trace(&net);
    for (run, told) in arrivals.iter().enumerate() {
        assert_eq!(told.len(), 2);
        for (told, received) in told.iter().zip(plan.received()) {
            let values = of(received.total, run);
            assert_eq!(told.population, received.population.as_str());
            assert!((told.mean - values.mean(Kind::Double).double_value(&[])).abs() < 1e-9);
            assert!((told.sd / spread(&values) - 1.0).abs() < 1e-9);
            let active = values.gt(0.0).to_kind(Kind::Double).mean(Kind::Double).double_value(&[]);
            let wanted = if told.population == "hidden" { active } else { 1.0 };
            assert!((told.active - wanted).abs() < 1e-12, "{told:?}");
            let alive = values.gt(0.0).any_dim(1, false).to_kind(Kind::Double).mean(Kind::Double).double_value(&[]);
            let dead = if told.population == "hidden" { 1.0 - alive } else { 0.0 };
            assert!((told.dead - dead).abs() < 1e-12, "{told:?}");
            let between = values.var_dim([1_i64].as_slice(), false, false).mean(Kind::Double).double_value(&[]).sqrt();
            assert!((told.between_samples / between - 1.0).abs() < 1e-9, "{told:?}");
        }
    }
}

#[test]
fn a_net_that_has_learned_is_looked_at_with_its_biases_and_left_as_it_is() {
    let plan = plan_in(SMALL, Order::Cheapest);
    let mut net = Net::new(&plan, &SEEDS, Place::EXACT).unwrap();
    // a bias that silences the first half of the neurons
    let rows: Vec<(String, Tensor)> = net.named().map(|(name, row)| (name.to_owned(), row.detach().copy())).collect();
    for (_, row) in rows.iter().filter(|(name, _)| name == "hidden.bias") {
        let _ = row.narrow(1, 0, row.size()[1] / 2).fill_(-1e6);
    }
    net.load(&rows).unwrap();
    let x = samples(&plan, &SEEDS[..1]);
    let arrivals = net.arrivals(&x).unwrap();
    assert!(net.named().zip(&rows).all(|((_, now), (_, before))| now == before));
    assert_eq!(arrivals.len(), SEEDS.len());
    for told in &arrivals {
        let hidden = told.iter().find(|told| told.population == "hidden").unwrap();
        assert!(hidden.dead >= 0.5 && hidden.active < 0.5, "{hidden:?}");
        assert!(hidden.mean.abs() < 1e3, "what connections bring has no bias in it: {hidden:?}");
    }
}

#[test]
fn a_population_that_receives_nothing_keeps_its_constant() {
    let plan = plan_in(MANY, Order::Cheapest);
    let mut net = Net::new(&plan, &[3], Place::EXACT).unwrap();
    let dark = Tensor::zeros([1, 4, i64::try_from(plan.inputs()).unwrap()], (Kind::Double, tch::Device::Cpu));
    let arrivals = net.calibrate(|_| Ok(dark.shallow_clone())).unwrap();
    assert!(arrivals[0].iter().all(|told| told.mean.is_finite() && told.sd.is_finite()));
    assert!(net.named().all(|(_, row)| row.isfinite().all().int64_value(&[]) == 1));
}

#[test]
fn centred_identities_are_the_others_without_their_means() {
    for form in ["gaussian", "gaussian(anisotropic)", "inverse_square(scale: 2)", "free", "random"] {
        let centred = match form.split_once('(') {
            None => format!("{form}(centred)"),
            Some((word, rest)) => format!(
                "{word}({rest}",
                rest = if rest.contains(':') { format!("centred, {rest}") } else { rest.replace(')', ", centred)") }
            ),
        };
        let [plain, centred] = [form, &centred].map(|form| {
            let plan = plan_in(
                &SMALL.replace("hidden = grid(5, 4) { g: gaussian", &format!("hidden = grid(5, 4) {{ g: {form}")),
                Order::Cheapest,
            );
            let net = Net::new(&plan, &SEEDS, Place::EXACT).unwrap();
            let id = plan.numbered().rfind(|(_, tensor)| tensor.label == "hidden.g.X").map(|(id, _)| id).expect("X");
            let of = trace(&net);
            Tensor::stack(&[of(id, 0), of(id, 1), of(id, 2)], 0)
        });
        let wanted = &plain - plain.mean_dim(1, true, Kind::Double);
        assert!((&centred - wanted).abs().max().double_value(&[]) < 1e-12, "{form}");
        assert!((centred - plain).abs().max().double_value(&[]) > 1e-3, "{form}");
    }
}
