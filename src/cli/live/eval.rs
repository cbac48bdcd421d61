//! `gemc eval`: a finished run → its accuracy on all held-out samples of a data set.

use std::path::Path;

use serde_json::json;

use super::faults::Blame;
use super::machine::{Machine, judged_by};
use super::reached::spread;
use super::task::{fingerprint, read};
use crate::cli::args::EvalArgs;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::numbers::count;
use crate::cli::screen::{Ink, Screen};
use crate::cli::sets::facts;
use crate::compile::{Stages, stages};
use crate::emit::Net;
use crate::options::{Options, Order};
use crate::train::{Folder, Record, Samples, accuracy, mean_and_deviation};

/// Measures a run.
pub(super) fn run(screen: &Screen, args: &EvalArgs) -> Outcome {
    let set = facts(&args.data)?;
    let record = Folder::read_record(&args.run).map_err(Blame::failure)?;
    let machine = Machine::open(args.machine.device.as_deref(), args.machine.threads)?;
    let stages = compiled(&args.run, &record, machine.order(Order::default()))?;
    let (rows, graph) = Folder::read_genome(&args.run).map_err(Blame::failure)?;
    if graph != fingerprint(&stages)? {
        screen.remark(
            "this gemc compiles the model in another way than the one that trained it; the numbers may differ a little",
        );
    }
    let mut net = Net::new(&stages.plan, &record.seeds, machine.place).map_err(Blame::failure)?;
    net.load(&rows).map_err(Blame::failure)?;
    let data = read(screen, &set.name, args.data_dir.as_deref(), false)?;
    let data = data.padded(stages.model().margin(&set).unwrap_or(0));
    let samples = Samples::new(judged_by(&data), machine.place).map_err(Blame::failure)?;
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

/// Compiles the model of the run in `run` as it was compiled for training, but for the `order` of products; what fitted the memory then is not asked again.
pub(super) fn compiled(run: &Path, record: &Record, order: Order) -> Result<Stages, Failure> {
    let text = Folder::read_model(run).map_err(Blame::failure)?;
    let name = run.join("model.gem").display().to_string();
    let set = record.settings.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    let facts = record.facts.clone().or_else(|| crate::data::facts(&record.data));
    let options =
        Options { set, facts, memory_limit: u64::MAX, work_limit: u64::MAX, order, batch: Some(record.recipe.batch) };
    stages(&name, &text, &options).map_err(|report| Failure::text(&name, report))
}
