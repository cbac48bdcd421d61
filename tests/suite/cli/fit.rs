//! `fit` from outside: what it reads, what it keeps, what it says of files that are at fault, how it is stopped.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::{folder, run_in};

/// Writes a connectome of 12 neurons, half of which send to the other half, and what they express.
fn files(folder: &Path) {
    let (mut edges, mut expression) = ("source,target\n".to_owned(), "name,sends,receives\n".to_owned());
    for source in 0..12 {
        let sends = source % 2;
        expression += &format!("n{source},{sends},{}\n", 1 - sends);
        let targets = (0..12).filter(|target| sends == 1 && target % 2 == 0);
        edges.extend(targets.map(|target| format!("n{source},n{target}\n")));
    }
    fs::write(folder.join("edges.csv"), edges).unwrap();
    fs::write(folder.join("genes.csv"), expression).unwrap();
}

#[test]
fn what_is_found_is_kept_and_told() {
    let folder = folder();
    files(folder.path());
    let more = ["--expression", "genes.csv", "--steps", "300", "--threads", "1", "--format", "json"];
    let said = run_in(folder.path(), &[&["fit", "edges.csv"], &more[..]].concat());
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let (record, kept) = (said.object(), folder.path().join("runs/fit-1"));
    let read = |name: &str| fs::read_to_string(kept.join(name)).unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&read("fit.json")).unwrap(), record);
    assert_eq!(
        (record["neurons"].as_u64(), record["edges"].as_u64(), record["parameters"].as_u64()),
        (Some(12), Some(36), Some(4))
    );
    assert_eq!((record["held_out"]["pairs"].as_u64(), record["held_out"]["auc"].as_f64()), (Some(29), Some(1.0)));
    assert_eq!(
        (record["held_out"]["precision"].as_f64(), record["held_out"]["recall"].as_f64()),
        (Some(1.0), Some(1.0))
    );
    assert_eq!(read("X.csv"), fs::read_to_string(folder.path().join("genes.csv")).unwrap());
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&read("predicted.csv")), sorted(&fs::read_to_string(folder.path().join("edges.csv")).unwrap()));
    assert!(read("O.csv").starts_with("gene,sends,receives\nsends,"));
    assert_eq!(fs::read_dir(&kept).unwrap().count(), 4);
    let again = run_in(folder.path(), &["fit", "edges.csv", "--genes", "2", "--out", "runs/fit-1"]);
    assert_eq!(again.code, 1);
    assert!(again.err.contains("run::folder_in_use"), "{}", again.err);
    let learned = run_in(folder.path(), &["fit", "edges.csv", "--genes", "2", "--threads", "1", "--out", "other"]);
    assert_eq!(learned.code, 0, "{}", learned.err);
    assert!(learned.out.contains("ROC AUC") && learned.out.contains("28 numbers"), "{}", learned.out);
}

#[test]
fn files_at_fault_are_told_before_anything_is_written() {
    let folder = folder();
    files(folder.path());
    fs::write(folder.path().join("bad.csv"), "source,target\nn1,n2\nn1,n22\nn1,n2\n").unwrap();
    fs::write(folder.path().join("one.csv"), "source,target\nn1,n2\nn2,n1\n").unwrap();
    fs::write(folder.path().join("latin.csv"), b"source,target\nn\xe9,n2\n").unwrap();
    let fit = |file: &str, more: &[&str]| run_in(folder.path(), &[&["fit", file], more].concat());
    let said = fit("bad.csv", &["--expression", "genes.csv", "--format", "json"]);
    let found = &said.object()["files"][0]["diagnostics"];
    assert_eq!(
        (said.code, found[0]["code"].as_str(), found[0]["line"].as_u64()),
        (1, Some("data::unknown_neuron"), Some(3))
    );
    assert_eq!((found[1]["code"].as_str(), found[1]["line"].as_u64()), (Some("data::duplicate_edge"), Some(4)));
    let said = fit("bad.csv", &["--genes", "2"]);
    assert!(said.code == 1 && said.err.contains("bad.csv:4:1") && said.err.contains("help:"), "{}", said.err);
    for (file, code) in
        [("none.csv", "data::unreadable"), ("latin.csv", "data::not_text"), ("one.csv", "run::one_class")]
    {
        let said = fit(file, &["--genes", "2", "--threads", "1", "--hold-out", "0.3", "--out", "kept"]);
        assert!(said.code == 1 && said.err.contains(code), "{file}: {} {}", said.code, said.err);
        assert!(!folder.path().join("kept").exists(), "{file}");
    }
    let said = fit("edges.csv", &["--genes", "2", "--lr", "1e38", "--steps", "50"]);
    assert!(said.code == 1 && said.err.contains("run::fit_not_finite"), "{}", said.err);
}

#[cfg(unix)]
#[test]
fn an_interrupted_fit_keeps_what_it_has() {
    let folder = folder();
    files(folder.path());
    let mut child = Command::new(assert_cmd::cargo::cargo_bin!("gemc"))
        .args(["fit", "edges.csv", "--genes", "3", "--steps", "100000000", "--threads", "1", "--out", "kept"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while !folder.path().join("kept").exists() {
        assert_eq!(child.try_wait().unwrap(), None, "it ended by itself");
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(300));
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let done = child.wait_with_output().unwrap();
    assert_eq!(done.status.code(), Some(130));
    assert!(String::from_utf8_lossy(&done.stdout).contains("stopped by you"));
    assert!(folder.path().join("kept/O.csv").exists() && folder.path().join("kept/fit.json").exists());
}
