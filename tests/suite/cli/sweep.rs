//! `compile --train --sweep` from outside: a run's folder for each value, and what cannot be swept.

use std::fs;

use serde_json::{Value, json};

use super::{Said, folder, run, run_in};

/// A short sweep, on one thread.
const SHORT: &[&str] = &["compile", "sgem_slp.gem", "--train", "glyphs", "--threads", "1", "--steps", "40"];

fn short(sweep: &str) -> Said {
    run(&[SHORT, &["--sweep", sweep]].concat())
}

#[test]
fn every_value_has_a_run_of_its_own() {
    let folder = folder();
    let more = ["--sweep", "genes=7..8,20", "--runs", "2", "--seed", "3", "--eval-every", "20", "--format", "json"];
    let said = run_in(folder.path(), &[SHORT, &more].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    let swept = said.object();
    let kept = folder.path().join("runs/sgem_slp-genes-1");
    assert_eq!(swept, serde_json::from_str::<Value>(&fs::read_to_string(kept.join("sweep.json")).unwrap()).unwrap());
    assert_eq!((&swept["parameter"], &swept["data"], &swept["runs"]), (&json!("genes"), &json!("glyphs"), &json!(2)));
    let points = swept["points"].as_array().unwrap();
    let parameters: Vec<u64> = points.iter().filter_map(|point| point["parameters"].as_u64()).collect();
    assert_eq!(parameters, [70, 88, 460]);
    for point in points {
        let name = format!("runs/sgem_slp-genes-1/{}", point["folder"].as_str().unwrap());
        let record = fs::read_to_string(folder.path().join(&name).join("run.json")).unwrap();
        let record: Value = serde_json::from_str(&record).unwrap();
        assert_eq!((&record["settings"]["genes"], &record["seeds"]), (&point["value"], &json!([3, 4])));
        let metrics = fs::read_to_string(folder.path().join(&name).join("metrics.jsonl")).unwrap();
        assert_eq!(metrics.lines().count(), 4);
        let measured = run_in(folder.path(), &["eval", &name, "--data", "glyphs", "--format", "json"]);
        assert_eq!(measured.object()["accuracy"], point["best_accuracy"], "{}", measured.err);
    }
    // a program each, on a CPU
    assert_eq!(swept["programs"], json!([["7"], ["8"], ["20"]]));
    // no sweep is overwritten
    let again = run_in(folder.path(), &[SHORT, &["--sweep", "genes=7", "--run-dir", "runs/sgem_slp-genes-1"]].concat());
    assert_eq!((again.code, again.out.as_str()), (1, ""));
    assert!(again.err.contains("run::folder_in_use"), "{}", again.err);
}

#[test]
fn a_parameter_that_changes_more_than_genes_is_swept_one_by_one() {
    let folder = folder();
    let text = "model wide(hidden = 3) {\n    population a = grid(28, 28)\n    population h = units(hidden)\n    \
                population b = units(10)\n    connect a -> h -> b via direct\n    input a\n    output b\n}\n";
    fs::write(folder.path().join("wide.gem"), text).unwrap();
    let train =
        ["compile", "wide.gem", "--train", "glyphs", "--threads", "1", "--steps", "20", "--sweep", "hidden=2,3"];
    let said = run_in(folder.path(), &train);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("wide on glyphs, by hidden\n"), "{}", said.out);
    assert!(said.out.contains("as 2 programs") && said.out.contains("runs/wide-hidden-1"), "{}", said.out);
    assert!(said.err.contains("wide with hidden = 2 on glyphs: 1 run, at most 20 steps"), "{}", said.err);
}

#[test]
fn what_cannot_be_swept_is_told() {
    for (sweep, code, word) in [
        ("genes", 2, "genes=1..30"),
        ("genes=", 2, "genes=1..30"),
        ("genes=1,,2", 2, "genes=1..30"),
        ("genes=a..b", 2, "genes=1..30"),
        ("genes=5..3", 2, "3..5"),
        ("genes=1..9223372036854775807", 2, "at most 4096"),
        ("genes=2,1..3", 2, "2 is there twice"),
        ("genes=0..2", 1, "gem::"),
        ("gens=1..2", 1, "gem::"),
    ] {
        let said = short(sweep);
        assert_eq!((said.code, said.out.as_str()), (code, ""), "{sweep}\n{}", said.err);
        assert!(said.err.contains(word), "{sweep}\n{}", said.err);
    }
    let said = run(&[SHORT, &["--sweep", "genes=1..2", "--set", "genes=3"]].concat());
    assert_eq!(said.code, 1);
    assert!(said.err.contains("cli::set_and_swept"), "{}", said.err);
}
