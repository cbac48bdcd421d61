//! `--snapshots`: the learned rows after some steps, and a training that is the same without them.

use std::fs;
use std::path::Path;

use safetensors::SafeTensors;
use serde_json::Value;

use super::{Said, folder, run_in};

const SHORT: &[&str] = &["train", "sgem_slp.gem", "--data", "glyphs", "--threads", "1", "--runs", "2"];
const STEPS: &[&str] = &["--steps", "60", "--quiet"];

fn trained(folder: &Path, run: &str, every: &str, more: &[&str]) -> Said {
    let said = run_in(folder, &[SHORT, STEPS, more, &["--eval-every", every, "--run-dir", run]].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    said
}

/// The steps of a run's snapshots, in their order.
fn steps(run: &Path) -> Vec<u64> {
    let names = fs::read_dir(run.join("snapshots")).unwrap().map(|entry| entry.unwrap().file_name());
    let step = |name: std::ffi::OsString| name.to_str().unwrap().strip_suffix(".safetensors").unwrap().parse().unwrap();
    let mut steps: Vec<u64> = names.map(step).collect();
    steps.sort_unstable();
    steps
}

/// The bytes of a row in a file of tensors.
fn row(file: &Path, name: &str) -> Vec<u8> {
    let bytes = fs::read(file).unwrap();
    SafeTensors::deserialize(&bytes).unwrap().tensor(name).unwrap().data().to_vec()
}

#[test]
fn snapshots_change_nothing_and_hold_what_is_learned() {
    let folder = folder();
    let at = |path: &str| folder.path().join(path);
    trained(folder.path(), "a", "20", &[]);
    let said = trained(folder.path(), "b", "20", &["--snapshots", "log"]);
    assert!(said.out.contains("b/snapshots"), "{}", said.out);
    assert!(!at("a/snapshots").exists());
    assert!(fs::read(at("a/genome.safetensors")).unwrap() == fs::read(at("b/genome.safetensors")).unwrap());
    let timeless = |run: &str| {
        let text = fs::read_to_string(at(run).join("metrics.jsonl")).unwrap();
        text.lines().map(|line| line.split(",\"seconds").next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(timeless("a"), timeless("b"));
    let record: Value = serde_json::from_slice(&fs::read(at("b/run.json")).unwrap()).unwrap();
    assert_eq!((record["snapshots"].as_str(), record["missing"].as_array().unwrap().len()), (Some("log"), 0));

    assert_eq!(steps(&at("b")), [0, 1, 2, 5, 10, 20, 50, 60]);
    let bytes = fs::read(at("b/snapshots/20.safetensors")).unwrap();
    let mut names: Vec<String> =
        SafeTensors::deserialize(&bytes).unwrap().names().into_iter().map(str::to_owned).collect();
    names.sort_unstable();
    assert_eq!(names, ["g.O", "pixels.g.mu", "pixels.g.sigma"], "what is drawn and fixed is in the genome");
    // runs that are best at the last step are there as they are in the genome
    trained(folder.path(), "c", "60", &["--snapshots", "30"]);
    assert_eq!(steps(&at("c")), [0, 30, 60]);
    for name in names {
        let last = row(&at("c/snapshots/60.safetensors"), &name);
        assert!(last == row(&at("c/genome.safetensors"), &name), "{name}");
        assert!(last != row(&at("c/snapshots/0.safetensors"), &name), "{name} is not learned");
        assert!(last == row(&at("b/snapshots/60.safetensors"), &name), "{name}");
    }
}

#[test]
fn a_run_that_stops_early_has_its_last_step() {
    let folder = folder();
    trained(folder.path(), "a", "15", &["--patience", "1", "--min-delta", "1", "--snapshots", "50"]);
    assert_eq!(steps(&folder.path().join("a")), [0, 30], "the second evaluation is no better by the whole accuracy");
}

#[test]
fn a_sweep_keeps_those_of_each_value_and_says_what_they_take() {
    let folder = folder();
    let sweep = ["--sweep", "genes=2,3", "--snapshots", "1", "--steps", "3", "--run-dir", "a"];
    let said = run_in(folder.path(), &[SHORT, &sweep].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    for value in ["genes=2", "genes=3"] {
        assert_eq!(steps(&folder.path().join("a").join(value)), [0, 1, 2, 3]);
    }
    assert!(said.err.contains("at most 4 snapshots of "), "{}", said.err);
}

#[test]
fn a_number_of_files_that_fills_a_folder_is_refused() {
    let folder = folder();
    let train = |more: &[&str]| run_in(folder.path(), &[SHORT, &["--run-dir", "a"], more].concat());
    let said = train(&["--snapshots", "1", "--steps", "50000"]);
    let err = said.err.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
    assert!(said.code == 1 && err.contains("the number of snapshots is 50001, must be at most 1000"), "{err}");
    assert!(err.contains("such as 100, or with `--snapshots log`"), "{err}");
    assert!(!folder.path().join("a").exists());
    let said = train(&["--snapshots", "0"]);
    assert!(said.code == 2 && said.err.contains("`log` for steps 1, 2, 5"), "{}", said.err);
    fs::write(
        folder.path().join("recipe.yaml"),
        "train: { data: glyphs, steps: 50000, snapshots: 1 }\ntrials: [{ model: sgem_slp.gem }]\n",
    )
    .unwrap();
    let said = run_in(folder.path(), &["run", "recipe.yaml", "--dry-run"]);
    assert!(said.code == 1 && said.err.contains("recipe::bad_trial"), "{}", said.err);
}
