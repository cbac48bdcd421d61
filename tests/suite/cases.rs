//! Every good text through every stage, every bad one to its report: what a person reads is what the snapshot holds.

use std::path::Path;

use gemc::compile::{faults, stages};
use gemc::diag::Style;
use gemc::options::{FewShot, Options};

/// Reads a case and the options that its first lines ask for: `// set: genes=40`, `// data: mnist`, `// few-shot: 5`, the
/// classes of a task.
pub(crate) fn case(path: &Path) -> (String, String, Options) {
    let text = std::fs::read_to_string(path).unwrap();
    let mut options = Options::default();
    for line in text.lines() {
        if let Some((name, value)) = line.strip_prefix("// set: ").and_then(|set| set.split_once('=')) {
            options.set.push((name.to_owned(), value.to_owned()));
        } else if let Some(name) = line.strip_prefix("// data: ") {
            options.facts = gemc::data::facts(name);
        } else if let Some(ways) = line.strip_prefix("// few-shot: ") {
            options.few_shot = Some(FewShot { ways: ways.parse().unwrap(), ..FewShot::default() });
        }
    }
    (path.file_name().unwrap().to_string_lossy().into_owned(), text, options)
}

#[test]
fn bad_cases_are_reported() {
    insta::with_settings!({ snapshot_path => "../snapshots/bad", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::glob!("../cases/bad", "*.gem", |path| {
            let (name, text, options) = case(path);
            let report = faults(&name, &text, &options);
            let code = format!("gem::{}", path.file_stem().unwrap().to_string_lossy());
            assert!(report.findings().iter().any(|finding| finding.code == code), "{name} lacks {code}:\n{report}");
            insta::assert_snapshot!(format!("{text}\n----\n{}", report.render(Style::Plain)));
        });
    });
}

#[test]
fn good_cases_are_printed_at_every_stage() {
    insta::with_settings!({ snapshot_path => "../snapshots/ok", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::glob!("../cases/ok", "*.gem", |path| {
            let (name, text, options) = case(path);
            let stages = stages(&name, &text, &options).unwrap_or_else(|report| panic!("{report}"));
            assert!(stages.warnings.is_empty(), "{}", stages.warnings);
            let (ast, model, wiring, plan) = (&stages.ast, stages.model(), &stages.wiring, &stages.plan);
            let table = plan.table();
            insta::assert_snapshot!(format!(
                "{text}\n---- ast\n{ast}\n---- model\n{model}\n---- wiring\n{wiring}\n---- plan\n{plan}\n---- params\n{table}\n---- dot\n{}",
                wiring.dot()
            ));
        });
    });
}

#[test]
fn shipped_models_have_their_plans() {
    insta::with_settings!({ snapshot_path => "../snapshots/models", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::glob!("../../models", "*.gem", |path| {
            let (name, text, _) = case(path);
            let options = Options { facts: gemc::data::facts("mnist"), ..Options::default() };
            let stages = stages(&name, &text, &options).unwrap_or_else(|report| panic!("{report}"));
            assert!(stages.warnings.is_empty(), "{}", stages.warnings);
            insta::assert_snapshot!(format!("{}\n{}", stages.plan, stages.plan.table()));
        });
    });
}

#[test]
fn sizes_beyond_counting_are_no_panic() {
    let text = "model huge {\n    genome g(1099511627776) { interaction: symmetric }\n    \
                population a = grid(1099511627776, 1099511627776) { g: gaussian }\n    \
                population b = units(1099511627776) { g: random }\n    connect a -> b via g\n    input a\n    output b\n}\n";
    let unlimited = Options { memory_limit: u64::MAX, ..Options::default() };
    let plan = stages("huge.gem", text, &unlimited).unwrap().plan;
    assert_eq!(plan.counts().synapses, u64::MAX);
    let refused = faults("huge.gem", text, &Options::default()).findings();
    assert_eq!(refused.iter().map(|finding| finding.code.as_str()).collect::<Vec<_>>(), ["gem::too_large"]);
}
