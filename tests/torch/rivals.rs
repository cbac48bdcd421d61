//! Encodings without genes against their formulas, pair by pair, over plain numbers: g-networks, subspaces and sine networks.

use gemc::emit::{Net, Place};
use gemc::options::Order;
use tch::{Kind, Tensor};

use crate::stage::{plan_in, recipe, stepper};

const HIDDEN: usize = 4;

/// Returns a row of the table.
fn row(net: &Net, name: &str) -> Vec<f64> {
    let (_, found) = net.named().find(|(key, _)| *key == name).unwrap_or_else(|| panic!("no `{name}`"));
    Vec::<f64>::try_from(found.reshape([-1])).unwrap()
}

/// Returns W of the one connection `a->b`, from what each neuron of `a` alone sends: `N_s` × `N_t`.
fn grown(source: &str, target: &str, via: &str, order: Order) -> (Net, Vec<f64>) {
    let text = format!(
        "model m {{\npopulation a = {source}\npopulation b = {target}\nconnect a -> b via {via}\ninput a\noutput b\n}}\n"
    );
    let plan = plan_in(&text, order);
    let net = Net::new(&plan, &[11], Place::EXACT).unwrap();
    let neurons = i64::try_from(plan.inputs()).unwrap();
    let alone = Tensor::eye(neurons, (Kind::Double, tch::Device::Cpu)).unsqueeze(0);
    let weights = net.forward(&alone).unwrap().logits;
    let weights = Vec::<f64>::try_from(weights.reshape([-1])).unwrap();
    (net, weights)
}

/// Lists Gray codes by reflection, the lowest bit first, −1 for 0: each list is the one before, and that one backwards.
fn gray(bits: usize) -> Vec<Vec<f64>> {
    (0..bits).fold(vec![Vec::new()], |codes: Vec<Vec<f64>>, _| {
        let with = |code: &Vec<f64>, bit: f64| [&code[..], &[bit]].concat();
        codes.iter().map(|code| with(code, -1.0)).chain(codes.iter().rev().map(|code| with(code, 1.0))).collect()
    })
}

fn assert_close(found: &[f64], wanted: &[f64], what: &str) {
    assert_eq!(found.len(), wanted.len(), "{what}");
    for (found, wanted) in found.iter().zip(wanted) {
        assert!((found - wanted).abs() < 1e-12, "{what}: {found} {wanted}");
    }
}

/// The small network by its definition, for one pair of labels.
fn weight(net: &Net, layers: usize, sources: usize, (source, target): (&[f64], &[f64])) -> f64 {
    let [a, b] = ["A", "B"].map(|part| row(net, &format!("a->b.{part}")));
    let [phase, read] = ["b", "v"].map(|part| row(net, &format!("a->b.{part}")));
    let sum = |label: &[f64], weights: &[f64], unit: usize| -> f64 {
        label.iter().enumerate().map(|(bit, value)| value * weights[bit * HIDDEN + unit]).sum()
    };
    let mut active: Vec<f64> =
        (0..HIDDEN).map(|unit| (sum(source, &a, unit) + sum(target, &b, unit) + phase[unit]).sin()).collect();
    if layers == 2 {
        let [between, phase] = ["U", "d"].map(|part| row(net, &format!("a->b.{part}")));
        let received = |unit: usize| -> f64 {
            active.iter().enumerate().map(|(below, value)| value * between[unit * HIDDEN + below]).sum()
        };
        active = (0..HIDDEN).map(|unit| (received(unit) + phase[unit]).sin()).collect();
    }
    let gain = 2.0 / (sources as f64 * HIDDEN as f64).sqrt();
    gain * active.iter().zip(&read).map(|(value, weight)| value * weight).sum::<f64>()
}

#[test]
fn a_g_network_makes_each_weight_of_two_labels() {
    let (rows, columns, line) = (gray(2), gray(1), gray(3));
    let sources: Vec<Vec<f64>> =
        rows[..3].iter().flat_map(|r| columns.iter().map(move |c| [&r[..], c].concat())).collect();
    for layers in [1, 2] {
        for order in [Order::Synthesized, Order::Factored, Order::Cheapest] {
            let via = format!("gnetwork(hidden: {HIDDEN}, layers: {layers})");
            let (net, found) = grown("grid(3, 2)", "units(5)", &via, order);
            let pairs =
                sources.iter().flat_map(|source| line[..5].iter().map(move |target| (&source[..], &target[..])));
            let wanted: Vec<f64> = pairs.map(|pair| weight(&net, layers, 6, pair)).collect();
            assert_close(&found, &wanted, &format!("{layers} {order:?}"));
            let wanted = HIDDEN * (3 + 3 + 2) + if layers == 2 { HIDDEN * (HIDDEN + 1) } else { 0 };
            assert_eq!(net.plan().counts().parameters, wanted as u64);
        }
    }
}

