//! What is exported, read back by readers of the tests' own: networks computed from the files answer as the reference interpreter.

mod evaluate;
mod files;
mod read;

use std::path::Path;

use gemc::compile::stages;
use gemc::export::{ExportFault, ForwardGraph, OnnxGraph, PythonFile, onnx, pytorch};
use gemc::options::Options;
use gemc::plan::{Interpreter, Op, Plan, lower_unoptimized};
use gemc::random::RandomStream;

use self::evaluate::evaluate;
use self::read::{Numbers, read};
use crate::cases::case;
use crate::properties::networks::{Kind, draw};

const BATCH: usize = 3;
const SEED: u64 = 7;

/// Returns the plan that is exported of a text.
pub(super) fn plan(name: &str, text: &str, options: &Options) -> Plan {
    let stages = stages(name, text, options).unwrap_or_else(|report| panic!("{report}"));
    lower_unoptimized(&stages.wiring, None).unwrap()
}

/// Returns the names and plans of every model in a folder.
fn plans(folder: &str) -> Vec<(String, Plan)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "gem"));
    paths.sort();
    let plan = |path: &std::path::PathBuf| {
        let (name, text, options) = case(path);
        let plan = plan(&name, &text, &options);
        (name, plan)
    };
    paths.iter().map(plan).collect()
}

/// Returns samples, batch × neurons.
fn samples(plan: &Plan) -> Vec<f64> {
    RandomStream::new(5, "x").uniform(BATCH * plan.inputs(), 0.5).into_iter().map(|x| x + 0.5).collect()
}

/// Returns what the interpreter answers, batch × classes.
fn expected(plan: &Plan, interpreter: &mut Interpreter<'_>) -> Vec<f64> {
    interpreter.set_batch(&samples(plan), &[0; BATCH]).unwrap();
    let answers = interpreter.compute(&[plan.output()]).unwrap();
    let classes = plan.outputs();
    (0..BATCH * classes).map(|at| answers[0].numbers()[at % classes * BATCH + at / classes]).collect()
}

/// Returns what the file of a graph answers.
fn answered(plan: &Plan, graph: &OnnxGraph) -> Vec<f64> {
    let graph = read(&graph.encode());
    let found = evaluate(&graph, Numbers { sizes: vec![BATCH, plan.inputs()], numbers: samples(plan) });
    assert_eq!(found.sizes, [BATCH, plan.outputs()]);
    found.numbers
}

/// Compares the files of a network, grown and with its genome, with the interpreter. The second may differ by `of_genome` of the
/// greatest answer.
fn compare(name: &str, plan: &Plan, of_genome: f64) {
    let mut interpreter = Interpreter::new(plan, &[SEED]).unwrap();
    for (row, parameter) in plan.rows().iter().enumerate() {
        // a genome is kept in single precision
        let numbers = interpreter.rows_mut()[row].numbers_mut();
        #[allow(clippy::cast_possible_truncation)]
        for number in numbers {
            *number = f64::from(*number as f32);
        }
        // biases start at 0: other numbers show where they are added
        if !parameter.name.contains("bias") {
            continue;
        }
        let drawn = RandomStream::new(6, &parameter.name).uniform(interpreter.rows()[row].numbers().len(), 0.5);
        interpreter.rows_mut()[row].numbers_mut().copy_from_slice(&drawn);
    }
    let expected = expected(plan, &mut interpreter);
    let most = expected.iter().fold(0.0, |most: f64, answer| most.max(answer.abs()));
    let graphs = [ForwardGraph::grown(plan, &interpreter), ForwardGraph::with_genome(plan, &interpreter, false)]
        .map(Result::unwrap);
    for (graph, what) in graphs.iter().zip(["grown", "genome"]) {
        let found = answered(plan, &onnx(graph).unwrap_or_else(|fault| panic!("{name}: {fault}")));
        let error = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        let tolerance = if what == "grown" { 1e-5 } else { of_genome };
        assert!(error <= tolerance * most, "{name}, {what}: {error:e} of {most}");
        let file = PythonFile { module: "m", arrays: "m.safetensors", genome: what == "genome" };
        assert!(pytorch(graph, file).is_ok(), "{name}");
    }
}

