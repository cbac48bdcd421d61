//! A plan before it is verified: what lowering makes and passes change, with the checks that each is held against.

use rustc_hash::FxHashSet;

use super::choice::Choice;
use super::parameter::Parameter;
use super::received::Received;
use super::tensor::{Dim, ParameterId, Shape, TensorId};
use super::verify::{Counts, Tensor};
use crate::diag::Bug;
use crate::parallel::first;

/// From how many tensors on they are checked by all cores: the work of a few milliseconds.
const MANY: usize = 50_000;

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
    /// What each learned row, and each row of the optimizer's state, becomes in a step.
    pub(super) updates: Vec<(ParameterId, TensorId)>,
    pub(super) choices: Vec<Choice>,
    pub(super) received: Vec<Received>,
    pub(super) counts: Counts,
}

impl PlanDraft {
    /// Checks that each learned row has a gradient of its own shape, and that rows become what has their shape.
    pub(super) fn check_updates(&self) -> Result<(), String> {
        let learned = self.parameters.iter().filter(|parameter| parameter.learned);
        if learned.clone().count() != self.gradients.len() {
            return Err("each learned row must have one gradient".to_owned());
        }
        let shape = |id: TensorId| self.tensors.get(id.index()).map(|tensor| &tensor.shape);
        if let Some((parameter, id)) =
            learned.zip(&self.gradients).find(|(parameter, id)| shape(**id) != Some(&parameter.shape))
        {
            return Err(format!("the gradient {id} of {} must be {}", parameter.name, parameter.shape));
        }
        for (row, value) in &self.updates {
            let row = self.parameters.get(row.0).ok_or_else(|| format!("no row {row}"))?;
            if !(row.learned || row.state) || shape(*value) != Some(&row.shape) {
                return Err(format!("{value} cannot become {} {}", row.name, row.shape));
            }
        }
        Ok(())
    }

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
        let updates = self.updates.iter().map(|(_, value)| *value);
        let results =
            self.gradients.iter().copied().chain(updates).chain([self.output, self.losses]).chain(self.penalty);
        results.chain(starts).chain(self.received.iter().flat_map(Received::reads))
    }

    /// Returns the same plan with other `tensors`, each old one found where `place` says.
    pub(super) fn moved(self, tensors: Vec<Tensor>, place: impl Fn(TensorId) -> TensorId) -> Self {
        let Self {
            name,
            mut parameters,
            output,
            penalty,
            losses,
            gradients,
            updates,
            choices,
            mut received,
            counts,
            ..
        } = self;
        for parameter in &mut parameters {
            parameter.start.retarget(&place);
        }
        for received in &mut received {
            received.retarget(&place);
        }
        let gradients = gradients.into_iter().map(&place).collect();
        let updates = updates.into_iter().map(|(row, value)| (row, place(value))).collect();
        let (output, penalty, losses) = (place(output), penalty.map(&place), place(losses));
        Self { name, tensors, parameters, output, penalty, losses, gradients, updates, choices, received, counts }
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
    if parameter.shape.dims().first() != Some(&Dim::Runs) || parameter.shape.is_batched() {
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
    let is_activity = |id: TensorId| matches!(shape(id).map(Shape::dims), Some([Dim::Runs, Dim::Size(_), samples]) if samples.is_batched());
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
