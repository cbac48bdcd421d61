//! The backward of the backward, in double precision: the slope of the gradient's length against differences of it.

use gemc::compile::stages;
use gemc::emit::{LossAndGradients, Net, Place};
use gemc::options::Options;
use gemc::plan::{Bilinear, Op, Plan, lower_gradient_norm, lower_unoptimized};
use tch::{Tensor, no_grad_guard};

use crate::gradients::{spatial, windows};
use crate::stage::batch;

fn loss_and_gradients(net: &mut Net) -> LossAndGradients {
    let (x, labels) = batch(net.plan());
    net.loss_and_gradients((&x, &labels)).unwrap()
}

fn net(plan: &Plan) -> Net {
    Net::new(plan, &[7, 8], Place::EXACT).unwrap()
}

fn check(model: &str) {
    gemc::emit::Threads::set(1);
    let stages = stages("m.gem", model, &Options::default()).expect("the model compiles");
    let first = loss_and_gradients(&mut net(&lower_unoptimized(&stages.wiring, None).unwrap()));
    let mut net = net(&lower_gradient_norm(&stages.wiring).unwrap());
    let second = loss_and_gradients(&mut net);
    let lengths = first.gradients.iter().map(|row| row.square().flatten(1, -1).sum_dim_intlist(1, false, None));
    let lengths = lengths.reduce(|sum, one| sum + one).unwrap() / 2.0;
    let error = (&second.losses / lengths - 1.0).abs().max().double_value(&[]);
    assert!(error < 1e-10, "half the squared length of the gradient: {error:e}");
    let rows: Vec<Tensor> = net.learned().map(Tensor::shallow_clone).collect();
    for (index, (row, gradient)) in rows.iter().zip(&second.gradients).enumerate() {
        let step = 1e-5;
        let slope = |at: i64| {
            let mut there = |by: f64| {
                let _guard = no_grad_guard();
                let _ = row.view(-1).narrow(0, at, 1).g_add_scalar_(by);
                let value = loss_and_gradients(&mut net).losses.sum(None).double_value(&[]);
                let _ = row.view(-1).narrow(0, at, 1).g_sub_scalar_(by);
                value
            };
            (8.0 * (there(step) - there(-step)) - (there(2.0 * step) - there(-2.0 * step))) / (12.0 * step)
        };
        let count = i64::try_from(row.numel()).unwrap();
        let slopes = Tensor::from_slice(&(0..count).map(slope).collect::<Vec<f64>>());
        let error = (&slopes - gradient.reshape(-1)).norm().double_value(&[]) / gradient.norm().double_value(&[]);
        assert!(error < 1e-6, "row {index}: {error:e}");
    }
}

#[test]
fn of_expressions_and_activations() {
    for expression in ["gaussian(sigma: 0.8)", "gaussian(sigma: 0.8, anisotropic: true)", "inverse_square(scale: 2)"] {
        check(&spatial(expression, "tanh", "{ interaction: symmetric }"));
    }
    for activation in ["relu", "sigmoid", "gelu"] {
        check(&spatial("free", activation, "{ interaction: diagonal, sparse: 0.1 }"));
        check(&spatial("free", activation, "{ interaction: rank(1) }"));
    }
}

#[test]
fn of_windows_and_pools() {
    check(&windows("inverse_square(scale: 2)", "conv { window: 3 }", "direct { window: 2, share: maps }"));
}

/// Weights of a few pairs, and numbers taken out of a matrix: the rule of each sum over pairs, and of gathering and scattering.
#[test]
fn of_sparse_masks() {
    for via in ["g { density: 0.2 }", "direct { density: 0.2 }"] {
        let model = spatial("free", "tanh", "").replace(
            "-> digits via g",
            &format!("-> digits via g\n    connect hidden -> hidden via {via}\n    unroll 3"),
        );
        let stages = stages("m.gem", &model, &Options::default()).expect("the model compiles");
        let plan = lower_gradient_norm(&stages.wiring).unwrap();
        let joined = |over: Bilinear| {
            plan.tensors().iter().filter(|tensor| matches!(tensor.op, Op::Sparse(own, _) if own == over)).count()
        };
        assert!(
            [Bilinear::Forward, Bilinear::WeightGradient, Bilinear::InputGradient]
                .into_iter()
                .all(|over| joined(over) > 1),
            "{plan}"
        );
        check(&model);
    }
}
