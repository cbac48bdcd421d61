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
    assert!(learned.out.contains("ROC AUC") && learned.out.contains("28 parameters"), "{}", learned.out);
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
    own_options(folder.path(), &said.err);
    for (file, code) in
        [("none.csv", "data::unreadable"), ("latin.csv", "data::not_text"), ("one.csv", "run::one_class")]
    {
        let said = fit(file, &["--genes", "2", "--threads", "1", "--validation", "0.3", "--out", "kept"]);
        assert!(said.code == 1 && said.err.contains(code), "{file}: {} {}", said.code, said.err);
        assert!(!folder.path().join("kept").exists(), "{file}");
        own_options(folder.path(), &said.err);
    }
    let said = fit("edges.csv", &["--genes", "2", "--lr", "1e38", "--steps", "50"]);
    assert!(said.code == 1 && said.err.contains("run::fit_not_finite"), "{}", said.err);
    own_options(folder.path(), &said.err);
    fs::write(folder.path().join("odd.csv"), "a,b\nn1,n2\n").unwrap();
    let cases: &[(&str, &[&str], i32, &str)] = &[
        ("odd.csv", &[], 1, "data::unknown_columns"),
        ("odd.csv", &["--source-col", "c", "--target-col", "b"], 1, "data::no_such_column"),
        ("odd.csv", &["--source-col", "a", "--target-col", "a"], 1, "data::same_column"),
        ("edges.csv", &["--out", "."], 1, "run::folder_in_use"),
        ("edges.csv", &["--out", "/proc/fit"], 3, "run::cannot_write"),
        ("edges.csv", &["--device", "cuda:99"], 3, "run::no_gpu"),
        ("edges.csv", &["--expression", "bad.csv"], 2, "cannot be used with"),
        ("edges.csv", &["--validation", "1"], 2, "0 or a number above it and below 1"),
    ];
    for (file, more, code, words) in cases {
        let said = fit(file, &[&["--genes", "2", "--threads", "1"], *more].concat());
        assert!(said.code == *code && said.err.contains(words), "{file} {more:?}: {} {}", said.code, said.err);
        own_options(folder.path(), &said.err);
    }
}

/// Checks that every option that a message names is one of `gemc fit`.
fn own_options(folder: &Path, message: &str) {
    let help = run_in(folder, &["fit", "--help"]).out;
    let is_option = |letter: char| letter.is_ascii_lowercase() || letter == '-';
    for (at, _) in message.match_indices("--") {
        let rest = &message[at..];
        let option = &rest[..rest.find(|letter| !is_option(letter)).unwrap_or(rest.len())];
        assert!(option.len() < 4 || help.contains(option), "{option} is no option of fit: {message}");
    }
}

#[test]
fn what_people_have_is_read() {
    let folder = folder();
    files(folder.path());
    // the same edges, as another program writes them, with some of them in two rows
    let edges = fs::read_to_string(folder.path().join("edges.csv")).unwrap();
    let mut rows: Vec<String> =
        edges.lines().skip(1).map(|edge| format!("9\t\"{}\"\t2", edge.replace(',', "\"\t\""))).collect();
    let twice: Vec<String> = rows.iter().take(5).cloned().collect();
    rows.extend(twice);
    rows.push("9\tn0\tn1\t0".to_owned());
    let text = format!("\u{feff}id\tPre\tPost\tSynapses\r\n{}\r\n", rows.join("\r\n"));
    fs::write(folder.path().join("edges.tsv"), text).unwrap();
    let genes = fs::read_to_string(folder.path().join("genes.csv")).unwrap().replace(',', ";");
    fs::write(folder.path().join("genes.txt"), genes).unwrap();
    let fit = |more: &[&str]| {
        let all =
            ["fit", "edges.tsv", "--expression", "genes.txt", "--steps", "300", "--threads", "1", "--hold-out", "0"];
        run_in(folder.path(), &[&all[..], more].concat())
    };
    let refused = fit(&[]);
    assert_eq!(refused.code, 1);
    assert!(
        refused.err.contains("5 rows repeat an earlier edge") && refused.err.contains("--duplicates sum"),
        "{}",
        refused.err
    );
    own_options(folder.path(), &refused.err);
    let said = fit(&["--duplicates", "sum", "--out", "kept"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let form = "edges.tsv: edges from `Pre` to `Post`, but where `Synapses` is 0; 5 rows added to an earlier one of the same neurons\n";
    assert_eq!(said.err, form);
    assert!(said.out.contains("none: all pairs are trained on"), "{}", said.out);
    let record: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.path().join("kept/fit.json")).unwrap()).unwrap();
    assert_eq!((record["edges"].as_u64(), record["repeated"].as_u64()), (Some(36), Some(5)));
    assert_eq!((record["held_out"]["pairs"].as_u64(), record["training"]["pairs"].as_u64()), (Some(0), Some(144)));
    assert!(record["held_out"]["auc"].is_null() && record["training"]["auc"].as_f64() == Some(1.0), "{record}");
}

#[cfg(unix)]
#[test]
fn an_interrupted_fit_keeps_what_it_has() {
    let folder = folder();
    files(folder.path());
    let mut child = super::heeding(assert_cmd::cargo::cargo_bin!("gemc").to_str().unwrap())
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
    assert!(String::from_utf8_lossy(&done.stdout).contains("interrupted (Ctrl-C)"));
    assert!(folder.path().join("kept/O.csv").exists() && folder.path().join("kept/fit.json").exists());
}
