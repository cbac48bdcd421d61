//! Masks as lists of pairs: when they are chosen, what a plan says of it, and that what is masked is then never made.
#![allow(clippy::wildcard_enum_match_arm)] // of all operations the tests look at three

use gemc::compile::compile;
use gemc::options::{Options, Order};
use gemc::plan::{Bilinear, Op, Plan, Sizes};

fn plan(text: &str, order: Order) -> Plan {
    compile(text, &Options { order, ..Options::default() }).unwrap_or_else(|report| panic!("{report}"))
}

/// Neurons in a cloud that is joined to itself.
fn cloud(neurons: usize, via: &str) -> String {
    format!(
        "model m {{
  genome g(20)
  population pixels = grid(28, 28)    {{ g: gaussian }}
  population brain  = cloud({neurons}) {{ g: gaussian, activation: tanh, bias: free }}
  population digits = units(10)       {{ g: random }}
  connect pixels -> brain via g
  connect brain -> brain via {via}
  connect brain -> digits via g
  unroll 4
  input pixels
  output digits
}}"
    )
}

fn is_sparse(plan: &Plan) -> bool {
    plan.tensors().iter().any(|tensor| matches!(tensor.op, Op::Sparse(..)))
}

fn is_dense(plan: &Plan) -> bool {
    plan.tensors().iter().any(|tensor| matches!(tensor.op, Op::Mask(_)))
}

#[test]
fn few_pairs_are_listed_and_many_are_masked() {
    for via in ["g", "direct", "basis(5)"] {
        for (part, wanted) in [("0.02", true), ("0.1", true), ("0.5", false), ("1", false)] {
            let text = cloud(300, &format!("{via} {{ density: {part} }}"));
            let plan = plan(&text, Order::Cheapest);
            assert_eq!((is_sparse(&plan), is_dense(&plan)), (wanted, !wanted), "{via}, {part}");
        }
        let text = cloud(300, &format!("{via} {{ density: 0.02 }}"));
        let matrices = plan(&text, Order::Matrices);
        assert_eq!((is_sparse(&matrices), is_dense(&matrices)), (false, true), "{via}");
    }
}

#[test]
fn either_form_can_be_asked_for_and_the_plan_says_which_it_is() {
    let text = cloud(300, "g { density: 0.1 }");
    let said = |order| {
        let plan = plan(&text, order);
        assert_eq!((is_sparse(&plan), is_dense(&plan)), (order != Order::Synthesized, order == Order::Synthesized));
        let choice = plan.choices().iter().find(|choice| choice.connection == "brain->brain").unwrap().to_string();
        (choice, plan.step_price(Sizes::SHOWN))
    };
    let [(dense, dear), (sparse, cheap), (chosen, price)] =
        [Order::Synthesized, Order::Factored, Order::Cheapest].map(said);
    assert_eq!(dense, "brain->brain dense 80.10 MFLOP, sparse would be 8.06 (× 4)");
    assert_eq!(sparse, "brain->brain sparse 8.06 MFLOP (× 4), dense would be 80.10");
    assert_eq!(chosen, sparse);
    assert!(price <= cheap && cheap < dear, "{price} {cheap} {dear}");
}

/// What is there of a mask over many pairs grows with those that it joins.
#[test]
fn nothing_is_made_of_pairs_that_are_not_joined() {
    let plan = plan(&cloud(3_000, "g { density: 0.002, seed: 1 }"), Order::Cheapest);
    let largest = plan.tensors().iter().map(|tensor| tensor.shape.count(Sizes::SHOWN)).max().unwrap();
    assert_eq!(largest, 3_000 * 64, "the activity, and not the nine million pairs");
}

#[test]
fn operations_on_pairs_have_shapes_and_prices() {
    let text = cloud(50, "direct { density: 0.1 }");
    let plan = plan(&text, Order::Factored);
    let wires = plan.tensors().iter().find_map(|t| if let Op::Sparse(_, w) = &t.op { Some(w.clone()) } else { None });
    let wires = wires.unwrap();
    let synapses = wires.synapses();
    let sizes = Sizes { runs: 3, batch: 7 };
    let count = (3 * synapses) as u64;
    for (id, tensor) in plan.numbered() {
        let (cost, shape) = (plan.cost(id, sizes), tensor.shape.to_string());
        match &tensor.op {
            Op::Sparse(over, _) => {
                assert_eq!(cost.flop, 2 * count * 7, "two operations a synapse and sample");
                assert_eq!(cost.bytes, 4 * (count + 2 * 3 * 50 * 7));
                let wanted = if *over == Bilinear::WeightGradient {
                    format!("[R, {synapses}]")
                } else {
                    "[R, 50, B]".to_owned()
                };
                assert_eq!(shape, wanted);
            }
            Op::Gather(_) => assert_eq!((cost.flop, cost.bytes, shape), (0, 68 * count, format!("[R, {synapses}]"))),
            Op::Scatter(_) => {
                assert_eq!((cost.flop, cost.bytes), (0, 68 * count + 4 * 3 * 2500));
                assert_eq!(shape, "[R, 50, 50]");
            }
            _ => {}
        }
    }
    let shape = |op: Op, of: [&str; 2]| {
        let found = of.map(|name| plan.tensors().iter().find(|t| t.label == name).map(|t| t.shape.clone()).unwrap());
        op.shape(&found.each_ref()[..op.arity()], plan.parameters()).map(|shape| shape.to_string())
    };
    let seen = |over| Op::Sparse(over, wires.clone());
    assert_eq!(
        shape(seen(Bilinear::WeightGradient), ["brain at tick 2", "brain at tick 2"]),
        Ok(format!("[R, {synapses}]"))
    );
    for (op, of) in [
        (seen(Bilinear::Forward), ["brain at tick 2", "brain at tick 2"]),
        (seen(Bilinear::InputGradient), ["brain->brain.W", "pixels"]),
        (seen(Bilinear::WeightGradient), ["brain at tick 2", "pixels"]),
        (Op::Gather(wires.clone()), ["pixels", "pixels"]),
        (Op::Scatter(wires.clone()), ["brain at tick 2", "pixels"]),
    ] {
        assert!(shape(op, of).is_err());
    }
}

#[test]
fn what_is_learned_is_counted_alike() {
    let text = cloud(80, "direct { density: 0.1 }");
    let [dense, sparse] = [Order::Synthesized, Order::Factored].map(|order| plan(&text, order));
    assert_eq!(dense.table(), sparse.table());
}

#[test]
fn the_memory_limit_counts_what_will_be_made() {
    let faults = |via: &str, order: Order| {
        let options = Options { order, memory_limit: 64 << 20, ..Options::default() };
        gemc::compile::faults("m.gem", &cloud(6_000, via), &options).findings()
    };
    assert!(faults("g { density: 0.001 }", Order::Cheapest).is_empty());
    for (via, order) in [
        ("g { density: 0.001 }", Order::Synthesized),
        ("g { density: 0.9 }", Order::Cheapest),
        ("direct { density: 0.001 }", Order::Cheapest),
    ] {
        let codes: Vec<String> = faults(via, order).into_iter().map(|found| found.code).collect();
        assert_eq!(codes, ["gem::too_large"], "{via}");
    }
}
