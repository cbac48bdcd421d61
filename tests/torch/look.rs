//! What is drawn of a net is what its plan computes: W = c X O Xᵀ, found by its name, for each run its own.

use gemc::emit::{Net, Numbers, Place};
use gemc::options::Order;
use gemc::plan::{Plan, TensorId};

use crate::stage::{DIRECT, SMALL, plan_in};

fn id(plan: &Plan, label: &str) -> TensorId {
    plan.numbered().find(|(_, tensor)| tensor.label == label).unwrap().0
}

fn numbers(net: &Net, label: &str, run: usize) -> Numbers {
    let id = id(net.plan(), label);
    let mut found = net.look(&[id], run).unwrap();
    assert_eq!((found.len(), found[0].0), (1, id), "{label}");
    found.remove(0).1
}

#[test]
fn weights_are_made_of_identities_and_o() {
    let net = Net::new(&plan_in(SMALL, Order::Synthesized), &[3, 4], Place::CPU).unwrap();
    for run in [0, 1] {
        let names = ["pixels->hidden.W", "pixels.g.X", "g.O", "hidden.g.X"];
        let [weights, sent, genes, received] = names.map(|name| numbers(&net, name, run));
        let gain = numbers(&net, "pixels->hidden.g.c", run).values[0];
        assert_eq!((weights.shape.as_slice(), sent.shape.as_slice()), ([36, 20].as_slice(), [36, 5].as_slice()));
        for (source, target) in [(0, 0), (35, 19), (7, 12)] {
            let pairs = (0..5).flat_map(|a| (0..5).map(move |b| (a, b)));
            let sum = pairs
                .map(|(a, b)| sent.values[source * 5 + a] * genes.values[a * 5 + b] * received.values[target * 5 + b]);
            let (by_hand, drawn) = (gain * sum.sum::<f32>(), weights.values[source * 20 + target]);
            assert!((by_hand - drawn).abs() < 1e-4 * by_hand.abs().max(1.0), "{by_hand} {drawn}");
        }
    }
    assert_ne!(numbers(&net, "g.O", 0), numbers(&net, "g.O", 1));
}

#[test]
fn learned_weights_are_the_rows_of_the_table() {
    let net = Net::new(&plan_in(DIRECT, Order::Synthesized), &[3], Place::CPU).unwrap();
    let weights = numbers(&net, "hidden->digits.W", 0);
    assert_eq!((weights.shape.as_slice(), weights.values.len()), ([20, 4].as_slice(), 80));
    let (_, row) = net.named().find(|(name, _)| *name == "hidden->digits.W").unwrap();
    assert!((f64::from(weights.values[5]) - row.double_value(&[0, 1, 1])).abs() < 1e-9);
}
