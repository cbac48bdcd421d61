//! A finished run → the net that it trained, as it was at its best.

use std::path::Path;

use miette::Diagnostic;
use thiserror::Error;

use super::faults::Blame;
use super::machine::{Machine, free_memory};
use super::task::fingerprint;
use crate::cli::exit::Failure;
use crate::cli::screen::Screen;
use crate::compile::{Stages, stages};
use crate::emit::Net;
use crate::options::{Options, Order};
use crate::train::{Kept, Manifest, RunDir, State};

/// A record names another model than the text does.
#[derive(Debug, Error, Diagnostic)]
#[error("run.json is of the model `{expected}`, model.gem holds `{found}`")]
#[diagnostic(code(run::other_model), help("one of the two files was changed or exchanged after the run"))]
struct OtherModel {
    expected: String,
    found: String,
}

/// A run that lives again.
pub(super) struct Restored {
    pub(super) record: Manifest,
    pub(super) stages: Stages,
    pub(super) net: Net,
}

/// Makes the net of the run in `run`, whose plan has this `order` of products.
pub(super) fn restored(screen: &Screen, run: &Path, machine: &Machine, order: Order) -> Result<Restored, Failure> {
    let kept = Kept::open(run).map_err(Blame::failure)?;
    if kept.record.outcome.state == Some(State::Running) {
        screen.remark(if RunDir::is_held(run) {
            "this run is still training: its genome is the best so far"
        } else {
            "this run was killed during training: its genome is the best that was saved"
        });
    }
    let stages = compiled(run, &kept, order)?;
    let (expected, found) = (&kept.record.model, stages.plan.name());
    if expected != found {
        return Err(Failure::input(OtherModel { expected: expected.clone(), found: found.to_owned() }));
    }
    if kept.record.graph != fingerprint(&stages)? {
        screen.remark(
            "this gemc compiles the model differently from the one that trained it; results may differ slightly",
        );
    }
    let rows = kept.rows(&stages.plan).map_err(Blame::failure)?;
    let mut net = Net::new(&stages.plan, &kept.record.seeds, machine.place).map_err(Blame::failure)?;
    net.load(&rows).map_err(Blame::failure)?;
    Ok(Restored { record: kept.record, stages, net })
}

/// Compiles the model of a run as it was compiled for training, but for the `order` of products. Where nothing proves that the
/// text is the one that was trained, it must fit into this machine's memory.
fn compiled(run: &Path, kept: &Kept, order: Order) -> Result<Stages, Failure> {
    let (record, name) = (&kept.record, run.join("model.gem").display().to_string());
    let set = record.settings.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    let facts = record.facts.clone().or_else(|| crate::data::facts(&record.data));
    let usual = Options::default();
    let (memory_limit, work_limit) =
        if kept.is_proven() { (u64::MAX, u64::MAX) } else { (free_memory(), usual.work_limit) };
    let options =
        Options { set, facts, memory_limit, work_limit, order, batch: Some(record.recipe.batch), few_shot: None };
    stages(&name, &kept.model, &options).map_err(|report| Failure::text(&name, report))
}
