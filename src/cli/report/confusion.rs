//! What `gemc eval` has kept of a run → its confusion matrix and its accuracy by class, or the command that makes them.

use super::collect::ReportedRun;
use crate::cli::class_rows::{ClassRow, summed};
use crate::cli::numbers::{count, grouped};
use crate::cli::shell_word::quoted;
use crate::report::{ConfusionChart, DataTable, HtmlBlock, TableCell};
use crate::run_dir::{GENOME, Kept, StoredEvaluation};

/// Cells that are drawn on a page: some 6 MB.
const MOST_CELLS: usize = 25_000;
/// Rows of a table that is not folded.
const LONG: usize = 40;

/// How many cells are left for confusion matrices.
pub(super) struct ConfusionRoom {
    cells: usize,
}

impl ConfusionRoom {
    pub(super) fn new() -> Self {
        Self { cells: MOST_CELLS }
    }

    /// Shows what is kept of a run's evaluations; nothing for a run that has no genome, or that learned tasks.
    pub(super) fn blocks(&mut self, run: &ReportedRun) -> Vec<HtmlBlock> {
        if run.record.recipe.few_shot.is_some() || !run.folder.join(GENOME).exists() {
            return Vec::new();
        }
        let genome = Kept::open(&run.folder).ok().and_then(|kept| kept.genome_sum().map(str::to_owned));
        let (mut blocks, mut told) = (Vec::new(), Vec::new());
        for split in StoredEvaluation::SPLITS {
            match StoredEvaluation::read(&run.folder, split) {
                Ok(Some(evaluation)) if genome.as_ref() == Some(&evaluation.genome) => {
                    blocks.extend(self.shown(run, &evaluation));
                }
                Ok(Some(_)) => {
                    told.push(format!("{} is of another genome than that of the run", StoredEvaluation::name(split)));
                }
                Ok(None) => {}
                Err(fault) => told.push(format!("{} is not used: {fault}", StoredEvaluation::name(split))),
            }
        }
        if blocks.is_empty() && told.is_empty() {
            told.push("No confusion matrix is kept of this run".to_owned());
        }
        let command = format!("gemc eval {}", quoted(&run.folder.display().to_string()));
        blocks.extend(told.into_iter().map(|why| HtmlBlock::Text(format!("{why}: `{command}` makes one."))));
        blocks
    }

    /// Draws one evaluation, the matrix where there is room for it.
    fn shown(&mut self, run: &ReportedRun, evaluation: &StoredEvaluation) -> Vec<HtmlBlock> {
        let runs = evaluation.confusion.len();
        let on = format!("{} {} samples of {}", grouped(evaluation.samples as u64), evaluation.split, evaluation.data);
        let mut notes =
            vec!["Shades and numbers are shares of a row, in per cent; an empty cell holds no sample.".to_owned()];
        notes.extend((runs > 1).then(|| format!("Counts of {} added up.", count(runs as u64, "seed"))));
        notes.extend(
            (evaluation.data_hash != run.record.data_hash)
                .then(|| format!("{} held other samples than when this run was trained.", evaluation.data)),
        );
        let chart = ConfusionChart {
            title: format!("Confusion matrix on {on}"),
            notes,
            classes: evaluation.class_names.clone(),
            counts: summed(&evaluation.confusion),
        };
        let first = match self.cells.checked_sub(chart.cells()) {
            Some(rest) => {
                self.cells = rest;
                HtmlBlock::Confusion(chart)
            }
            None => HtmlBlock::Text(format!("The confusion matrix on {on} is left out, so that the page stays small.")),
        };
        vec![first, table(evaluation, &on)]
    }
}

/// Lists the classes.
fn table(evaluation: &StoredEvaluation, on: &str) -> HtmlBlock {
    let name = |class: usize| evaluation.class_names.get(class).cloned().unwrap_or_else(|| class.to_string());
    let row = |class: &ClassRow| {
        let [label, accuracy, samples, taken_for] = class.words(name);
        vec![
            TableCell::words(label),
            TableCell::number(accuracy, class.mean),
            TableCell::number(samples, Some(class.samples as f64)),
            TableCell::words(taken_for),
        ]
    };
    let rows: Vec<Vec<TableCell>> = ClassRow::all(&evaluation.confusion).iter().map(row).collect();
    let heads = ["class", "accuracy", "samples", "most often taken for"].map(str::to_owned).into();
    let (title, long) = (format!("Accuracy by class on {on}"), rows.len() > LONG);
    let table = HtmlBlock::Table(DataTable { title: title.clone(), heads, rows });
    if long { HtmlBlock::Folded { name: None, title, blocks: vec![table] } } else { table }
}
