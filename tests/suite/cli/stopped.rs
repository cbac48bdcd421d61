//! Runs that something stops or disturbs: signals, other runs on the same folder, a folder that goes away, diverging.
//! What is said, what is kept, how it ends.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Said, folder, heeding, run_in};

const TRAIN: &[&str] = &["compile", "sgem_slp.gem", "--train", "glyphs", "--threads", "1", "--patience", "9999"];

/// A training that goes on until something stops it.
struct Training {
    child: Child,
    run: PathBuf,
}

impl Training {
    /// Begins to train in `folder/run`, by `program`, and waits until it has been evaluated.
    fn begin(folder: &Path, program: &[&str], more: &[&str]) -> Self {
        let gemc = assert_cmd::cargo::cargo_bin!("gemc").display().to_string();
        let line: Vec<&str> = program.iter().copied().chain([gemc.as_str()]).collect();
        let mut command = heeding(line[0]);
        command.args(&line[1..]).args(TRAIN).args(["--run-dir", "run"]).args(more).current_dir(folder);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (run, began) = (folder.join("run"), Instant::now());
        while !run.join("genome.safetensors").exists() {
            assert!(began.elapsed() < Duration::from_secs(120), "no evaluation in two minutes");
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { child, run }
    }

    fn signal(&self, signal: &str) {
        assert!(Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap().success());
    }

    fn end(self) -> Said {
        let done = self.child.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Said { out: text(done.stdout), err: text(done.stderr), code: done.status.code().unwrap() }
    }
}

fn record(run: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(run.join("run.json")).unwrap()).unwrap()
}

#[test]
fn a_run_that_is_asked_to_stop_says_by_whom() {
    for (signal, stopped, words) in [
        ("-INT", "interrupted", "interrupted (Ctrl-C)"),
        ("-TERM", "terminated", "SIGTERM"),
        ("-HUP", "hangup", "SIGHUP"),
    ] {
        let folder = folder();
        let training = Training::begin(folder.path(), &[], &["--eval-every", "20"]);
        let run = training.run.clone();
        training.signal(signal);
        let said = training.end();
        assert_eq!(said.code, 130, "{}", said.err);
        assert!(said.out.contains(words), "{}", said.out);
        let record = record(&run);
        assert_eq!((record["state"].as_str(), record["stopped"].as_str()), (Some("interrupted"), Some(stopped)));
        assert!(!run.join("run.lock").exists());
        assert_eq!(run_in(folder.path(), &["eval", "run", "--data", "glyphs"]).code, 0);
    }
}

#[test]
fn what_was_started_by_nohup_outlives_its_terminal() {
    let folder = folder();
    let training = Training::begin(folder.path(), &["nohup"], &["--eval-every", "20", "--steps", "400"]);
    training.signal("-HUP");
    let said = training.end();
    assert_eq!(
        (said.code, record(&folder.path().join("run"))["stopped"].as_str()),
        (0, Some("length")),
        "{}",
        said.err
    );
}

#[test]
fn of_two_trainings_on_one_folder_one_wins() {
    let folder = folder();
    let begin = |_: usize| {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("gemc"));
        command.args(TRAIN).args(["--steps", "20", "--run-dir", "run"]).current_dir(folder.path());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let both: Vec<Child> = (0..3).map(begin).collect();
    let done: Vec<_> = both.into_iter().map(|one| one.wait_with_output().unwrap()).collect();
    let mut codes: Vec<_> = done.iter().map(|one| one.status.code().unwrap()).collect();
    codes.sort_unstable();
    assert_eq!(codes, [0, 1, 1]);
    for lost in done.iter().filter(|one| !one.status.success()) {
        assert!(lost.stdout.is_empty() && String::from_utf8_lossy(&lost.stderr).contains("run::folder_in_use"));
    }
    assert_eq!(record(&folder.path().join("run"))["state"], "finished");
}

#[test]
fn a_folder_that_was_emptied_or_removed_is_written_again() {
    for removed in [false, true] {
        let folder = folder();
        let training = Training::begin(folder.path(), &[], &["--eval-every", "20"]);
        let run = training.run.clone();
        if removed {
            fs::rename(&run, folder.path().join("away")).unwrap();
        } else {
            let files = fs::read_dir(&run).unwrap().map(|entry| entry.unwrap().path());
            files.filter(|file| file.exists()).for_each(|file| drop(fs::remove_file(file)));
        }
        training.signal("-TERM");
        let said = training.end();
        assert_eq!(said.code, 130, "{}", said.err);
        assert!(said.out.contains("text, genome, metrics, record"), "{}", said.out);
        let (record, lines) = (record(&run), fs::read_to_string(run.join("metrics.jsonl")).unwrap());
        assert_eq!(record["missing"], serde_json::json!([]));
        let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
        assert_eq!(first["step"], 20, "the first lines are lost");
        let measured = run_in(folder.path(), &["eval", "run", "--data", "glyphs", "--format", "json"]);
        assert_eq!(measured.object()["accuracy"], record["best_accuracy"]);
    }
}

#[test]
fn what_is_missing_in_the_end_is_said() {
    // a folder of which a file, or another run, has taken the place cannot be written any more
    for another in [false, true] {
        let folder = folder();
        let training = Training::begin(folder.path(), &[], &["--eval-every", "20", "--format", "json"]);
        let run = training.run.clone();
        fs::rename(&run, folder.path().join("away")).unwrap();
        let theirs = [("run.json", "{}"), ("model.gem", "theirs")];
        if another {
            fs::create_dir(&run).unwrap();
            for (name, text) in &theirs {
                fs::write(run.join(name), text).unwrap();
            }
        } else {
            fs::write(&run, "").unwrap();
        }
        std::thread::sleep(Duration::from_millis(500));
        training.signal("-INT");
        let said = training.end();
        assert_eq!(said.code, 3, "{}", said.err);
        assert!(said.err.contains("training goes on"), "{}", said.err);
        let lacks = "run lacks model.gem, metrics.jsonl, genome.safetensors, checkpoint, run.json: ";
        assert!(said.err.contains("run::missing_files") && said.err.contains(lacks), "{}", said.err);
        let mut objects = serde_json::Deserializer::from_str(&said.out).into_iter::<Value>();
        let missing = &objects.next().unwrap().unwrap()["missing"];
        assert_eq!(
            *missing,
            serde_json::json!(["model.gem", "metrics.jsonl", "genome.safetensors", "checkpoint", "run.json"])
        );
        for (name, text) in theirs.iter().filter(|_| another) {
            assert_eq!(fs::read_to_string(run.join(name)).unwrap(), *text, "another run's file was written over");
        }
    }
}

#[test]
fn a_run_that_diverges_is_told_in_the_words_of_the_source() {
    let folder = folder();
    let train = ["compile", "sgem_mlp.gem", "--train", "glyphs", "--threads", "1", "--steps", "20", "--run-dir", "run"];
    let said = run_in(folder.path(), &[&train[..], &["--lr", "1000"]].concat());
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(said.err.contains("pixels.g.sigma") && said.err.contains("what pixels expresses of g"), "{}", said.err);
    let record = record(&folder.path().join("run"));
    assert_eq!((&record["state"], &record["error"]["code"]), (&"diverged".into(), &"run::not_finite".into()));
    assert_eq!((&record["stopped"], &record["mean"]), (&Value::Null, &Value::Null));
    assert_eq!(record["best_accuracy"], serde_json::json!([null]));
}
