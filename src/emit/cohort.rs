//! Runs that differ in how many genes they have, side by side: the rows of those with fewer are filled up with zeros, and cut
//! out again.

use tch::Tensor as Live;

use super::device::Place;
use super::fault::TorchFault;
use super::torch::size;
use crate::plan::{Op, Parameter, Plan, Sizes};

/// Runs that differ in their seed alone.
#[derive(Debug, Clone, Copy)]
pub struct Cohort<'a> {
    /// What they start as, made by [`crate::plan::spare`] where other cohorts have other numbers of genes.
    pub plan: &'a Plan,
    /// Their seeds.
    pub seeds: &'a [u64],
}

impl Cohort<'_> {
    /// Returns the cohort's own rows, [R, …], cut out of those of `whole` under the same names.
    ///
    /// # Errors
    ///
    /// What libtorch refuses; a row that is not there.
    pub fn own(&self, whole: &Plan, rows: &[(String, Live)]) -> Result<Vec<(String, Live)>, TorchFault> {
        let one = |(few, parameter): (usize, &Parameter)| {
            let many = rows.iter().position(|(name, _)| *name == parameter.name);
            let within = Within::new((self.plan, few), (whole, many.unwrap_or(usize::MAX)))?;
            let row = many.and_then(|many| rows.get(many)).map_or_else(Live::new, |(_, row)| row.shallow_clone());
            Ok((parameter.name.to_string(), within.of(&row)?))
        };
        self.plan.parameters().iter().enumerate().map(one).collect()
    }
}

/// How the numbers of a smaller row lie in a larger one: first in every axis, or as a triangle's within a triangle.
struct Within {
    /// Sizes of the smaller one, R left out.
    sizes: Vec<i64>,
    /// Places in the larger one, where both are upper triangles of symmetric matrices, row by row.
    places: Option<Vec<i64>>,
}

impl Within {
    fn new((small, few): (&Plan, usize), (large, many): (&Plan, usize)) -> Result<Self, TorchFault> {
        let (Some(inner), Some(outer)) = (small.parameters().get(few), large.parameters().get(many)) else {
            return Err(TorchFault::bug("a row is missing"));
        };
        let places = match (side(small, few), side(large, many)) {
            (Some(few), Some(many)) if few != many => Some(triangle(few, many)),
            _ => None,
        };
        if places.is_none() && sizes(inner).iter().zip(sizes(outer)).any(|(inner, outer)| *inner > outer) {
            let message =
                format!("`{}` is larger than the row it lies in: a bug in gemc, please report it", inner.name);
            return Err(TorchFault::bug(&message));
        }
        Ok(Self { sizes: sizes(inner), places })
    }

    /// Returns the smaller row, [R, …], of the larger one; a view of it unless it is a triangle.
    fn of(&self, large: &Live) -> Result<Live, TorchFault> {
        if let Some(places) = &self.places {
            let places = Live::f_from_slice(places)?.f_to_device(large.device())?;
            return Ok(large.f_index_select(1, &places)?);
        }
        let mut part = large.shallow_clone();
        for (axis, size) in (1_i64..).zip(&self.sizes) {
            part = part.f_narrow(axis, 0, *size)?;
        }
        Ok(part)
    }

    /// Writes the smaller row, [R, …], into the larger one.
    fn write(&self, small: &Live, large: &mut Live) -> Result<(), TorchFault> {
        match &self.places {
            Some(places) => drop(large.f_index_copy_(1, &Live::f_from_slice(places)?, small)?),
            None => self.of(large)?.f_copy_(small)?,
        }
        Ok(())
    }
}

/// Returns a run's rows, [1, …], as rows of a plan with at least as many genes: zeros fill them up.
pub(super) fn filled(small: &Plan, rows: Vec<Live>, large: &Plan) -> Result<Vec<Live>, TorchFault> {
    let fill = |(index, row): (usize, Live)| {
        let Some(parameter) = large.parameters().get(index).filter(|parameter| row.size()[1..] != sizes(parameter))
        else {
            return Ok(row);
        };
        let shape: Vec<i64> = row.size().into_iter().take(1).chain(sizes(parameter)).collect();
        let mut whole = Live::f_zeros(shape, Place::EXACT.options())?;
        Within::new((small, index), (large, index))?.write(&row, &mut whole)?;
        Ok(whole)
    };
    rows.into_iter().enumerate().map(fill).collect()
}

/// Returns the places of a triangle of `few` rows in one of `many`, both row by row.
fn triangle(few: usize, many: usize) -> Vec<i64> {
    let before = |row: usize| (0..row).map(|row| many - row).sum::<usize>();
    (0..few).flat_map(|row| (0..few - row).map(move |step| size(before(row) + step))).collect()
}

/// Returns G where a row is the upper triangle of a symmetric G × G matrix.
fn side(plan: &Plan, row: usize) -> Option<usize> {
    plan.numbered().find_map(|(_, tensor)| match (&tensor.op, tensor.operands.first()) {
        (Op::Symmetrize { size }, Some(of)) => {
            matches!(plan.tensor(*of).op, Op::Parameter(parameter) if parameter.index() == row).then_some(*size)
        }
        _ => None,
    })
}

/// Returns a row's sizes, R left out.
fn sizes(parameter: &Parameter) -> Vec<i64> {
    parameter.shape.at(Sizes { runs: 1, batch: 1 }).into_iter().skip(1).map(size).collect()
}