#[test]
fn good_cases_answer_in_onnx_as_in_the_interpreter() {
    for (name, plan) in plans("tests/cases/ok") {
        compare(&name, &plan, 1e-5);
    }
}

#[test]
fn shipped_models_answer_in_onnx_as_in_the_interpreter() {
    for (name, plan) in plans("models") {
        compare(&name, &plan, 1e-5);
    }
}

#[test]
fn random_networks_answer_in_onnx_as_in_the_interpreter() {
    let mut looked_at = 0;
    // one gene that all neurons express nearly alike: what is left of it without its mean has few digits in single precision
    for seed in 0..60 {
        let text = draw(seed, Kind::Any).text();
        if gemc::compile(&text, &Options::default()).is_ok() {
            compare(&format!("seed {seed}"), &plan("drawn.gem", &text, &Options::default()), 1e-3);
            looked_at += 1;
        }
    }
    assert!(looked_at > 30, "{looked_at}");
}

#[test]
fn graphs_and_files_of_python_are_as_printed() {
    for name in ["binary", "pools", "kernels", "interactions", "cycles", "sparse"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/cases/ok/{name}.gem"));
        let (file, text, options) = case(&path);
        let plan = plan(&file, &text, &options);
        let interpreter = Interpreter::new(&plan, &[SEED]).unwrap();
        let grown = ForwardGraph::grown(&plan, &interpreter).unwrap();
        let genome = ForwardGraph::with_genome(&plan, &interpreter, true).unwrap();
        let bare = ForwardGraph::with_genome(&plan, &interpreter, false).unwrap();
        let python = |graph: &ForwardGraph, genome: bool| {
            let text = pytorch(graph, PythonFile { module: name, arrays: "arrays.safetensors", genome }).unwrap();
            // what all files share is left out
            let (head, rest) = text.split_once("\n\nclass Step(").unwrap();
            let (_, methods) = rest.split_once("if learned]\n").unwrap();
            format!("{head}\n…\n{methods}")
        };
        let shown = format!(
            "{text}\n---- onnx\n{}\n---- onnx with the genome\n{}\n---- pytorch\n{}\n---- pytorch with the genome\n{}",
            onnx(&grown).unwrap().show(),
            onnx(&bare).unwrap().show(),
            python(&grown, false),
            python(&genome, true)
        );
        insta::with_settings!({ snapshot_path => "../../snapshots/export", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, shown);
        });
    }
}

#[test]
fn an_operation_without_counterpart_is_named() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/slp.gem");
    let (name, text, options) = case(&path);
    let plan = plan(&name, &text, &options);
    let mut graph = ForwardGraph::grown(&plan, &Interpreter::new(&plan, &[SEED]).unwrap()).unwrap();
    graph.steps.last_mut().unwrap().op = Op::DiagonalOf;
    let said = [
        onnx(&graph).unwrap_err(),
        pytorch(&graph, PythonFile { module: "m", arrays: "m.safetensors", genome: false }).unwrap_err(),
    ];
    for (fault, format) in said.iter().zip(["ONNX", "PyTorch"]) {
        let ExportFault::Unsupported(fault) = fault else { panic!("{fault}") };
        let text =
            format!("`digits` cannot be written as {format}: the operation `diagonal of` has no counterpart there");
        assert_eq!(fault.to_string(), text);
    }
}

#[test]
fn weights_that_are_held_answer_alike_until_rows_change() {
    for (name, plan) in plans("tests/cases/ok") {
        let mut interpreter = Interpreter::new(&plan, &[SEED]).unwrap();
        let before = expected(&plan, &mut interpreter);
        interpreter.hold(&[plan.output()]).unwrap();
        assert_eq!(expected(&plan, &mut interpreter), before, "{name}");
        let learned = plan.rows().iter().position(|row| row.learned).unwrap();
        interpreter.rows_mut()[learned].numbers_mut().fill(0.5);
        let mut other = Interpreter::new(&plan, &[SEED]).unwrap();
        other.rows_mut()[learned].numbers_mut().fill(0.5);
        assert_eq!(expected(&plan, &mut interpreter), expected(&plan, &mut other), "{name}");
    }
}
