//! A plan and its proof: the only maker of a [`Plan`] re-checks every shape rule and every reference.

use super::cost::Cost;
use super::leaf::{Leaf, Start};
use super::op::Op;
use super::tensor::{Dim, Shape, Sizes, TensorId};
use crate::diag::Bug;

/// One value: an operation on earlier values.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// What makes it.
    pub op: Op,
    /// From which earlier tensors.
    pub operands: Vec<TensorId>,
    /// Its shape.
    pub shape: Shape,
    /// What it is in the source's words, where it has a name there: `hidden.g.X`, `pixels->hidden.W`, `hidden`.
    pub label: String,
}

/// Exact counts, known at compile time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Numbers that are learned.
    pub parameters: u64,
    /// Weights that exist.
    pub synapses: u64,
    /// Synapses and biases: what the network would have to learn were its weights written down.
    pub uncompressed: u64,
}

impl Counts {
    /// Returns uncompressed / parameters; infinite where nothing is learned.
    pub fn compression(&self) -> f64 {
        self.uncompressed as f64 / self.parameters as f64
    }
}

/// A verified tensor program.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    name: String,
    tensors: Vec<Tensor>,
    leaves: Vec<Leaf>,
    output: TensorId,
    penalty: Option<TensorId>,
    counts: Counts,
}

/// What a plan is made of, before it is verified.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    pub(super) name: String,
    pub(super) tensors: Vec<Tensor>,
    pub(super) leaves: Vec<Leaf>,
    pub(super) output: TensorId,
    pub(super) penalty: Option<TensorId>,
    pub(super) counts: Counts,
}

impl Plan {
    /// Checks `parts`, which `pass` made: operands come earlier, shapes follow their rules, every row of the table is
    /// named once and starts with R, the output is R × B × n and the penalty one number a run.
    pub(super) fn verify(pass: &'static str, parts: Parts) -> Result<Self, Bug> {
        let bug = |tensor: String, why: String| Bug { pass, tensor, why };
        for (index, tensor) in parts.tensors.iter().enumerate() {
            check_tensor(&parts, index, tensor).map_err(|why| bug(TensorId(index).to_string(), why))?;
        }
        for leaf in &parts.leaves {
            check_leaf(&parts, leaf).map_err(|why| bug(leaf.name.clone(), why))?;
        }
        check_names(&parts).map_err(|name| bug(name, "names two rows of the table".to_owned()))?;
        check_results(&parts).map_err(|why| bug(parts.output.to_string(), why))?;
        let Parts { name, tensors, leaves, output, penalty, counts } = parts;
        Ok(Self { name, tensors, leaves, output, penalty, counts })
    }

    /// Returns the model's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the tensors; each uses only earlier ones.
    pub fn tensors(&self) -> &[Tensor] {
        &self.tensors
    }

    /// Returns one tensor.
    pub fn tensor(&self, id: TensorId) -> &Tensor {
        &self.tensors[id.index()]
    }

    /// Returns the tensors with their ids.
    pub fn numbered(&self) -> impl Iterator<Item = (TensorId, &Tensor)> {
        self.tensors.iter().enumerate().map(|(index, tensor)| (TensorId(index), tensor))
    }

    /// Returns the parameter table.
    pub fn leaves(&self) -> &[Leaf] {
        &self.leaves
    }

    /// Returns the network's answer, R × B × classes, before softmax.
    pub fn output(&self) -> TensorId {
        self.output
    }

    /// Returns what is added to the loss, one number a run, if anything is.
    pub fn penalty(&self) -> Option<TensorId> {
        self.penalty
    }

    /// Returns the exact counts.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Returns the input population's size.
    pub fn inputs(&self) -> usize {
        let neurons = |tensor: &Tensor| if let Op::Sample { neurons } = tensor.op { Some(neurons) } else { None };
        self.tensors.iter().find_map(neurons).unwrap_or(0)
    }

    /// Returns the output population's size.
    pub fn outputs(&self) -> usize {
        self.tensor(self.output).shape.dims()[2].at(Sizes { runs: 1, batch: 1 })
    }

