//! An ONNX graph while it is written: names that are free, constants that are entered once, and operators that every file needs.

use super::graph::{OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor};
use crate::export::forward::{ForwardGraph, ForwardInput, single};
use crate::plan::{Dim, Shape};

/// The name of the input.
const SAMPLES: &str = "samples";
/// The name of the output.
const LOGITS: &str = "logits";

/// A graph while it is written.
pub(super) struct Writer<'a> {
    forward: &'a ForwardGraph,
    graph: OnnxGraph,
    /// The name of the result of each step so far.
    made: Vec<String>,
}

impl<'a> Writer<'a> {
    /// Enters the constants of a network.
    pub(super) fn new(forward: &'a ForwardGraph) -> Self {
        let (input, output) = ((SAMPLES.to_owned(), forward.inputs), (LOGITS.to_owned(), forward.outputs));
        let mut graph = OnnxGraph { name: forward.model.clone(), input, output, ..OnnxGraph::default() };
        let note = "batch × neurons, numbers from 0 to 1 in the order row, column, channel";
        graph.notes.insert("input".to_owned(), note.to_owned());
        graph.notes.insert("output".to_owned(), "batch × classes, before softmax".to_owned());
        for constant in &forward.constants {
            let numbers = OnnxTensor::Floats(constant.array.sizes().to_vec(), single(constant.array.numbers()));
            graph.initializers.insert(constant.name.clone(), numbers);
        }
        Self { forward, graph, made: Vec::new() }
    }

    /// Returns the name of what a step reads.
    pub(super) fn name(&self, input: ForwardInput) -> String {
        match input {
            ForwardInput::Constant(_) => self.forward.name_of(input).to_owned(),
            ForwardInput::Step(place) => self.made.get(place).cloned().unwrap_or_default(),
        }
    }

    /// Notes the name of the next step's result.
    pub(super) fn made(&mut self, name: String) {
        self.made.push(name);
    }

    /// Writes what turns the output to batch × classes, and returns the graph.
    pub(super) fn finish(mut self) -> OnnxGraph {
        let output = self.name(self.forward.output);
        let flat = self.along("logits/turned", "Squeeze", &output, 0);
        let node = OnnxNode {
            op: "Transpose",
            inputs: vec![flat],
            output: LOGITS.to_owned(),
            attributes: vec![("perm", OnnxAttribute::Ints(vec![1, 0]))],
        };
        self.graph.nodes.push(node);
        self.graph
    }

    /// Writes an operator without attributes.
    pub(super) fn node<const N: usize>(&mut self, name: &str, op: &'static str, inputs: [&str; N]) -> String {
        self.node_with(name, op, &inputs, Vec::new())
    }

