//! The folder of a run → the record, the model compiled anew, and the genome as it was at its best.

use std::path::Path;

use miette::Diagnostic;
use thiserror::Error;

use super::exit::Failure;
use super::faults::Blame;
use super::free_memory::free_memory;
use super::screen::Screen;
use crate::compile::{Stages, stages};
use crate::data::checksum::sha256;
use crate::options::{Options, Order};
use crate::plan::{Array, lower_unoptimized};
use crate::run_dir::{Kept, MODEL, Manifest, State};

/// A record names another model than the text does.
#[derive(Debug, Error, Diagnostic)]
#[error("run.json is of the model `{expected}`, model.gem holds `{found}`")]
#[diagnostic(code(run::other_model), help("one of the two files was changed or exchanged after the run"))]
struct OtherModel {
    expected: String,
    found: String,
}

/// A run that was read back.
pub(super) struct Reopened {
    pub(super) record: Manifest,
    pub(super) stages: Stages,
    /// The rows of the genome, [R, …] each, in the order of the plan's table.
    pub(super) rows: Vec<(String, Array)>,
    /// SHA-256 of these rows; nothing in runs of before it was kept.
    #[cfg_attr(not(feature = "torch"), allow(dead_code))]
    pub(super) sum: Option<String>,
}

/// Reads the run in `run`, whose plan is made with this `order` of products, and says what is to be known of it.
pub(super) fn reopen(screen: &Screen, run: &Path, order: Order) -> Result<Reopened, Failure> {
    let (reopened, remarks) = opened(run, order)?;
    for remark in remarks {
        screen.remark(remark);
    }
    Ok(reopened)
}

/// Reads the run in `run`, and returns what is to be known of it, too.
pub(super) fn opened(run: &Path, order: Order) -> Result<(Reopened, Vec<&'static str>), Failure> {
    let kept = Kept::open(run).map_err(Blame::failure)?;
    let mut remarks = Vec::new();
    if kept.record.outcome.state == Some(State::Running) {
        remarks.push(if Kept::is_held(run) {
            "this run is still training: its genome is the best so far"
        } else {
            "this run was killed during training: its genome is the best that was saved"
        });
    }
    let stages = compiled(run, (&kept.record, &kept.model), kept.is_proven(), order)?;
    let (expected, found) = (&kept.record.model, stages.plan.name());
    if expected != found {
        return Err(Failure::input(OtherModel { expected: expected.clone(), found: found.to_owned() }));
    }
    if kept.record.graph != fingerprint(&stages)? {
        remarks
            .push("this gemc compiles the model differently from the one that trained it; results may differ slightly");
    }
    let rows = kept.rows(&stages.plan).map_err(Blame::failure)?;
    let sum = kept.genome_sum().map(str::to_owned);
    Ok((Reopened { record: kept.record, stages, rows, sum }, remarks))
}

/// Returns the hash of a model's graph as it is written: not of the order in which it is computed.
pub(super) fn fingerprint(stages: &Stages) -> Result<String, Failure> {
    let plan = lower_unoptimized(&stages.wiring, stages.few_shot).map_err(Blame::failure)?;
    Ok(sha256(plan.to_string().as_bytes()))
}

/// Compiles the model of a run as it was compiled for training, but for the `order` of products. Where the text is not `proven` to be
/// the one that was trained, it must fit into this machine's memory.
pub(super) fn compiled(
    run: &Path,
    (record, text): (&Manifest, &str),
    proven: bool,
    order: Order,
) -> Result<Stages, Failure> {
    let name = run.join(MODEL).display().to_string();
    let set = record.settings.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    let facts = record.facts.clone().or_else(|| crate::data::facts(&record.data));
    let usual = Options::default();
    let (memory_limit, work_limit) = if proven { (u64::MAX, u64::MAX) } else { (free_memory(), usual.work_limit) };
    let (batch, few_shot) = (Some(record.recipe.batch), record.recipe.few_shot);
    let options =
        Options { set, facts, memory_limit, work_limit, order, batch, few_shot, freeze: record.freeze.clone() };
    stages(&name, text, &options).map_err(|report| Failure::text(&name, report))
}
