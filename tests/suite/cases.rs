//! Every good text through every stage, every bad one to its report: what a person reads is what the snapshot holds.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use gemc::compile::{faults, stages};
use gemc::diag::Style;
use gemc::options::Options;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Reads a case and the options that its first lines ask for: `// set: genes=40`, `// data: mnist`.
fn case(path: &Path) -> (String, String, Options) {
    let text = std::fs::read_to_string(path).unwrap();
    let mut options = Options::default();
    for line in text.lines() {
        if let Some((name, value)) = line.strip_prefix("// set: ").and_then(|set| set.split_once('=')) {
            options.set.push((name.to_owned(), value.to_owned()));
        } else if let Some(name) = line.strip_prefix("// data: ") {
            options.facts = gemc::data::facts(name);
        }
    }
    (path.file_name().unwrap().to_string_lossy().into_owned(), text, options)
}

/// Returns every `gem::` code that the sources define.
fn codes_in_sources() -> BTreeSet<String> {
    fn visit(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                visit(&entry, found);
            } else {
                let text = std::fs::read_to_string(&entry).unwrap();
                let codes = text.split("code(gem::").skip(1).filter_map(|rest| rest.split(')').next());
                found.extend(codes.map(str::to_owned));
            }
        }
    }
    let mut found = BTreeSet::new();
    visit(&root().join("src"), &mut found);
    found
}

/// Codes of files that are no text at all, and so cannot be cases.
const WITHOUT_TEXT: &[&str] = &["not_utf8", "unreadable_file"];

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
fn every_code_has_its_case() {
    let cases = std::fs::read_dir(root().join("tests/cases/bad")).unwrap().map(|entry| entry.unwrap().path());
    let cases: BTreeSet<String> = cases.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    let codes: BTreeSet<String> =
        codes_in_sources().into_iter().filter(|code| !WITHOUT_TEXT.contains(&code.as_str())).collect();
    assert_eq!(cases, codes);
}
