//! The parameter table's starting values: each run's numbers are drawn from its seed alone, in double precision, and only
//! then laid side by side as [R, …] in the net's own kind of number.

use tch::{Tensor as Live, no_grad_guard};

use super::device::Place;
use super::fault::TorchFault;
use super::gain::{self, There};
use super::genome::live;
use super::torch::{Batch, EvalContext, Frame, Values, prepare_all, size};
use crate::plan::{Array, Extent, Init, Op, Parameter, Plan, Sizes, TensorId};
use crate::random::RandomStream;

/// Returns every row's tensor, [R, …], run k drawn from `seeds[k]`, but for rows that are `taken` from elsewhere, [R, …] each.
pub(super) fn start(
    plan: &Plan,
    seeds: &[u64],
    taken: &[(usize, &Array)],
    place: Place,
) -> Result<Vec<Live>, TorchFault> {
    let _guard = no_grad_guard();
    let prepared = prepare_all(plan, Place::EXACT)?;
    let run = |(run, seed): (usize, &u64)| {
        let rows = one_run(plan, &prepared, *seed, (taken, run))?;
        rows.iter().map(|row| Ok(row.f_to_kind(place.kind)?)).collect::<Result<Vec<Live>, TorchFault>>()
    };
    let runs = seeds.iter().enumerate().map(run).collect::<Result<Vec<_>, _>>()?;
    let side_by_side = |index: usize| {
        let parts: Vec<&Live> = runs.iter().filter_map(|run| run.get(index)).collect();
        Ok(Live::f_cat(&parts, 0)?.f_to_device(place.device)?)
    };
    let genome = (0..plan.parameters().len()).map(side_by_side);
    let state = plan.rows().iter().filter(|row| row.state).map(|row| {
        let lengths: Vec<i64> = row.shape.at(Sizes { runs: seeds.len(), batch: 1 }).into_iter().map(size).collect();
        Ok(Live::f_zeros(lengths, place.options())?)
    });
    genome.chain(state).collect()
}

/// Returns the plan's tensors that are rows of the table, with the rows' numbers.
pub(super) fn parameter_tensors(plan: &Plan) -> impl Iterator<Item = (TensorId, usize)> {
    plan.numbered().filter_map(|(id, tensor)| {
        if let Op::Parameter(parameter) = tensor.op { Some((id, parameter.index())) } else { None }
    })
}

/// Draws one run's rows, [1, …] each, or takes them. Gains come last, as they are taken from what the other rows make.
fn one_run(
    plan: &Plan,
    prepared: &Values,
    seed: u64,
    (taken, run): (&[(usize, &Array)], usize),
) -> Result<Vec<Live>, TorchFault> {
    let row = |(index, parameter): (usize, &Parameter)| match taken.iter().find(|(row, _)| *row == index) {
        Some((_, array)) => Ok(Some(live(array)?.f_narrow(0, size(run), 1)?)),
        None => draw(parameter, seed),
    };
    let mut rows: Vec<Option<Live>> =
        plan.parameters().iter().enumerate().map(row).collect::<Result<_, TorchFault>>()?;
    let made = gain_ends(plan, &rows, prepared)?;
    for (row, parameter) in rows.iter_mut().zip(plan.parameters()).filter(|(row, _)| row.is_none()) {
        if let Init::Gain { source, interaction, target, fan_in, gain: wanted, ref extent } = parameter.start {
            let ends = [end(&made, source)?, end(&made, interaction)?, end(&made, target)?];
            let there = match extent {
                Extent::Whole => There::Everywhere,
                Extent::Windows(field) => There::Windows(field),
                Extent::Mask(id) => There::Mask(end(&made, *id)?),
                Extent::SparsePattern(wires) => There::SparsePattern(wires),
            };
            let gain = wanted * gain::gain(ends, fan_in, there)?;
            *row = Some(Live::f_full(shape(parameter), gain, Place::EXACT.options())?);
        }
    }
    Ok(rows.into_iter().flatten().collect())
}

fn draw(parameter: &Parameter, seed: u64) -> Result<Option<Live>, TorchFault> {
    let count = usize::try_from(parameter.count()).unwrap_or(usize::MAX);
    let mut stream = RandomStream::new(seed, &parameter.key);
    let values = match parameter.start {
        Init::Constant(value) => vec![value; count],
        Init::Normal { deviation } => stream.normal(count, deviation),
        Init::Contrasts => stream.contrasts(count, columns(parameter)),
        Init::Uniform { bound } => stream.uniform(count, bound),
        Init::AtanhUniform => stream.atanh_uniform(count),
        // of the cloud's seed, not of the run's
        Init::Cloud(cloud) => cloud.starts(),
        Init::Gain { .. } => return Ok(None),
    };
    Ok(Some(Live::f_from_slice(&values)?.f_reshape(shape(parameter))?))
}

fn columns(parameter: &Parameter) -> usize {
    parameter.shape.at(Sizes { runs: 1, batch: 1 }).last().copied().unwrap_or(1)
}

fn shape(parameter: &Parameter) -> Vec<i64> {
    parameter.shape.at(Sizes { runs: 1, batch: 1 }).into_iter().map(size).collect()
}

/// Evaluates what all gains are taken from, each tensor once, from the rows drawn so far.
fn gain_ends(plan: &Plan, rows: &[Option<Live>], prepared: &Values) -> Result<Values, TorchFault> {
    let mut known = Values::of(plan);
    for (id, row) in parameter_tensors(plan) {
        known.set(id, rows.get(row).and_then(Option::as_ref).map(Live::shallow_clone));
    }
    let ends: Vec<TensorId> = plan.parameters().iter().flat_map(|parameter| parameter.start.reads()).collect();
    let frame = Frame { sizes: Sizes { runs: 1, batch: 1 }, place: Place::EXACT };
    let given = EvalContext { plan, known: &known, prepared, frame, batch: Batch::default() };
    let mut made = given.make(&ends)?;
    for id in ends {
        if made.get(id).is_none() {
            made.set(id, known.get(id).map(Live::shallow_clone));
        }
    }
    Ok(made)
}

fn end(made: &Values, id: TensorId) -> Result<&Live, TorchFault> {
    let missing = || TorchFault::bug(&format!("a gain lacks {id}"));
    made.get(id).ok_or_else(missing)
}
