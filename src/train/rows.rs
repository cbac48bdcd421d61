//! The rows of a genome as they lie in a file: what each must be by the plan, whether its numbers are finite, their sum.

use std::path::Path;

use safetensors::tensor::{Metadata, TensorView};
use safetensors::{Dtype, SafeTensors};
use sha2::{Digest, Sha256};
use tch::Tensor as Live;

use super::kept::{KeptFault, hexadecimal};
use super::run_dir_fault::SUM;
use super::stored::Damaged;
use super::tensor_file::live;
use crate::emit::GenomeMismatch;
use crate::plan::{Plan, Sizes};

/// Bytes of a number at most.
const WIDEST: u64 = 8;

/// The rows that a plan has for a number of runs.
pub(super) struct GenomeRows<'a> {
    wanted: Vec<(&'a str, Vec<usize>)>,
}

impl<'a> GenomeRows<'a> {
    /// Lists them with their shapes.
    pub(super) fn of(plan: &'a Plan, runs: usize) -> Self {
        let sizes = Sizes { runs, batch: 1 };
        Self {
            wanted: plan
                .parameters()
                .iter()
                .map(|parameter| (parameter.name.as_str(), parameter.shape.at(sizes)))
                .collect(),
        }
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
    ) -> Result<Vec<(String, Live)>, KeptFault> {
        let views: Vec<(&str, TensorView<'_>)> = self
            .wanted
            .iter()
            .map(|(name, shape)| Ok((*name, fitting(name, shape, found)?)))
            .collect::<Result<_, KeptFault>>()?;
        if let Some(name) =
            found.names().into_iter().filter(|name| !self.wanted.iter().any(|(own, _)| own == name)).min()
        {
            return Err(mismatch(name, "is in the genome, the model has no such row".to_owned()).into());
        }
        for (name, view) in &views {
            finite(file, name, view)?;
        }
        check_sum(file, &views, about)?;
        views.into_iter().map(|(name, view)| Ok((name.to_owned(), live(&view)?))).collect()
    }
}

/// Finds a row of this shape.
fn fitting<'a>(name: &str, shape: &[usize], found: &'a SafeTensors<'_>) -> Result<TensorView<'a>, GenomeMismatch> {
    let view = found.tensor(name).map_err(|_| mismatch(name, "is not in the genome".to_owned()))?;
    if view.shape() != shape {
        return Err(mismatch(name, format!("is {:?} in the genome, {shape:?} in the net", view.shape())));
    }
    if [Dtype::F32, Dtype::F64].contains(&view.dtype()) {
        return Ok(view);
    }
    Err(mismatch(name, format!("holds {} in the genome, expected F32 or F64", view.dtype())))
}

fn mismatch(name: &str, why: String) -> GenomeMismatch {
    GenomeMismatch { name: name.to_owned(), why }
}

/// Checks that a row holds numbers.
fn finite(file: &Path, name: &str, view: &TensorView<'_>) -> Result<(), Damaged> {
    match first_not_finite(view) {
        None => Ok(()),
        Some(index) => Err(Damaged {
            path: file.to_path_buf(),
            found: format!("number {index} of `{name}` is not finite"),
            expected: "finite numbers".to_owned(),
        }),
    }
}

/// Returns the place of the first number of a tensor, single or double, that is not finite.
pub(super) fn first_not_finite(view: &TensorView<'_>) -> Option<usize> {
    let single = |bytes: &[u8; 4]| !f32::from_le_bytes(*bytes).is_finite();
    let double = |bytes: &[u8; 8]| !f64::from_le_bytes(*bytes).is_finite();
    if view.dtype() == Dtype::F64 {
        view.data().as_chunks().0.iter().position(double)
    } else {
        view.data().as_chunks().0.iter().position(single)
    }
}

/// Checks the sum of all rows, where the header tells it.
fn check_sum(file: &Path, views: &[(&str, TensorView<'_>)], about: &Metadata) -> Result<(), Damaged> {
    let Some(noted) = about.metadata().as_ref().and_then(|about| about.get(SUM)) else { return Ok(()) };
    let found = sum(views);
    if *noted == found {
        return Ok(());
    }
    let short = |sum: &str| sum.chars().take(12).collect::<String>();
    let (found, expected) =
        (format!("SHA-256 of its rows is {}", short(&found)), format!("{}, as its header says", short(noted)));
    Err(Damaged { path: file.to_path_buf(), found, expected })
}

/// Returns SHA-256 of all rows, in the order of their names: name, kind, shape and bytes of each.
pub(super) fn sum(views: &[(&str, TensorView<'_>)]) -> String {
    let mut views: Vec<&(&str, TensorView<'_>)> = views.iter().collect();
    views.sort_by_key(|(name, _)| *name);
    let whole = |sum: Sha256, (name, view): &(&str, TensorView<'_>)| {
        let head = format!("{name}\n{} {:?}\n", view.dtype(), view.shape());
        sum.chain_update(head).chain_update(view.data())
    };
    hexadecimal(views.into_iter().fold(Sha256::new(), whole))
}
