//! The genome of a run → pictures of its wiring and of what it has learned, as `gemc draw` makes them; bounded, so that the page is.

use std::collections::HashSet;

use super::collect::{Collected, ReportedRun};
use crate::cli::draw::which;
use crate::cli::exit::Failure;
use crate::cli::faults::Blame;
use crate::cli::figures::sections;
use crate::cli::reopen::{Reopened, opened};
use crate::options::Order;
use crate::report::{HtmlBlock, Picture, Section};
use crate::run_dir::GENOME;

/// Runs that have pictures.
pub(super) const MOST_RUNS: usize = 24;
/// Numbers that are drawn on a page, each as a pixel: some 8 MB.
const MOST_PIXELS: usize = 6_000_000;
/// Numbers of one picture that are pixels: larger ones are drawn by blocks.
const LARGEST: usize = 512 * 512;

/// Which runs have pictures, and how many pixels are left for them.
pub(super) struct PictureRoom {
    chosen: HashSet<usize>,
    pixels: usize,
}

impl PictureRoom {
    /// Chooses runs that have a genome: all, or some of them evenly.
    pub(super) fn new(collected: &Collected) -> Self {
        let grown = |(_, run): &(usize, &ReportedRun)| run.folder.join(GENOME).exists();
        let grown: Vec<usize> = collected.runs.iter().enumerate().filter(grown).map(|(index, _)| index).collect();
        let shown = grown.len().min(MOST_RUNS);
        let chosen = (0..shown).map(|index| grown[index * grown.len() / shown]).collect();
        Self { chosen, pixels: MOST_PIXELS }
    }

    /// Draws a run, or says why not.
    pub(super) fn draw(&mut self, index: usize, run: &ReportedRun) -> Vec<HtmlBlock> {
        let text = |text: String| vec![HtmlBlock::Text(text)];
        if !run.folder.join(GENOME).exists() {
            return text("No genome was saved, so nothing is drawn.".to_owned());
        }
        if !self.chosen.contains(&index) {
            return text(format!(
                "Pictures are left out here: {MOST_RUNS} runs of this page, evenly chosen, have some. `gemc draw` draws this one."
            ));
        }
        match drawn(run) {
            Ok((mut blocks, sections)) => {
                let pixels =
                    sections.iter().flat_map(|section| &section.panels).map(|panel| pixels(&panel.picture)).sum();
                match self.pixels.checked_sub(pixels) {
                    Some(rest) => {
                        self.pixels = rest;
                        blocks.push(HtmlBlock::Pictures(sections));
                    }
                    None => blocks.extend(text(
                        "Its pictures are left out, so that the page stays small: `gemc draw` draws them.".to_owned(),
                    )),
                }
                blocks
            }
            Err(failure) => text(format!("Nothing is drawn: {}", said(&failure))),
        }
    }
}

/// Reads a run back and draws its wiring and its parts.
fn drawn(run: &ReportedRun) -> Result<(Vec<HtmlBlock>, Vec<Section>), Failure> {
    let which = which(&run.record, None)?;
    // weights are drawn, so they must be made
    let (Reopened { record, stages, rows, .. }, remarks) = opened(&run.folder, Order::Synthesized)?;
    let sections = sections(&stages, &rows, which).map_err(Blame::failure)?;
    let mut blocks =
        vec![HtmlBlock::Drawing { svg: stages.wiring.svg(), alt: format!("the wiring of {}", record.model) }];
    blocks.extend(remarks.into_iter().map(|remark| HtmlBlock::Text(format!("Of these pictures: {remark}."))));
    if record.seeds.len() > 1 {
        let seed = record.seeds.get(which).copied().unwrap_or_default();
        blocks.push(HtmlBlock::Text(format!("The best of {} seeds is drawn: seed {seed}.", record.seeds.len())));
    }
    Ok((blocks, sections))
}

/// Returns how many numbers of a picture become pixels.
fn pixels(picture: &Picture) -> usize {
    match picture {
        Picture::Matrix(matrix) => matrix.values.len().min(LARGEST),
        Picture::Tiles(tiles) => tiles.tiles.iter().map(Vec::len).sum(),
        Picture::Grid(_) | Picture::Line(_) | Picture::Cloud(_) => 0,
    }
}

/// Says why a run could not be read.
fn said(failure: &Failure) -> String {
    let (Failure::Text(_, report) | Failure::Fault(_, report)) = failure;
    report.findings().into_iter().next().map(|finding| finding.message).unwrap_or_default()
}
