//! Bytes → a recipe and its points; some reports are drawn.

#![no_main]

use std::hint::black_box;

use gemc::Report;
use gemc::diag::Problems;
use gemc::recipe::Recipe;
use gemc_fuzz::{is_drawn, timed};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = str::from_utf8(bytes) else { return };
    timed(|| {
        let mut problems = Problems::new();
        let recipe = Recipe::read(text, &mut problems);
        assert!(recipe.is_some() || problems.has_errors(), "nothing comes back, and nobody says why");
        if let Some(recipe) = &recipe {
            black_box(recipe.points(true, &mut problems));
        }
        let report = Report::new("fuzz.yaml", text, problems);
        black_box(report.findings());
        if is_drawn(text.as_bytes()) {
            black_box(report.to_string());
        }
    });
});
