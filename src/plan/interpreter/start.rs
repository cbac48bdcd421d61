//! Where rows of the parameter table start: drawn from each run's seed, and constants c by the weights themselves.

use super::array::Array;
use super::{Interpreter, bug, pairs};
use crate::diag::Bug;
use crate::plan::parameter::{Extent, Init, Parameter};
use crate::plan::tensor::{Sizes, TensorId};
use crate::plan::verify::Plan;
use crate::random::RandomStream;

/// A spread below this part of the root mean square is rounding, not spread.
const ROUNDING: f64 = 1e-12;

/// Returns every row, [R, …], run k as its seed alone draws it.
pub(super) fn rows(plan: &Plan, seeds: &[u64]) -> Result<Vec<Array>, Bug> {
    let runs: Vec<Vec<Array>> = seeds.iter().map(|seed| one_run(plan, *seed)).collect::<Result<_, _>>()?;
    let side_by_side = |(row, parameter): (usize, &Parameter)| {
        let numbers = runs.iter().flat_map(|run| run[row].numbers().iter().copied()).collect();
        let sizes = parameter.shape.at(Sizes { runs: seeds.len(), batch: 0 });
        Array::new(&sizes, numbers).ok_or_else(|| bug(&parameter.name, "starts with another length".to_owned()))
    };
    plan.parameters().iter().enumerate().map(side_by_side).collect()
}

/// Draws one run's rows. Constants c come last, as they are taken from what the others make.
fn one_run(plan: &Plan, seed: u64) -> Result<Vec<Array>, Bug> {
    let rows = plan.parameters().iter().map(|parameter| drawn(parameter, seed)).collect();
    let mut one = Interpreter::with(plan, rows, 1);
    for (row, parameter) in plan.parameters().iter().enumerate() {
        if let Init::Gain { source, interaction, target, fan_in, gain, ref extent } = parameter.start {
            let weights = one.weights_there([source, interaction, target], extent)?;
            one.rows[row] = Array::filled(&sizes(parameter), gain * (2.0 / fan_in.max(1.0)).sqrt() / scale(&weights));
        }
    }
    Ok(one.rows)
}

fn sizes(parameter: &Parameter) -> Vec<usize> {
    parameter.shape.at(Sizes { runs: 1, batch: 0 })
}

/// Returns a row's numbers; zeros where they are taken from others.
fn drawn(parameter: &Parameter, seed: u64) -> Array {
    let sizes = sizes(parameter);
    let count: usize = sizes.iter().product();
    let mut stream = RandomStream::new(seed, &parameter.key);
    let numbers = match parameter.start {
        Init::Constant(value) => vec![value; count],
        Init::Normal { deviation } => stream.normal(count, deviation),
        Init::Contrasts => stream.contrasts(count, sizes.last().copied().unwrap_or(1)),
        Init::Uniform { bound } => stream.uniform(count, bound),
        Init::AtanhUniform => stream.atanh_uniform(count),
        Init::Cloud(cloud) => cloud.starts(),
        Init::Gain { .. } => vec![0.0; count],
    };
    Array::new(&sizes, numbers).unwrap_or_else(|| Array::filled(&sizes, f64::NAN))
}

impl Interpreter<'_> {
    /// Returns the entries of `X_s O X_tᵀ` that are weights.
    fn weights_there(&self, ends: [TensorId; 3], extent: &Extent) -> Result<Vec<f64>, Bug> {
        let made = self.compute(&ends)?;
        let unfit = || bug(&ends[0].to_string(), "makes no weights with the others".to_owned());
        let [source, interaction, target] = made.as_slice() else { return Err(unfit()) };
        let whole = source.product(false, interaction, false).and_then(|left| left.product(false, target, true));
        let whole = whole.ok_or_else(unfit)?;
        let (all, columns) = (whole.numbers(), whole.sizes()[2]);
        let of = |pairs: pairs::Pairs| pairs.list.iter().map(|pair| all[pair.source * columns + pair.target]).collect();
        Ok(match extent {
            Extent::Whole => all.to_vec(),
            Extent::Windows(field) => of(pairs::of_field(field)),
            Extent::SparsePattern(wires) => of(pairs::of_list(wires)),
            Extent::Mask(mask) => {
                let mask = self.compute(&[*mask])?;
                all.iter()
                    .zip(mask[0].numbers())
                    .filter(|(_, there)| **there > 0.0)
                    .map(|(weight, _)| *weight)
                    .collect()
            }
        })
    }
}

/// Returns the standard deviation of weights; their root mean square where they are all equal, and 1 where that is 0.
fn scale(weights: &[f64]) -> f64 {
    let count = weights.len().max(1) as f64;
    let mean = weights.iter().sum::<f64>() / count;
    let deviation = (weights.iter().map(|weight| (weight - mean).powi(2)).sum::<f64>() / count).sqrt();
    let whole = mean.hypot(deviation);
    match if deviation > ROUNDING * whole { deviation } else { whole } {
        0.0 => 1.0,
        scale => scale,
    }
}
