//! All runs, in a table.

use super::collect::{Collected, ReportedRun};
use super::curve::state;
use super::each_run;
use crate::cli::numbers::{accuracy, grouped};
use crate::report::{CellTone, DataTable, HtmlBlock, TableCell};

/// Rows of the table.
const MOST: usize = 2_000;

/// The column of validation splits, which goes where no run has one.
const SPLIT: usize = 3;

/// Lists the runs.
pub(super) fn blocks(collected: &Collected) -> Vec<HtmlBlock> {
    let heads = ["run", "model", "data", "validation", "parameters", "accuracy", "n", "steps", "seconds", "state"];
    let mut heads: Vec<String> = heads.map(str::to_owned).into();
    let mut rows: Vec<Vec<TableCell>> = collected.runs.iter().take(MOST).enumerate().map(row).collect();
    if rows.iter().all(|row| row[SPLIT].number.is_none()) {
        heads.remove(SPLIT);
        for row in &mut rows {
            row.remove(SPLIT);
        }
    }
    let total = collected.runs.len();
    let title = if total > MOST {
        format!(
            "The first {MOST} of {total} runs; `gemc runs` lists all. Accuracy is mean ± SD of the best of n seeds."
        )
    } else {
        "Accuracy is mean ± SD of the best of n seeds.".to_owned()
    };
    vec![HtmlBlock::Table(DataTable { title, heads, rows })]
}

fn row((index, run): (usize, &ReportedRun)) -> Vec<TableCell> {
    let (record, outcome) = (&run.record, &run.record.outcome);
    let split = record.held_out.filter(|size| *size > 0);
    let seeds = outcome.best_accuracy.iter().flatten().count();
    let name = TableCell::words(&run.name).toned(CellTone::Code);
    vec![
        if index < each_run::MOST { name.leading_to(each_run::name(index)) } else { name },
        TableCell::words(format!("{} {}", record.model, run.settings()).trim_end()),
        TableCell::words(&record.data),
        TableCell::number(
            split.map_or_else(|| "–".to_owned(), |size| grouped(size as u64)),
            split.map(|size| size as f64),
        ),
        TableCell::number(grouped(record.parameters), Some(record.parameters as f64)),
        TableCell::number(accuracy(outcome.mean, outcome.sd), outcome.mean),
        TableCell::number(seeds.to_string(), Some(seeds as f64)),
        TableCell::number(grouped(outcome.steps), Some(outcome.steps as f64)),
        TableCell::number(format!("{:.1}", outcome.seconds), Some(outcome.seconds)),
        state(run.state),
    ]
}
