//! Encodings without genes: what they learn is counted exactly, and what does not fit the memory is refused.

use gemc::compile::{faults, stages};
use gemc::options::Options;
use gemc::plan::Table;

use crate::pages::repository;

/// Returns the table of a text.
fn table(text: &str) -> Table {
    stages("model.gem", text, &Options::default()).unwrap_or_else(|report| panic!("{report}")).plan.table()
}

/// Writes a perceptron of 784, 784 and 10 neurons whose two connections are `first` and `second`.
fn perceptron(first: &str, second: &str) -> String {
    format!(
        "model m {{\npopulation pixels = grid(28, 28)\npopulation hidden = grid(28, 28) {{ activation: relu }}\n\
         population digits = units(10)\nconnect pixels -> hidden via {first}\nconnect hidden -> digits via {second}\n\
         input pixels\noutput digits\n}}\n"
    )
}

#[test]
fn shipped_models_learn_as_many_numbers_as_they_say() {
    let shipped = |name: &str| table(&std::fs::read_to_string(repository(name)).unwrap());
    let grown = shipped("models/gnetwork_mlp.gem");
    assert_eq!((grown.parameters, grown.synapses, grown.uncompressed), (608, 622_496, 622_496));
    assert!(grown.compression.unwrap() > 1_000.0);
    let moved = shipped("models/subspace_mlp.gem");
    assert_eq!((moved.parameters, moved.synapses), (64, 622_496));
}

#[test]
fn what_a_g_network_learns_is_counted_from_its_labels() {
    let count = |h: u64, layers: u64, bits: u64| h * (bits + 2) + if layers == 2 { h * (h + 1) } else { 0 };
    for layers in [1, 2] {
        let via = |h: u64| format!("gnetwork(hidden: {h}, layers: {layers})");
        let found = table(&perceptron(&via(7), &via(5))).parameters;
        assert_eq!(found, count(7, layers, 20) + count(5, layers, 14));
    }
    // what is frozen is not learned
    assert_eq!(table(&perceptron("gnetwork(hidden: 7) { frozen }", "direct")).parameters, 7_840);
}

#[test]
fn connections_of_one_dimension_share_their_numbers() {
    let one = table(&perceptron("subspace(6)", "subspace(6)"));
    assert_eq!(one.parameters, 6);
    assert_eq!(one.tensors.len(), 1);
    assert_eq!(one.tensors[0].shared_by, ["pixels->hidden", "hidden->digits"]);
    let two = table(&perceptron("subspace(6)", "subspace(5)"));
    assert_eq!((two.parameters, two.tensors.len()), (11, 2));
    assert_eq!(table(&perceptron("subspace(6) { frozen }", "subspace(6)")).parameters, 6);
}

#[test]
fn a_sine_network_learns_inputs_and_an_amplitude_for_each_chunk() {
    let shipped = std::fs::read_to_string(repository("models/sine_mlp.gem")).unwrap();
    assert_eq!((table(&shipped).parameters, table(&shipped).synapses), (512, 622_496));
    let found = table(&perceptron("sine(inputs: 5, chunks: 7)", "sine(inputs: 3, chunks: 10, hidden: 2)"));
    assert_eq!(found.parameters, 7 * 6 + 10 * 4);
}

#[test]
fn an_o_of_low_rank_is_two_factors() {
    let genes = |rule: &str| {
        let text = format!(
            "model m {{\ngenome g(20) {{ interaction: {rule} }}\npopulation pixels = grid(28, 28) {{ g: gaussian }}\n\
             population digits = units(10) {{ g: random }}\nconnect pixels -> digits via g\ninput pixels\noutput digits\n}}\n"
        );
        table(&text)
    };
    let found = genes("rank(3)");
    assert_eq!(found.parameters, 20 * 3 * 2 + 20 * 3);
    let names: Vec<&str> = found.tensors.iter().map(|tensor| tensor.name.as_str()).collect();
    assert!(names.contains(&"g.O.left") && names.contains(&"g.O.right"), "{names:?}");
    assert_eq!(genes("free").parameters, 400 + 60);
}

#[test]
fn what_does_not_fit_the_memory_is_refused() {
    let limited = |first: &str, gib: u64| {
        let options = Options { memory_limit: gib << 30, ..Options::default() };
        let found = faults("model.gem", &perceptron(first, "direct"), &options).findings();
        found.into_iter().map(|finding| (finding.code, finding.line)).collect::<Vec<_>>()
    };
    let refused = vec![("gem::too_large".to_owned(), 5)];
    // 614,656 × 1,000 numbers, twice: 4.6 GiB
    assert_eq!(limited("subspace(1000)", 4), refused);
    assert_eq!(limited("subspace(1000)", 5), []);
    // the last layer of a sine network: 614,656 × 1,000 numbers, twice
    assert_eq!(limited("sine(inputs: 3, chunks: 1, hidden: 1000)", 4), refused);
    assert_eq!(limited("sine(inputs: 3, chunks: 784, hidden: 1000)", 1), []);
    // nothing is made for a pair of neurons and a unit of one layer
    assert_eq!(limited("gnetwork(hidden: 1000)", 1), []);
    assert_eq!(limited("gnetwork(hidden: 99999999999)", 1000), refused);
    assert_eq!(limited("gnetwork(hidden: 1000, layers: 2)", 9), refused);
    assert_eq!(limited("gnetwork(hidden: 1000, layers: 2)", 10), []);
}
