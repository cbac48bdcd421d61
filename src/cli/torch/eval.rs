//! `gemc eval`: a finished run → its accuracy on all held-out samples of a data set, its own if no other is named.

use miette::Diagnostic;
use serde_json::json;
use thiserror::Error;

use super::eval_tasks;
use super::machine::Machine;
use super::reached::spread;
use super::restored::restored;
use crate::cli::args::EvalArgs;
use crate::cli::data_paths::{facts, named};
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::faults::Blame;
use crate::cli::numbers::count;
use crate::cli::read_data::read;
use crate::cli::screen::{Ink, Screen};
use crate::options::Order;
use crate::train::{Samples, TrainData, accuracy, mean_and_deviation};

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

/// Measures a run.
pub(super) fn run(screen: &Screen, args: &EvalArgs) -> Outcome {
    // a name that means nothing is quick to find
    args.data.as_deref().map(named).transpose()?;
    let machine = Machine::open(args.machine.device.as_deref(), args.machine.threads)?;
    let restored = restored(screen, &args.run, &machine, machine.order(Order::default()))?;
    if let Some(few_shot) = restored.record.recipe.few_shot {
        return eval_tasks::run(screen, args, (&machine, restored), few_shot);
    }
    if args.tasks.is_some() || args.queries.is_some() || args.inner_steps.is_some() {
        return Err(Failure::input(NoTasks { run: args.run.display().to_string() }));
    }
    let (record, net) = (restored.record, restored.net);
    let set = facts(args.data.as_deref().unwrap_or(&record.data))?;
    let data = read(screen, &set.name, args.data_dir.as_deref(), false)?;
    if set.name == record.data && data.hash != record.data_hash {
        screen.remark(&format!(
            "`{}` holds other samples than when this run was trained: its hash is {:.12}, then it was {:.12}",
            set.name, data.hash, record.data_hash
        ));
    }
    let data = data.padded(restored.stages.model().margin(&set).unwrap_or(0));
    let samples = Samples::new(TrainData::from(&data).test, machine.place).map_err(Blame::failure)?;
    samples.fit(&net).map_err(Failure::input)?;
    let accuracy = accuracy(&net, &samples).map_err(Blame::failure)?;
    let (mean, sd) = mean_and_deviation(&accuracy);
    let run = args.run.display().to_string();
    if screen.is_json() {
        let (data, samples) = (&set.name, samples.len());
        screen.object(&json!({
            "run": run, "data": data, "accuracy": accuracy, "mean": mean, "sd": sd, "samples": samples,
        }))?;
    } else {
        let (spread, samples) = (spread(mean, sd, accuracy.len()), count(samples.len() as u64, "sample"));
        screen.print(&format!("{} on {samples} of {}: {spread}\n", screen.paint(Ink::Strong, &run), set.name))?;
    }
    Ok(Exit::Done)
}