    /// Writes an operator, whose result gets this name, or a name like it where another result has it.
    pub(super) fn node_with(
        &mut self,
        name: &str,
        op: &'static str,
        inputs: &[&str],
        attributes: Vec<(&'static str, OnnxAttribute)>,
    ) -> String {
        let output = self.free(name);
        let inputs = inputs.iter().map(|name| (*name).to_owned()).collect();
        self.graph.nodes.push(OnnxNode { op, inputs, output: output.clone(), attributes });
        output
    }

    /// Returns a name that nothing has yet.
    fn free(&self, name: &str) -> String {
        // names of steps differ, and those of their parts begin with the step's
        let is_taken = |name: &str| [SAMPLES, LOGITS].contains(&name) || self.graph.initializers.contains_key(name);
        let mut free = name.to_owned();
        let mut count = 0_usize;
        while is_taken(&free) {
            count += 1;
            free = format!("{name}/{count}");
        }
        free
    }

    /// Enters whole numbers along one axis.
    pub(super) fn ints(&mut self, numbers: &[i64]) -> String {
        self.ints_of(&[numbers.len()], numbers)
    }

    /// Enters whole numbers with their sizes.
    pub(super) fn ints_of(&mut self, sizes: &[usize], numbers: &[i64]) -> String {
        self.entered("int64", OnnxTensor::Ints(sizes.to_vec(), numbers.to_vec()))
    }

    /// Enters one number.
    pub(super) fn number(&mut self, number: f64) -> String {
        self.floats(&[], &[number])
    }

    /// Enters numbers with their sizes.
    pub(super) fn floats(&mut self, sizes: &[usize], numbers: &[f64]) -> String {
        self.entered("float", OnnxTensor::Floats(sizes.to_vec(), single(numbers)))
    }

    /// Enters a constant that has no name in the model; equal ones are entered once.
    fn entered(&mut self, kind: &str, tensor: OnnxTensor) -> String {
        let own = self.graph.initializers.iter().skip(self.forward.constants.len());
        if let Some((name, _)) = own.into_iter().find(|(_, known)| **known == tensor) {
            return name.clone();
        }
        let name = self.free(&format!("{kind}/{}", self.graph.initializers.len() - self.forward.constants.len()));
        self.graph.initializers.insert(name.clone(), tensor);
        name
    }

    /// Writes the samples as the plan has them: 1 × neurons × batch.
    pub(super) fn samples(&mut self, name: &str) -> String {
        let turned = self.permuted(&format!("{name}/turned"), SAMPLES, &[1, 0]);
        self.along(name, "Unsqueeze", &turned, 0)
    }

    /// Writes an operator that reads its axis as an input.
    pub(super) fn along(&mut self, name: &str, op: &'static str, of: &str, axis: usize) -> String {
        let places = self.ints(&[whole(axis)]);
        self.node(name, op, [of, &places])
    }

    /// Writes a sum over an axis, which disappears.
    pub(super) fn sum(&mut self, name: &str, of: &str, axis: usize) -> String {
        let places = self.ints(&[whole(axis)]);
        self.node_with(name, "ReduceSum", &[of, &places], vec![("keepdims", OnnxAttribute::Int(0))])
    }

    /// Writes an operator that has its axis as an attribute.
    pub(super) fn with_axis(&mut self, name: &str, op: &'static str, of: &str, axis: usize) -> String {
        self.node_with(name, op, &[of], vec![("axis", OnnxAttribute::Int(whole(axis)))])
    }

    /// Writes a transposition by an order of axes.
    pub(super) fn permuted(&mut self, name: &str, of: &str, order: &[i64]) -> String {
        self.node_with(name, "Transpose", &[of], vec![("perm", OnnxAttribute::Ints(order.to_vec()))])
    }

    /// Writes the transposes of matrices.
    pub(super) fn transposed(&mut self, name: &str, of: &str) -> String {
        self.permuted(&format!("{name} transposed"), of, &[0, 2, 1])
    }

    /// Writes a view of other sizes, of which −1 is the batch.
    pub(super) fn viewed(&mut self, name: &str, of: &str, sizes: &[i64]) -> String {
        let sizes = self.ints(sizes);
        self.node(name, "Reshape", [of, &sizes])
    }

    /// Writes [`Op::Reshape`](crate::plan::Op::Reshape).
    pub(super) fn reshape(&mut self, name: &str, of: &str, shape: &Shape) -> String {
        let size = |dim: &Dim| match dim {
            Dim::Runs => 1,
            Dim::Batch | Dim::Samples(_) => -1,
            Dim::Size(size) => whole(*size),
        };
        let sizes: Vec<i64> = shape.dims().iter().map(size).collect();
        self.viewed(name, of, &sizes)
    }

    /// Repeats an axis of length 1, so that the result has this shape; the batch is as long as the samples are many.
    pub(super) fn expand(&mut self, name: &str, of: &str, axis: usize, shape: &Shape) -> String {
        let mut sizes = vec![1; shape.rank()];
        let sizes = match (shape.dims().get(axis), sizes.get_mut(axis)) {
            (Some(Dim::Batch | Dim::Samples(_)), _) => {
                let slice = vec![("start", OnnxAttribute::Int(0)), ("end", OnnxAttribute::Int(1))];
                let batch = self.node_with(&format!("{name}/batch"), "Shape", &[SAMPLES], slice);
                let around = [&sizes[..axis], &sizes[axis + 1..]].map(|ones| self.ints(ones));
                let parts = [around[0].as_str(), &batch, &around[1]];
                self.node_with(&format!("{name}/sizes"), "Concat", &parts, vec![("axis", OnnxAttribute::Int(0))])
            }
            (Some(Dim::Size(length)), Some(size)) => {
                *size = whole(*length);
                self.ints(&sizes)
            }
            _ => self.ints(&sizes),
        };
        self.node(name, "Expand", [of, &sizes])
    }

    /// Takes one place of an axis, which stays with length 1.
    pub(super) fn select(&mut self, name: &str, of: &str, axis: usize, index: usize) -> String {
        let index = self.ints(&[whole(index)]);
        self.gathered(name, of, &index, axis)
    }

    /// Takes places of an axis by their numbers.
    pub(super) fn gathered(&mut self, name: &str, of: &str, places: &str, axis: usize) -> String {
        self.node_with(name, "Gather", &[of, places], vec![("axis", OnnxAttribute::Int(whole(axis)))])
    }
}

/// Returns a size as ONNX counts it.
pub(super) fn whole(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}
