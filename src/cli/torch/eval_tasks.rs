//! `gemc eval` of a few-shot run: its accuracy over a fixed list of tasks, with its 95 % interval.

use std::borrow::Cow;

use serde_json::json;

use super::machine::Machine;
use super::reached::spread;
use super::restored::Restored;
use super::task_data::{changed, recorded_split};
use crate::cli::data_paths::task_facts;
use crate::cli::evaluating::EvalArgs;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::faults::Blame;
use crate::cli::numbers::{count, percent};
use crate::cli::read_data::read_classes;
use crate::cli::screen::{Ink, Screen};
use crate::emit::Net;
use crate::options::FewShot;
use crate::plan::lower;
use crate::train::{ClassBytes, FixedTasks, mean_and_deviation, task_accuracies};

/// Tasks that a run is judged by, if no other number is asked for.
const TASKS: u32 = 2_048;
/// Standard errors on either side of a mean that hold 95 % of a normal distribution.
const INTERVAL: f64 = 1.96;

/// Measures a run.
pub(super) fn run(
    screen: &Screen,
    args: &EvalArgs,
    (machine, restored): (&Machine, Restored),
    trained: FewShot,
) -> Outcome {
    let (record, few_shot) = (restored.record, changed(trained, args.queries, args.inner_steps));
    let set = task_facts(args.data.as_deref().unwrap_or(&record.data), Some(few_shot))?;
    let split = if set.name == record.data { recorded_split(&args.run, &record)? } else { None };
    let data = read_classes(screen, &set.name, (split, false), (args.data_dir.as_deref(), false))?;
    if set.name == record.data && data.hash != record.data_hash {
        screen.remark(&format!(
            "`{}` holds other samples than when this run was trained: its hash is {:.12}, then it was {:.12}",
            set.name, data.hash, record.data_hash
        ));
    }
    let data = data.padded(restored.stages.model().margin(&set).unwrap_or(0));
    let wiring = &restored.stages.wiring;
    let plan = lower(wiring, restored.order, record.recipe.batch, Some(few_shot)).map_err(Blame::failure)?;
    let mut net = Net::new(&plan, &record.seeds, machine.place).map_err(Blame::failure)?;
    net.load_stored(&restored.rows).map_err(Blame::failure)?;
    let tasks = args.tasks.unwrap_or(TASKS) as usize;
    // the test classes, whatever training was judged by; of data that is new to the run, all samples
    let test = if set.name == record.data { Cow::Borrowed(&data.test) } else { data.for_strangers() };
    let mut tasks =
        FixedTasks::new(&ClassBytes::from(&*test), few_shot, tasks, machine.place).map_err(Blame::failure)?;
    tasks.fit(&net).map_err(Failure::input)?;
    let each = task_accuracies(&net, &mut tasks).map_err(Blame::failure)?;
    let judged: Vec<(f64, f64)> = each.iter().map(|each| mean_and_interval(each)).collect();
    told(screen, (&args.run.display().to_string(), &set.name), (few_shot, tasks.len()), &judged)?;
    Ok(Exit::Done)
}

/// Returns the mean over tasks, and half of its 95 % interval.
fn mean_and_interval(each: &[f64]) -> (f64, f64) {
    let (mean, sd) = mean_and_deviation(each);
    (mean, INTERVAL * sd.unwrap_or(0.0) / (each.len().max(1) as f64).sqrt())
}

fn told(
    screen: &Screen,
    (run, data): (&str, &str),
    (few_shot, tasks): (FewShot, usize),
    judged: &[(f64, f64)],
) -> Result<(), Failure> {
    let accuracy: Vec<f64> = judged.iter().map(|(mean, _)| *mean).collect();
    let interval: Vec<f64> = judged.iter().map(|(_, interval)| *interval).collect();
    let (mean, sd) = mean_and_deviation(&accuracy);
    if screen.is_json() {
        return screen.object(&json!({
            "run": run, "data": data, "few_shot": few_shot, "tasks": tasks,
            "accuracy": accuracy, "interval": interval, "mean": mean, "sd": sd,
        }));
    }
    let FewShot { ways, shots, queries, inner_steps, .. } = few_shot;
    let (ways, shots) = (format!("{ways}-way"), format!("{shots}-shot"));
    let (queries, steps) = (count(queries as u64, "query"), count(inner_steps as u64, "inner step"));
    let all = match judged {
        [(mean, interval)] => format!("{} ± {} % (95 % interval over tasks)", percent(*mean), percent(*interval)),
        _ => spread(mean, sd, accuracy.len()),
    };
    let queries = queries.replace("querys", "queries");
    let tasks = count(tasks as u64, "task");
    screen.print(&format!(
        "{} on {tasks} of {data}, {ways} {shots}, {queries} a class, {steps}: {all}\n",
        screen.paint(Ink::Strong, run)
    ))
}
