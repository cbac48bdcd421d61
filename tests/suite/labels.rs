//! Names of tensors: no two share one, they are made of what the source calls things, and one more operation leaves all others'.

use std::collections::BTreeSet;
use std::fs;

use gemc::compile::compile;
use gemc::options::Options;
use gemc::plan::{Plan, TensorNames, lower_unoptimized};
use similar::{DiffOp, TextDiff};

use crate::cases::case;
use crate::pages::repository;

const LENET: &str = include_str!("../../models/lenet.gem");

/// Lines of a printed plan that one more operation may change.
const FEW: usize = 10;

fn plan(text: &str) -> Plan {
    compile(text, &Options::default()).unwrap_or_else(|report| panic!("{report}"))
}

/// Changes one statement of LeNet, and returns each stretch of its printed plan that changed: lines there were, lines there are.
fn changed(statement: &str, by: &str) -> Vec<(usize, usize)> {
    assert_eq!(LENET.matches(statement).count(), 1, "{statement}");
    let (before, after) = (plan(LENET).to_string(), plan(&LENET.replace(statement, by)).to_string());
    let diff = TextDiff::from_lines(&before, &after);
    let stretch = |op: &DiffOp| (op.old_range().len(), op.new_range().len());
    let is_change = |op: &&DiffOp| !matches!(op, DiffOp::Equal { .. });
    diff.ops().iter().filter(is_change).map(stretch).collect()
}

#[test]
fn one_more_operation_changes_few_lines() {
    let labels = "fc: random(contrasts), bias: free }";
    let changed = changed(labels, "fc: random(contrasts), bias: free, activation: relu }");
    // a line that is another now is one line, and so is a line that is new
    let lines: usize = changed.iter().map(|(old, new)| *old.max(new)).sum();
    assert!(0 < lines && lines <= FEW, "{lines} lines changed: {changed:?}");
}

#[test]
fn one_more_population_changes_few_lines_of_the_others() {
    let way = "    connect s4 -> f5 -> f6 -> labels via fc\n";
    let beside = "    population f7 = units(84) { activation: gelu, bias: free }\n    \
                  connect f5 -> f7 -> labels via direct\n";
    let changed = changed(way, &format!("{way}{beside}"));
    let (old, new) = changed.iter().fold((0, 0), |sum, stretch| (sum.0 + stretch.0, sum.1 + stretch.1));
    assert!(old <= FEW && new > old, "{old} lines of others changed, {new} lines are new: {changed:?}");
}

#[test]
fn no_two_tensors_share_a_name() {
    let folder = |folder: &str| fs::read_dir(repository(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut count = 0;
    for path in
        folder("models").chain(folder("tests/cases/ok")).filter(|path| path.extension().is_some_and(|end| end == "gem"))
    {
        let (name, text, options) = case(&path);
        let stages = gemc::compile::stages(&name, &text, &options).unwrap_or_else(|report| panic!("{report}"));
        for plan in [&stages.plan, &lower_unoptimized(&stages.wiring, None).unwrap()] {
            let names = TensorNames::new(plan);
            let mut seen = BTreeSet::new();
            for (id, tensor) in plan.numbered() {
                let called = names.tensor(id);
                assert!(!called.is_empty() && !called.contains(' '), "{name}: {id} is called `{called}`");
                assert!(seen.insert(called), "{name}: two tensors are called `{called}`");
                if let gemc::plan::Op::Parameter(row) = tensor.op {
                    assert_eq!(called, names.parameter(row), "{name}");
                }
            }
        }
        count += 1;
    }
    assert!(count > 25, "only {count} models were found");
}
