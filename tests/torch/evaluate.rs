//! Accuracy over all held-out samples, in whatever batches, and a net as a tch module.

use gemc::emit::{Net, Place};
use gemc::train::{Samples, accuracy};
use tch::nn::Module;
use tch::{Kind, Tensor, no_grad_guard};

use crate::stage::{Patterns, SMALL, plan};

#[test]
fn counts_what_is_right() {
    let net = Net::new(&plan(SMALL), &[3, 4], Place::CPU).unwrap();
    // more than two batches, the last one short
    let data = Patterns::new(2_345, 8);
    let found = accuracy(&net, &Samples::new(data.pieces(), Place::CPU).unwrap()).unwrap();
    let _guard = no_grad_guard();
    for (run, seed) in [3_u64, 4].into_iter().enumerate() {
        let alone = Net::new(&plan(SMALL), &[seed], Place::CPU).unwrap();
        let pixels = Tensor::from_slice(data.pieces().pixels).view([-1, 36]).to_kind(Kind::Float) / 255.0;
        let labels = Tensor::from_slice(data.pieces().labels).to_kind(Kind::Int64);
        let answer = Module::forward(&alone, &pixels);
        assert_eq!(answer.size(), [2_345, 4]);
        let right = answer.argmax(-1, false).eq_tensor(&labels).sum(Kind::Double).double_value(&[]);
        assert!((found[run] - right / 2_345.0).abs() < 1e-3, "{found:?} {right}");
    }
}

#[test]
fn of_nothing_is_nothing() {
    let net = Net::new(&plan(SMALL), &[3, 4], Place::CPU).unwrap();
    let found = accuracy(&net, &Samples::new(Patterns::new(0, 8).pieces(), Place::CPU).unwrap()).unwrap();
    assert_eq!(found, [0.0, 0.0]);
}
