//! Gradients of every operation and of every row of the table in double precision: the plan's own against central
//! differences, and against libtorch's automatic differentiation.

use gemc::emit::{Net, Place};
use gemc::options::Order;
use gemc::plan::Plan;
use tch::{Kind, Reduction, Tensor, no_grad_guard};

use crate::stage::{batch, plan_in};

const BATCH: i64 = 5;
const CLASSES: i64 = 3;

/// Returns cross entropy and penalty, summed over runs.
fn loss(net: &Net, x: &Tensor, labels: &Tensor) -> Tensor {
    let output = net.forward(x).unwrap();
    let logits = output.logits.reshape([-1, CLASSES]);
    let entropy = logits.cross_entropy_loss(labels, None::<&Tensor>, Reduction::Sum, -100, 0.0) / BATCH;
    output.penalty.map_or(entropy.shallow_clone(), |penalty| &entropy + penalty.sum(Kind::Double))
}

/// Moves one number and returns the loss there.
fn moved(net: &Net, row: &Tensor, at: i64, by: f64, (x, labels): (&Tensor, &Tensor)) -> f64 {
    let _guard = no_grad_guard();
    let _ = row.view(-1).narrow(0, at, 1).g_add_scalar_(by);
    let value = loss(net, x, labels).double_value(&[]);
    let _ = row.view(-1).narrow(0, at, 1).g_sub_scalar_(by);
    value
}

fn check(model: &str) {
    for order in [Order::Synthesized, Order::Factored, Order::Cheapest] {
        check_plan(&plan_in(model, order), order == Order::Cheapest);
    }
}

/// Holds a plan's gradients against libtorch's, and if asked against differences.
pub(crate) fn check_plan(plan: &Plan, by_differences: bool) {
    let mut net = Net::new(plan, &[7, 8], Place::EXACT).unwrap();
    // biases start at 0, where relu has no slope for a neuron that receives nothing
    for ((_, row), _) in net.named().zip(plan.parameters()).filter(|(_, parameter)| parameter.holds.contains("bias")) {
        let _guard = no_grad_guard();
        let _ = row.view(-1).g_add_scalar_(0.03);
    }
    let (x, labels) = batch(plan);
    let gradients = net.loss_and_gradients((&x, &labels)).unwrap().gradients;
    let rows: Vec<&Tensor> = net.learned().collect();
    let names = plan.parameters().iter().filter(|parameter| parameter.learned).map(|parameter| parameter.name.as_str());
    assert!(!rows.is_empty());
    agree_with_libtorch(&net, &x, &labels, &gradients);
    for ((row, gradient), name) in rows.iter().zip(&gradients).zip(names).filter(|_| by_differences) {
        let gradient = gradient.reshape(-1);
        let step = 1e-5;
        let slope = |at: i64| {
            let there = |by| moved(&net, row, at, by, (&x, &labels));
            (8.0 * (there(step) - there(-step)) - (there(2.0 * step) - there(-2.0 * step))) / (12.0 * step)
        };
        let count = i64::try_from(row.numel()).unwrap();
        let slopes = Tensor::from_slice(&(0..count).map(slope).collect::<Vec<f64>>());
        let error = (&slopes - &gradient).norm().double_value(&[]) / gradient.norm().double_value(&[]).max(1e-3);
        assert!(error < 1e-6, "{name}: {error:e}\n{plan}");
    }
}

/// libtorch records the forward, and differentiates it itself.
fn agree_with_libtorch(net: &Net, x: &Tensor, labels: &Tensor, gradients: &[Tensor]) {
    let rows: Vec<Tensor> = net.learned().map(|row| row.set_requires_grad(true)).collect();
    let theirs = Tensor::run_backward(&[loss(net, x, labels)], &rows, false, false);
    for ((ours, theirs), row) in gradients.iter().zip(&theirs).zip(&rows) {
        let error = (ours - theirs).norm().double_value(&[]) / theirs.norm().double_value(&[]).max(1e-9);
        assert!(error < 1e-12, "{error:e}");
        let _ = row.set_requires_grad(false);
    }
}

pub(crate) fn spatial(expression: &str, activation: &str, genome: &str) -> String {
    format!(
        "
model m {{
    genome g(3) {genome}
    population pixels = grid(3, 4) {{ g: {expression} }}
    population hidden = grid(2, 3) {{ g: {expression}, activation: {activation}, bias: expressed(g) }}
    population digits = units(3)   {{ g: random, bias: free }}
    connect pixels -> hidden -> digits via g
    input pixels
    output digits
}}
"
    )
}

