//! Each run: what it was made of, what came of it, the command that repeats it, and pictures of what it has learned.

use super::collect::{Collected, ReportedRun};
use super::confusion::ConfusionRoom;
use super::pictures::PictureRoom;
use super::repeat;
use crate::cli::numbers::{accuracy, count, grouped, ratio};
use crate::report::HtmlBlock;
use crate::run_dir::{LrSchedule, Stopped};

/// Runs that are told of one by one.
pub(super) const MOST: usize = 200;
/// Warnings of a run that are told.
const MOST_WARNINGS: usize = 12;

/// Tells of each run.
pub(super) fn blocks(collected: &Collected) -> Vec<HtmlBlock> {
    let mut room = (PictureRoom::new(collected), ConfusionRoom::new());
    let mut blocks: Vec<HtmlBlock> =
        collected.runs.iter().take(MOST).enumerate().map(|(index, run)| one(index, run, &mut room)).collect();
    let total = collected.runs.len();
    if total > MOST {
        blocks.push(HtmlBlock::Text(format!(
            "{} are left out here, so that the page stays small.",
            count((total - MOST) as u64, "run")
        )));
    }
    blocks
}

/// Returns the name by which links lead to a run.
pub(super) fn name(index: usize) -> String {
    format!("run-{index}")
}

fn one(index: usize, run: &ReportedRun, (pictures, confusions): &mut (PictureRoom, ConfusionRoom)) -> HtmlBlock {
    let outcome = &run.record.outcome;
    let reached = outcome.mean.map(|mean| format!(": {}", accuracy(Some(mean), outcome.sd))).unwrap_or_default();
    let state = if run.is_finished() { String::new() } else { format!(" ({})", run.state) };
    let mut blocks = vec![HtmlBlock::Facts(facts(run))];
    let mut told: Vec<String> =
        outcome.error.iter().map(|error| format!("{}: {}", error.code, error.message)).collect();
    told.extend(outcome.warnings.iter().take(MOST_WARNINGS).map(|warning| {
        let of = if run.record.seeds.len() > 1 { format!("run {}, ", warning.run) } else { String::new() };
        format!("{of}step {}, {}: {}", grouped(warning.step), warning.code, warning.message)
    }));
    let more = outcome.warnings.len().saturating_sub(MOST_WARNINGS);
    told.extend((more > 0).then(|| format!("and {} in run.json", count(more as u64, "more warning"))));
    blocks.extend((!told.is_empty()).then_some(HtmlBlock::Notice(told)));
    blocks.push(HtmlBlock::Source(["To repeat it".to_owned(), repeat::command(&run.folder, &run.record)]));
    blocks.extend(confusions.blocks(run));
    blocks.extend(pictures.draw(index, run));
    HtmlBlock::Folded { name: Some(name(index)), title: format!("{}{reached}{state}", run.name), blocks }
}

fn facts(run: &ReportedRun) -> Vec<[String; 2]> {
    let (record, outcome) = (&run.record, &run.record.outcome);
    let seeds = match (record.seeds.first(), record.seeds.last()) {
        (Some(first), Some(last)) if record.seeds.len() > 1 => format!("{first} to {last}"),
        (first, _) => first.map(u64::to_string).unwrap_or_default(),
    };
    let proven = match record.data_proven {
        Some(true) => ", verified",
        Some(false) => ", unverified",
        None => "",
    };
    let time = format!("{} in {:.1} s{}", count(outcome.steps, "step"), outcome.seconds, stopped(outcome.stopped));
    let all = [
        ("model", format!("{} {}", record.model, run.settings()).trim_end().to_owned()),
        ("data", format!("{}{proven}", record.data)),
        ("evaluated on", evaluated_on(run)),
        ("parameters", grown(run)),
        ("protocol", protocol(run)),
        ("seeds", seeds),
        ("trained", time),
        ("state", run.state.to_owned()),
        ("files missing", outcome.missing.join(", ")),
        ("graph", record.graph.clone()),
        ("data hash", record.data_hash.clone()),
        ("computed by", computed_by(run)),
    ];
    all.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| [name.to_owned(), value]).collect()
}

fn grown(run: &ReportedRun) -> String {
    let (parameters, all) = (run.record.parameters, run.record.uncompressed);
    let times = (parameters > 0).then(|| format!(", compression {} times", ratio(all as f64 / parameters as f64)));
    format!("{} for {} weights and biases{}", count(parameters, "parameter"), grouped(all), times.unwrap_or_default())
}

fn protocol(run: &ReportedRun) -> String {
    let recipe = &run.record.recipe;
    let early = |patience| {
        format!(", early stopping after {patience} evaluations without a gain of more than {}", recipe.min_delta)
    };
    let early = recipe.patience.map(early).unwrap_or_default();
    let schedule = if recipe.schedule == LrSchedule::Cosine { "cosine" } else { "constant" };
    let (length, every) = (count(recipe.length, "step"), count(recipe.eval_every, "step"));
    format!(
        "batch {}, at most {length}, learning rate {} ({schedule}), evaluated every {every}{early}",
        recipe.batch, recipe.lr
    )
}

fn computed_by(run: &ReportedRun) -> String {
    let (record, versions) = (&run.record, &run.record.versions);
    let commit = versions.commit.as_ref().map(|commit| format!(" ({commit})")).unwrap_or_default();
    let threads = count(record.threads as u64, "thread");
    format!("gemc {}{commit}, libtorch {}, {}, {threads}", versions.gemc, versions.libtorch, record.device)
}

fn evaluated_on(run: &ReportedRun) -> String {
    match run.record.held_out {
        _ if run.record.recipe.few_shot.is_some() => {
            let split = run.record.split.as_ref().map(|split| format!(", split {split}")).unwrap_or_default();
            format!("tasks of classes that are not trained on{split}")
        }
        Some(size) if size > 0 => format!("a validation split of {} samples", grouped(size as u64)),
        _ => "the test samples".to_owned(),
    }
}

fn stopped(stopped: Option<Stopped>) -> &'static str {
    match stopped {
        Some(Stopped::Converged) => ": early stopping",
        Some(Stopped::Length) => ": step limit reached",
        Some(Stopped::Interrupted) => ": interrupted",
        Some(Stopped::Terminated) => ": terminated",
        Some(Stopped::Hangup) => ": hangup",
        None => "",
    }
}
