//! A plan and its proof: the only maker of a [`Plan`] re-checks every shape rule and every reference.

use compact_str::CompactString;
use rustc_hash::FxHashSet;
use smallvec::SmallVec;

use super::choice::Choice;
use super::op::Op;
use super::parameter::Parameter;
use super::received::Received;
use super::tensor::{Dim, Shape, Sizes, TensorId};
use crate::diag::Bug;
use crate::parallel::first;

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

/// From how many tensors on they are checked by all cores: the work of a few milliseconds.
const MANY: usize = 50_000;

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
    choices: Vec<Choice>,
    received: Vec<Received>,
    counts: Counts,
}

/// What a plan is made of, before it is verified.
#[derive(Debug, Clone)]
pub(super) struct PlanDraft {
    pub(super) name: String,
    pub(super) tensors: Vec<Tensor>,
    pub(super) parameters: Vec<Parameter>,
    pub(super) output: TensorId,
    pub(super) penalty: Option<TensorId>,
    pub(super) losses: TensorId,
    pub(super) gradients: Vec<TensorId>,
    pub(super) choices: Vec<Choice>,
    pub(super) received: Vec<Received>,
    pub(super) counts: Counts,
}

impl Plan {
    /// Checks `parts`, which `pass` made: what [`PlanDraft::check`] and [`PlanDraft::check_table`] check, and that each learned row
    /// has a gradient of its own shape.
    pub(super) fn verify(pass: &'static str, parts: PlanDraft) -> Result<Self, Bug> {
        parts.check(pass)?;
        parts.check_table(pass)?;
        check_gradients(&parts).map_err(|why| Bug { pass, tensor: parts.losses.to_string(), why })?;
        let PlanDraft { name, tensors, parameters, output, penalty, losses, gradients, choices, received, counts } =
            parts;
        Ok(Self { name, tensors, parameters, output, penalty, losses, gradients, choices, received, counts })
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

    /// Returns the parameter table.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
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
        let neurons = |tensor: &Tensor| if let Op::Sample { neurons } = tensor.op { Some(neurons) } else { None };
        self.tensors.iter().find_map(neurons).unwrap_or(0)
    }

    /// Returns the output population's size.
    pub fn outputs(&self) -> usize {
        self.tensor(self.output).shape.dims()[1].at(Sizes { runs: 1, batch: 1 })
    }
}

impl PlanDraft {
    /// Checks what `pass` made: operands come earlier, shapes follow their rules, every row of the table starts with R, the
    /// output is R × n × B, penalty and loss are one number a run.
    pub(super) fn check(&self, pass: &'static str) -> Result<(), Bug> {
        let bug = |tensor: String, why: String| Bug { pass, tensor, why };
        let fault = |(index, tensor): (usize, &Tensor)| Some((index, check_tensor(self, index, tensor).err()?));
        if let Some((index, why)) = first(&self.tensors, MANY, fault) {
            return Err(bug(TensorId(index).to_string(), why));
        }
        for parameter in &self.parameters {
            check_parameter(self, parameter).map_err(|why| bug(parameter.name.to_string(), why))?;
        }
        check_results(self).map_err(|why| bug(self.output.to_string(), why))
    }

    /// Checks that every row of the table is named once. No pass names one, so this is done before the first and after the last.
    pub(super) fn check_table(&self, pass: &'static str) -> Result<(), Bug> {
        check_names(self).map_err(|tensor| Bug { pass, tensor, why: "names two rows of the table".to_owned() })
    }

    /// Returns what is asked for besides operands: results, what rows start from, and what populations receive.
    pub(super) fn asked(&self) -> impl Iterator<Item = TensorId> {
        let starts = self.parameters.iter().flat_map(|parameter| parameter.start.reads());
        let results = self.gradients.iter().copied().chain([self.output, self.losses]).chain(self.penalty);
        results.chain(starts).chain(self.received.iter().flat_map(Received::reads))
    }

    /// Returns the same plan with other `tensors`, each old one found where `place` says.
    pub(super) fn moved(self, tensors: Vec<Tensor>, place: impl Fn(TensorId) -> TensorId) -> Self {
        let Self { name, mut parameters, output, penalty, losses, gradients, choices, mut received, counts, .. } = self;
        for parameter in &mut parameters {
            parameter.start.retarget(&place);
        }
        for received in &mut received {
            received.retarget(&place);
        }
        let gradients = gradients.into_iter().map(&place).collect();
        let (output, penalty, losses) = (place(output), penalty.map(&place), place(losses));
        Self { name, tensors, parameters, output, penalty, losses, gradients, choices, received, counts }
    }
}

fn check_tensor(parts: &PlanDraft, index: usize, tensor: &Tensor) -> Result<(), String> {
    if let Some(later) = tensor.operands.iter().find(|id| id.index() >= index) {
        return Err(format!("uses {later}, which comes no earlier"));
    }
    let shape = tensor.op.shape_among(&parts.tensors, &tensor.operands, &parts.parameters)?;
    if *shape == tensor.shape { Ok(()) } else { Err(format!("says {}, its rule says {shape}", tensor.shape)) }
}

fn check_parameter(parts: &PlanDraft, parameter: &Parameter) -> Result<(), String> {
    if parameter.shape.dims().first() != Some(&Dim::Runs) || parameter.shape.dims().contains(&Dim::Batch) {
        return Err(format!("is {}, must begin with R and hold no B", parameter.shape));
    }
    if parameter.start.reads().any(|id| id.index() >= parts.tensors.len()) {
        return Err("its gain is taken from a tensor that is not there".to_owned());
    }
    Ok(())
}

fn check_names(parts: &PlanDraft) -> Result<(), String> {
    let mut names = FxHashSet::with_capacity_and_hasher(parts.parameters.len(), rustc_hash::FxBuildHasher);
    match parts.parameters.iter().find(|parameter| !names.insert(parameter.name.as_str())) {
        Some(parameter) => Err(parameter.name.to_string()),
        None => Ok(()),
    }
}

fn check_results(parts: &PlanDraft) -> Result<(), String> {
    let shape = |id: TensorId| parts.tensors.get(id.index()).map(|tensor| &tensor.shape);
    let is_activity = |id: TensorId| matches!(shape(id).map(Shape::dims), Some([Dim::Runs, Dim::Size(_), Dim::Batch]));
    if !is_activity(parts.output) {
        return Err("the output must be [R, n, B]".to_owned());
    }
    if !parts.received.iter().flat_map(Received::reads).all(is_activity) {
        return Err("what a population receives must be [R, n, B]".to_owned());
    }
    let one = Shape::per_run(&[]);
    if std::iter::once(parts.losses).chain(parts.penalty).any(|id| shape(id) != Some(&one)) {
        return Err("loss and penalty must be [R]".to_owned());
    }
    Ok(())
}

fn check_gradients(parts: &PlanDraft) -> Result<(), String> {
    let learned = parts.parameters.iter().filter(|parameter| parameter.learned);
    if learned.clone().count() != parts.gradients.len() {
        return Err("each learned row must have one gradient".to_owned());
    }
    let shape = |id: TensorId| parts.tensors.get(id.index()).map(|tensor| &tensor.shape);
    match learned.zip(&parts.gradients).find(|(parameter, id)| shape(**id) != Some(&parameter.shape)) {
        Some((parameter, id)) => Err(format!("the gradient {id} of {} must be {}", parameter.name, parameter.shape)),
        None => Ok(()),
    }
}
