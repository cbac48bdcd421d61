//! Trials of a recipe: each run once whoever asks for it, kept where it fails, gone on with where it was killed, and always the
//! run that its own command gives.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use gemc::random::RandomStream;
use serde_json::Value;

use super::{folder, heeding, run_in};

const RECIPE: &str = "\
train: { data: glyphs, steps: 60, eval-every: 20 }
runs: 2
trials:
  - { model: sgem_slp.gem, label: S-GEM, set: { genes: [2, 3] } }
  - { model: slp.gem, label: direct }
expect:
  - { label: direct, accuracy: 0.3..1 }
  - { label: S-GEM, parameters: ..100, accuracy: 0.99.. }
";

/// Makes a folder with a recipe.
fn place(text: &str) -> tempfile::TempDir {
    let folder = folder();
    fs::write(folder.path().join("points.yaml"), text).unwrap();
    folder
}

/// Begins something in `folder`.
fn begun(folder: &Path, arguments: &[&str]) -> Child {
    let mut command = heeding(&assert_cmd::cargo::cargo_bin!("gemc").display().to_string());
    command.args(arguments).current_dir(folder).env("XDG_CACHE_HOME", folder.join("cache"));
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn results(folder: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join("runs/points/results.json")).unwrap()).unwrap()
}

/// Returns the folders of runs in the store.
fn stored(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join("runs/store")).unwrap().map(|entry| entry.unwrap().path());
    let mut runs: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    runs.sort();
    runs
}

/// Returns the genomes of the trials, in the recipe's order.
fn genomes(folder: &Path) -> Vec<Vec<u8>> {
    let results = results(folder);
    let run = |trial: &Value| folder.join("runs/points").join(trial["run"].as_str().unwrap());
    let trials = results["trials"].as_array().unwrap();
    trials.iter().map(|trial| fs::read(run(trial).join("genome.safetensors")).unwrap()).collect()
}

/// Returns results without times.
fn timeless(folder: &Path) -> Value {
    let mut results = results(folder);
    for trial in results["trials"].as_array_mut().unwrap() {
        trial.as_object_mut().unwrap().remove("seconds");
    }
    results
}

#[test]
fn a_trial_is_the_run_of_its_own_command_and_is_run_once() {
    let folder = place(RECIPE);
    let said = run_in(folder.path(), &["run", "points.yaml"]);
    // one of the expectations fails
    assert_eq!(said.code, 1, "{}", said.err);
    let found = results(folder.path());
    let verdicts: Vec<&str> =
        found["expect"].as_array().unwrap().iter().map(|judged| judged["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts[1], "fails", "{}", said.out);
    assert!(said.out.contains("S-GEM   genes=2") && said.out.contains("95 % interval"), "{}", said.out);
    let alone =
        "train sgem_slp.gem --data glyphs --steps 60 --eval-every 20 --runs 2 --set genes=3 --run-dir alone --quiet";
    let alone = run_in(folder.path(), &alone.split(' ').collect::<Vec<_>>());
    assert_eq!(alone.code, 0, "{}", alone.err);
    let genome = fs::read(folder.path().join("alone/genome.safetensors")).unwrap();
    assert!(genomes(folder.path())[1] == genome, "the trial is not the run of its command");
    // whoever asks for the same again finds it
    let logs = |folder: &Path| {
        stored(folder).iter().map(|run| fs::read(run.with_extension("log")).unwrap()).collect::<Vec<_>>()
    };
    let (before, kept) = (logs(folder.path()), stored(folder.path()));
    let other = RECIPE
        .replace("genes: [2, 3]", "genes: 3")
        .replace("  - { label: S-GEM, parameters: ..100, accuracy: 0.99.. }\n", "");
    fs::write(folder.path().join("points.yaml"), other).unwrap();
    let again = run_in(folder.path(), &["run", "points.yaml"]);
    assert_eq!(again.code, 0, "{}{}", again.out, again.err);
    assert_eq!((logs(folder.path()), stored(folder.path())), (before, kept));
    let links = fs::read_dir(folder.path().join("runs/points")).unwrap().map(|entry| entry.unwrap().file_name());
    let mut links: Vec<String> = links.map(|name| name.into_string().unwrap()).collect();
    links.sort();
    assert_eq!(links, ["001-S-GEM", "002-direct", "recipe.yaml", "results.json"]);
}

#[test]
fn two_share_a_store_and_do_each_other_no_harm() {
    let folder = place(&RECIPE.replace("[2, 3]", "1..5"));
    let first = begun(folder.path(), &["run", "points.yaml", "--jobs", "2"]);
    let second = begun(folder.path(), &["run", "points.yaml", "--jobs", "2", "--out", "runs/second"]);
    for ended in [first, second].map(|child| child.wait_with_output().unwrap()) {
        assert_eq!(ended.status.code(), Some(1), "{}", String::from_utf8_lossy(&ended.stderr));
    }
    let results = results(folder.path());
    assert!(results["trials"].as_array().unwrap().iter().all(|trial| trial["state"] == "finished"), "{results}");
    assert_eq!(stored(folder.path()).len(), 6);
    for run in stored(folder.path()) {
        let log = fs::read_to_string(run.with_extension("log")).unwrap();
        assert_eq!(log.matches(" on glyphs: 2 runs").count(), 1, "{log}");
        assert!(!run.with_extension("lock").exists() && !run.with_extension("failed.json").exists());
    }
}

/// The processes whose command line holds all of these words.
fn processes(words: &[&str]) -> Vec<u32> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        if words.iter().all(|word| line.contains(word)) {
            found.push(id);
        }
    }
    found
}

