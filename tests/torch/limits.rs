//! Memory is estimated before it is asked for; a fault of libtorch is one line.

use gemc::emit::{Net, Place, TorchFault};
use gemc::run_dir::Needs;
use gemc::train::{TrainConfig, choose_threads};
use tch::{Kind, Tensor};

use crate::stage::{DIRECT, SMALL, plan};

#[test]
fn memory_grows_with_runs_and_is_told_by_parts() {
    let needs = |runs| Needs::of(&plan(DIRECT), &TrainConfig { runs, ..TrainConfig::default() }, 1_000);
    let (one, ten) = (needs(1), needs(10));
    assert_eq!(one.parameters, (36 * 20 + 20 + 20 * 4 + 4) * 4 * 5);
    assert_eq!(ten.parameters, 10 * one.parameters);
    assert_eq!(ten.data, one.data);
    assert!(one.check(one.total()).is_ok());
    let fault = ten.check(one.total()).unwrap_err().to_string();
    assert!(fault.starts_with("training needs about ") && fault.contains("(the largest is `"), "{fault}");
}

#[test]
fn libtorchs_complaint_is_one_line_and_names_the_tensor() {
    let net = Net::new(&plan(SMALL), &[1], Place::CPU).unwrap();
    let wrong = Tensor::zeros([1, 2, 35], (Kind::Float, tch::Device::Cpu));
    let TorchFault::Refused { message } = net.forward(&wrong).unwrap_err() else { panic!("it is libtorch's") };
    assert!(!message.contains('\n') && message.contains("(matrix product)") || message.contains('`'), "{message}");
    assert!(!message.contains("Exception raised"), "{message}");
}

#[test]
fn more_threads_only_where_they_clearly_help() {
    let times = |values: &'static [f64]| {
        let mut times = values.iter().copied();
        choose_threads(8, move || times.next().ok_or("asked too often"))
    };
    assert_eq!(times(&[1.0, 1.1, 0.9, 0.95]), Ok(1));
    assert_eq!(times(&[1.0, 1.1, 0.6, 0.6, 0.58, 0.7]), Ok(2));
    assert_eq!(times(&[1.0]), Err("asked too often"));
    gemc::emit::Threads::set(1);
}
