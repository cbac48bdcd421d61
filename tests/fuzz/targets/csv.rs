//! Bytes → a connectome, alone and among known neurons, and gene expression, of a CSV file; some reports are drawn.

#![no_main]

use std::hint::black_box;

use gemc::Report;
use gemc::data::{Connectome, Duplicates, GeneExpression, Reading};
use gemc::diag::Problems;
use gemc_fuzz::{is_drawn, timed};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = str::from_utf8(bytes) else { return };
    timed(|| {
        let known: Vec<String> = ["AVA", "AVB", "a", "b"].map(str::to_owned).into();
        let alone = Reading::default();
        let among = Reading { known: Some(&known), duplicates: Duplicates::Sum, ..Reading::default() };
        for reading in [alone, among] {
            told(text, |problems| Connectome::read(text, &reading, problems).is_some());
        }
        told(text, |problems| match GeneExpression::read(text, problems) {
            Some(read) => {
                assert_eq!(read.values().len(), read.neurons().len() * read.genes().len());
                assert!(read.values().iter().all(|value| value.is_finite()));
                true
            }
            None => false,
        });
    });
});

/// Reads the text one way; where nothing comes back, something is wrong with it.
fn told(text: &str, read: impl FnOnce(&mut Problems) -> bool) {
    let mut problems = Problems::new();
    let came = read(&mut problems);
    assert!(came || problems.has_errors(), "nothing comes back, and nobody says why");
    let report = Report::new("fuzz.csv", text, problems);
    black_box(report.findings());
    if is_drawn(text.as_bytes()) {
        black_box(report.to_string());
    }
}
