//! A plan and its proof: the only maker of a [`Plan`] re-checks every shape rule and every reference.

use compact_str::CompactString;
use smallvec::SmallVec;

use super::choice::Choice;
use super::draft::PlanDraft;
use super::op::{Op, SampleSet};
use super::parameter::Parameter;
use super::received::Received;
use super::tensor::{ParameterId, Shape, Sizes, TensorId};
use crate::diag::Bug;

/// One value: an operation on earlier values.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// What makes it.
    pub op: Op,
    /// From which earlier tensors.
    pub operands: Operands,
    /// Its shape.
    pub shape: Shape,
    /// What it is in the source's words, where it has a name there: `hidden.g.X`, `pixels->hidden.W`, `hidden`.
    pub label: CompactString,
}

/// What an operation is applied to; two tensors stand in place.
pub type Operands = SmallVec<[TensorId; 2]>;

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
    parameters: Vec<Parameter>,
    output: TensorId,
    penalty: Option<TensorId>,
    losses: TensorId,
    gradients: Vec<TensorId>,
    updates: Vec<(ParameterId, TensorId)>,
    choices: Vec<Choice>,
    received: Vec<Received>,
    counts: Counts,
}

impl Plan {
    /// Checks `parts`, which `pass` made: what [`PlanDraft::check`] and [`PlanDraft::check_table`] check, and that each learned row
    /// has a gradient of its own shape.
    pub(super) fn verify(pass: &'static str, parts: PlanDraft) -> Result<Self, Bug> {
        parts.check(pass)?;
        parts.check_table(pass)?;
        parts.check_updates().map_err(|why| Bug { pass, tensor: parts.losses.to_string(), why })?;
        let PlanDraft {
            name,
            tensors,
            parameters,
            output,
            penalty,
            losses,
            gradients,
            updates,
            choices,
            received,
            counts,
        } = parts;
        Ok(Self { name, tensors, parameters, output, penalty, losses, gradients, updates, choices, received, counts })
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
    pub fn numbered(&self) -> impl DoubleEndedIterator<Item = (TensorId, &Tensor)> {
        self.tensors.iter().enumerate().map(|(index, tensor)| (TensorId(index), tensor))
    }

    /// Returns the rows of the parameter table that are learned or drawn: the genome.
    pub fn parameters(&self) -> &[Parameter] {
        let genome = self.parameters.iter().take_while(|row| !row.state).count();
        &self.parameters[..genome]
    }

    /// Returns all rows of the table: those of the genome, then the optimizer's state.
    pub fn rows(&self) -> &[Parameter] {
        &self.parameters
    }

    /// Returns what each learned row, and each row of the optimizer's state, becomes in a step.
    pub fn updates(&self) -> &[(ParameterId, TensorId)] {
        &self.updates
    }

    /// Returns what the update of a step is asked for.
    pub fn update_outputs(&self) -> Vec<TensorId> {
        self.updates.iter().map(|(_, value)| *value).collect()
    }

    /// Returns the network's answer, R × classes × B, before softmax.
    pub fn output(&self) -> TensorId {
        self.output
    }

    /// Returns what is added to the loss, one number a run, if anything is.
    pub fn penalty(&self) -> Option<TensorId> {
        self.penalty
    }

    /// Returns each run's loss, R numbers: the mean cross entropy over the batch, and the penalty.
    pub fn losses(&self) -> TensorId {
        self.losses
    }

    /// Returns the gradient of the loss by each learned row, in the table's order.
    pub fn gradients(&self) -> &[TensorId] {
        &self.gradients
    }

    /// Returns the learned rows, in the table's order.
    pub fn learned(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(|parameter| parameter.learned)
    }

    /// Returns what an evaluation is asked for.
    pub fn inference_outputs(&self) -> Vec<TensorId> {
        std::iter::once(self.output).chain(self.penalty).collect()
    }

    /// Returns what a training step is asked for.
    pub fn training_outputs(&self) -> Vec<TensorId> {
        std::iter::once(self.losses).chain(self.gradients.iter().copied()).collect()
    }

    /// Returns which order of products was chosen for each connection that has more than one.
    pub fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// Returns what populations receive, in the order in which it can be calibrated.
    pub fn received(&self) -> &[Received] {
        &self.received
    }

    /// Returns the exact counts.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Returns the input population's size.
    pub fn inputs(&self) -> usize {
        let neurons = |tensor: &Tensor| if let Op::Sample { neurons, .. } = tensor.op { Some(neurons) } else { None };
        self.tensors.iter().find_map(neurons).unwrap_or(0)
    }

    /// Returns how many samples a step is given for each of the batch: of those that the loss is computed by, and of those that
    /// tasks are learned from, which are 0 where nothing is.
    pub fn samples_each(&self) -> [usize; 2] {
        let set = |tensor: &Tensor| if let Op::Sample { set, .. } = tensor.op { Some(set) } else { None };
        let sets = || self.tensors.iter().filter_map(set);
        let batch = sets().find_map(|set| if let SampleSet::Batch(each) = set { Some(each) } else { None });
        let support = sets().find_map(|set| if let SampleSet::Support(each) = set { Some(each) } else { None });
        [batch.unwrap_or(1), support.unwrap_or(0)]
    }

    /// Returns the output population's size.
    pub fn outputs(&self) -> usize {
        self.tensor(self.output).shape.dims()[1].at(Sizes { runs: 1, batch: 1 })
    }
}
