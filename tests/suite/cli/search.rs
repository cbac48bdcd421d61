//! Settings of a recipe that are chosen on the validation split: as many tries for each trial, the best of them trained and measured.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Said, assert_shown, folder, run_in};

/// A learning rate at which nothing is learned in 60 steps, and one at which much is.
const RECIPE: &str = "\
train: { data: glyphs, steps: 60, eval-every: 20, protocol: strict }
runs: 2
tries: { steps: 40 }
trials:
  - { model: sgem_slp.gem, label: S-GEM, set: { genes: 3 }, search: { train.lr: [1e-9, 0.03] } }
  - { model: slp.gem, label: direct }
search: { train.lr: [0.03, 1e-9] }
";

fn place(text: &str) -> tempfile::TempDir {
    let folder = folder();
    fs::write(folder.path().join("points.yaml"), text).unwrap();
    folder
}

fn said(folder: &Path, options: &[&str]) -> Said {
    let mut said = run_in(folder, &[&["run", "points.yaml"], options].concat());
    said.out = said.out.replace(&folder.display().to_string(), "FOLDER");
    said
}

fn results(folder: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join("runs/points/results.json")).unwrap()).unwrap()
}

/// Returns the files of the store that end so.
fn stored(folder: &Path, end: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join("runs/store")).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.to_string_lossy().ends_with(end)).collect();
    files.sort();
    files
}

#[test]
fn the_best_try_is_trained_with_all_seeds_and_measured_once() {
    let folder = place(RECIPE);
    let whole = said(folder.path(), &[]);
    assert_eq!(whole.code, 0, "{}{}", whole.out, whole.err);
    let found = results(folder.path());
    let trials = found["trials"].as_array().unwrap();
    let told = |trial: &Value| (trial["varied"].as_str().unwrap().to_owned(), trial["tries"].as_u64().unwrap());
    assert_eq!(trials.iter().map(told).collect::<Vec<_>>(), [("lr=0.03".to_owned(), 2), ("lr=0.03".to_owned(), 2)]);
    for trial in trials {
        assert_eq!((trial["accuracy"].as_array().unwrap().len(), trial["steps"].as_u64()), (2, Some(60)), "{trial}");
    }
    // only the trials that were chosen have seen the test samples
    assert_eq!((stored(folder.path(), ".log").len(), stored(folder.path(), ".test.json").len()), (6, 2));
    let times = || stored(folder.path(), ".log").iter().map(|log| fs::metadata(log).unwrap().modified().unwrap()).max();
    let before = times();
    let again = said(folder.path(), &[]);
    assert_eq!((again.code, again.out, times()), (0, whole.out, before));
}

#[test]
fn trials_wait_for_their_tries() {
    let folder = place(RECIPE);
    assert_shown("recipe_waits_for_its_tries", &said(folder.path(), &["--trial", "5"]).shown(&[]));
    for number in ["1", "2", "3", "4", "5", "6"] {
        let one = said(folder.path(), &["--trial", number, "--quiet"]);
        assert_eq!(one.code, 0, "{number}: {}", one.err);
    }
    let logs = stored(folder.path(), ".log");
    assert_eq!(said(folder.path(), &[]).code, 0);
    assert_eq!(stored(folder.path(), ".log"), logs);
    let none = said(folder.path(), &["--trial", "7"]);
    assert!(none.code == 1 && none.err.contains("there is no trial 7: the recipe has 6"), "{}", none.err);
}

#[test]
fn tries_are_listed_and_compared_fairly() {
    assert_shown("recipe_with_tries_listed", &said(place(RECIPE).path(), &["--dry-run"]).shown(&[]));
    let listed = said(place(RECIPE).path(), &["--list"]);
    assert_eq!(listed.out.lines().count(), 6, "{}", listed.out);
    let unfair = RECIPE.replace("[0.03, 1e-9]", "[0.03, 0.1, 1e-9]");
    assert_shown("recipe_with_unequal_tries", &said(place(&unfair).path(), &[]).shown(&[]));
    let of_tests = RECIPE.replace("protocol: strict", "protocol: paper");
    assert_shown("recipe_chooses_by_test_samples", &said(place(&of_tests).path(), &[]).shown(&[]));
    let nameless = RECIPE.replace("search: { train.lr: [1e-9", "search: { lr: [1e-9");
    assert_shown("recipe_searches_without_a_place", &said(place(&nameless).path(), &[]).shown(&[]));
}

#[test]
fn a_try_that_fails_is_not_chosen() {
    let folder = place(&RECIPE.replace("[1e-9, 0.03]", "[1e30, 0.03]"));
    let whole = said(folder.path(), &[]);
    assert_eq!(whole.code, 0, "{}{}", whole.out, whole.err);
    assert_eq!(results(folder.path())["trials"][0]["varied"], "lr=0.03");
    let folder = place(&RECIPE.replace("[1e-9, 0.03]", "[1e30, 1e31]"));
    let whole = said(folder.path(), &[]);
    assert_eq!(whole.code, 1, "{}", whole.out);
    assert_eq!(results(folder.path())["trials"][0]["state"], "failed");
    assert!(whole.out.contains("trial 5 failed"), "{}", whole.out);
}
