//! Runs that were stopped or killed go on as if they had not been, bit for bit; what cannot be gone on with says why.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use gemc::random::RandomStream;
use serde_json::Value;

use super::{Said, folder, heeding, run_in};

/// Two runs, of which one may stop early; and few-shot learning on a validation split.
const SAMPLES: &[&str] = &[
    "train",
    "sgem_slp.gem",
    "--data",
    "glyphs",
    "--validation",
    "300",
    "--runs",
    "2",
    "--patience",
    "40",
    "--min-delta",
    "0.001",
    "--steps",
    "12000",
    "--eval-every",
    "150",
    "--snapshots",
    "log",
];
const TASKS: &[&str] = &[
    "train",
    "omniglot_sgem.gem",
    "--data",
    "glyphs",
    "--few-shot",
    "--rotations",
    "--set",
    "genes=4",
    "--batch",
    "2",
    "--steps",
    "60",
    "--eval-every",
    "25",
    "--snapshots",
    "7",
];
const USUAL: &[&str] = &["--threads", "1", "--checkpoint-every", "0.02", "--quiet"];

/// Trains in `folder/run` without an interruption.
fn whole(arguments: &[&str]) -> (tempfile::TempDir, PathBuf) {
    let folder = folder();
    let said = run_in(folder.path(), &[arguments, USUAL, &["--run-dir", "run"]].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    let run = folder.path().join("run");
    assert_eq!(checkpoints(&run), Vec::<PathBuf>::new(), "a finished run leaves checkpoints");
    (folder, run)
}

/// Begins something in `folder`.
fn begun(folder: &Path, arguments: &[&str]) -> Child {
    let mut command = heeding(&assert_cmd::cargo::cargo_bin!("gemc").display().to_string());
    command.args(arguments).current_dir(folder).env("XDG_CACHE_HOME", folder.join("cache"));
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// The checkpoints in a run's folder, the latest last.
fn checkpoints(run: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(run) else { return Vec::new() };
    let mut found: Vec<(u64, PathBuf)> = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let step = name.strip_prefix("checkpoint-").and_then(|name| name.strip_suffix(".safetensors"));
        found.extend(step.map(|step| (step.parse().unwrap(), path.clone())));
    }
    found.sort();
    found.into_iter().map(|(_, path)| path).collect()
}

/// Trains in `folder/run` and stops it by a signal as soon as there are so many checkpoints; returns the folder and what was said.
fn stopped(folder: &Path, arguments: &[&str], (signal, wanted): (&str, usize)) -> (PathBuf, std::process::Output) {
    let mut child = begun(folder, &[arguments, USUAL, &["--run-dir", "run"]].concat());
    let (run, began) = (folder.join("run"), Instant::now());
    while checkpoints(&run).len() < wanted {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it was stopped");
        assert!(began.elapsed() < Duration::from_secs(120), "no checkpoint in two minutes");
        std::thread::sleep(Duration::from_millis(1));
    }
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
    (run, child.wait_with_output().unwrap())
}

/// What a run left, without times: the genome, the metrics, the record.
fn left(run: &Path) -> (Vec<u8>, Vec<Value>, Value) {
    let timeless = |text: &str| {
        let mut value: Value = serde_json::from_str(text).unwrap();
        for time in ["seconds", "ms_per_step"] {
            value.as_object_mut().unwrap().remove(time);
        }
        value
    };
    let read = |name: &str| fs::read_to_string(run.join(name)).unwrap();
    let metrics = read("metrics.jsonl").lines().map(timeless).collect();
    (fs::read(run.join("genome.safetensors")).unwrap(), metrics, timeless(&read("run.json")))
}

/// The snapshots of a run by their names.
fn snapshots(run: &Path) -> BTreeMap<OsString, Vec<u8>> {
    let entries = fs::read_dir(run.join("snapshots")).unwrap().map(Result::unwrap);
    entries.map(|entry| (entry.file_name(), fs::read(entry.path()).unwrap())).collect()
}

fn assert_same(run: &Path, wanted: &Path) {
    let ((genome, metrics, record), (other, others, theirs)) = (left(run), left(wanted));
    assert_eq!((metrics, record), (others, theirs));
    assert!(genome == other, "the genome is another");
    let (kept, expected) = (snapshots(run), snapshots(wanted));
    assert!(kept.keys().eq(expected.keys()) && kept.len() > 8, "{:?} {:?}", kept.keys(), expected.keys());
    assert!(kept == expected, "a snapshot is another");
    assert_eq!(checkpoints(run), Vec::<PathBuf>::new());
    assert!(!run.join("run.lock").exists());
}

#[test]
fn killed_again_and_again_a_run_ends_as_if_it_had_not_been() {
    for arguments in [SAMPLES, TASKS] {
        let (_whole, wanted) = whole(arguments);
        let folder = folder();
        let (run, _) = stopped(folder.path(), arguments, ("-KILL", 1));
        let mut resumed = 0;
        for pause in RandomStream::new(5, "pauses").uniform(4, 0.6) {
            let mut child = begun(folder.path(), &["resume", "run", "--checkpoint-every", "0.02", "--quiet"]);
            std::thread::sleep(Duration::from_secs_f64(pause.abs()));
            // it may have ended by then
            let _ = child.kill();
            child.wait().unwrap();
            resumed += 1;
        }
        let last = run_in(folder.path(), &["resume", "run", "--quiet"]);
        assert_eq!(last.code, 0, "after {resumed} kills: {}", last.err);
        assert_same(&run, &wanted);
    }
}

#[test]
fn stopped_by_ctrl_c_a_run_says_how_it_goes_on() {
    let (_whole, wanted) = whole(SAMPLES);
    let folder = folder();
    let (run, ended) = stopped(folder.path(), SAMPLES, ("-INT", 1));
    let ended = Said::of(ended);
    assert_eq!(ended.code, 130, "{}", ended.err);
    assert!(ended.out.contains("gemc resume run"), "{}", ended.out);
    let ended = run_in(folder.path(), &["resume", "run"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.err.contains("sgem_slp on glyphs goes on after "), "{}", ended.err);
    assert_same(&run, &wanted);
    // and now there is nothing left to do
    let again = run_in(folder.path(), &["resume", "run"]);
    assert_eq!((again.code, again.out.as_str()), (0, ""));
    assert!(again.err.contains("has finished"), "{}", again.err);
    assert_same(&run, &wanted);
}

#[test]
fn a_damaged_checkpoint_is_named_and_the_one_before_is_used() {
    let (_whole, wanted) = whole(SAMPLES);
    let folder = folder();
    let (run, _) = stopped(folder.path(), SAMPLES, ("-KILL", 2));
    let all = checkpoints(&run);
    let latest = all.last().unwrap();
    let bytes = fs::read(latest).unwrap();
    // a number of the state, in the header
    let header = String::from_utf8_lossy(&bytes).find("\\\"evaluations\\\":").unwrap() + 16;
    for (place, why) in [(bytes.len() - 3, "the sum of its tensors"), (header, "the sum of its numbers")] {
        let mut altered = bytes.clone();
        altered[place] = if altered[place] == b'7' { b'8' } else { b'7' };
        fs::write(latest, &altered).unwrap();
        let copy = folder.path().join("copy");
        copied(&run, &copy);
        let said = run_in(folder.path(), &["resume", "copy", "--quiet"]);
        assert_eq!(said.code, 0, "{}", said.err);
        let name = latest.file_name().unwrap().to_str().unwrap();
        assert!(said.err.contains(name) && said.err.contains(why), "{}", said.err);
        assert_same(&copy, &wanted);
        fs::remove_dir_all(copy).unwrap();
    }
    // and where none is whole, none is used
    for path in &all {
        fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
    }
    let said = run_in(folder.path(), &["resume", "run"]);
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(said.err.contains("run::no_checkpoint"), "{}", said.err);
    // without any it begins again, which ends alike
    for path in &all {
        fs::remove_file(path).unwrap();
    }
    let said = run_in(folder.path(), &["resume", "run"]);
    assert!(said.code == 0 && said.err.contains("it begins again"), "{}", said.err);
    assert_same(&run, &wanted);
}

/// Copies a folder.
fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, copy) = entry.map(|entry| (entry.path(), to.join(entry.file_name()))).unwrap();
        if path.is_dir() { copied(&path, &copy) } else { assert!(fs::copy(path, copy).is_ok()) }
    }
}

