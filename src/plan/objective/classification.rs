//! Supervised classification: the mean over the batch of −Σ label · log softmax(output), and the penalty Σ λ Σ|O|.

use super::super::express::Reader;
use super::super::function::Function;
use super::super::lower::Lowering;
use super::super::op::{Op, SampleSet};
use super::super::tensor::TensorId;
use super::Objective;
use crate::check::InteractionId;
use crate::diag::Bug;

/// Appends the network, computed once, and its loss.
pub(in crate::plan) fn classification(lowering: &mut Lowering) -> Result<Objective, Bug> {
    let mut weights = lowering.weights();
    let samples = lowering.samples(SampleSet::Batch(1))?;
    let (output, _) = lowering.forward(&mut weights, samples, "")?;
    let penalty = penalty(lowering)?;
    let losses = cross_entropy(lowering, output, SampleSet::Batch(1), penalty)?;
    Ok(Objective { output, penalty, losses })
}

/// Appends each run's cross entropy and the penalty, [R]. Labels are weights: those of a batch add up to 1, those of a task's support
/// samples do.
pub(super) fn cross_entropy(
    lowering: &mut Lowering,
    output: TensorId,
    set: SampleSet,
    penalty: Option<TensorId>,
) -> Result<TensorId, Bug> {
    let model = lowering.wiring.model();
    let (classes, builder) = (model.population(model.output()).shape.neurons(), &mut lowering.builder);
    let labels = builder.push(Op::Labels { classes, set }, &[], &("labels".to_owned() + set.suffix()))?;
    let log_softmax = builder.push(Op::LogSoftmax { axis: 1 }, &[output], "")?;
    let right = builder.push(Op::Multiply, &[log_softmax, labels], "")?;
    let whole = builder.total(right, "")?;
    match penalty {
        None => builder.push(Op::Affine { factor: -1.0, offset: 0.0 }, &[whole], "loss"),
        Some(penalty) => builder.push(Op::Subtract, &[penalty, whole], "loss"),
    }
}

/// Appends Σ λ Σ|O| over the interactions that ask for it, [R].
pub(super) fn penalty(lowering: &mut Lowering) -> Result<Option<TensorId>, Bug> {
    let Lowering { wiring, builder, express, .. } = lowering;
    let (model, mut sum) = (wiring.model(), None);
    for (index, interaction) in model.interactions().iter().enumerate().filter(|(_, o)| o.sparse > 0.0) {
        let reader = Reader { name: "penalty", frozen: false };
        let genes = express.interaction(builder, model, InteractionId(index), reader)?;
        let size = builder.map(Function::Absolute, genes, "")?;
        let whole = builder.total(size, "")?;
        let part = builder.scale(interaction.sparse, whole)?;
        sum = Some(match sum {
            None => part,
            Some(sum) => builder.push(Op::Add, &[sum, part], "penalty")?,
        });
    }
    Ok(sum)
}
