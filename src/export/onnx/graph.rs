//! A graph as ONNX has it: nodes, initializers, one input and one output; printed as text, and encoded as a file.

use indexmap::IndexMap;

use crate::proto::Message;

/// The version of the file format: that of ONNX 1.12.
const IR_VERSION: u64 = 8;
/// The version of the set of operators.
const OPSET: u64 = 17;

/// A whole graph.
#[derive(Debug, Clone, Default)]
pub struct OnnxGraph {
    /// The model's name.
    pub name: String,
    /// What is known of the network, by key.
    pub notes: IndexMap<String, String>,
    /// Operations, each after those whose results it reads.
    pub nodes: Vec<OnnxNode>,
    /// Constants by name.
    pub initializers: IndexMap<String, OnnxTensor>,
    /// The input's name, and the neurons of a sample.
    pub input: (String, usize),
    /// The output's name, and the classes.
    pub output: (String, usize),
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnnxNode {
    /// The operator: `MatMul`.
    pub op: &'static str,
    /// The names of what it reads.
    pub inputs: Vec<String>,
    /// The name of its result.
    pub output: String,
    /// Its attributes.
    pub attributes: Vec<(&'static str, OnnxAttribute)>,
}

/// An attribute of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnnxAttribute {
    /// A whole number.
    Int(i64),
    /// Some of them.
    Ints(Vec<i64>),
}

/// Numbers with their sizes.
#[derive(Debug, Clone, PartialEq)]
pub enum OnnxTensor {
    /// Of single precision.
    Floats(Vec<usize>, Vec<f32>),
    /// Whole numbers.
    Ints(Vec<usize>, Vec<i64>),
}

impl OnnxGraph {
    /// Returns the graph as text: an initializer or a node a line.
    pub fn show(&self) -> String {
        let (input, output) = (&self.input, &self.output);
        let mut text = format!("onnx {}, opset {OPSET}\n", self.name);
        for (key, value) in &self.notes {
            text += &format!("note {key}: {value}\n");
        }
        text += &format!("input {} float[batch, {}]\n", input.0, input.1);
        for (name, tensor) in &self.initializers {
            text += &format!("constant {name} {}\n", tensor.show());
        }
        for OnnxNode { op, inputs, output, attributes } in &self.nodes {
            let attributes: Vec<String> = attributes.iter().map(|(name, value)| value.show(name)).collect();
            text += &format!("{output} = {op}({}){}\n", inputs.join(", "), attributes.concat());
        }
        text + &format!("output {} float[batch, {}]\n", output.0, output.1)
    }

    /// Returns the bytes of the file, a `ModelProto`.
    pub fn encode(&self) -> Vec<u8> {
        let mut graph = Message::new();
        for node in &self.nodes {
            graph = graph.message(1, node.encode());
        }
        graph = graph.bytes(2, &self.name);
        for (name, tensor) in &self.initializers {
            graph = graph.message(5, tensor.encode(name));
        }
        graph = graph.message(11, value(&self.input)).message(12, value(&self.output));
        let mut model = Message::new().whole(1, IR_VERSION).bytes(2, "gemc").bytes(3, env!("CARGO_PKG_VERSION"));
        model = model.message(7, graph).message(8, Message::new().bytes(1, "").whole(2, OPSET));
        for (key, note) in &self.notes {
            model = model.message(14, Message::new().bytes(1, key).bytes(2, note));
        }
        model.into_bytes()
    }
}

/// Encodes an input or output of batch × `sizes.1` numbers, a `ValueInfoProto`.
fn value((name, size): &(String, usize)) -> Message {
    let open = Message::new().bytes(2, "batch");
    let known = Message::new().whole(1, *size as u64);
    let shape = Message::new().message(1, open).message(1, known);
    let kind = Message::new().whole(1, FLOAT).message(2, shape);
    Message::new().bytes(1, name).message(2, Message::new().message(1, kind))
}

/// The kind of numbers of single precision.
const FLOAT: u64 = 1;
/// The kind of whole numbers of 64 bits.
const INT64: u64 = 7;

impl OnnxNode {
    fn encode(&self) -> Message {
        let mut node = Message::new();
        for input in &self.inputs {
            node = node.bytes(1, input);
        }
        node = node.bytes(2, &self.output).bytes(3, &self.output).bytes(4, self.op);
        for (name, attribute) in &self.attributes {
            node = node.message(5, attribute.encode(name));
        }
        node
    }
}

impl OnnxAttribute {
    fn encode(&self, name: &str) -> Message {
        let named = Message::new().bytes(1, name);
        match self {
            Self::Int(value) => named.whole(3, value.cast_unsigned()).whole(20, 2),
            Self::Ints(values) => {
                values.iter().fold(named, |named, value| named.whole(8, value.cast_unsigned())).whole(20, 7)
            }
        }
    }

    fn show(&self, name: &str) -> String {
        match self {
            Self::Int(value) => format!(" {name}={value}"),
            Self::Ints(values) => format!(" {name}={values:?}"),
        }
    }
}

impl OnnxTensor {
    fn encode(&self, name: &str) -> Message {
        let (sizes, kind, raw): (_, _, Vec<u8>) = match self {
            Self::Floats(sizes, numbers) => {
                (sizes, FLOAT, numbers.iter().flat_map(|number| number.to_le_bytes()).collect())
            }
            Self::Ints(sizes, numbers) => {
                (sizes, INT64, numbers.iter().flat_map(|number| number.to_le_bytes()).collect())
            }
        };
        let tensor = sizes.iter().fold(Message::new(), |tensor, size| tensor.whole(1, *size as u64));
        tensor.whole(2, kind).bytes(8, name).bytes(9, raw)
    }

    fn show(&self) -> String {
        match self {
            Self::Floats(sizes, numbers) if numbers.len() == 1 => format!("float{sizes:?} {:?}", numbers[0]),
            Self::Floats(sizes, _) => format!("float{sizes:?}"),
            Self::Ints(sizes, numbers) if numbers.len() <= 8 => format!("int64{sizes:?} {numbers:?}"),
            Self::Ints(sizes, _) => format!("int64{sizes:?}"),
        }
    }
}
