//! Bytes → a text that is read and checked; of some the report is drawn, and they are compiled.

#![no_main]

use std::hint::black_box;

use gemc::{Options, compile};
use gemc_fuzz::{is_drawn, timed};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    timed(|| {
        let report = compile::faults("fuzz.gem", &text, &Options::default());
        for finding in report.findings() {
            assert_ne!(finding.code, "gemc::bug", "{}", finding.message);
        }
        if is_drawn(bytes) {
            black_box(report.to_string());
            let compiled = compile::compile(&text, &Options::default());
            assert_eq!(compiled.is_err(), report.has_errors(), "faults and compiling disagree:\n{text}");
        }
    });
});
