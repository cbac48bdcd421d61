//! `gemc check`: files → all their faults. A file that cannot be read hides no other.

use serde_json::json;

use super::args::CheckArgs;
use super::exit::{Exit, Outcome, of_report};
use super::model::options;
use super::numbers::count;
use super::screen::{Ink, Screen};
use super::source;
use crate::compile::faults;

/// Checks every file and shows what is wrong with it.
pub(super) fn run(screen: &Screen, args: &CheckArgs) -> Outcome {
    let options = options(&args.model, None);
    let (mut files, mut worst, mut tally) = (Vec::new(), Exit::Done, Tally::default());
    for path in &args.files {
        let report = match source::read(path) {
            Ok(source) => faults(&source.name, &source.text, &options),
            Err(report) => report,
        };
        let earned = of_report(&report);
        worst = if earned as u8 > worst as u8 { earned } else { worst };
        tally.add(report.counts());
        if screen.is_json() {
            files.push(json!({ "path": path.display().to_string(), "diagnostics": report.findings() }));
        } else {
            screen.report(&report);
        }
    }
    if screen.is_json() {
        screen.object(&json!({ "files": files }))?;
    } else {
        screen.remark(&tally.line(screen, args.files.len()));
    }
    Ok(worst)
}

/// How many faults were found.
#[derive(Debug, Default)]
struct Tally {
    errors: u64,
    warnings: u64,
}

impl Tally {
    fn add(&mut self, [errors, warnings]: [usize; 2]) {
        self.errors += errors as u64;
        self.warnings += warnings as u64;
    }

    fn line(&self, screen: &Screen, files: usize) -> String {
        let found = match (self.errors, self.warnings) {
            (0, 0) => screen.paint_remark(Ink::Good, "no faults"),
            (0, warnings) => count(warnings, "warning"),
            (errors, 0) => screen.paint_remark(Ink::Bad, &count(errors, "error")),
            (errors, warnings) => {
                format!("{}, {}", screen.paint_remark(Ink::Bad, &count(errors, "error")), count(warnings, "warning"))
            }
        };
        format!("{}, {found}", count(files as u64, "file"))
    }
}
