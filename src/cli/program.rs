//! A plan as part of the object of `--emit json`: its table and its tensors, by id and by name.

use compact_str::CompactString;
use serde::Serialize;

use crate::plan::{Parameter, Plan, Shape, Sizes, Tensor, TensorId, TensorNames};

/// The tensor program; tensors and rows are referred to by id: `t7`, `p3`.
#[derive(Debug, Serialize)]
pub(super) struct PlanRows {
    leaves: Vec<LeafRow>,
    tensors: Vec<TensorRow>,
    output: String,
    penalty: Option<String>,
}

#[derive(Debug, Serialize)]
struct LeafRow {
    id: String,
    name: CompactString,
    /// Dimensions: a number, `"R"` or `"B"`.
    shape: Vec<String>,
    learned: bool,
    /// How fast, in learning rates.
    rate: f64,
    start: String,
    holds: &'static str,
    shared_by: Vec<CompactString>,
}

#[derive(Debug, Serialize)]
struct TensorRow {
    id: String,
    /// As in printed plans: `hidden.2`.
    name: String,
    /// As printed, with ids for names: `t3 @ t4ᵀ`.
    op: String,
    operands: Vec<String>,
    shape: Vec<String>,
    label: CompactString,
    /// For one run and 64 samples.
    flop: u64,
}

impl PlanRows {
    /// Describes a plan.
    pub(super) fn new(plan: &Plan) -> Self {
        let (names, ids) = (TensorNames::new(plan), TensorNames::ids(plan));
        let dims = |shape: &Shape| shape.dims().iter().map(ToString::to_string).collect();
        let parameter = |(index, parameter): (usize, &Parameter)| LeafRow {
            id: format!("p{index}"),
            name: parameter.name.clone(),
            shape: dims(&parameter.shape),
            learned: parameter.learned,
            rate: parameter.rate,
            start: parameter.start.spelt(&ids),
            holds: parameter.holds,
            shared_by: parameter.shared_by.clone(),
        };
        let tensor = |(id, tensor): (TensorId, &Tensor)| TensorRow {
            id: id.to_string(),
            name: names.tensor(id).to_owned(),
            op: tensor.spelt(&ids),
            operands: tensor.operands.iter().map(ToString::to_string).collect(),
            shape: dims(&tensor.shape),
            label: tensor.label.clone(),
            flop: plan.cost(id, Sizes::SHOWN).flop,
        };
        Self {
            leaves: plan.parameters().iter().enumerate().map(parameter).collect(),
            tensors: plan.numbered().map(tensor).collect(),
            output: plan.output().to_string(),
            penalty: plan.penalty().map(|id| id.to_string()),
        }
    }
}
