//! A run's folder: written whole, read back, never overwritten, faults with path and reason.

use std::fs;

use gemc::train::{Folder, FolderFault, Outcome, Recipe, Record, Stopped, Versions, read_record};

use crate::stage::SMALL;

fn record() -> Record {
    let outcome =
        Outcome { best_accuracy: vec![0.5, 0.75], mean: 0.625, stopped: Stopped::Converged, ..Outcome::none(2) };
    Record {
        model: "small".to_owned(),
        settings: [("genes".to_owned(), "5".to_owned())].into_iter().collect(),
        recipe: Recipe { runs: 2, ..Recipe::default() },
        seeds: vec![0, 1],
        data: "patterns".to_owned(),
        data_hash: "12".to_owned(),
        data_proven: Some(true),
        facts: None,
        padding: 2,
        held_out: None,
        weights: "auto".to_owned(),
        graph: "34".to_owned(),
        versions: Versions { gemc: "0.1.0".to_owned(), libtorch: "2.11.0".to_owned() },
        device: "cpu".to_owned(),
        threads: 1,
        parameters: 90,
        uncompressed: 820,
        outcome,
    }
}

#[test]
fn a_record_comes_back() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("a/b");
    let folder = Folder::create(&path, SMALL, "34").unwrap();
    folder.record(&record()).unwrap();
    assert_eq!(read_record(&path).unwrap(), record());
    assert_eq!(fs::read_to_string(path.join("model.gem")).unwrap(), SMALL);
    let text = fs::read_to_string(path.join("run.json")).unwrap();
    let object: serde_json::Value = serde_json::from_str(&text).unwrap();
    for field in
        ["parameters", "uncompressed", "best_accuracy", "mean", "sd", "steps", "seconds", "ms_per_step", "stopped"]
    {
        assert!(object.get(field).is_some(), "{field} is missing");
    }
    assert_eq!(object["stopped"], "converged");
    let mut names: Vec<_> = fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["metrics.jsonl", "model.gem", "run.json"], "something was left behind");
}

#[test]
fn nothing_is_overwritten() {
    let place = tempfile::tempdir().unwrap();
    Folder::create(place.path(), SMALL, "").unwrap();
    let fault = Folder::create(place.path(), "model other {}", "").unwrap_err();
    assert!(matches!(fault, FolderFault::InUse { .. }), "{fault}");
    assert_eq!(fs::read_to_string(place.path().join("model.gem")).unwrap(), SMALL);
}

#[test]
fn faults_name_path_and_reason() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("file");
    fs::write(&file, "").unwrap();
    let below = file.join("run");
    let fault = Folder::create(&below, SMALL, "").unwrap_err().to_string();
    assert!(fault.starts_with(&format!("{} cannot be written: ", below.display())), "{fault}");

    let path = place.path().join("run");
    Folder::create(&path, SMALL, "").unwrap();
    assert!(read_record(&path).unwrap_err().to_string().contains("run.json cannot be read: No such file"));
    fs::write(path.join("run.json"), "{}").unwrap();
    assert!(read_record(&path).unwrap_err().to_string().contains("run.json: missing field"));
}

#[test]
fn a_full_disk_is_named() {
    // on Linux, everything written to this device fails as on a full disk
    if fs::metadata("/dev/full").is_err() {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("run");
    let folder = Folder::create(&path, SMALL, "").unwrap();
    fs::remove_dir_all(&path).unwrap();
    let fault = folder.record(&record()).unwrap_err().to_string();
    assert!(fault.contains("run.json cannot be written: "), "{fault}");
}
