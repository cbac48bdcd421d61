//! What is drawn of a run is what its net computes: the interpreter and libtorch make the same of a genome, for each run its own.

use gemc::emit::{Net, Place};
use gemc::options::Order;
use gemc::plan::{Array, Dim, Interpreter, TensorId};
use tch::{Kind, Tensor};

use crate::stage::{DIRECT, SMALL, plan_in};

fn array(live: &Tensor) -> Array {
    let numbers: Vec<f64> = Vec::try_from(live.to_kind(Kind::Double).reshape(-1)).unwrap();
    let sizes: Vec<usize> = live.size().into_iter().map(|size| usize::try_from(size).unwrap()).collect();
    Array::new(&sizes, numbers).unwrap()
}

#[test]
fn libtorch_and_the_interpreter_make_the_same_of_a_genome() {
    for source in [SMALL, DIRECT] {
        let plan = plan_in(source, Order::Synthesized);
        let net = Net::new(&plan, &[3, 4], Place::EXACT).unwrap();
        let genome: Vec<(String, Array)> = net.named().map(|(name, row)| (name.to_owned(), array(row))).collect();
        let inputs = i64::try_from(plan.inputs()).unwrap();
        let sample = Tensor::zeros([2, 1, inputs], (Kind::Double, tch::Device::Cpu));
        let trace = net.trace((&sample, &Tensor::from_slice(&[0_i64, 0]))).unwrap();
        let batched = plan.batched();
        let trace: Vec<(TensorId, Tensor)> = trace.into_iter().filter(|(id, _)| !batched[id.index()]).collect();
        let ids: Vec<TensorId> = trace.iter().map(|(id, _)| *id).collect();
        let labels: Vec<&str> = ids.iter().map(|id| plan.tensor(*id).label.as_str()).collect();
        assert!(labels.contains(&"hidden->digits.W"), "{labels:?}");
        for run in [0, 1] {
            let made = Interpreter::of_run(&plan, &genome, run).unwrap().compute(&ids).unwrap();
            for ((id, live), made) in trace.iter().zip(&made) {
                let tensor = plan.tensor(*id);
                let whole = tensor.shape.dims().first() != Some(&Dim::Runs);
                let own = if whole { array(live) } else { array(&live.narrow(0, i64::try_from(run).unwrap(), 1)) };
                assert_eq!(own.sizes(), made.sizes(), "{}", tensor.label);
                for (wanted, found) in own.numbers().iter().zip(made.numbers()) {
                    assert!(
                        (wanted - found).abs() <= 1e-9 * wanted.abs().max(1.0),
                        "{}: {wanted} {found}",
                        tensor.label
                    );
                }
            }
        }
    }
}
