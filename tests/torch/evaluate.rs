//! Accuracy over all held-out samples, in whatever batches, and a net as a tch module.

use std::fs;

use gemc::emit::{Inference, InferenceMemory, Net, Place};
use gemc::random::RandomStream;
use gemc::train::{Confusion, Samples, accuracy, confusions};
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
fn confusions_count_every_answer() {
    let net = Net::new(&plan(SMALL), &[3, 4], Place::CPU).unwrap();
    let data = Patterns::new(2_345, 8);
    let samples = Samples::new(data.pieces(), Place::CPU).unwrap();
    let found = confusions(&net, &samples).unwrap();
    assert_eq!(found.iter().map(Confusion::accuracy).collect::<Vec<f64>>(), accuracy(&net, &samples).unwrap());
    let _guard = no_grad_guard();
    let pixels = Tensor::from_slice(data.pieces().pixels).view([-1, 36]).to_kind(Kind::Float) / 255.0;
    for (run, seed) in [3_u64, 4].into_iter().enumerate() {
        let alone = Net::new(&plan(SMALL), &[seed], Place::CPU).unwrap();
        let answers = Vec::<i64>::try_from(Module::forward(&alone, &pixels).argmax(-1, false)).unwrap();
        let mut counts = [[0_u64; 4]; 4];
        for (label, answer) in data.pieces().labels.iter().zip(answers) {
            counts[usize::from(*label)][usize::try_from(answer).unwrap()] += 1;
        }
        assert_eq!(found[run].rows().collect::<Vec<&[u64]>>(), counts);
        let share = counts[2][2] as f64 / counts[2].iter().sum::<u64>() as f64;
        assert_eq!(found[run].by_class()[2], Some(share));
    }
    let sum = Confusion::sum(&found).unwrap();
    assert_eq!(sum.rows().flatten().sum::<u64>(), 2 * 2_345);
}

#[test]
fn of_nothing_is_nothing() {
    let net = Net::new(&plan(SMALL), &[3, 4], Place::CPU).unwrap();
    let found = accuracy(&net, &Samples::new(Patterns::new(0, 8).pieces(), Place::CPU).unwrap()).unwrap();
    assert_eq!(found, [0.0, 0.0]);
    let found = confusions(&net, &Samples::new(Patterns::new(0, 8).pieces(), Place::CPU).unwrap()).unwrap();
    assert_eq!(found[1].by_class(), [None; 4]);
}

#[test]
fn answers_are_those_of_the_whole_net() {
    let _guard = no_grad_guard();
    let mut texts: Vec<String> = Vec::new();
    for entry in fs::read_dir("tests/cases/ok").unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        // a case may ask for other values of its parameters
        texts.extend((!text.contains("// set: ")).then_some(text));
    }
    texts.push(include_str!("../../models/lenet.gem").replace("conv_genes = 150", "conv_genes = 6"));
    texts.push(include_str!("../../models/lenet_direct.gem").to_owned());
    assert!(texts.len() > 10, "{}", texts.len());
    for text in texts {
        let plan = plan(&text);
        for (place, bound) in [(Place::CPU, 1e-4), (Place::EXACT, 1e-10)] {
            let net = Net::new(&plan, &[3, 4], place).unwrap();
            let mut answers = Inference::new(&net, InferenceMemory::default()).unwrap();
            for batch in [5, 5, 2] {
                let pixels =
                    RandomStream::new(batch, "x").uniform(2 * usize::try_from(batch).unwrap() * plan.inputs(), 1.0);
                let sizes = [2, i64::try_from(batch).unwrap(), i64::try_from(plan.inputs()).unwrap()];
                let x = Tensor::from_slice(&pixels).view(sizes).to_kind(place.kind);
                let whole = net.forward(&x).unwrap().logits;
                let part = answers.answer(&x).unwrap().transpose(1, 2);
                let error = (&part - &whole).abs().max().double_value(&[]);
                let scale = whole.abs().max().double_value(&[]).max(1e-3);
                assert!(error <= bound * scale, "{place:?}, {batch} samples: {error} of {scale}\n{text}");
            }
        }
    }
}
