//! All runs, in a table.

use super::collect::{Collected, ReportedRun};
use super::curve::state;
use crate::cli::numbers::{accuracy, grouped};
use crate::report::{CellTone, DataTable, HtmlBlock, TableCell};

/// Rows of the table.
const MOST: usize = 2_000;

/// Lists the runs.
pub(super) fn blocks(collected: &Collected) -> Vec<HtmlBlock> {
    let heads = ["run", "model", "data", "validation", "parameters", "accuracy", "n", "steps", "seconds", "state"];
    let rows = collected.runs.iter().take(MOST).map(row).collect();
    let total = collected.runs.len();
    let title = if total > MOST {
        format!(
            "The first {MOST} of {total} runs; `gemc runs` lists all. Accuracy is mean ± SD of the best of n seeds."
        )
    } else {
        "Accuracy is mean ± SD of the best of n seeds. A click on a head sorts.".to_owned()
    };
    vec![HtmlBlock::Table(DataTable { title, heads: heads.map(str::to_owned).into(), rows })]
}

fn row(run: &ReportedRun) -> Vec<TableCell> {
    let (record, outcome) = (&run.record, &run.record.outcome);
    let split = record.held_out.filter(|size| *size > 0);
    let seeds = record.seeds.len();
    vec![
        TableCell::words(&run.name).toned(CellTone::Code),
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
