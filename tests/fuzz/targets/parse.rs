//! Bytes → a text that is read; what is read prints as a text that reads as the same tree, and is formatted to one that is formatted.

#![no_main]

use gemc::compile::formatted;
use gemc::diag::Problems;
use gemc::syntax::parse;
use gemc_fuzz::timed;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    timed(|| {
        let mut problems = Problems::new();
        let Some(ast) = parse(&text, &mut problems).filter(|_| !problems.has_errors()) else { return };
        let printed = ast.to_string();
        let mut problems = Problems::new();
        let again = parse(&printed, &mut problems).filter(|_| !problems.has_errors());
        assert_eq!(again.map(|ast| ast.to_string()), Some(printed.clone()), "{text}");
        let formed = formatted("fuzz", &text).unwrap_or_else(|report| panic!("{text}\n{report}"));
        assert_eq!(formatted("fuzz", &formed).ok().as_ref(), Some(&formed), "{text}");
    });
});
