//! A training that is killed at any moment leaves a `run.json` that claims nothing but what the other files hold, and a folder
//! that `eval` measures, or says why not. `GEMC_KILLS=200` asks for more kills than a dozen.

use std::collections::HashMap;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use gemc::random::RandomStream;
use safetensors::SafeTensors;
use serde_json::Value;

use super::{folder, repository, run_in};

/// Lines of `metrics.jsonl`, by run and step; a kill may have cut the last one short.
fn metrics(run: &Path) -> HashMap<(u64, u64), f64> {
    let text = fs::read_to_string(run.join("metrics.jsonl")).unwrap_or_default();
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let line = |line: &str| {
        let object: Value = serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}"));
        ((object["run"].as_u64().unwrap(), object["step"].as_u64().unwrap()), object["accuracy"].as_f64().unwrap())
    };
    whole.lines().map(line).collect()
}

/// What a genome says of itself: each run's accuracy, and the step it is from.
fn genome(run: &Path) -> Option<Vec<(f64, u64)>> {
    let bytes = fs::read(run.join("genome.safetensors")).ok()?;
    let (_, about) = SafeTensors::read_metadata(&bytes).unwrap();
    SafeTensors::deserialize(&bytes).unwrap();
    let about = about.metadata().clone().unwrap();
    let accuracy: Vec<f64> = serde_json::from_str(&about["best_accuracy"]).unwrap();
    let step: Vec<u64> = serde_json::from_str(&about["best_step"]).unwrap();
    Some(accuracy.into_iter().zip(step).collect())
}

/// Holds everything that a killed run's folder says against the rest of it. Returns whether there is a genome.
fn hold(run: &Path, runs: u64) -> bool {
    let names = ["model.gem", "run.json", "metrics.jsonl", "genome.safetensors", "run.lock"];
    for entry in fs::read_dir(run).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let known = names.contains(&name.as_str()) || name.starts_with("checkpoint-");
        assert!(known || name.starts_with(".part-"), "{name}");
    }
    let (metrics, genome) = (metrics(run), genome(run));
    for (run, (accuracy, step)) in (0..).zip(genome.iter().flatten()) {
        assert_eq!(metrics.get(&(run, *step)), Some(accuracy), "the genome is of no evaluation");
    }
    let Ok(text) = fs::read_to_string(run.join("run.json")) else {
        assert!(metrics.is_empty() && genome.is_none(), "a run without a record was evaluated");
        return false;
    };
    let record: Value = serde_json::from_str(&text).unwrap_or_else(|why| panic!("{why}: {text}"));
    let model = fs::read_to_string(run.join("model.gem")).unwrap();
    assert_eq!(model, fs::read_to_string(repository("models/sgem_slp.gem")).unwrap());
    assert_eq!((&record["state"], &record["stopped"]), (&Value::from("running"), &Value::Null));
    let lock = File::open(run.join("run.lock")).expect("a run that was killed leaves its lock file");
    lock.try_lock_shared().expect("nobody holds the lock of a run that was killed");
    assert_eq!(record["missing"], serde_json::json!([]));
    let best: Vec<Option<f64>> = serde_json::from_value(record["best_accuracy"].clone()).unwrap();
    let steps: Vec<Option<u64>> = serde_json::from_value(record["best_step"].clone()).unwrap();
    assert_eq!((best.len() as u64, steps.len() as u64), (runs, runs));
    for (run, (best, step)) in best.iter().zip(&steps).enumerate() {
        assert_eq!(best.is_some(), step.is_some());
        let (Some(best), Some(step)) = (best, step) else { continue };
        assert_eq!(metrics.get(&(run as u64, *step)), Some(best), "no line of the metrics says so");
        let kept = genome.as_ref().expect("an accuracy is claimed, and there is no genome")[run];
        assert!(kept.0 >= *best && kept.1 >= *step, "the genome is older than the record: {kept:?}, {best} at {step}");
    }
    let done = record["steps"].as_u64().unwrap();
    assert!(metrics.keys().any(|(_, step)| *step >= done) || done == 0, "{done} steps are claimed");
    assert_eq!(record["ms_per_step"].is_null(), done == 0);
    let known: Vec<f64> = best.iter().flatten().copied().collect();
    assert_eq!(record["mean"].is_null(), known.is_empty());
    assert_eq!(record["sd"].is_null(), known.len() < 2);
    if let Some(mean) = record["mean"].as_f64() {
        assert!((mean - known.iter().sum::<f64>() / known.len() as f64).abs() < 1e-12);
    }
    genome.is_some()
}

/// Trains, and kills so long after a file or folder appears.
fn trained(folder: &Path, runs: u64, (awaited, delay): (&str, Duration)) {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("gemc"));
    let runs = runs.to_string();
    let arguments =
        ["compile", "sgem_slp.gem", "--train", "glyphs", "--threads", "1", "--eval-every", "2", "--runs", &runs];
    command.args(arguments).args(["--run-dir", "run", "--patience", "99999"]).current_dir(folder);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let (began, awaited) = (Instant::now(), folder.join(awaited));
    while !awaited.exists() {
        assert!(began.elapsed() < Duration::from_secs(120), "nothing happens");
        std::thread::sleep(Duration::from_micros(200));
    }
    std::thread::sleep(delay);
    child.kill().unwrap();
    let ended = child.wait().unwrap();
    assert_eq!(ended.code(), None, "it ended by itself: {ended}");
}

#[test]
fn what_a_killed_run_leaves_is_true() {
    let kills: usize = std::env::var("GEMC_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(12);
    let (mut evaluated, mut early) = (0, 0);
    for (kill, after) in RandomStream::new(17, "kills").uniform(kills, 1.0).into_iter().enumerate() {
        let (folder, runs) = (folder(), 1 + kill as u64 % 2);
        // every fourth from the folder's making on, the others amid evaluations
        let awaited = if kill % 4 == 0 { "run" } else { "run/genome.safetensors" };
        let delay = Duration::from_secs_f64(if kill % 4 == 0 { 0.2 * after.abs() } else { after.abs() });
        trained(folder.path(), runs, (awaited, delay));
        let run = folder.path().join("run");
        if !hold(&run, runs) {
            early += 1;
            let said = run_in(folder.path(), &["eval", "run", "--data", "glyphs"]);
            assert_eq!(said.code, 1, "{}", said.err);
            assert!(said.err.contains("cannot be read") || said.err.contains("no genome"), "{}", said.err);
            continue;
        }
        evaluated += 1;
        let said = run_in(folder.path(), &["eval", "run", "--data", "glyphs", "--format", "json"]);
        assert_eq!(said.code, 0, "{}", said.err);
        let wanted: Vec<f64> = genome(&run).unwrap().into_iter().map(|(accuracy, _)| accuracy).collect();
        assert_eq!(said.object()["accuracy"], serde_json::json!(wanted));
    }
    println!("{kills} kills: {early} before a genome was there, {evaluated} after");
}