fn kill(signal: &str, process: u32) {
    // it may have ended by then
    let _ = std::process::Command::new("kill").args([signal, &process.to_string()]).status();
}

/// Waits until something holds.
fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(120), "two minutes, and not yet: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Four trials that take a while.
const LONG: &str = "\
train: { data: glyphs, steps: 6000, eval-every: 500, checkpoint-every: 0.02 }
trials:
  - { model: sgem_slp.gem, label: S-GEM, set: { genes: 1..3 } }
  - { model: slp.gem, label: direct }
";

#[test]
#[cfg(target_os = "linux")]
fn killed_at_any_moment_a_recipe_ends_as_if_it_had_not_been() {
    let whole = place(LONG);
    assert_eq!(run_in(whole.path(), &["run", "points.yaml"]).code, 0);
    let folder = place(LONG);
    let store = folder.path().display().to_string();
    for pause in RandomStream::new(7, "pauses").uniform(6, 0.8) {
        let mut child = begun(folder.path(), &["run", "points.yaml", "--retry"]);
        thread::sleep(Duration::from_secs_f64(0.05 + pause.abs()));
        let _ = child.kill();
        child.wait().unwrap();
        // its trials would finish by themselves
        for process in processes(&[&store]) {
            kill("-KILL", process);
        }
        wait_for("the trials to be gone", || processes(&[&store]).is_empty());
    }
    let said = run_in(folder.path(), &["run", "points.yaml", "--retry"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(genomes(folder.path()) == genomes(whole.path()), "the genomes are others");
    assert_eq!(timeless(folder.path()), timeless(whole.path()));
}

#[test]
#[cfg(target_os = "linux")]
fn ctrl_c_saves_all_trials_and_they_go_on() {
    let whole = place(LONG);
    assert_eq!(run_in(whole.path(), &["run", "points.yaml"]).code, 0);
    let folder = place(LONG);
    let child = begun(folder.path(), &["run", "points.yaml", "--jobs", "4"]);
    let checkpoints = || {
        let has = |run: &PathBuf| {
            fs::read_dir(run)
                .unwrap()
                .flatten()
                .any(|entry| entry.file_name().to_string_lossy().starts_with("checkpoint-"))
        };
        folder.path().join("runs/store").is_dir() && stored(folder.path()).iter().filter(|run| has(run)).count() >= 2
    };
    wait_for("checkpoints", checkpoints);
    kill("-INT", child.id());
    let ended = child.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(130), "{told}");
    assert!(told.contains("run the recipe again to go on"), "{told}");
    let status = run_in(folder.path(), &["status", "--format", "json"]);
    let status: Value = serde_json::from_str(&status.out).unwrap();
    assert!(status["counts"]["stopped"].as_u64().unwrap() >= 1 && status["counts"]["running"] == 0, "{status}");
    assert_eq!(run_in(folder.path(), &["run", "points.yaml"]).code, 0);
    assert!(genomes(folder.path()) == genomes(whole.path()), "the genomes are others");
}

#[test]
#[cfg(target_os = "linux")]
fn a_trial_that_is_killed_is_kept_with_its_error_and_the_others_go_on() {
    let folder = place(LONG);
    let child = begun(folder.path(), &["run", "points.yaml", "--jobs", "2"]);
    let store = folder.path().display().to_string();
    let victim = || processes(&[&store, "genes=1"]);
    wait_for("a checkpoint of the first trial", || {
        !victim().is_empty() && folder.path().join("runs/store").is_dir() && !stored(folder.path()).is_empty()
    });
    for process in victim() {
        kill("-KILL", process);
    }
    let ended = child.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{told}");
    let found = results(folder.path());
    let state = |number: usize| found["trials"][number]["state"].as_str().unwrap().to_owned();
    assert_eq!([state(0), state(1), state(2), state(3)], ["failed", "finished", "finished", "finished"], "{told}");
    assert!(found["trials"][0]["error"].as_str().unwrap().contains("signal 9"), "{found}");
    let again = run_in(folder.path(), &["run", "points.yaml"]);
    assert!(again.code == 1 && again.out.contains("--retry"), "{}", again.out);
    assert_eq!(run_in(folder.path(), &["run", "points.yaml", "--retry"]).code, 0);
    assert_eq!(results(folder.path())["trials"][0]["state"], "finished");
}

#[test]
fn a_trial_that_fails_says_why_and_is_not_run_again_unasked() {
    let folder = place(
        "train: { data: glyphs, steps: 200, eval-every: 50 }\naxes: { train.lr: [0.01, 1e30] }\ntrials: [{ model: mlp.gem }]\n",
    );
    let first = run_in(folder.path(), &["run", "points.yaml", "--quiet"]);
    assert_eq!(first.code, 1, "{}", first.out);
    assert!(first.out.contains("run::not_finite"), "{}", first.out);
    let log = || {
        fs::read_to_string(
            stored(folder.path())
                .iter()
                .map(|run| run.with_extension("log"))
                .find(|log| log.with_extension("failed.json").exists())
                .unwrap(),
        )
        .unwrap()
    };
    let before = log();
    assert_eq!(run_in(folder.path(), &["run", "points.yaml", "--quiet"]).code, 1);
    assert_eq!(log(), before);
    assert_eq!(run_in(folder.path(), &["run", "points.yaml", "--quiet", "--retry"]).code, 1);
    assert!(log().len() > before.len());
}

#[test]
fn the_strict_protocol_measures_on_the_test_samples_once() {
    let text = RECIPE.replace("data: glyphs,", "data: glyphs, protocol: strict,");
    let folder = place(&text);
    let said = run_in(folder.path(), &["run", "points.yaml"]);
    assert_eq!(said.code, 1, "{}", said.err);
    let found = results(folder.path());
    assert_eq!(found["protocol"], "strict");
    let trial = &found["trials"][2];
    let run = folder.path().join("runs/points").join(trial["run"].as_str().unwrap());
    let record: Value = serde_json::from_str(&fs::read_to_string(run.join("run.json")).unwrap()).unwrap();
    assert_eq!(record["held_out"], 1200);
    let measured = run_in(folder.path(), &["eval", &run.display().to_string(), "--format", "json"]);
    let measured: Value = serde_json::from_str(&measured.out).unwrap();
    assert_eq!(measured["accuracy"], trial["accuracy"]);
    assert_ne!(record["best_accuracy"], trial["accuracy"]);
}

#[test]
fn a_folder_with_other_files_is_left_alone() {
    let folder = place(RECIPE);
    fs::create_dir_all(folder.path().join("mine")).unwrap();
    fs::write(folder.path().join("mine/notes.txt"), "keep").unwrap();
    let said = run_in(folder.path(), &["run", "points.yaml", "--out", "mine"]);
    assert!(said.code == 1 && said.err.contains("recipe::folder_in_use"), "{}", said.err);
    let said = run_in(folder.path(), &["run", "points.yaml", "--store", "mine/notes.txt"]);
    assert!(said.code == 3 && said.err.contains("recipe::store"), "{}", said.err);
    assert_eq!(fs::read_dir(folder.path().join("mine")).unwrap().count(), 1);
}
