//! What trials depend on of their models.

use super::bad_trial::{BadTrial, place, refused};
use crate::cli::exit::Failure;
use crate::cli::faults::Blame;
use crate::cli::nothing_learned::NothingLearned;
use crate::cli::source::Source;
use crate::compile::analyse;
use crate::data::checksum::sha256;
use crate::options::Options;
use crate::plan::lower_unoptimized;
use crate::recipe::TrialText;

/// What a trial depends on of its model: attempts and trials that differ in how they train have the same.
#[derive(Clone)]
pub(super) struct Graph {
    pub(super) windows: bool,
    pub(super) hash: String,
    pub(super) parameters: u64,
    pub(super) uncompressed: u64,
}

/// Lowers the model of a trial, or says what it is refused for.
pub(super) fn graph(text: &TrialText, source: &Source, options: &Options) -> Result<Result<Graph, BadTrial>, Failure> {
    let analysis = analyse(&source.name, &source.text, options);
    let Ok(wiring) = analysis.model else {
        let failure = Failure::text(&source.name, analysis.report);
        return Ok(Err(refused(&failure, text.model.span, Some((text, &source.name)))));
    };
    let plan = lower_unoptimized(&wiring, options.few_shot).map_err(Blame::failure)?;
    let (windows, counts) = (wiring.model().has_windows(), plan.counts());
    if let Err(fault) = NothingLearned::unless_learned(counts, &options.freeze, wiring.model()) {
        return Ok(Err(BadTrial::of(&fault, place(text, "freeze"))));
    }
    let hash = sha256(plan.to_string().as_bytes());
    Ok(Ok(Graph { windows, hash, parameters: counts.parameters, uncompressed: counts.uncompressed }))
}