#[test]
fn of_every_expression() {
    for expression in
        ["gaussian(sigma: 0.8)", "gaussian(sigma: 0.8, anisotropic: true)", "inverse_square(scale: 2)", "free"]
    {
        check(&spatial(expression, "tanh", ""));
        check(&spatial(&format!("split({expression})"), "tanh", ""));
    }
}

#[test]
fn of_every_activation() {
    for activation in ["identity", "relu", "tanh", "sigmoid", "gelu"] {
        check(&spatial("free", activation, ""));
    }
}

#[test]
fn of_every_interaction() {
    for rule in ["free", "symmetric", "diagonal", "frozen", "rank(2)"] {
        check(&spatial("gaussian(sigma: 0.8)", "tanh", &format!("{{ interaction: {rule} }}")));
    }
    check(&spatial("free", "tanh", "{ interaction: symmetric, sparse: 0.1 }"));
}

#[test]
fn of_every_other_encoding() {
    for encoding in [
        "direct",
        "basis(4)",
        "gnetwork(hidden: 3)",
        "gnetwork(hidden: 3, layers: 2)",
        "subspace(5)",
        "sine(inputs: 2, chunks: 6, hidden: 4)",
    ] {
        check(&format!(
            "
model m {{
    population pixels = grid(3, 4)
    population hidden = units(6) {{ activation: tanh, bias: free }}
    population digits = units(3) {{ bias: free }}
    connect pixels -> hidden -> digits via {encoding}
    connect pixels -> digits via {encoding}
    input pixels
    output digits
}}
"
        ));
    }
}

/// A small LeNet: windows, pools of activity and identity, and a population that pools one genome and states another.
pub(crate) fn windows(expression: &str, first: &str, second: &str) -> String {
    format!(
        "
model m {{
    genome conv(4)
    genome fc(3)
    population image = grid(8, 6, 2) {{ conv: {expression} }}
    population c1    = grid(6, 4, 3) {{ conv: {expression}, activation: tanh, bias: per_map }}
    population s2    = average_pool(c1, 2) {{ fc: gaussian(sigma: 0.8) }}
    population c3    = grid(2, 1, 2) {{ conv: {expression}, activation: tanh, bias: per_map }}
    population digits = units(3)    {{ fc: random, bias: free }}
    population more  = units(4)     {{ fc: free, activation: tanh }}
    connect image -> c1 via {first}
    connect s2 -> c3 via {second}
    connect s2 -> more -> digits via fc
    connect c3 -> digits via direct
    input image
    output digits
}}
"
    )
}

#[test]
fn of_windows_and_pools() {
    for expression in ["inverse_square(scale: 2)", "gaussian(sigma: 0.8)", "split(free)"] {
        check(&windows(expression, "conv { window: 3 }", "conv { window: 2 }"));
    }
    // each end the smaller one once
    check(&windows("free", "conv { window: 5, padding: 1 }", "conv { window: 2 }"));
    for encoding in ["g", "direct", "direct { share: maps"] {
        let attributes = if encoding.ends_with('s') { ", " } else { " { " };
        check(&format!(
            "
model m {{
    genome g(3)
    population image = grid(5, 3, 2) {{ g: free }}
    population maps  = grid(3, 2, 2) {{ g: free, activation: tanh }}
    population digits = units(3) {{ g: random }}
    connect image -> maps via {encoding}{attributes}window: 3, stride: 2, padding: 1 }}
    connect maps -> digits via g
    input image
    output digits
}}
"
        ));
    }
    check(&windows("free", "direct { window: 3 }", "direct { window: 2, share: maps }"));
    check(&windows("free", "direct { window: 3, share: maps }", "direct { window: 2 }"));
}

#[test]
fn of_cycles_and_masks() {
    check(include_str!("../cases/ok/cycles.gem"));
    check(include_str!("../cases/ok/masks.gem"));
    check(include_str!("../cases/ok/sparse.gem"));
    check(&spatial("free", "tanh", "").replace("digits via g", "digits via g { weights: nonnegative, density: 0.6 }"));
}

/// A step has no slope that differences could find: libtorch is told to pass its gradients straight through.
#[test]
fn of_binary_weights() {
    for order in [Order::Synthesized, Order::Factored, Order::Cheapest] {
        check_plan(&plan_in(include_str!("../cases/ok/binary.gem"), order), false);
    }
}
