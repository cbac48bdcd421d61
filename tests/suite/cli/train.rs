//! `compile --train`, `eval` and `bench` from outside: what a run leaves behind, what is said, how it is stopped.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{folder, run, run_in};
use crate::skips::{Lack, lacking};

/// A short run, on one thread.
const SHORT: &[&str] = &["compile", "sgem_slp.gem", "--train", "glyphs", "--threads", "1", "--steps", "40"];

fn train(folder: &Path, more: &[&str]) -> super::Said {
    run_in(folder, &[SHORT, more].concat())
}

fn record(run: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(run.join("run.json")).unwrap()).unwrap()
}

#[test]
fn a_run_leaves_its_folder_and_evaluates_to_what_it_reached() {
    let folder = folder();
    let more = ["--runs", "2", "--seed", "7", "--set", "genes=10", "--eval-every", "20", "--format", "json"];
    let said = train(folder.path(), &more);
    assert_eq!(said.code, 0, "{}", said.err);
    let kept = folder.path().join("runs/sgem_slp-1");
    assert_eq!(said.object(), record(&kept));
    let record = record(&kept);
    assert_eq!(record["settings"]["genes"], "10");
    assert_eq!(record["seeds"], serde_json::json!([7, 8]));
    assert_eq!(record["stopped"], "length");
    assert_eq!(record["parameters"], 130);
    assert_eq!((&record["state"], &record["error"]), (&Value::from("finished"), &Value::Null));
    assert_eq!(record["missing"], serde_json::json!([]));
    assert!(!kept.join("run.lock").exists(), "a run that is over holds its folder");
    for field in ["model", "data", "data_hash", "graph", "versions", "device", "threads", "best_accuracy", "mean", "sd"]
    {
        assert!(!record[field].is_null(), "{field}");
    }
    assert_eq!(fs::read_to_string(kept.join("metrics.jsonl")).unwrap().lines().count(), 4);
    let said = run_in(folder.path(), &["eval", "runs/sgem_slp-1", "--data", "glyphs", "--format", "json"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let measured = said.object();
    assert_eq!(measured["accuracy"], record["best_accuracy"]);
    assert_eq!(measured["mean"], record["mean"]);
    assert_eq!((measured["samples"].as_u64(), measured["data"].as_str()), (Some(2000), Some("glyphs")));
}

#[test]
fn train_is_compile_with_train() {
    let folder = folder();
    assert_eq!(train(folder.path(), &["--quiet", "--set", "genes=10"]).code, 0);
    let line = [
        "train",
        "sgem_slp.gem",
        "--data",
        "glyphs",
        "--threads",
        "1",
        "--steps",
        "40",
        "--quiet",
        "--set",
        "genes=10",
    ];
    let said = run_in(folder.path(), &line);
    assert_eq!((said.code, said.out.contains("sgem_slp on glyphs")), (0, true), "{}", said.err);
    // what all rows sum up to
    let sum = |run: &str| {
        let bytes = fs::read(folder.path().join(run).join("genome.safetensors")).unwrap();
        let (_, about) = safetensors::SafeTensors::read_metadata(&bytes).unwrap();
        about.metadata().as_ref().unwrap()["sha256"].clone()
    };
    assert_eq!(sum("runs/sgem_slp-1"), sum("runs/sgem_slp-2"));
    let said = run_in(folder.path(), &["train", "sgem_slp.gem"]);
    assert_eq!((said.code, said.err.contains("--data <DATA>")), (2, true), "{}", said.err);
    let said = run_in(folder.path(), &["train", "sgem_slp.gem", "--data", "glyphs", "--emit", "plan"]);
    assert_eq!((said.code, said.err.contains("--emit")), (2, true), "{}", said.err);
}

#[test]
fn a_sample_is_padded_to_fill_its_input() {
    let folder = folder();
    let text = "model wide(classes = 4) {\n    population a = grid(32, 32)\n    population b = units(classes)\n    \
                connect a -> b via direct\n    input a\n    output b\n}\n";
    fs::write(folder.path().join("wide.gem"), text).unwrap();
    let said = run_in(folder.path(), &["compile", "wide.gem", "--train", "glyphs", "--threads", "1", "--steps", "40"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.err.contains("classes = 10, from glyphs") && said.err.contains("2 zeros on each side"),
        "{}",
        said.err
    );
    let record = record(&folder.path().join("runs/wide-1"));
    assert_eq!((record["padding"].as_u64(), record["facts"]["height"].as_u64()), (Some(2), Some(28)));
    assert_eq!(record["data_proven"], true);
    let measured = run_in(folder.path(), &["eval", "runs/wide-1", "--data", "glyphs", "--format", "json"]);
    assert_eq!(measured.object()["accuracy"], record["best_accuracy"]);
}

#[test]
fn a_folder_of_images_is_trained_on() {
    let folder = folder();
    for (class, bright) in [("ant", 0), ("bee", 2)] {
        let path = folder.path().join("my pets").join(class);
        fs::create_dir_all(&path).unwrap();
        for at in 0..12 {
            // one column is bright, another with each class
            let pixel = |x: u32, _| image::Luma([if x == bright { 200 + at } else { at }]);
            image::GrayImage::from_fn(3, 4, pixel).save(path.join(format!("{at}.png"))).unwrap();
        }
    }
    let text = "model own(height = 1, width = 1, classes = 4) {\n    population a = grid(height, width)\n    \
                population b = units(classes)\n    connect a -> b via direct\n    input a\n    output b\n}\n";
    fs::write(folder.path().join("own.gem"), text).unwrap();
    let train = ["compile", "own.gem", "--train", "folder:my pets", "--threads", "1", "--steps", "200", "--batch", "5"];
    let said = run_in(folder.path(), &train);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("gemc eval runs/own-1\n"), "{}", said.out);
    let record = record(&folder.path().join("runs/own-1"));
    assert_eq!((record["best_accuracy"][0].as_f64(), record["facts"]["height"].as_u64()), (Some(1.0), Some(4)));
    fs::rename(folder.path().join("my pets"), folder.path().join("pets")).unwrap();
    let said = run_in(folder.path(), &["eval", "runs/own-1", "--data", "folder:pets"]);
    let first = said.out.lines().next();
    assert_eq!(first, Some("runs/own-1 on 4 test samples of folder:pets: 100.00 %"), "{}", said.err);
}

#[test]
fn no_run_is_overwritten() {
    let folder = folder();
    let first = train(folder.path(), &["--eval-every", "20"]);
    assert_eq!(first.code, 0, "{}", first.err);
    assert!(first.out.contains("gemc eval runs/sgem_slp-1\n"), "{}", first.out);
    assert!(first.err.contains("step      20  loss"), "{}", first.err);
    let second = train(folder.path(), &["--quiet"]);
    assert!(second.out.contains("runs/sgem_slp-2") && !second.err.contains("step "), "{}{}", second.out, second.err);
    let third = train(folder.path(), &["--run-dir", "runs/sgem_slp-1"]);
    assert_eq!((third.code, third.out.as_str()), (1, ""));
    assert!(third.err.contains("run::folder_in_use"), "{}", third.err);
    let eval = run_in(folder.path(), &["eval", "runs/sgem_slp-1", "--data", "glyphs"]);
    assert!(eval.out.starts_with("runs/sgem_slp-1 on 2,000 test samples of glyphs: "), "{}", eval.out);
}

#[test]
fn what_cannot_be_trained_is_told() {
    let cases: &[(&[&str], i32, &str)] = &[
        (&["--lr", "1e30"], 1, "run::not_finite"),
        (&["--batch", "12001"], 1, "run::bad_recipe"),
        (&["--min-delta", "2"], 2, "an accuracy is from 0 to 1"),
        (&["--lr", "-1"], 2, "a number above 0, such as `--lr 0.01`"),
        (&["--lr", "nan"], 2, "a number above 0, such as `--lr 0.01`"),
        (&["--runs", "0"], 2, "without `--runs` there is one run"),
        (&["--eval-every", "0"], 2, "more than `--steps` evaluates at the end only"),
        (&["--seed", "1e3"], 2, "a seed is a whole number"),
        (&["--sweep", "genes=1-3"], 2, "write 1..3"),
        (&["--batch", "100000"], 1, "`--batch 64`, or 12000 for all samples at once"),
        (&["--set", "genes=0"], 1, "gem::"),
        (&["--run-dir", "/proc/run"], 3, "run::cannot_write"),
    ];
    for (more, code, word) in cases {
        let folder = folder();
        let said = train(folder.path(), more);
        assert_eq!((said.code, said.out.as_str()), (*code, ""), "{more:?}\n{}", said.err);
        assert!(said.err.contains(word), "{}", said.err);
    }
    for (option, value, word) in [
        ("--steps", "0", "without `--steps` the usual number of the model is used"),
        ("--epochs", "-3", "one epoch is the least"),
    ] {
        let said = run(&["compile", "sgem_slp.gem", "--train", "glyphs", option, value]);
        assert!(said.code == 2 && said.err.contains(word), "{}", said.err);
    }
    let said = run(&["compile", "sgem_slp.gem", "--train", "glyhps"]);
    assert_eq!(said.code, 1);
}

#[test]
fn a_gpu_that_is_not_there_is_three() {
    if run(&["doctor", "--format", "json"]).object()["cuda"]["usable"] == true {
        return lacking(Lack::NoGpu);
    }
    let said = run(&["bench", "good.gem", "--device", "cuda"]);
    assert_eq!(said.code, 3);
    assert!(said.err.contains("run::no_gpu"), "{}", said.err);
}

#[test]
fn bench_keeps_its_fields() {
    let object =
        run(&["bench", "good.gem", "--batch", "8", "--runs", "2", "--threads", "1", "--format", "json"]).object();
    let wanted = "model batch runs threads device ms_per_step mflop_per_step gflops peak_gflops efficiency parts slowest compared";
    let keys: Vec<&String> = object.as_object().unwrap().keys().collect();
    assert_eq!(keys, wanted.split(' ').collect::<Vec<_>>());
    assert_eq!((object["batch"].as_u64(), object["runs"].as_u64()), (Some(8), Some(2)));
    assert!(object["parts"][0]["name"].is_string() && object["parts"][0]["ms"].is_number());
    let object = run(&["bench", "good.gem", "--threads", "1", "--compare", "--format", "json"]).object();
    let rows = object["compared"].as_array().unwrap();
    let orders: Vec<&str> = rows.iter().filter_map(|row| row["weights"].as_str()).collect();
    assert_eq!(orders, ["auto", "factored", "synthesize"]);
    assert!(rows.iter().all(|row| row["ms_per_step"].as_f64().unwrap() > 0.0 && row["mflop_per_step"].is_number()));
    let said = run(&["bench", "good.gem", "--threads", "1"]);
    assert!(said.out.starts_with("small: ") && said.out.contains("limit"), "{}", said.out);
}

#[test]
fn a_folder_that_is_no_run_is_one() {
    let said = run(&["eval", ".", "--data", "glyphs"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("run::cannot_read"), "{}", said.err);
}
