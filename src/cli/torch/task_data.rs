//! The data of a training task: samples with labels, or classes that tasks are made of.

use std::path::Path;

use crate::cli::args::CompileArgs;
use crate::cli::exit::Failure;
use crate::cli::faults::Blame;
use crate::cli::read_data::{read, read_classes};
use crate::cli::screen::Screen;
use crate::data::{Dataset, FewShotSet, FewShotSplit, Standing};
use crate::diag::in_line;
use crate::options::FewShot;
use crate::run_dir::{Damaged, KeptFault, Manifest, RECORD};
use crate::train::JobData;

/// The data of a training task.
#[derive(Debug, Clone)]
pub(super) enum TaskData {
    /// Samples with labels.
    Samples(Dataset),
    /// Classes.
    Classes(FewShotSet),
}

impl TaskData {
    /// Loads what `args` ask for, with its validation split where one is asked for.
    pub(super) fn load(screen: &Screen, args: &CompileArgs, set: &str) -> Result<Self, Failure> {
        let training = &args.training;
        let data_dir = training.data_dir.as_deref();
        if args.few_shot.few_shot {
            let (split, rotations) = (args.classes.split, args.classes.rotations);
            return read_classes(screen, set, (split, rotations), (data_dir, training.quiet)).map(Self::Classes);
        }
        let data = read(screen, set, data_dir, training.quiet)?;
        let data = match training.hold_out {
            None => data,
            Some(count) => data.hold_out(count as usize).map_err(Failure::input)?,
        };
        Ok(Self::Samples(data))
    }

    /// Loads what the run of a record was trained on.
    pub(super) fn of_record(
        screen: &Screen,
        (run, record): (&Path, &Manifest),
        (data_dir, quiet): (Option<&Path>, bool),
    ) -> Result<Self, Failure> {
        if record.recipe.few_shot.is_some() {
            let split = recorded_split(run, record)?;
            return read_classes(screen, &record.data, (split, record.rotations), (data_dir, quiet)).map(Self::Classes);
        }
        let data = read(screen, &record.data, data_dir, quiet)?;
        let data = match record.held_out.unwrap_or(0) {
            0 => data,
            count => data.hold_out(count).map_err(Failure::input)?,
        };
        Ok(Self::Samples(data))
    }

    /// Lays `margin` zeros around every sample.
    pub(super) fn padded(self, margin: usize) -> Self {
        match self {
            Self::Samples(data) => Self::Samples(data.padded(margin)),
            Self::Classes(data) => Self::Classes(data.padded(margin)),
        }
    }

    /// Returns it as runs are trained on it.
    pub(super) fn job_data(&self) -> JobData<'_> {
        match self {
            Self::Samples(data) => JobData::Samples(data.into()),
            Self::Classes(data) => JobData::Classes(data.into()),
        }
    }

    /// Returns its name.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Samples(data) => &data.facts.name,
            Self::Classes(data) => &data.facts.name,
        }
    }

    /// Returns its hash, and whether published sums prove it.
    pub(super) fn proof(&self) -> (&str, Standing) {
        match self {
            Self::Samples(data) => (&data.hash, data.standing),
            Self::Classes(data) => (&data.hash, data.standing),
        }
    }

    /// Returns the samples that are learned from.
    pub(super) fn samples(&self) -> usize {
        match self {
            Self::Samples(data) => data.train.len(),
            Self::Classes(data) => data.train.len(),
        }
    }

    /// Returns the bytes of its samples.
    pub(super) fn bytes(&self) -> u64 {
        let bytes = match self {
            Self::Samples(data) => data.train.pixels().len() + data.test.pixels().len(),
            Self::Classes(data) => data.train.pixels().len() + data.test.pixels().len(),
        };
        bytes as u64
    }
}

/// Returns how the classes of a run were split, where it was asked for.
pub(super) fn recorded_split(run: &Path, record: &Manifest) -> Result<Option<FewShotSplit>, Failure> {
    let Some(split) = &record.split else { return Ok(None) };
    let damaged = |_| {
        let (path, found) = (run.join(RECORD), format!("its split is `{}`", in_line(split)));
        let expected = "`paper`, `paper-validated`, `lake` or `small`".to_owned();
        KeptFault::from(Damaged { path, found, expected }).failure()
    };
    split.parse().map(Some).map_err(damaged)
}

/// Says that tasks are learned as a run was trained, but for what is asked for.
pub(super) fn changed(few_shot: FewShot, queries: Option<u32>, inner_steps: Option<u32>) -> FewShot {
    let number = |asked: Option<u32>, usual: usize| asked.map_or(usual, |number| number as usize);
    FewShot {
        queries: number(queries, few_shot.queries),
        inner_steps: number(inner_steps, few_shot.inner_steps),
        ..few_shot
    }
}
