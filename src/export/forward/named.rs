//! One tensor of a run by its name: of the grown network, or of the plan.

use super::{ConstantLayout, ForwardConstant, ForwardGraph};
use crate::export::fault::{ExportFault, UnknownTensor};
use crate::plan::{Array, Dim, Interpreter, Plan, TensorId};

impl ForwardConstant {
    /// Takes a row of a genome, R × …, of one of the runs; nothing for a run that there is not.
    pub fn of_row(name: &str, rows: &Array, run: usize) -> Option<Self> {
        let (runs, sizes) = rows.sizes().split_first()?;
        let count: usize = sizes.iter().product();
        let numbers = rows.numbers().get(run * count..(run + 1) * count).filter(|_| run < *runs)?;
        let array = Array::new(&[&[1], sizes].concat(), numbers.to_vec())?;
        Some(Self { name: name.to_owned(), array, layout: ConstantLayout::Row, learned: true, rate: 1.0 })
    }

    /// Finds a tensor: first among the constants of the `grown` network, then among the tensors of its plan that have a name of the
    /// source, such as `g.O`, `hidden.g.X` and `pixels->hidden.W`, which is source × target.
    ///
    /// # Errors
    ///
    /// [`UnknownTensor`], or a bug in gemc.
    pub fn named(
        (plan, interpreter): (&Plan, &Interpreter<'_>),
        grown: &ForwardGraph,
        name: &str,
    ) -> Result<Self, ExportFault> {
        if let Some(constant) = grown.constant(name) {
            return Ok(constant.clone());
        }
        let tensors = named(plan);
        let found = tensors.iter().rev().find(|(label, _)| *label == name);
        let Some((_, id)) = found else {
            let own = grown.constants.iter().map(|constant| constant.name.as_str());
            return Err(UnknownTensor::among(name, own.chain(tensors.iter().map(|(label, _)| *label))).into());
        };
        let made = interpreter.compute(&[*id])?;
        let layout = match plan.tensor(*id).shape.dims().first() {
            Some(Dim::Runs) => ConstantLayout::Row,
            Some(Dim::Batch | Dim::Samples(_) | Dim::Size(_)) | None => ConstantLayout::Plain,
        };
        let array = made.into_iter().next().unwrap_or_else(|| Array::filled(&[0], 0.0));
        Ok(Self { name: name.to_owned(), array, layout, learned: false, rate: 1.0 })
    }
}

/// Returns the tensors that the output is made of, that have a name of the source, and that samples do not change.
fn named(plan: &Plan) -> Vec<(&str, TensorId)> {
    let (needed, batched) = (plan.needed(&[plan.output()]), plan.batched());
    let own = plan.numbered().filter(|(id, _)| needed[id.index()] && !batched[id.index()]);
    own.map(|(id, tensor)| (tensor.label.as_str(), id)).filter(|(label, _)| !label.is_empty()).collect()
}