#[test]
fn a_g_networks_weights_start_as_spread_as_training_wants() {
    for layers in [1, 2] {
        let via = format!("gnetwork(hidden: 64, layers: {layers})");
        let (_, found) = grown("grid(16, 16)", "grid(8, 8)", &via, Order::Cheapest);
        let mean = found.iter().sum::<f64>() / found.len() as f64;
        let deviation = (found.iter().map(|w| (w - mean).powi(2)).sum::<f64>() / found.len() as f64).sqrt();
        let wanted = (2.0_f64 / 256.0).sqrt();
        assert!(
            (0.7..1.4).contains(&(deviation / wanted)) && mean.abs() < 0.3 * wanted,
            "{layers}: {deviation} {mean}"
        );
    }
}

#[test]
fn a_subspace_moves_all_weights_along_the_same_numbers() {
    let (mut net, found) = grown("units(4)", "units(3)", "subspace(2)", Order::Cheapest);
    assert_close(&found, &row(&net, "a->b.W0"), "the start");
    assert_eq!(net.plan().counts().parameters, 2);
    let rows: Vec<(String, Tensor)> = net.named().map(|(name, row)| (name.to_owned(), row.copy())).collect();
    let theta = [0.5, -2.0];
    let moved = rows.into_iter().map(|(name, row)| {
        let row = if name == "subspace(2).theta" { Tensor::from_slice(&theta).view([1, 2]) } else { row };
        (name, row)
    });
    net.load(&moved.collect::<Vec<_>>()).unwrap();
    let alone = Tensor::eye(4, (Kind::Double, tch::Device::Cpu)).unsqueeze(0);
    let found = Vec::<f64>::try_from(net.forward(&alone).unwrap().logits.reshape([-1])).unwrap();
    let basis = row(&net, "a->b.R");
    let moved = |at: usize| basis[2 * at] * theta[0] + basis[2 * at + 1] * theta[1];
    let wanted: Vec<f64> = row(&net, "a->b.W0").iter().enumerate().map(|(at, start)| start + moved(at)).collect();
    assert_close(&found, &wanted, "moved");
}

#[test]
fn a_sine_network_makes_chunks_of_weights() {
    const INPUTS: usize = 2;
    const UNITS: usize = 3;
    let (mut net, found) = grown("units(4)", "units(3)", "sine(inputs: 2, chunks: 6, hidden: 3)", Order::Cheapest);
    assert_close(&found, &row(&net, "a->b.sine.W0"), "the start");
    assert_eq!(net.plan().counts().parameters, 6 * (2 + 1));
    let amplitudes = [0.5, -2.0, 1.0, 0.0, 3.0, -0.25];
    let rows: Vec<(String, Tensor)> = net.named().map(|(name, row)| (name.to_owned(), row.copy())).collect();
    let moved = rows.into_iter().map(|(name, row)| {
        let row = if name == "a->b.sine.beta" { Tensor::from_slice(&amplitudes).view([1, 6]) } else { row };
        (name, row)
    });
    net.load(&moved.collect::<Vec<_>>()).unwrap();
    let alone = Tensor::eye(4, (Kind::Double, tch::Device::Cpu)).unsqueeze(0);
    let found = Vec::<f64>::try_from(net.forward(&alone).unwrap().logits.reshape([-1])).unwrap();
    let [start, inputs] = ["W0", "alpha"].map(|part| row(&net, &format!("a->b.sine.{part}")));
    let layers = [1, 2, 3].map(|layer| row(&net, &format!("a->b.sine.R{layer}")));
    let through = |sent: &[f64], weights: &[f64], columns: usize| -> Vec<f64> {
        let to =
            |column: usize| sent.iter().enumerate().map(|(at, value)| value * weights[at * columns + column]).sum();
        (0..columns).map(to).collect()
    };
    let sines = |received: Vec<f64>| -> Vec<f64> { received.into_iter().map(f64::sin).collect() };
    let wanted = start.iter().enumerate().map(|(at, start)| {
        // twelve weights in six chunks
        let (chunk, place) = (at / 2, at % 2);
        let first = sines(through(&inputs[chunk * INPUTS..][..INPUTS], &layers[0], UNITS));
        let second = sines(through(&first, &layers[1], UNITS));
        start + amplitudes[chunk] * through(&second, &layers[2], 2)[place]
    });
    assert_close(&found, &wanted.collect::<Vec<f64>>(), "moved");
}

#[test]
fn all_learn() {
    for via in ["gnetwork(hidden: 6)", "gnetwork(hidden: 5, layers: 2)", "subspace(30)", "sine(inputs: 5, chunks: 5)"] {
        let text = format!(
            "model m {{\npopulation pixels = grid(6, 6)\npopulation hidden = grid(5, 4) {{ activation: relu }}\n\
             population digits = units(4)\nconnect pixels -> hidden -> digits via {via}\ninput pixels\noutput digits\n}}\n"
        );
        let mut stepper = stepper(&text, &[1], Place::CPU, 0.02);
        let mut loss = |steps: u64| {
            (0..steps).for_each(|_| drop(stepper.step().unwrap()));
            stepper.synchronise().unwrap();
            stepper.take_losses()[0]
        };
        let (_, last) = (loss(2 * recipe().length), loss(40));
        assert!(last < 0.9, "{via}: {last}");
    }
}
