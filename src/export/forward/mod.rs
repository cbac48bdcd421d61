//! The forward pass of a plan as other tools take it: constants with their numbers, and the operations that remain to be computed.

mod build;
mod linear;
mod named;

use crate::plan::{Array, ConvGeometry, Op, Shape};

/// A network ready to be written: operations in an order in which each can be computed, and the constants that they read. It is of
/// one run, so the dimension R of every shape is 1.
#[derive(Debug, Clone)]
pub struct ForwardGraph {
    /// The model's name.
    pub model: String,
    /// What operations read besides the samples.
    pub constants: Vec<ForwardConstant>,
    /// The operations.
    pub steps: Vec<ForwardStep>,
    /// The network's answer before softmax, 1 × classes × B.
    pub output: ForwardInput,
    /// What is added to the loss, one number, where anything is.
    pub penalty: Option<ForwardInput>,
    /// Neurons of the input population.
    pub inputs: usize,
    /// Neurons of the output population.
    pub outputs: usize,
}

/// What an operation reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForwardInput {
    /// The constant at this place.
    Constant(usize),
    /// The result of the operation at this place.
    Step(usize),
}

/// One operation.
#[derive(Debug, Clone)]
pub struct ForwardStep {
    /// Its name in the printed plan; no other step and no constant has it.
    pub name: String,
    /// What it computes.
    pub op: Op,
    /// What it reads.
    pub inputs: Vec<ForwardInput>,
    /// The shape of its result.
    pub shape: Shape,
}

/// Numbers that the samples do not change.
#[derive(Debug, Clone)]
pub struct ForwardConstant {
    /// Its name: `pixels->hidden.weight`, `hidden.bias`, or that of a row of the parameter table.
    pub name: String,
    /// Its numbers as operations read them; the first axis has length 1.
    pub array: Array,
    /// How it is stored for other tools.
    pub layout: ConstantLayout,
    /// Whether training may change it.
    pub learned: bool,
    /// How fast, in learning rates.
    pub rate: f64,
}

/// How a constant is stored in files of arrays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConstantLayout {
    /// As operations read it.
    Plain,
    /// Without the first axis: a row of the parameter table, a matrix target × source, or places × maps × K of receptive fields.
    Row,
    /// N numbers, read as 1 × N × 1.
    Vector,
    /// A kernel as `torch.nn.Conv2d` has it, maps × source maps × rows × columns, read as 1 × 1 × maps × K.
    Kernel(ConvGeometry),
}

impl ForwardGraph {
    /// Returns the name of what an operation reads.
    pub fn name_of(&self, input: ForwardInput) -> &str {
        match input {
            ForwardInput::Constant(place) => self.constants.get(place).map_or("", |constant| &constant.name),
            ForwardInput::Step(place) => self.steps.get(place).map_or("", |step| &step.name),
        }
    }

    /// Returns a constant by its name.
    pub fn constant(&self, name: &str) -> Option<&ForwardConstant> {
        self.constants.iter().find(|constant| constant.name == name)
    }
}

impl ForwardConstant {
    /// Returns the sizes under which it is stored.
    pub fn stored_sizes(&self) -> Vec<usize> {
        let sizes = self.array.sizes();
        match self.layout {
            ConstantLayout::Plain => sizes.to_vec(),
            ConstantLayout::Row => sizes.get(1..).unwrap_or_default().to_vec(),
            ConstantLayout::Vector => sizes.get(1..2).unwrap_or_default().to_vec(),
            ConstantLayout::Kernel(field) => vec![field.maps(), field.source[2], field.size, field.size],
        }
    }

    /// Returns its numbers as they are stored, the last axis fastest, in double precision.
    pub fn stored_numbers(&self) -> Vec<f64> {
        let numbers = self.array.numbers();
        let ConstantLayout::Kernel(field) = self.layout else { return numbers.to_vec() };
        let (square, maps) = (field.size * field.size, field.source[2]);
        // K counts rows, columns and maps of the source, the maps fastest
        let kernel = |kernel: &[f64]| -> Vec<f64> {
            (0..maps).flat_map(|map| (0..square).map(move |at| at * maps + map)).map(|k| kernel[k]).collect()
        };
        numbers.chunks_exact(field.seen().max(1)).flat_map(kernel).collect()
    }
}

/// Returns numbers in single precision, as files hold them.
pub(super) fn single(numbers: &[f64]) -> Vec<f32> {
    #[allow(clippy::cast_possible_truncation)]
    numbers.iter().map(|number| *number as f32).collect()
}
