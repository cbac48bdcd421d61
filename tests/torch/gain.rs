//! The constant c: synthesized weights start with the standard deviation √(2 / fan-in).

use gemc::emit::{Net, Place};
use gemc::options::Order;
use tch::{Kind, Tensor};

use crate::stage::{SMALL, plan_in};

/// Returns the weights of a connection, one run a row, as the net starts with them.
fn weights(source: &str, label: &str, seeds: &[u64]) -> Tensor {
    let plan = plan_in(source, Order::Synthesized);
    let net = Net::new(&plan, seeds, Place::EXACT).unwrap();
    let runs = i64::try_from(seeds.len()).unwrap();
    let x = Tensor::zeros([runs, 1, i64::try_from(plan.inputs()).unwrap()], (Kind::Double, tch::Device::Cpu));
    let labels = Tensor::zeros([runs], (Kind::Int64, tch::Device::Cpu));
    let trace = net.trace((&x, &labels)).unwrap();
    let (_, weights) = trace.iter().find(|(id, _)| plan.tensor(*id).label == label).expect("the label is in the plan");
    weights.reshape([runs, -1])
}

#[test]
fn gives_the_wanted_deviation_in_every_run() {
    for (label, fan_in) in [("pixels->hidden.W", 36.0), ("hidden->digits.W", 20.0)] {
        let deviations = weights(SMALL, label, &[1, 2, 3]).std_dim(1, false, false);
        for run in 0..3 {
            let (found, wanted) = (deviations.double_value(&[run]), (2.0_f64 / fan_in).sqrt());
            assert!((found / wanted - 1.0).abs() < 1e-10, "{label} {run}: {found} {wanted}");
        }
    }
}

#[test]
fn a_gain_multiplies_the_deviation() {
    let once = "connect pixels -> hidden -> digits via g";
    let again = "connect pixels -> hidden via g\n    connect hidden -> digits via g { gain: 0.4 }";
    assert!(SMALL.contains(once));
    let [usual, less] = [SMALL.to_owned(), SMALL.replace(once, again)]
        .map(|source| ["pixels->hidden.W", "hidden->digits.W"].map(|label| weights(&source, label, &[1, 2])));
    assert_eq!(usual[0], less[0], "the other connection starts as before");
    assert!((less[1].g_mul_scalar(2.5) - &usual[1]).abs().max().double_value(&[]) < 1e-12);
    assert!((less[1].std(false).double_value(&[]) / (0.4 * (2.0_f64 / 20.0).sqrt()) - 1.0).abs() < 0.2);
}

#[test]
fn holds_where_almost_all_weights_are_equal() {
    // such wide fields look alike from everywhere: the mean is 10⁶ times the deviation
    let wide = SMALL.replace("g: gaussian", "g: gaussian(sigma: 1000)");
    let found = weights(&wide, "pixels->hidden.W", &[4]).std(false).double_value(&[]);
    assert!((found / (2.0_f64 / 36.0).sqrt() - 1.0).abs() < 1e-3, "{found}");
}

#[test]
fn a_single_weight_starts_at_the_wanted_size() {
    let single = "
model single {
    genome g(3)
    population a = units(1) { g: free }
    population b = units(1) { g: free }
    connect a -> b via g
    input a
    output b
}
";
    let found = weights(single, "a->b.W", &[9]).abs().double_value(&[0, 0]);
    assert!((found - 2.0_f64.sqrt()).abs() < 1e-12, "{found}");
}
