//! The genome of a run → pictures of its wiring and of what it has learned, as `gemc draw` makes them; bounded, so that the page is.

use std::collections::HashSet;

use super::collect::{Collected, ReportedRun};
use super::gene_moves::GeneMoves;
use crate::cli::draw::which;
use crate::cli::exit::Failure;
use crate::cli::faults::Blame;
use crate::cli::figures::sections;
use crate::cli::numbers::count;
use crate::cli::reopen::{Reopened, opened};
use crate::options::Order;
use crate::report::{HtmlBlock, Picture, Section};
use crate::run_dir::GENOME;

/// Runs that have pictures.
pub(super) const MOST_RUNS: usize = 24;
/// Numbers that are drawn on a page, each as a pixel: some 8 MB.
const MOST_PIXELS: usize = 6_000_000;
/// Outlines of genes that are drawn on a page at points of a training: some 5 MB.
const MOST_OUTLINES: usize = 15_000;
/// Numbers of one picture that are pixels: larger ones are drawn by blocks.
const LARGEST: usize = 512 * 512;

/// Which runs have pictures, and how many pixels and outlines are left for them.
pub(super) struct PictureRoom {
    chosen: HashSet<usize>,
    pixels: usize,
    outlines: usize,
}

/// What is drawn of a run.
struct RunPictures {
    /// The wiring, and what is to be known of the rest.
    blocks: Vec<HtmlBlock>,
    sections: Vec<Section>,
    moves: GeneMoves,
}

impl PictureRoom {
    /// Chooses runs that have a genome: all, or some of them evenly.
    pub(super) fn new(collected: &Collected) -> Self {
        let grown = |(_, run): &(usize, &ReportedRun)| run.folder.join(GENOME).exists();
        let grown: Vec<usize> = collected.runs.iter().enumerate().filter(grown).map(|(index, _)| index).collect();
        let shown = grown.len().min(MOST_RUNS);
        let chosen = (0..shown).map(|index| grown[index * grown.len() / shown]).collect();
        Self { chosen, pixels: MOST_PIXELS, outlines: MOST_OUTLINES }
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
            Ok(RunPictures { mut blocks, sections, moves }) => {
                blocks.push(self.pictures(sections));
                blocks.extend(self.moves(moves));
                blocks
            }
            Err(failure) => text(format!("Nothing is drawn: {}", failure.message())),
        }
    }

    /// Returns the pictures of a genome, where there is room for them.
    fn pictures(&mut self, sections: Vec<Section>) -> HtmlBlock {
        let pixels = sections.iter().flat_map(|section| &section.panels).map(|panel| pixels(&panel.picture)).sum();
        match self.pixels.checked_sub(pixels) {
            Some(rest) => {
                self.pixels = rest;
                HtmlBlock::Pictures(sections)
            }
            None => HtmlBlock::Text(
                "Its pictures are left out, so that the page stays small: `gemc draw` draws them.".to_owned(),
            ),
        }
    }

    /// Returns the figures of genes during training, as far as there is room for them.
    fn moves(&mut self, moves: GeneMoves) -> Vec<HtmlBlock> {
        let (mut blocks, mut left_out) = (Vec::new(), 0);
        for figure in moves.figures {
            match self.outlines.checked_sub(figure.outlines()) {
                Some(rest) => {
                    self.outlines = rest;
                    blocks.push(HtmlBlock::Genes(figure));
                }
                None => left_out += 1,
            }
        }
        let left_out = (left_out > 0).then(|| {
            let figures = count(left_out, "figure");
            format!("{figures} of genes during training left out, so that the page stays small.")
        });
        blocks.extend(moves.notes.into_iter().chain(left_out).map(HtmlBlock::Text));
        if !blocks.is_empty() {
            blocks.insert(0, HtmlBlock::Subheading("X: Gaussian genes during training".to_owned()));
        }
        blocks
    }
}

/// Reads a run back and draws its wiring and its parts.
fn drawn(run: &ReportedRun) -> Result<RunPictures, Failure> {
    let which = which(&run.record, (None, "--run"))?;
    // weights are drawn, so they must be made
    let (Reopened { record, stages, rows, .. }, remarks) = opened(&run.folder, Order::Synthesized)?;
    let sections = sections(&stages, &rows, which).map_err(Blame::failure)?;
    let moves = GeneMoves::of(run, &stages, which);
    let mut blocks =
        vec![HtmlBlock::Drawing { svg: stages.wiring.svg(), alt: format!("the wiring of {}", record.model) }];
    blocks.extend(remarks.into_iter().map(|remark| HtmlBlock::Text(format!("Of these pictures: {remark}."))));
    if record.seeds.len() > 1 {
        let seed = record.seeds.get(which).copied().unwrap_or_default();
        blocks.push(HtmlBlock::Text(format!("The best of {} seeds is drawn: seed {seed}.", record.seeds.len())));
    }
    Ok(RunPictures { blocks, sections, moves })
}

/// Returns how many numbers of a picture become pixels.
fn pixels(picture: &Picture) -> usize {
    match picture {
        Picture::Matrix(matrix) => matrix.values.len().min(LARGEST),
        Picture::Tiles(tiles) => tiles.tiles.iter().map(Vec::len).sum(),
        Picture::Grid(_) | Picture::Line(_) | Picture::Cloud(_) => 0,
    }
}