    /// Returns what computing one tensor costs.
    pub fn cost(&self, id: TensorId, sizes: Sizes) -> Cost {
        let tensor = self.tensor(id);
        let operands: Vec<&Shape> = tensor.operands.iter().map(|id| &self.tensor(*id).shape).collect();
        tensor.op.cost(&operands, &tensor.shape, sizes)
    }

    /// Returns what one evaluation costs.
    pub fn forward_cost(&self, sizes: Sizes) -> Cost {
        self.numbered().fold(Cost::default(), |mut sum, (id, _)| {
            sum += self.cost(id, sizes);
            sum
        })
    }

    /// Returns what a training step costs: forward, and backward to everything that is learned.
    pub fn step_cost(&self, sizes: Sizes) -> Cost {
        let learned = self.differentiated();
        let mut sum = self.forward_cost(sizes);
        for (id, tensor) in self.numbered() {
            let count = tensor.operands.iter().filter(|id| learned[id.index()]).count();
            sum += tensor.op.backward_cost(self.cost(id, sizes), count);
        }
        sum
    }

    /// Returns the bytes that all tensors of one evaluation take in single precision: what training keeps alive.
    pub fn activation_bytes(&self, sizes: Sizes) -> u64 {
        self.tensors.iter().fold(0, |sum: u64, tensor| sum.saturating_add(tensor.shape.count(sizes).saturating_mul(4)))
    }

    /// Tells for each tensor whether it depends on anything that is learned.
    pub fn differentiated(&self) -> Vec<bool> {
        let mut learned = Vec::with_capacity(self.tensors.len());
        for tensor in &self.tensors {
            let own = if let Op::Leaf(id) = tensor.op { self.leaves[id.index()].learned } else { false };
            let inherited = tensor.operands.iter().any(|id: &TensorId| learned[id.index()]);
            learned.push(own || inherited);
        }
        learned
    }
}

fn check_tensor(parts: &Parts, index: usize, tensor: &Tensor) -> Result<(), String> {
    if let Some(later) = tensor.operands.iter().find(|id| id.index() >= index) {
        return Err(format!("uses {later}, which comes no earlier"));
    }
    let operands: Vec<&Shape> = tensor.operands.iter().map(|id| &parts.tensors[id.index()].shape).collect();
    let shape = tensor.op.shape(&operands, &parts.leaves)?;
    if shape == tensor.shape { Ok(()) } else { Err(format!("says {}, its rule says {shape}", tensor.shape)) }
}

fn check_leaf(parts: &Parts, leaf: &Leaf) -> Result<(), String> {
    if leaf.shape.dims().first() != Some(&Dim::Runs) || leaf.shape.dims().contains(&Dim::Batch) {
        return Err(format!("is {}, must begin with R and hold no B", leaf.shape));
    }
    if let Start::Gain { source, interaction, target, .. } = leaf.start
        && [source, interaction, target].iter().any(|id| id.index() >= parts.tensors.len())
    {
        return Err("its gain is taken from a tensor that is not there".to_owned());
    }
    Ok(())
}

fn check_names(parts: &Parts) -> Result<(), String> {
    let mut names: Vec<&str> = parts.leaves.iter().map(|leaf| leaf.name.as_str()).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(pair[0].to_owned()),
        None => Ok(()),
    }
}

fn check_results(parts: &Parts) -> Result<(), String> {
    let shape = |id: TensorId| parts.tensors.get(id.index()).map(|tensor| tensor.shape.clone());
    match shape(parts.output).as_ref().map(Shape::dims) {
        Some([Dim::Runs, Dim::Batch, Dim::Size(_)]) => {}
        _ => return Err("the output must be [R, B, n]".to_owned()),
    }
    match parts.penalty.map(shape) {
        None => Ok(()),
        Some(Some(shape)) if shape == Shape::per_run(&[]) => Ok(()),
        Some(_) => Err("the penalty must be [R]".to_owned()),
    }
}
