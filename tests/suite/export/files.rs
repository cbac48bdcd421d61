//! Files of arrays and of network tools, against formulas of the tests' own.

use gemc::compile::stages;
use gemc::export::{ExportFault, ForwardConstant, ForwardGraph, PythonFile, csv, graphml, npy, pytorch, safetensors};
use gemc::options::Options;
use gemc::plan::{Array, Interpreter};
use indexmap::IndexMap;
use roxmltree::Document;
use safetensors::SafeTensors;

use super::plan;

const TEXT: &str = "model small {
    genome g(3)
    population pixels = grid(4, 4)    { g: gaussian }
    population near   = grid(2, 2, 2) { g: gaussian, activation: relu, bias: per_map }
    population even   = average_pool(near, 2)
    population hidden = units(5)      { g: free, activation: tanh, bias: free }
    population digits = units(3)
    connect pixels -> near via g { window: 4, stride: 2, padding: 1 }
    connect pixels -> hidden via g { density: 0.5, weights: nonnegative }
    connect even -> hidden via direct
    connect hidden -> digits via direct
    input pixels
    output digits
}
";

/// Returns an array of the run by its name, and its sizes.
fn named(name: &str) -> Result<ForwardConstant, ExportFault> {
    let plan = plan("small.gem", TEXT, &Options::default());
    let interpreter = Interpreter::new(&plan, &[3]).unwrap();
    let grown = ForwardGraph::grown(&plan, &interpreter).unwrap();
    ForwardConstant::named((&plan, &interpreter), &grown, name)
}

#[test]
fn weights_are_target_by_source_and_w_is_source_by_target() {
    let (weight, matrix) = (named("pixels->hidden.weight").unwrap(), named("pixels->hidden.W").unwrap());
    assert_eq!((weight.stored_sizes(), matrix.stored_sizes()), (vec![5, 16], vec![16, 5]));
    let (weight, matrix) = (weight.stored_numbers(), matrix.stored_numbers());
    assert!(matrix.iter().any(|weight| *weight > 0.0) && matrix.contains(&0.0));
    for (source, target) in (0..16).flat_map(|source| (0..5).map(move |target| (source, target))) {
        assert_eq!(weight[target * 16 + source].to_bits(), matrix[source * 5 + target].to_bits());
    }
    // W = relu(c X O Xᵀ) where the mask joins
    let [sent, genes, received, constant, mask] =
        ["pixels.g.X", "g.O", "hidden.g.X", "pixels->hidden.g.c", "pixels->hidden.mask"]
            .map(|name| named(name).unwrap().stored_numbers());
    for (source, target) in (0..16).flat_map(|source| (0..5).map(move |target| (source, target))) {
        let pair = |a: usize, b: usize| sent[source * 3 + a] * genes[a * 3 + b] * received[target * 3 + b];
        let sum: f64 = (0..3).flat_map(|a| (0..3).map(move |b| (a, b))).map(|(a, b)| pair(a, b)).sum();
        let expected = (constant[0] * sum).max(0.0) * mask[source * 5 + target];
        assert!((matrix[source * 5 + target] - expected).abs() < 1e-12);
    }
}

#[test]
fn a_kernel_is_that_of_a_convolution() {
    let text = "model m { population a = grid(5, 5, 2)\n population b = grid(3, 3, 4)\n population c = units(2)\n
        connect a -> b via direct { window: 3, share: maps }\n connect b -> c via direct\n input a\n output c\n }";
    let plan = plan("m.gem", text, &Options::default());
    let interpreter = Interpreter::new(&plan, &[3]).unwrap();
    let grown = ForwardGraph::grown(&plan, &interpreter).unwrap();
    let row = interpreter.rows()[0].numbers();
    let kernel = grown.constant("a->b.weight").unwrap();
    assert_eq!(kernel.stored_sizes(), [4, 2, 3, 3]);
    for (at, number) in kernel.stored_numbers().iter().enumerate() {
        let (map, source, square) = (at / 18, at / 9 % 2, at % 9);
        assert_eq!(number.to_bits(), row[map * 18 + square * 2 + source].to_bits());
    }
}

#[test]
fn a_file_of_safetensors_is_read_by_its_crate() {
    let plan = plan("small.gem", TEXT, &Options::default());
    let grown = ForwardGraph::grown(&plan, &Interpreter::new(&plan, &[3]).unwrap()).unwrap();
    let notes = IndexMap::from([("model".to_owned(), "small".to_owned())]);
    let bytes = safetensors(&grown.constants, &notes).unwrap();
    assert_eq!(bytes, safetensors(&grown.constants, &notes).unwrap());
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let mut names = file.names();
    names.sort_unstable();
    let biases = ["even->hidden.weight", "hidden->digits.weight", "hidden.bias", "near.bias"];
    assert_eq!(names, [&biases[..], &["pixels->hidden.weight", "pixels->near.weight"]].concat());
    for constant in &grown.constants {
        let found = file.tensor(&constant.name).unwrap();
        assert_eq!(found.shape(), constant.stored_sizes());
        let numbers = found.data().as_chunks().0.iter().map(|bytes| f64::from(f32::from_le_bytes(*bytes)));
        let alike = numbers.zip(constant.stored_numbers()).all(|(a, b)| (a - b).abs() <= 1e-6 * b.abs());
        assert!(alike, "{}", constant.name);
    }
    let (_, about) = SafeTensors::read_metadata(&bytes).unwrap();
    assert_eq!(about.metadata().as_ref().unwrap()["model"], "small");
}

