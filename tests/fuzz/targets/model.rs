//! Bytes → a well-formed model, which must compile in every order of products; what is printed reads back as the same.

#![no_main]

use std::hint::black_box;

use gemc::compile::{Stages, stages};
use gemc::diag::Problems;
use gemc::options::{Adapt, FewShot, Options, Order};
use gemc::syntax::parse;
use gemc_fuzz::{timed, well_formed};
use libfuzzer_sys::fuzz_target;

const ORDERS: [Order; 4] = [Order::Cheapest, Order::Matrices, Order::Synthesized, Order::Factored];

fuzz_target!(|bytes: &[u8]| {
    let text = well_formed(bytes);
    timed(|| {
        let made: Vec<Stages> = ORDERS.into_iter().filter_map(|order| compiled(&text, order)).collect();
        let [first, others @ ..] = made.as_slice() else { return };
        assert_eq!(others.len() + 1, ORDERS.len(), "one order compiles, another does not:\n{text}");
        for other in others {
            assert_eq!(first.plan.counts(), other.plan.counts(), "orders count differently:\n{text}");
        }
        learns_tasks(&text);
        let printed = first.ast.to_string();
        let again = parse(&printed, &mut Problems::new());
        assert_eq!(again.as_ref(), Some(&first.ast), "what is printed is another tree:\n{printed}");
        let again = compiled(&printed, Order::Cheapest).map(|stages| stages.plan.to_string());
        assert_eq!(again, Some(first.plan.to_string()), "what is printed is another plan:\n{printed}");
        black_box((first.model().to_string(), first.wiring.to_string()));
    });
});

/// Compiles a text for few-shot learning; not every connection can adapt.
fn learns_tasks(text: &str) {
    for adapt in [Adapt::All, Adapt::Readout, Adapt::None] {
        let few_shot = Some(FewShot { ways: 2, adapt, ..FewShot::default() });
        if let Err(report) = stages("fuzz.gem", text, &Options { few_shot, ..Options::default() }) {
            let errors: Vec<_> = report.findings().into_iter().filter(|finding| finding.severity == "error").collect();
            let expected = |code: &str| code.starts_with("gem::few_shot") || code == "gem::empty_mask";
            let said = !errors.is_empty() && errors.iter().all(|error| expected(&error.code));
            assert!(said, "a well-formed text is refused:\n{text}\n{report}");
        }
    }
}

/// Compiles a text that keeps the rules; a mask may happen to leave a population without pairs.
fn compiled(text: &str, order: Order) -> Option<Stages> {
    match stages("fuzz.gem", text, &Options { order, ..Options::default() }) {
        Ok(stages) => Some(stages),
        Err(report) => {
            let codes: Vec<String> = report.findings().into_iter().map(|finding| finding.code).collect();
            assert!(
                codes.iter().any(|code| code == "gem::empty_mask"),
                "a well-formed text is refused:\n{text}\n{report}"
            );
            None
        }
    }
}
