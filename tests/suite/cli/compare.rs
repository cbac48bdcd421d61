//! Runs are compared seed by seed; what was measured by other samples is refused, and what cannot be known is not told.

use std::fs;
use std::path::Path;

use gemc::options::FewShot;
use gemc::run_dir::TrainConfig;
use serde_json::{Value, json};

use super::{assert_shown, folder, run_in};

/// Writes the record of runs that reached these accuracies, with `seed`, `seed` + 1, …
fn record(accuracies: &[Option<f64>], seed: u64) -> Value {
    let found: Vec<f64> = accuracies.iter().flatten().copied().collect();
    let mean = found.iter().sum::<f64>() / found.len() as f64;
    let squares: f64 = found.iter().map(|one| (one - mean).powi(2)).sum();
    let recipe = TrainConfig { runs: accuracies.len(), seed, length: 2_000, ..TrainConfig::default() };
    json!({
        "model": "sgem_slp", "settings": { "genes": "5" }, "seeds": recipe.seeds(), "recipe": recipe,
        "data": "glyphs", "data_hash": "0123456789abcdef", "held_out": null, "graph": "",
        "versions": { "gemc": "", "libtorch": "" }, "device": "cpu", "threads": 1, "parameters": 156,
        "uncompressed": 7850, "state": "finished", "best_accuracy": accuracies, "best_step": vec![1; accuracies.len()],
        "mean": (!found.is_empty()).then_some(mean),
        "sd": (found.len() > 1).then(|| (squares / (found.len() - 1) as f64).sqrt()),
        "steps": 2_000, "seconds": 1.0, "ms_per_step": 0.5, "stopped": "length",
    })
}

fn write(folder: &Path, name: &str, record: &Value) {
    fs::create_dir(folder.join(name)).unwrap();
    fs::write(folder.join(name).join("run.json"), record.to_string()).unwrap();
}

const ONE: [Option<f64>; 8] =
    [Some(0.70), Some(0.72), Some(0.69), Some(0.71), Some(0.73), Some(0.68), Some(0.70), Some(0.71)];
const TWO: [Option<f64>; 8] =
    [Some(0.72), Some(0.75), Some(0.69), Some(0.74), Some(0.74), Some(0.70), Some(0.71), Some(0.74)];

#[test]
fn differences_have_an_interval_a_test_and_n() {
    let folder = folder();
    write(folder.path(), "a", &record(&ONE, 0));
    write(folder.path(), "b", &record(&TWO, 0));
    let said = run_in(folder.path(), &["compare", "a", "b"]);
    assert_shown("compare", &said.shown(&[]));
    let object = run_in(folder.path(), &["compare", "a", "b", "--format", "json"]).object();
    let found = &object["comparisons"][0];
    assert!((found["difference"].as_f64().unwrap() - 0.01875).abs() < 1e-12, "{found:#}");
    assert_eq!((&found["n"], &found["exact"], &found["flips"]), (&json!(8), &json!(true), &json!(256)));
    // seven of eight differences are above 0, one is 0
    assert_eq!((&found["p"], &found["against_is_better"]), (&json!(4.0 / 256.0), &json!(0.0625)));
    assert_eq!(found["seeds"], json!([0, 1, 2, 3, 4, 5, 6, 7]));
    assert_eq!(object, run_in(folder.path(), &["compare", "a", "b", "--format", "json"]).object());
}

#[test]
fn only_seeds_that_both_have_are_compared() {
    let folder = folder();
    write(folder.path(), "a", &record(&ONE, 0));
    write(folder.path(), "b", &record(&TWO[..4], 6));
    let mut other = record(&[Some(0.5), None, Some(0.6)], 0);
    other["state"] = "interrupted".into();
    other["recipe"]["length"] = 4_000.into();
    write(folder.path(), "c", &other);
    let said = run_in(folder.path(), &["compare", "a", "b", "c"]);
    assert_shown("compare_seeds", &said.shown(&[]));
}

#[test]
fn what_cannot_be_known_is_null() {
    let folder = folder();
    write(folder.path(), "a", &record(&ONE[..1], 0));
    write(folder.path(), "b", &record(&TWO[..1], 0));
    let said = run_in(folder.path(), &["compare", "a", "b"]);
    assert_shown("compare_one_seed", &said.shown(&[]));
    let object = run_in(folder.path(), &["compare", "a", "b", "--format", "json"]).object();
    let found = &object["comparisons"][0];
    for field in ["interval", "p", "flips", "exact"] {
        assert_eq!(found[field], Value::Null, "{field}");
    }
    assert_eq!(object["runs"][0]["interval"], Value::Null);
    let all = [0.5, 0.6, 0.7].map(Some);
    write(folder.path(), "c", &record(&all, 0));
    write(folder.path(), "d", &record(&all, 0));
    let object = run_in(folder.path(), &["compare", "c", "d", "--format", "json"]).object();
    assert_eq!((&object["comparisons"][0]["interval"], &object["comparisons"][0]["p"]), (&Value::Null, &json!(1.0)));
    let remarks = object["remarks"].to_string();
    assert!(remarks.contains("all differences are equal") && remarks.contains("never below 0.2500"), "{remarks}");
}

#[test]
fn what_was_measured_by_other_samples_is_refused() {
    let folder = folder();
    write(folder.path(), "a", &record(&ONE, 0));
    let mut data = record(&TWO, 0);
    data["data_hash"] = "fedcba9876543210".into();
    write(folder.path(), "data", &data);
    let mut split = record(&TWO, 0);
    split["held_out"] = 500.into();
    write(folder.path(), "split", &split);
    let mut tasks = record(&TWO, 0);
    tasks["recipe"]["few_shot"] = serde_json::to_value(FewShot::default()).unwrap();
    write(folder.path(), "tasks", &tasks);
    write(folder.path(), "seeds", &record(&TWO, 100));
    write(folder.path(), "none", &record(&[None, None], 0));
    let said = run_in(folder.path(), &["compare", "a", "data", "split", "tasks", "seeds", "none"]);
    assert_shown("compare_refused", &said.shown(&[]));
    let said = run_in(folder.path(), &["compare", "a", "data", "split", "--force"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("split: it is evaluated on a validation split of glyphs, 500 samples"), "{}", said.err);
    let said = run_in(folder.path(), &["compare", "a"]);
    assert!(said.code == 2 && said.err.contains("2 values required"), "{}", said.err);
    let said = run_in(folder.path(), &["compare", "a", "nowhere"]);
    assert!(said.code == 1 && said.err.contains("run::cannot_read"), "{}", said.err);
}
