//! `gemc snapshot`: what is compared, shown and written.

use std::fs;
use std::path::Path;

use super::{GOOD, folder, run_in};

/// Makes a folder with two models, one of them below.
fn models() -> tempfile::TempDir {
    let folder = folder();
    fs::remove_file(folder.path().join("bad.gem")).unwrap();
    fs::create_dir(folder.path().join("below")).unwrap();
    fs::write(folder.path().join("below/other.gem"), GOOD.replace("small", "other")).unwrap();
    folder
}

fn accept(folder: &Path) {
    let said = run_in(folder, &["snapshot", ".", "--accept"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
}

#[test]
fn missing_then_accepted_then_same() {
    let folder = models();
    let said = run_in(folder.path(), &["snapshot", "."]);
    assert_eq!(said.code, 1);
    assert!(said.out.contains("good.gem: has no snapshot"), "{}", said.out);
    assert!(said.err.contains("2 without a snapshot") && said.err.contains("--accept"), "{}", said.err);
    let said = run_in(folder.path(), &["snapshot", ".", "--accept"]);
    assert_eq!(said.code, 0);
    assert!(said.out.contains("good.gem: written") && said.out.contains("other.gem: written"), "{}", said.out);
    let plan = run_in(folder.path(), &["compile", "good.gem", "--emit", "plan"]).out;
    let text = fs::read_to_string(folder.path().join("good.snap")).unwrap();
    assert_eq!(text, format!("---\nsource: good.gem\n---\n{plan}"));
    let said = run_in(folder.path(), &["snapshot", ".", "good.gem", "good.snap"]);
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (0, "", "2 snapshots, all unchanged\n"));
}

#[test]
fn a_difference_is_shown() {
    let folder = models();
    accept(folder.path());
    fs::write(folder.path().join("good.gem"), GOOD.replace("units(2)", "units(3)")).unwrap();
    let said = run_in(folder.path(), &["snapshot", "good.gem"]);
    assert_eq!(said.code, 1);
    assert!(
        said.out.starts_with("good.gem: differs from its snapshot\n--- good.snap\n+++ what it compiles to now\n@@ -3,")
    );
    assert!(
        said.out.contains("\n-  88 parameters, 32 synapses") && said.out.contains("\n+  88 parameters, 48 synapses")
    );
    assert!(said.err.starts_with("1 snapshot, 1 differ\n"), "{}", said.err);
    let said = run_in(folder.path(), &["snapshot", "good.gem", "--format", "json"]);
    assert_eq!(said.code, 1);
    let row = said.object()["files"][0].clone();
    assert_eq!((row["path"].as_str(), row["status"].as_str()), (Some("good.gem"), Some("differs")));
    assert!(row["diff"].as_str().unwrap().contains("\n+  88 parameters"), "{row}");
}

#[test]
fn parameters_of_the_header_are_set() {
    let folder = models();
    let snap = folder.path().join("good.snap");
    fs::write(&snap, "---\nsource: good.gem # mine\nset:\n  genes: 3\n---\n").unwrap();
    accept(folder.path());
    let text = fs::read_to_string(&snap).unwrap();
    assert!(text.starts_with("---\nsource: good.gem # mine\nset:\n  genes: 3\n---\nplan small\n"), "{text}");
    assert!(text.contains("[R, 3, 3]"), "{text}");
    assert_eq!(run_in(folder.path(), &["snapshot", "."]).code, 0);
    fs::write(&snap, text.replace('\n', "\r\n")).unwrap();
    assert_eq!(run_in(folder.path(), &["snapshot", "."]).code, 0, "line ends are no difference");
}

#[test]
fn a_header_must_be_one() {
    let folder = models();
    for text in ["", "plan small\n", "---\nsource: [\n---\n", "---\nsource: good.gem\nsets:\n  genes: 3\n---\n"] {
        fs::write(folder.path().join("good.snap"), text).unwrap();
        let said = run_in(folder.path(), &["snapshot", "good.gem", "--accept"]);
        assert_eq!(said.code, 1, "{text}");
        assert!(said.err.contains("cli::broken_snapshot"), "{}", said.err);
        assert_eq!(fs::read_to_string(folder.path().join("good.snap")).unwrap(), text);
    }
}

#[test]
fn a_renamed_model_keeps_its_parameters() {
    let folder = models();
    fs::write(folder.path().join("good.snap"), "---\nsource: good.gem\nset:\n  genes: 3\n---\n").unwrap();
    for end in ["gem", "snap"] {
        fs::rename(folder.path().join("good").with_extension(end), folder.path().join("best").with_extension(end))
            .unwrap();
    }
    accept(folder.path());
    let text = fs::read_to_string(folder.path().join("best.snap")).unwrap();
    assert!(text.starts_with("---\nsource: best.gem\nset:\n  genes: 3\n---\nplan small\n"), "{text}");
}

#[test]
fn a_stale_snapshot_is_told() {
    let folder = models();
    accept(folder.path());
    fs::remove_file(folder.path().join("good.gem")).unwrap();
    fs::write(folder.path().join("insta.snap"), "---\nsource: tests/suite.rs\n---\nnot ours\n").unwrap();
    let said = run_in(folder.path(), &["snapshot", "."]);
    assert_eq!(said.code, 1);
    assert!(said.out.contains("good.snap: is a snapshot without a model"), "{}", said.out);
    assert!(!said.out.contains("insta") && said.err.contains("1 stale"), "{}{}", said.out, said.err);
    assert!(folder.path().join("good.snap").exists());
}

#[test]
fn faults_and_empty_folders_are_one() {
    let folder = folder();
    let said = run_in(folder.path(), &["snapshot", "bad.gem", "gone.gem"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("gem::unreadable_file") && said.err.contains("2 faulty"), "{}", said.err);
    fs::create_dir(folder.path().join("empty")).unwrap();
    let said = run_in(folder.path(), &["snapshot", "empty"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("cli::no_models"), "{}", said.err);
}

#[test]
fn run_folders_are_left_alone() {
    let folder = models();
    let run = folder.path().join("runs/small-1");
    fs::create_dir_all(&run).unwrap();
    fs::write(run.join("model.gem"), GOOD).unwrap();
    let said = run_in(folder.path(), &["snapshot", "runs", "--accept"]);
    assert_eq!((said.code, run.join("model.snap").exists()), (0, true), "a folder without a record is no run's");
    fs::remove_file(run.join("model.snap")).unwrap();
    fs::write(run.join("run.json"), "{}").unwrap();
    let said = run_in(folder.path(), &["snapshot", ".", "--accept"]);
    assert_eq!(said.code, 0);
    assert!(said.err.starts_with("2 snapshots, 2 written"), "{}", said.err);
    let said = run_in(folder.path(), &["snapshot", "runs", "--accept"]);
    assert!(said.code == 1 && said.err.contains("cli::no_models"), "{}", said.err);
    for path in ["runs/small-1/model.gem", "runs/small-1/model.snap"] {
        let said = run_in(folder.path(), &["snapshot", path, "--accept"]);
        assert!(said.code == 1 && said.err.contains("cli::kept_text") && said.err.contains("help:"), "{}", said.err);
    }
    let names: Vec<_> = fs::read_dir(&run).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
}
