//! `gemc compile --train`: a task → a run in a folder of its own, and what it reached.

use clap::ValueEnum;

use super::faults::Blame;
use super::machine::clock;
use super::reached::reached;
use super::task::{Task, fingerprint, judged_by, learned_from};
use super::watch::Watch;
use super::{run_folder, stop};
use crate::cli::args::{CompileArgs, Weights};
use crate::cli::exit::{Exit, Outcome};
use crate::cli::screen::Screen;
use crate::data::Standing;
use crate::emit::libtorch_version;
use crate::train::{self, Folder, Job, Record, Stopped, Versions};

/// Trains a model.
pub(super) fn run(screen: &Screen, args: &CompileArgs) -> Outcome {
    let Some(set) = &args.train else { return Ok(Exit::Usage) };
    let task = Task::new(screen, args, set)?;
    let plan = &task.stages.plan;
    let graph = fingerprint(&task.stages)?;
    let interrupt = stop::catch()?;
    let path = run_folder::choose(args.training.run_dir.as_deref(), plan.name())?;
    let mut folder = Folder::create(&path, &task.source.text, &graph).map_err(Blame::failure)?;
    let mut record = record(&task, args, graph);
    // what a run was made of is known even if it is killed
    folder.record(&record).map_err(Blame::failure)?;
    let clock = clock();
    let job = Job {
        plan,
        recipe: &task.recipe,
        place: task.machine.place,
        train: learned_from(&task.data),
        test: judged_by(&task.data),
        clock: &clock,
    };
    let mut watch = Watch::new(screen, args.training.quiet, task.recipe.length);
    let outcome = train::run(&job, Some(&mut folder), &mut watch, &interrupt);
    watch.done();
    record.outcome = outcome.map_err(Blame::failure)?;
    folder.record(&record).map_err(Blame::failure)?;
    if screen.is_json() {
        screen.object(&record)?;
    } else {
        screen.print(&reached(screen, &record, &path))?;
    }
    Ok(if record.outcome.stopped == Stopped::Interrupted { Exit::Interrupted } else { Exit::Done })
}

/// Returns the word that stands for an order on the command line.
pub(super) fn word(weights: Weights) -> String {
    weights.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

fn record(task: &Task, args: &CompileArgs, graph: String) -> Record {
    let counts = task.stages.plan.counts();
    Record {
        model: task.stages.plan.name().to_owned(),
        settings: args.model.set.iter().cloned().collect(),
        recipe: task.recipe.clone(),
        seeds: task.recipe.seeds(),
        data: task.data.facts.name.clone(),
        data_hash: task.data.hash.clone(),
        data_proven: Some(task.data.standing == Standing::Whole),
        facts: Some(task.facts.clone()),
        padding: task.padding,
        held_out: args.training.hold_out.map(|count| count as usize),
        weights: word(args.model.weights),
        graph,
        versions: Versions { gemc: env!("CARGO_PKG_VERSION").to_owned(), libtorch: libtorch_version() },
        device: task.machine.place.name(),
        threads: task.threads,
        parameters: counts.parameters,
        uncompressed: counts.uncompressed,
        outcome: train::Outcome::none(task.recipe.runs),
    }
}