#[test]
fn what_would_change_digits_is_refused() {
    let folder = folder();
    let (run, _) = stopped(folder.path(), SAMPLES, ("-KILL", 1));
    let (record, model) = (run.join("run.json"), run.join("model.gem"));
    let (text, source) = (fs::read_to_string(&record).unwrap(), fs::read_to_string(&model).unwrap());
    let altered = |change: &dyn Fn(&mut Value)| {
        let mut object: Value = serde_json::from_str(&text).unwrap();
        change(&mut object);
        fs::write(&record, object.to_string()).unwrap();
        let said = run_in(folder.path(), &["resume", "run", "--format", "json"]);
        fs::write(&record, &text).unwrap();
        said
    };
    for (change, words) in [
        (
            &(|object: &mut Value| object["versions"]["libtorch"] = "1.0".into()) as &dyn Fn(&mut Value),
            "1.0 when it began",
        ),
        (&|object| object["versions"]["commit"] = "abc".into(), "(abc) when it began"),
        (&|object| object["lanes"] = 3.into(), "numbers in a register"),
        (&|object| object["graph"] = "0123".into(), "the hash of its graph"),
    ] {
        let said = altered(change);
        assert_eq!(said.code, 1, "{}", said.err);
        let told = format!("{}{}", said.out, said.err);
        assert!(told.contains("run::not_exact") && told.contains(words), "{told}");
    }
    let said = altered(&|object| object["data_hash"] = "0123456789abcdef".into());
    assert!(said.code == 1 && format!("{}{}", said.out, said.err).contains("run::other_samples"), "{}", said.err);
    // the files beside a checkpoint must be its own
    fs::write(&model, format!("{source}// another\n")).unwrap();
    let said = run_in(folder.path(), &["resume", "run"]);
    assert!(said.code == 1 && said.err.contains("is of another model"), "{}", said.err);
    fs::write(&model, source).unwrap();
    let mut object: Value = serde_json::from_str(&text).unwrap();
    object["versions"]["libtorch"] = "1.0".into();
    fs::write(&record, object.to_string()).unwrap();
    let said = run_in(folder.path(), &["resume", "run", "--inexact", "--quiet"]);
    assert_eq!(said.code, 0, "{}", said.err);
}

#[test]
fn a_run_that_is_trained_is_nobody_elses() {
    let folder = folder();
    let long = [
        "train",
        "sgem_slp.gem",
        "--data",
        "glyphs",
        "--steps",
        "999999999",
        "--patience",
        "99999",
        "--run-dir",
        "run",
    ];
    let mut child = begun(folder.path(), &[&long, USUAL].concat());
    let (run, began) = (folder.path().join("run"), Instant::now());
    while !run.join("genome.safetensors").exists() {
        assert!(child.try_wait().unwrap().is_none(), "it ended");
        assert!(began.elapsed() < Duration::from_secs(120), "no evaluation in two minutes");
        std::thread::sleep(Duration::from_millis(5));
    }
    let said = run_in(folder.path(), &["resume", "run"]);
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(said.err.contains("run::in_training"), "{}", said.err);
    assert!(run.join("run.lock").exists(), "the lock of another process was removed");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn what_is_no_run_says_so() {
    let folder = folder();
    let said = run_in(folder.path(), &["resume", "nowhere"]);
    assert!(said.code == 1 && said.err.contains("run::cannot_read"), "{}", said.err);
    let said = run_in(folder.path(), &["resume"]);
    assert_eq!(said.code, 2, "{}", said.err);
}
