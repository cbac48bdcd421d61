//! Recipes: what is wrong with them is told at its place, all at once; what they ask for is listed before anything is trained.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use super::{Said, assert_shown, folder, repository, run_in};
use crate::pages::pages;

/// Runs `gemc run recipe.yaml` with options, where the recipe is `text`.
fn said(text: &str, options: &[&str]) -> Said {
    let folder = folder();
    fs::write(folder.path().join("recipe.yaml"), text).unwrap();
    let mut said = run_in(folder.path(), &[&["run", "recipe.yaml"], options].concat());
    said.out = said.out.replace(&folder.path().display().to_string(), "FOLDER");
    said
}

/// Returns the error codes of a recipe.
fn codes(text: &str) -> Vec<String> {
    let said = said(text, &["--dry-run", "--format", "json"]);
    assert_eq!(said.code, 1, "{text}\n{}", said.err);
    let report: Value = serde_json::from_str(&said.out).unwrap_or_else(|why| panic!("{why}: {}{}", said.out, said.err));
    let found = report["files"][0]["diagnostics"].as_array().unwrap();
    found.iter().map(|fault| fault["code"].as_str().unwrap().to_owned()).collect()
}

const GOOD: &str = "\
title: Points
train: { data: glyphs, steps: 300, eval-every: 100 }
runs: 2
trials:
  - { model: sgem_slp.gem, label: S-GEM, set: { genes: 1..3 } }
  - { model: slp.gem }
axes:
  train.lr: [0.01, 0.03]
";

#[test]
fn a_recipe_with_faults_is_told_all_of_them() {
    let text = "\
titel: Points
train: { data: glyphs, steps: 300 }
trials:
  - { model: sgem_slp.gem, label: S-GEM, set: { genes: 3..1 } }
  - { label: direct }
expect:
  - { label: S-GAM, accuracy: 0.8..0.1 }
";
    assert_shown("recipe_written_wrongly", &said(text, &[]).shown(&[]));
    let text = "\
train: { data: glyphs, stepz: 300, lr: -1, rotations: maybe, run-dir: here }
runs: 0
trials:
  - { model: sgem_sl.gem }
  - { model: sgem_slp.gem, set: { genez: 3 } }
  - { model: sgem_slp.gem, set: { genes: [1, -3] } }
";
    assert_shown("recipe_names_what_is_not_there", &said(text, &[]).shown(&[]));
}

#[test]
fn each_fault_has_its_code() {
    let trials = "trials: [{ model: slp.gem }]\n";
    let data = "train: { data: glyphs }\n";
    let with = |text: &str| format!("{data}{text}");
    let cases = [
        ("recipe::syntax", "train: [\n".to_owned()),
        ("recipe::unknown_key", with(&format!("{trials}rums: 3\n"))),
        ("recipe::wrong_kind", format!("train: 3\n{trials}")),
        ("recipe::wrong_kind", with("trials: slp.gem\n")),
        ("recipe::missing_key", data.to_owned()),
        ("recipe::missing_key", with("trials: [{ label: a }]\n")),
        ("recipe::bad_value", with("trials: [{ model: sgem_slp.gem, set: { genes: [1, 1] } }]\n")),
        ("recipe::bad_value", with(&format!("{trials}axes: {{ lr: [1, 2] }}\n"))),
        ("recipe::said_twice", format!("train: {{ data: glyphs, runs: 2 }}\nruns: 3\n{trials}")),
        ("recipe::too_many_trials", with("trials: [{ model: sgem_slp.gem, set: { genes: 1..200, sigma: 1..200 } }]\n")),
        ("recipe::unknown_option", format!("train: {{ data: glyphs, sweep: genes=1 }}\n{trials}")),
        ("recipe::bad_option", format!("train: {{ data: glyphs, protocol: mine }}\n{trials}")),
        ("recipe::bad_option", format!("train: {{ data: glyphs, steps: 3, epochs: 3 }}\n{trials}")),
        ("recipe::bad_option", format!("train: {{ steps: 3 }}\n{trials}")),
        ("recipe::bad_trial", format!("train: {{ data: glyfs }}\n{trials}")),
        ("recipe::bad_trial", with("trials: [{ model: bad.gem }]\n")),
        ("recipe::bad_trial", format!("train: {{ data: glyphs, freeze: g }}\n{}", trials.replace("slp", "sgem_slp"))),
        ("recipe::bad_trial", format!("train: {{ data: glyphs, batch: 1000000 }}\n{trials}")),
    ];
    for (code, text) in &cases {
        assert_eq!(codes(text), [*code], "{text}");
    }
    let said = said(GOOD, &["--trial", "9"]);
    assert!(said.code == 1 && said.err.contains("recipe::no_trial"), "{}", said.err);
}