#[test]
fn an_array_is_written_for_numpy_and_as_text() {
    let array = Array::new(&[1, 2, 3], vec![0.0, 1.0, -2.5, 1e-9, 0.1, 7.0]).unwrap();
    let constant = ForwardConstant::of_row("x", &array, 0).unwrap();
    let bytes = npy(&constant);
    let header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3,), }";
    assert_eq!((&bytes[..8], bytes[8..10].as_chunks().0), (&b"\x93NUMPY\x01\x00"[..], &[118_u16.to_le_bytes()][..]));
    assert_eq!((&bytes[10..10 + header.len()], bytes[127], bytes.len()), (&header[..], b'\n', 128 + 24));
    assert_eq!(bytes[136..140], (-2.5_f32).to_le_bytes());
    assert_eq!(csv(&constant), "0,1,-2.5\n0.000000001,0.1,7\n");
    assert!(ForwardConstant::of_row("x", &array, 1).is_none());
}

#[test]
fn a_graph_has_every_neuron_and_every_weight() {
    let stages = stages("small.gem", TEXT, &Options::default()).unwrap();
    let plan = plan("small.gem", TEXT, &Options::default());
    let grown = ForwardGraph::grown(&plan, &Interpreter::new(&plan, &[3]).unwrap()).unwrap();
    let text = graphml(stages.model(), &grown).unwrap();
    let document = Document::parse(&text).unwrap();
    let all = |name: &str| document.descendants().filter(|node| node.has_tag_name(name)).collect::<Vec<_>>();
    assert_eq!(all("node").len(), 16 + 8 + 2 + 5 + 3);
    let edge = |edge: &roxmltree::Node<'_, '_>| {
        let data: Vec<&str> =
            edge.children().filter_map(|data| data.text()).filter(|text| !text.trim().is_empty()).collect();
        let ends = ["source", "target"].map(|end| edge.attribute(end).unwrap().to_owned());
        (data[0].to_owned(), ends, data[1].parse::<f64>().unwrap())
    };
    let edges: Vec<_> = all("edge").iter().map(edge).collect();
    let of = |name: &str| edges.iter().filter(|(connection, ..)| connection == name).collect::<Vec<_>>();
    // a field of 4 × 4 whose edge lies outside sees 3 × 3 pixels, at each of four places, of both maps
    assert_eq!((of("pixels->near").len(), of("pool").len(), of("hidden->digits").len()), (2 * 36, 8, 15));
    let w = named("pixels->hidden.W").unwrap().stored_numbers();
    assert_eq!(of("pixels->hidden").len(), w.iter().filter(|weight| **weight != 0.0).count());
    let place = |name: &str| name.split_once(':').unwrap().1.parse::<usize>().unwrap();
    for (_, [source, target], weight) in of("pixels->hidden") {
        assert_eq!(weight.to_bits(), w[place(source) * 5 + place(target)].to_bits());
    }
}

#[test]
fn too_many_synapses_are_refused() {
    let text = "model m { population a = units(2000)\n population b = units(1001)\n connect a -> b via direct\n input a\n output b\n }";
    let stages = stages("m.gem", text, &Options::default()).unwrap();
    let plan = plan("m.gem", text, &Options::default());
    let grown = ForwardGraph::grown(&plan, &Interpreter::new(&plan, &[3]).unwrap()).unwrap();
    let fault = graphml(stages.model(), &grown).unwrap_err();
    assert_eq!(fault.to_string(), "the network has 2002000 synapses, GraphML is written of at most 2000000");
}

#[test]
fn weights_that_are_too_many_are_refused() {
    let text = "model m { population a = units(20000)\n population b = units(20000)\n population c = units(2)\n
        connect a -> b via direct\n connect b -> c via direct\n input a\n output c\n }";
    let plan = plan("m.gem", text, &Options { memory_limit: u64::MAX, ..Options::default() });
    let rows: Vec<(String, Array)> = Vec::new();
    assert!(Interpreter::of_run(&plan, &rows, 0).is_err());
    let small = super::plan("small.gem", TEXT, &Options::default());
    let fault = ForwardGraph::grown(&plan, &Interpreter::new(&small, &[3]).unwrap()).unwrap_err();
    assert!(matches!(fault, ExportFault::TooLarge(_)), "{fault}");
}

#[test]
fn an_unknown_tensor_is_told_what_there_is() {
    let ExportFault::Unknown(fault) = named("hiden.bias").unwrap_err() else { panic!() };
    assert!(fault.help.starts_with("did you mean `hidden.bias`? tensors that can be written: "), "{}", fault.help);
}

#[test]
fn names_of_files_cannot_break_the_file_of_python() {
    let plan = plan("small.gem", TEXT, &Options::default());
    let grown = ForwardGraph::grown(&plan, &Interpreter::new(&plan, &[3]).unwrap()).unwrap();
    let hostile = "a\"\"\"\nimport os\\";
    let text = pytorch(&grown, PythonFile { module: hostile, arrays: hostile, genome: false }).unwrap();
    assert!(text.contains("from a____import os_ import load\n"));
    assert!(text.contains("with_name(\"a\\\"\\\"\\\"\\U0000000aimport os\\\\\")"));
    assert!(!text.contains("\nimport os"));
}
