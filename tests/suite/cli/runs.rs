//! Runs in a table, as JSON and as CSV; those that were killed or damaged are told.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{folder, run_in};

/// Trains a few steps into `folder/name`.
fn trained(folder: &Path, name: &str, more: &[&str]) {
    let usual = [
        "train",
        "sgem_slp.gem",
        "--data",
        "glyphs",
        "--steps",
        "40",
        "--eval-every",
        "40",
        "--threads",
        "1",
        "--quiet",
    ];
    let said = run_in(folder, &[&usual, more, &["--run-dir", name]].concat());
    assert_eq!(said.code, 0, "{}", said.err);
}

#[test]
fn runs_are_listed_and_sorted() {
    let folder = folder();
    trained(folder.path(), "runs/slp-2", &["--set", "genes=7"]);
    trained(folder.path(), "runs/slp-10", &["--runs", "3", "--set", "genes=3"]);
    trained(folder.path(), "runs/sweep", &["--sweep", "genes=1,2"]);
    let said = run_in(folder.path(), &["runs"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let lines: Vec<&str> = said.out.lines().collect();
    assert_eq!(lines.len(), 5, "{}", said.out);
    let first = |line: &&str| line.split_whitespace().next().unwrap().to_owned();
    let names: Vec<String> = lines.iter().map(first).collect();
    assert_eq!(names, ["run", "runs/slp-2", "runs/slp-10", "runs/sweep/genes=1", "runs/sweep/genes=2"]);
    assert!(lines[1].contains("sgem_slp genes=7") && lines[1].ends_with("40  finished"), "{}", lines[1]);
    assert!(lines[2].contains(" ± ") && lines[2].contains("(n = 3)"), "{}", lines[2]);

    let object = run_in(folder.path(), &["runs", "--sort", "parameters", "--format", "json"]).object();
    let runs = object["runs"].as_array().unwrap();
    let parameters: Vec<u64> = runs.iter().map(|run| run["parameters"].as_u64().unwrap()).collect();
    assert!(parameters.is_sorted_by(|one, other| one > other), "{parameters:?}");
    let accuracies: Vec<f64> =
        run_in(folder.path(), &["runs", "--sort", "accuracy", "--format", "json"]).object()["runs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|run| run["accuracy"].as_f64().unwrap())
            .collect();
    assert!(accuracies.is_sorted_by(|one, other| one >= other), "{accuracies:?}");

    let said = run_in(folder.path(), &["runs", "--csv"]);
    let mut reader = csv::Reader::from_reader(said.out.as_bytes());
    let head: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(head[..4], ["run", "model", "settings", "data"]);
    assert_eq!(reader.records().map(Result::unwrap).count(), 4);
}

#[test]
fn killed_and_damaged_runs_are_told() {
    let folder = folder();
    trained(folder.path(), "runs/a", &[]);
    trained(folder.path(), "runs/b", &[]);
    let record = folder.path().join("runs/a/run.json");
    let mut object: Value = serde_json::from_str(&fs::read_to_string(&record).unwrap()).unwrap();
    object["state"] = "running".into();
    object["data"] = "\u{1b}[31mred".into();
    fs::write(&record, object.to_string()).unwrap();
    fs::write(folder.path().join("runs/b/run.json"), "{").unwrap();
    let said = run_in(folder.path(), &["runs"]);
    assert_eq!(said.code, 1, "{}", said.out);
    assert!(said.out.contains("killed") && said.out.contains("\\u{1b}[31mred"), "{}", said.out);
    assert!(said.err.contains("runs/b is not listed: "), "{}", said.err);
}

#[test]
fn where_there_are_none_it_says_so() {
    let folder = folder();
    let said = run_in(folder.path(), &["runs"]);
    assert!(said.code == 1 && said.err.contains("run::cannot_read"), "{}", said.err);
    fs::create_dir(folder.path().join("empty")).unwrap();
    let said = run_in(folder.path(), &["runs", "empty"]);
    assert_eq!((said.code, said.out.as_str()), (0, ""));
    assert!(said.err.contains("holds no runs"), "{}", said.err);
}
