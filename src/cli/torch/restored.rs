//! A finished run → the net that it trained, as it was at its best.

use std::path::Path;

use super::machine::Machine;
use crate::cli::exit::Failure;
use crate::cli::faults::Blame;
use crate::cli::reopen::{Reopened, reopen};
use crate::cli::screen::Screen;
use crate::compile::Stages;
use crate::emit::Net;
use crate::options::Order;
use crate::plan::Array;
use crate::run_dir::Manifest;

/// A run that lives again.
pub(super) struct Restored {
    pub(super) record: Manifest,
    pub(super) stages: Stages,
    pub(super) net: Net,
    /// The genome, each row by its name.
    pub(super) rows: Vec<(String, Array)>,
    /// SHA-256 of its rows; nothing in runs of before it was kept.
    pub(super) sum: Option<String>,
    /// The order of products.
    pub(super) order: Order,
}

/// Makes the net of the run in `run`, whose plan has this `order` of products.
pub(super) fn restored(screen: &Screen, run: &Path, machine: &Machine, order: Order) -> Result<Restored, Failure> {
    let Reopened { record, stages, rows, sum } = reopen(screen, run, order)?;
    let mut net = Net::new(&stages.plan, &record.seeds, machine.place).map_err(Blame::failure)?;
    net.load_stored(&rows).map_err(Blame::failure)?;
    Ok(Restored { record, stages, net, rows, sum, order })
}
