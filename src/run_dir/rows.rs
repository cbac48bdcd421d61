//! The rows of a genome as they lie in a file: what each must be by the plan, whether its numbers are finite, their sum.

use std::path::Path;

use miette::Diagnostic;
use safetensors::tensor::{Metadata, TensorView};
use safetensors::{Dtype, SafeTensors};
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::fault::SUM;
use super::kept::{KeptFault, hexadecimal};
use super::stored::Damaged;
use crate::plan::{Array, Parameter, Plan, Sizes};

/// Bytes of a number at most.
const WIDEST: u64 = 8;

/// Learned numbers that do not belong to this net.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("`{name}` {why}")]
#[diagnostic(
    code(run::genome_mismatch),
    help("a genome fits only the model, the settings and the number of runs it was trained with")
)]
pub struct GenomeMismatch {
    /// The row of the parameter table.
    pub name: String,
    /// What was expected and found.
    pub why: String,
}

/// A tensor in a safetensors file: its name, and its kind, shape and bytes.
#[derive(Debug, Clone)]
pub struct StoredTensor<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it holds.
    pub view: TensorView<'a>,
}

/// The rows that a plan has for a number of runs.
pub(super) struct GenomeRows<'a> {
    wanted: Vec<(&'a str, Vec<usize>)>,
}

impl<'a> GenomeRows<'a> {
    /// Lists them with their shapes.
    pub(super) fn of(plan: &'a Plan, runs: usize) -> Self {
        Self::those(plan, runs, |_| true)
    }

    /// Lists those that are learned.
    pub(super) fn learned(plan: &'a Plan, runs: usize) -> Self {
        Self::those(plan, runs, |parameter| parameter.learned)
    }

    fn those(plan: &'a Plan, runs: usize, wanted: fn(&Parameter) -> bool) -> Self {
        let sizes = Sizes { runs, batch: 1 };
        let rows = plan.parameters().iter().filter(|parameter| wanted(parameter));
        Self { wanted: rows.map(|parameter| (parameter.name.as_str(), parameter.shape.at(sizes))).collect() }
    }

    /// Returns the bytes that their numbers take at most.
    pub(super) fn most_bytes(&self) -> u64 {
        let count = |shape: &[usize]| shape.iter().fold(WIDEST, |bytes, side| bytes.saturating_mul(*side as u64));
        self.wanted.iter().map(|(_, shape)| count(shape)).fold(0, u64::saturating_add)
    }

    /// Takes them from a genome, each by its name.
    pub(super) fn take(
        &self,
        file: &Path,
        found: &SafeTensors<'_>,
        about: &Metadata,
    ) -> Result<Vec<(String, Array)>, KeptFault> {
        let rows: Vec<StoredTensor<'_>> =
            self.wanted.iter().map(|(name, shape)| fitting(name, shape, found)).collect::<Result<_, _>>()?;
        if let Some(name) =
            found.names().into_iter().filter(|name| !self.wanted.iter().any(|(own, _)| own == name)).min()
        {
            return Err(mismatch(name, "is in the genome, the model has no such row".to_owned()).into());
        }
        for row in &rows {
            finite(file, row)?;
        }
        check_sum(file, &rows, about)?;
        Ok(rows.iter().filter_map(|row| Some((row.name.to_owned(), row.array()?))).collect())
    }
}

/// Finds a row of this shape.
fn fitting<'a>(name: &'a str, shape: &[usize], found: &'a SafeTensors<'_>) -> Result<StoredTensor<'a>, GenomeMismatch> {
    let view = found.tensor(name).map_err(|_| mismatch(name, "is not in the genome".to_owned()))?;
    if view.shape() != shape {
        return Err(mismatch(name, format!("is {:?} in the genome, {shape:?} in the net", view.shape())));
    }
    if [Dtype::F32, Dtype::F64].contains(&view.dtype()) {
        return Ok(StoredTensor { name, view });
    }
    Err(mismatch(name, format!("holds {} in the genome, expected F32 or F64", view.dtype())))
}

fn mismatch(name: &str, why: String) -> GenomeMismatch {
    GenomeMismatch { name: name.to_owned(), why }
}

impl StoredTensor<'_> {
    /// Returns the place of its first number, single or double, that is not finite.
    pub fn first_not_finite(&self) -> Option<usize> {
        let single = |bytes: &[u8; 4]| !f32::from_le_bytes(*bytes).is_finite();
        let double = |bytes: &[u8; 8]| !f64::from_le_bytes(*bytes).is_finite();
        if self.view.dtype() == Dtype::F64 {
            self.view.data().as_chunks().0.iter().position(double)
        } else {
            self.view.data().as_chunks().0.iter().position(single)
        }
    }

    /// Returns SHA-256 of all of `tensors`, in the order of their names: name, kind, shape and bytes of each.
    pub fn sum(tensors: &[Self]) -> String {
        let mut tensors: Vec<&Self> = tensors.iter().collect();
        tensors.sort_by_key(|tensor| tensor.name);
        let whole = |sum: Sha256, Self { name, view }: &Self| {
            let head = format!("{name}\n{} {:?}\n", view.dtype(), view.shape());
            sum.chain_update(head).chain_update(view.data())
        };
        hexadecimal(tensors.into_iter().fold(Sha256::new(), whole))
    }

    /// Returns SHA-256 of a text.
    pub fn sum_of_text(text: &str) -> String {
        hexadecimal(Sha256::new_with_prefix(text))
    }

    /// Returns its numbers, single or double.
    fn array(&self) -> Option<Array> {
        let single = |bytes: &[u8; 4]| f64::from(f32::from_le_bytes(*bytes));
        let double = |bytes: &[u8; 8]| f64::from_le_bytes(*bytes);
        let numbers = if self.view.dtype() == Dtype::F64 {
            self.view.data().as_chunks().0.iter().map(double).collect()
        } else {
            self.view.data().as_chunks().0.iter().map(single).collect()
        };
        Array::new(self.view.shape(), numbers)
    }
}

/// Checks that a row holds numbers.
fn finite(file: &Path, row: &StoredTensor<'_>) -> Result<(), Damaged> {
    match row.first_not_finite() {
        None => Ok(()),
        Some(index) => Err(Damaged {
            path: file.to_path_buf(),
            found: format!("number {index} of `{}` is not finite", row.name),
            expected: "finite numbers".to_owned(),
        }),
    }
}

/// Checks the sum of all rows, where the header tells it.
fn check_sum(file: &Path, rows: &[StoredTensor<'_>], about: &Metadata) -> Result<(), Damaged> {
    let Some(noted) = about.metadata().as_ref().and_then(|about| about.get(SUM)) else { return Ok(()) };
    let found = StoredTensor::sum(rows);
    if *noted == found {
        return Ok(());
    }
    let short = |sum: &str| sum.chars().take(12).collect::<String>();
    let (found, expected) =
        (format!("SHA-256 of its rows is {}", short(&found)), format!("{}, as its header says", short(noted)));
    Err(Damaged { path: file.to_path_buf(), found, expected })
}
