//! `gemc eval`: a finished run → its accuracy on all held-out samples of a data set, its own if no other is named.

use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

use super::eval_tasks;
use super::evaluated::Evaluated;
use super::machine::Machine;
use super::restored::restored;
use crate::cli::atomic_file;
use crate::cli::data_paths::{facts, named};
use crate::cli::evaluating::{EvalArgs, EvalSplit};
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::faults::Blame;
use crate::cli::numbers;
use crate::cli::read_data::read;
use crate::cli::screen::{Screen, spelt};
use crate::data::Dataset;
use crate::options::Order;
use crate::run_dir::{Manifest, StoredEvaluation};
use crate::train::{Confusion, Samples, TrainData, confusions};

/// Options of tasks are given for a run that learned none.
#[derive(Debug, Error, Diagnostic)]
#[error("{run} was not trained on tasks")]
#[diagnostic(
    code(run::no_tasks),
    help("`--tasks`, `--queries` and `--inner-steps` are for runs of `--few-shot`; leave them out")
)]
struct NoTasks {
    run: String,
}

/// Classes are asked for of a run that learned tasks.
#[derive(Debug, Error, Diagnostic)]
#[error("{run} was trained on tasks, whose classes are others each time")]
#[diagnostic(
    code(run::of_tasks),
    help("`--split` and `--confusion` are for runs on samples with labels; leave them out")
)]
struct OfTasks {
    run: String,
}

/// A validation split is asked for where there is none.
#[derive(Debug, Error, Diagnostic)]
#[error("{run} has no such validation split: {why}")]
#[diagnostic(code(run::no_validation), help("leave out `--split`, or train with `--validation N`"))]
struct NoValidation {
    run: String,
    why: &'static str,
}

/// Measures a run.
pub(super) fn run(screen: &Screen, args: &EvalArgs) -> Outcome {
    // a name that means nothing is quick to find
    args.data.as_deref().map(named).transpose()?;
    let machine = Machine::open(args.machine.device.as_deref(), args.machine.threads)?;
    let restored = restored(screen, &args.run, &machine, machine.order(Order::default()))?;
    if let Some(few_shot) = restored.record.recipe.few_shot {
        if args.split.is_some() || args.confusion {
            return Err(Failure::input(OfTasks { run: args.run.display().to_string() }));
        }
        return eval_tasks::run(screen, args, (&machine, restored), few_shot);
    }
    if args.tasks.is_some() || args.queries.is_some() || args.inner_steps.is_some() {
        return Err(Failure::input(NoTasks { run: args.run.display().to_string() }));
    }
    let (record, net) = (&restored.record, &restored.net);
    let set = facts(args.data.as_deref().unwrap_or(&record.data))?;
    let data = read(screen, &set.name, args.data_dir.as_deref(), false)?;
    if set.name == record.data && data.hash != record.data_hash {
        screen.remark(&format!(
            "`{}` holds other samples than when this run was trained: its hash is {:.12}, then it was {:.12}",
            set.name, data.hash, record.data_hash
        ));
    }
    let (data, split) = chosen(screen, args, record, data)?;
    let data = data.padded(restored.stages.model().margin(&set).unwrap_or(0));
    let samples = Samples::new(TrainData::from(&data).test, machine.place).map_err(Blame::failure)?;
    samples.fit(net).map_err(Failure::input)?;
    let confusions = confusions(net, &samples).map_err(Blame::failure)?;
    let run = args.run.display().to_string();
    let mut evaluated = Evaluated { run, data: &set.name, split, samples: samples.len(), confusions, saved: None };
    if set.name == record.data {
        evaluated.saved = save(screen, args, &evaluated, (&data.hash, restored.sum.as_deref()));
    }
    if screen.is_json() {
        screen.object(&evaluated.object())?;
    } else {
        screen.print(&evaluated.text(screen, args.confusion))?;
    }
    Ok(Exit::Done)
}

/// Keeps in the folder of the run what was found of its own data, for `gemc report`; returns where. `genome` is the sum of the rows that
/// were evaluated. A folder that cannot be written to is no fault of an evaluation.
fn save(
    screen: &Screen,
    args: &EvalArgs,
    evaluated: &Evaluated<'_>,
    (data_hash, genome): (&str, Option<&str>),
) -> Option<PathBuf> {
    let confusion = evaluated.matrices();
    let stored = StoredEvaluation {
        data: evaluated.data.to_owned(),
        data_hash: data_hash.to_owned(),
        split: evaluated.split.to_owned(),
        samples: evaluated.samples,
        genome: genome?.to_owned(),
        accuracy: evaluated.confusions.iter().map(Confusion::accuracy).collect(),
        class_names: named(evaluated.data).map(|set| set.class_names()).unwrap_or_default(),
        confusion,
    };
    let path = args.run.join(StoredEvaluation::name(evaluated.split));
    match atomic_file::write(&path, &spelt(&stored)) {
        Ok(()) => Some(path),
        Err(failure) => {
            screen.remark(&format!("not saved: {}", failure.message()));
            None
        }
    }
}

/// Returns the data with the split to evaluate on as its test split, and the name of that split.
fn chosen(
    screen: &Screen,
    args: &EvalArgs,
    record: &Manifest,
    data: Dataset,
) -> Result<(Dataset, &'static str), Failure> {
    let own = data.facts.name == record.data;
    let held_out = record.held_out.filter(|count| own && *count > 0);
    match (args.split, held_out) {
        (Some(EvalSplit::Validation), Some(count)) => {
            data.hold_out(count).map(|data| (data, "validation")).map_err(Failure::input)
        }
        (Some(EvalSplit::Validation), None) => {
            let why = if own { "it was evaluated on the test samples" } else { "it has one of its own data only" };
            Err(Failure::input(NoValidation { run: args.run.display().to_string(), why }))
        }
        (None, Some(count)) => {
            let samples = numbers::count(count as u64, "sample");
            screen.remark(&format!(
                "these are the test samples; the run was evaluated on a validation split of {samples}: `--split validation`"
            ));
            Ok((data, "test"))
        }
        (Some(EvalSplit::Test), _) | (None, None) => Ok((data, "test")),
    }
}
