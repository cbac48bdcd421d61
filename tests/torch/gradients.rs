//! Gradients of every operation and of every row of the table in double precision: the plan's own against central
//! differences, and against libtorch's automatic differentiation.

use gemc::draw::Draw;
use gemc::emit::{Net, Place};
use gemc::options::Order;
use gemc::plan::Plan;
use tch::{Kind, Reduction, Tensor, no_grad_guard};

use crate::stage::plan_in;

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
        check_plan(&plan_in(model, order));
    }
}

fn check_plan(plan: &Plan) {
    let net = Net::new(plan, &[7, 8], Place::EXACT).unwrap();
    let neurons = i64::try_from(plan.inputs()).unwrap();
    let pixels = Draw::new(5, "x").uniform(2 * 5 * plan.inputs(), 1.0);
    let x = Tensor::from_slice(&pixels).view([2, BATCH, neurons]);
    let labels = Tensor::from_slice(&[0_i64, 1, 2, 1, 0, 2, 2, 1, 0, 0]);
    let rows: Vec<&Tensor> = net.learned().collect();
    let gradients = net.teach(&x, &labels).unwrap().gradients;
    let names = plan.leaves().iter().filter(|leaf| leaf.learned).map(|leaf| leaf.name.as_str());
    assert!(!rows.is_empty());
    for ((row, gradient), name) in rows.iter().zip(&gradients).zip(names) {
        let gradient = gradient.reshape(-1);
        let step = 1e-5;
        let slope = |at: i64| {
            let there = |by| moved(&net, row, at, by, (&x, &labels));
            (8.0 * (there(step) - there(-step)) - (there(2.0 * step) - there(-2.0 * step))) / (12.0 * step)
        };
        let count = i64::try_from(row.numel()).unwrap();
        let slopes = Tensor::from_slice(&(0..count).map(slope).collect::<Vec<f64>>());
        let error = (&slopes - &gradient).norm().double_value(&[]) / gradient.norm().double_value(&[]);
        assert!(error < 1e-6, "{name}: {error:e}\n{plan}");
    }
    agree_with_libtorch(&net, &x, &labels, &gradients);
}

/// libtorch records the forward, and differentiates it itself.
fn agree_with_libtorch(net: &Net, x: &Tensor, labels: &Tensor, gradients: &[Tensor]) {
    let rows: Vec<Tensor> = net.learned().map(|row| row.set_requires_grad(true)).collect();
    let theirs = Tensor::run_backward(&[loss(net, x, labels)], &rows, false, false);
    for ((ours, theirs), row) in gradients.iter().zip(&theirs).zip(&rows) {
        let error = (ours - theirs).norm().double_value(&[]) / theirs.norm().double_value(&[]);
        assert!(error < 1e-12, "{error:e}");
        let _ = row.set_requires_grad(false);
    }
}

fn spatial(expression: &str, activation: &str, genome: &str) -> String {
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
    for rule in ["free", "symmetric", "diagonal", "frozen"] {
        check(&spatial("gaussian(sigma: 0.8)", "tanh", &format!("{{ interaction: {rule} }}")));
    }
    check(&spatial("free", "tanh", "{ interaction: symmetric, sparse: 0.1 }"));
}

#[test]
fn of_every_other_encoding() {
    for encoding in ["direct", "basis(4)"] {
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