#[test]
fn a_trial_whose_rows_are_frozen_is_another() {
    let text = "\
train: { data: glyphs, steps: 300 }
trials:
  - { model: sgem_slp.gem, label: all }
  - { model: sgem_slp.gem, label: a part, train: { freeze: pixels.g } }
";
    let object = said(text, &["--dry-run", "--format", "json"]).object();
    let field = |name: &str| [0, 1].map(|trial| object["trials"][trial][name].clone());
    assert_eq!(field("parameters"), [270, 225].map(Value::from), "{object:#}");
    let [one, other] = field("key");
    assert!(one.is_string() && one != other, "{object:#}");
}

#[test]
fn trials_are_listed_before_anything_is_trained() {
    assert_shown("recipe_dry_run", &said(GOOD, &["--dry-run"]).shown(&[]));
    assert_shown("recipe_list", &said(GOOD, &["--list", "--store", "a store"]).shown(&[]));
    let quick = GOOD.replace("runs: 2", "runs: 2\nquick: { steps: 10, runs: 1 }");
    let listed = |options: &[&str]| -> Value {
        serde_json::from_str(&said(&quick, &[options, &["--dry-run", "--format", "json"]].concat()).out).unwrap()
    };
    let (usual, quick) = (listed(&[]), listed(&["--quick"]));
    assert_eq!((&usual["trials"][0]["steps"], &quick["trials"][0]["steps"]), (&300.into(), &10.into()));
    assert_eq!((&usual["trials"][0]["runs"], &quick["trials"][0]["runs"]), (&2.into(), &1.into()));
}

#[test]
fn a_trial_is_addressed_by_its_content() {
    let keys = |text: &str| -> Vec<String> {
        let said = said(text, &["--dry-run", "--format", "json"]);
        let listed: Value = serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{}", said.err));
        listed["trials"].as_array().unwrap().iter().map(|trial| trial["key"].as_str().unwrap().to_owned()).collect()
    };
    let base = keys(GOOD);
    assert_eq!(base.iter().collect::<BTreeSet<_>>().len(), 8);
    // what is written otherwise and means the same
    let same =
        GOOD.replace("1..3", "[1, 2, 3]").replace("title: Points", "title: Others").replace("label: S-GEM, ", "");
    assert_eq!(keys(&same), base);
    assert_eq!(keys(&GOOD.replace("runs: 2", "runs: 2\nseed: 0")), base);
    // what results depend on
    for (from, to) in [
        ("steps: 300", "steps: 301"),
        ("runs: 2", "runs: 3"),
        ("runs: 2", "runs: 2\nseed: 1"),
        ("data: glyphs,", "data: glyphs, validation: 100,"),
        ("data: glyphs,", "data: glyphs, weights: synthesize,"),
        ("data: glyphs,", "data: glyphs, protocol: strict,"),
    ] {
        assert!(keys(&GOOD.replace(from, to)).iter().all(|key| !base.contains(key)), "{to}");
    }
}

#[test]
fn recipes_that_are_shown_and_shipped_are_in_order() {
    let mut recipes: Vec<String> = fs::read_dir(repository("models/recipes"))
        .unwrap()
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    for page in pages() {
        recipes.extend(
            page.snippets()
                .into_iter()
                .filter(|snippet| snippet.info == "yaml" && snippet.text.contains("trials:"))
                .map(|snippet| snippet.text),
        );
    }
    assert!(recipes.len() >= 4);
    for recipe in recipes {
        // of the same sizes, and on every machine
        let recipe = recipe.replace("data: mnist", "data: glyphs");
        let listed = said(&recipe, &["--dry-run"]);
        assert_eq!(listed.code, 0, "{recipe}\n{}", listed.err);
    }
}

#[test]
fn figures_are_listed() {
    let folder = folder();
    assert_shown("reproduce_list", &run_in(folder.path(), &["reproduce"]).shown(&[]));
    let said = run_in(folder.path(), &["reproduce", "fig2e"]);
    assert!(
        said.code == 1 && said.err.contains("recipe::no_figure") && said.err.contains("did you mean"),
        "{}",
        said.err
    );
}
