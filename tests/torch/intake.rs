//! An input that takes numbers another way: the answers of one that takes them as they are, to numbers made so beforehand.

use gemc::emit::{Net, Place};
use tch::{Kind, Tensor};

use crate::stage::{SMALL, batch, plan};

fn answers(source: &str, x: &Tensor) -> Tensor {
    let net = Net::new(&plan(source), &[3, 4], Place::EXACT).unwrap();
    net.forward(&x.to_kind(Kind::Double)).unwrap().logits.detach()
}

#[test]
fn the_input_takes_numbers_as_it_says() {
    let x = batch(&plan(SMALL)).0.to_kind(Kind::Double);
    for (attributes, taken) in [
        ("mean: 0.5, deviation: 0.25", (&x - 0.5) / 0.25),
        ("mean: -1", &x + 1.0),
        ("deviation: 2", &x / 2.0),
        ("mean: 0, deviation: 1", x.copy()),
    ] {
        let source = SMALL.replace("input pixels", &format!("input pixels {{ {attributes} }}"));
        let (found, wanted) = (answers(&source, &x), answers(SMALL, &taken));
        assert!((found - wanted).abs().max().double_value(&[]) < 1e-12, "{attributes}");
    }
    assert!((answers(SMALL, &x) - answers(SMALL, &(&x - 0.5))).abs().max().double_value(&[]) > 1e-3);
}
