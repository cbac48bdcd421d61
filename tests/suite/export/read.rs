//! Reads an ONNX file back: an independent reader of protocol buffers, and of the few messages that a graph has.

use std::collections::HashMap;

/// A field of a message.
enum Value<'a> {
    Whole(u64),
    Bytes(&'a [u8]),
}

/// Takes a message apart.
fn fields(mut bytes: &[u8]) -> Vec<(u64, Value<'_>)> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes);
        let value = match key & 7 {
            0 => Value::Whole(varint(&mut bytes)),
            2 => {
                let length = usize::try_from(varint(&mut bytes)).unwrap();
                let (value, rest) = bytes.split_at(length);
                bytes = rest;
                Value::Bytes(value)
            }
            kind => panic!("a field of kind {kind}"),
        };
        found.push((key >> 3, value));
    }
    found
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..).step_by(7) {
        let (first, rest) = bytes.split_first().unwrap();
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            break;
        }
    }
    value
}

/// Returns all messages or texts of one field.
fn all(bytes: &[u8], field: u64) -> Vec<&[u8]> {
    let own = |(number, value)| match value {
        Value::Bytes(bytes) if number == field => Some(bytes),
        Value::Bytes(_) | Value::Whole(_) => None,
    };
    fields(bytes).into_iter().filter_map(own).collect()
}

/// Returns all whole numbers of one field.
fn wholes(bytes: &[u8], field: u64) -> Vec<i64> {
    let own = |(number, value)| match value {
        Value::Whole(value) if number == field => Some(value.cast_signed()),
        Value::Bytes(_) | Value::Whole(_) => None,
    };
    fields(bytes).into_iter().filter_map(own).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// One operation.
pub(super) struct ReadNode {
    pub(super) op: String,
    pub(super) inputs: Vec<String>,
    pub(super) output: String,
    /// Whole numbers by the attribute's name.
    pub(super) attributes: HashMap<String, Vec<i64>>,
}

/// Numbers, in double precision, with their sizes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Numbers {
    pub(super) sizes: Vec<usize>,
    pub(super) numbers: Vec<f64>,
}

/// A graph that was read back.
pub(super) struct ReadGraph {
    pub(super) nodes: Vec<ReadNode>,
    pub(super) constants: HashMap<String, Numbers>,
    pub(super) input: String,
    pub(super) output: String,
}

/// Reads the bytes of a `ModelProto`.
pub(super) fn read(bytes: &[u8]) -> ReadGraph {
    let opset = all(bytes, 8);
    assert_eq!((wholes(bytes, 1), wholes(opset[0], 2)), (vec![8], vec![17]));
    let graph = all(bytes, 7)[0];
    let name = |field: u64| text(all(all(graph, field)[0], 1)[0]);
    let node = |bytes: &[u8]| ReadNode {
        op: text(all(bytes, 4)[0]),
        inputs: all(bytes, 1).into_iter().map(text).collect(),
        output: text(all(bytes, 2)[0]),
        attributes: all(bytes, 5).into_iter().map(attribute).collect(),
    };
    let constants = all(graph, 5).into_iter().map(|bytes| (text(all(bytes, 8)[0]), numbers(bytes))).collect();
    ReadGraph { nodes: all(graph, 1).into_iter().map(node).collect(), constants, input: name(11), output: name(12) }
}

fn attribute(bytes: &[u8]) -> (String, Vec<i64>) {
    let values = match wholes(bytes, 20)[0] {
        2 => wholes(bytes, 3),
        7 => wholes(bytes, 8),
        kind => panic!("an attribute of kind {kind}"),
    };
    (text(all(bytes, 1)[0]), values)
}

fn numbers(bytes: &[u8]) -> Numbers {
    let sizes: Vec<usize> = wholes(bytes, 1).into_iter().map(|size| usize::try_from(size).unwrap()).collect();
    let raw = all(bytes, 9)[0];
    let numbers: Vec<f64> = match wholes(bytes, 2)[0] {
        1 => raw.as_chunks().0.iter().map(|bytes| f64::from(f32::from_le_bytes(*bytes))).collect(),
        7 => raw.as_chunks().0.iter().map(|bytes| i64::from_le_bytes(*bytes) as f64).collect(),
        kind => panic!("numbers of kind {kind}"),
    };
    assert_eq!(numbers.len(), sizes.iter().product::<usize>());
    Numbers { sizes, numbers }
}
