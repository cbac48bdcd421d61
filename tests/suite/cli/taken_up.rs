//! `gemc train --resume`: one command that begins a run, or goes on with it, however often it is given.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use super::{Said, assert_shown, folder, heeding, run_in};

const TRAIN: &[&str] = &[
    "train",
    "sgem_slp.gem",
    "--data",
    "glyphs",
    "--steps",
    "9000",
    "--patience",
    "900",
    "--threads",
    "1",
    "--checkpoint-every",
    "0.02",
    "--quiet",
];

fn train(folder: &Path, more: &[&str]) -> Said {
    run_in(folder, &[TRAIN, more].concat())
}

/// Begins the run in `folder/run`, and kills it once there is a checkpoint.
fn killed(folder: &Path) {
    let mut command = heeding(&assert_cmd::cargo::cargo_bin!("gemc").display().to_string());
    command.args(TRAIN).args(["--run-dir", "run", "--resume"]).current_dir(folder);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let began = Instant::now();
    let there = || {
        let entries = fs::read_dir(folder.join("run")).into_iter().flatten();
        entries.map(|entry| entry.unwrap().file_name()).any(|name| name.to_string_lossy().starts_with("checkpoint-"))
    };
    while !there() {
        assert!(began.elapsed() < Duration::from_secs(120), "no checkpoint in two minutes");
        assert!(child.try_wait().unwrap().is_none(), "it ended before it was killed");
        thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn the_same_command_begins_goes_on_and_has_finished() {
    let folder = folder();
    let whole = train(folder.path(), &["--run-dir", "whole", "--resume"]);
    assert_eq!(whole.code, 0, "{}", whole.err);
    killed(folder.path());
    let state = fs::read_to_string(folder.path().join("run/run.json")).unwrap();
    assert!(state.contains("\"running\""), "{state}");
    let again = train(folder.path(), &["--run-dir", "run", "--resume"]);
    assert_eq!(again.code, 0, "{}", again.err);
    let genome = |run: &str| fs::read(folder.path().join(run).join("genome.safetensors")).unwrap();
    assert!(genome("run") == genome("whole"), "the genome is another");
    let once_more = train(folder.path(), &["--run-dir", "run", "--resume"]);
    assert_eq!((once_more.code, once_more.out.as_str()), (0, ""));
    assert!(once_more.err.contains("run has finished"), "{}", once_more.err);
}

#[test]
fn another_command_does_not_touch_the_run() {
    let folder = folder();
    killed(folder.path());
    let before = fs::read(folder.path().join("run/run.json")).unwrap();
    let other = train(folder.path(), &["--run-dir", "run", "--resume", "--lr", "0.5"]);
    assert_shown("train_resumes_another_run", &other.shown(&[]));
    for more in [["--seed", "3"], ["--set", "genes=5"], ["--freeze", "g.O"], ["--validation", "100"]] {
        let other = train(folder.path(), &[&["--run-dir", "run", "--resume"][..], &more].concat());
        assert!(other.code == 1 && other.err.contains("another run"), "{more:?}: {}", other.err);
    }
    assert!(fs::read(folder.path().join("run/run.json")).unwrap() == before, "the record has changed");
    let nowhere = train(folder.path(), &["--resume"]);
    assert!(nowhere.code == 2 && nowhere.err.contains("--run-dir"), "{}", nowhere.err);
}

/// A kill may come before the record is written; then the run begins again. What is not a run's own is never removed.
#[test]
fn a_run_without_a_record_begins_again() {
    let folder = folder();
    let whole = train(folder.path(), &["--run-dir", "whole"]);
    assert_eq!(whole.code, 0, "{}", whole.err);
    let run = folder.path().join("run");
    let files = ["run.lock", "metrics.jsonl", "model.gem", ".part-x1"];
    let begin = |more: &[&str]| {
        fs::create_dir(&run).unwrap();
        files.iter().chain(more).for_each(|name| fs::write(run.join(name), "").unwrap());
    };
    begin(&["notes.txt"]);
    let kept = train(folder.path(), &["--run-dir", "run", "--resume"]);
    assert!(kept.code == 1 && kept.err.contains("run is not empty"), "{}", kept.err);
    assert_eq!(fs::read_dir(&run).unwrap().count(), files.len() + 1);
    fs::remove_file(run.join("notes.txt")).unwrap();
    fs::write(run.join("metrics.jsonl"), "{}\n").unwrap();
    let kept = train(folder.path(), &["--run-dir", "run", "--resume"]);
    assert!(kept.code == 1 && kept.err.contains("run is not empty"), "{}", kept.err);
    fs::remove_dir_all(&run).unwrap();
    begin(&[]);
    let again = train(folder.path(), &["--run-dir", "run", "--resume"]);
    assert_eq!(again.code, 0, "{}", again.err);
    let genome = |run: &str| fs::read(folder.path().join(run).join("genome.safetensors")).unwrap();
    assert!(genome("run") == genome("whole"), "the genome is another");
    assert!(!run.join(".part-x1").exists() && !run.join("run.lock").exists());
}
