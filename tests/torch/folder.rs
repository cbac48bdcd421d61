//! A run's folder: written whole, read back, never overwritten, faults with path and reason.

use std::fs;

use gemc::run_dir::{Kept, Manifest};
use gemc::train::{Metric, RunDir, RunDirFault};

use crate::stage::{SMALL, record};

#[test]
fn a_record_comes_back() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("a/b");
    let folder = RunDir::create(&path, SMALL, record(2, "34")).unwrap();
    assert!(Kept::is_held(&path));
    assert_eq!(Manifest::read(&path).unwrap(), record(2, "34"));
    assert_eq!(fs::read_to_string(path.join("model.gem")).unwrap(), SMALL);
    let text = fs::read_to_string(path.join("run.json")).unwrap();
    let object: serde_json::Value = serde_json::from_str(&text).unwrap();
    for field in
        ["parameters", "uncompressed", "best_accuracy", "mean", "sd", "steps", "seconds", "ms_per_step", "stopped"]
    {
        assert!(object.get(field).is_some(), "{field} is missing");
    }
    assert_eq!(object["state"], "running");
    assert_eq!(object["best_accuracy"], serde_json::json!([null, null]));
    for field in ["mean", "sd", "stopped", "ms_per_step"] {
        assert!(object[field].is_null(), "{field} is said of a run that has not begun");
    }
    drop(folder);
    assert!(!Kept::is_held(&path));
    let mut names: Vec<_> = fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["metrics.jsonl", "model.gem", "run.json"], "something was left behind");
}

#[test]
fn event_files_are_cut_back_with_the_metrics() {
    let place = tempfile::tempdir().unwrap();
    let metric = |run, step| Metric { run, step, loss: 1.5, accuracy: 0.5, seconds: step as f64 };
    let mut record = record(2, "34");
    record.tensorboard = Some(1.7e9);
    let made = |name: &str, steps: &[u64]| {
        let mut folder = RunDir::create(&place.path().join(name), SMALL, record.clone()).unwrap();
        for step in steps {
            folder.keep(&[metric(0, *step), metric(1, *step)], None, folder.record().outcome.clone());
        }
        assert!(folder.missing().is_none());
    };
    let events = |name: &str| {
        [0, 1].map(|run| fs::read(place.path().join(format!("{name}/tensorboard/run-{run}/events.out.tfevents.gemc"))))
    };
    let events = |name: &str| events(name).map(Result::unwrap);
    made("long", &[10, 20, 30]);
    made("short", &[10, 20]);
    assert_ne!(events("long"), events("short"));
    assert_ne!(events("long")[0].len(), events("short")[0].len());
    let mut again = RunDir::reopen(&place.path().join("long"), SMALL, record.clone(), 20).unwrap();
    assert_eq!(events("long"), events("short"));
    again.keep(&[metric(0, 30)], None, again.record().outcome.clone());
    made("other", &[10, 20, 30]);
    assert_eq!(events("long")[0], events("other")[0]);
    assert_eq!(events("long")[1], events("short")[1]);

    // what stands in the way is told, and written over when it is gone
    let at = place.path().join("long/tensorboard/run-1");
    fs::remove_dir_all(&at).unwrap();
    fs::write(&at, "in the way").unwrap();
    again.keep(&[metric(1, 30)], None, again.record().outcome.clone());
    assert!(again.missing().unwrap().to_string().contains("lacks tensorboard: "));
    assert_eq!(Manifest::read(again.path()).unwrap().outcome.missing, ["tensorboard"]);
    fs::remove_file(&at).unwrap();
    again.keep(&[], None, again.record().outcome.clone());
    assert!(again.missing().is_none());
    assert_eq!(events("long"), events("other"));
}

#[test]
fn nothing_is_overwritten() {
    let place = tempfile::tempdir().unwrap();
    RunDir::create(place.path(), SMALL, record(1, "")).unwrap();
    let fault = RunDir::create(place.path(), "model other {}", record(1, "")).unwrap_err();
    assert!(matches!(fault, RunDirFault::InUse { .. }), "{fault}");
    assert_eq!(fs::read_to_string(place.path().join("model.gem")).unwrap(), SMALL);
}

#[test]
fn faults_name_path_and_reason() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("file");
    fs::write(&file, "").unwrap();
    let below = file.join("run");
    let fault = RunDir::create(&below, SMALL, record(1, "")).unwrap_err().to_string();
    assert!(fault.starts_with(&format!("{} cannot be written: ", below.display())), "{fault}");

    let path = place.path().join("run");
    RunDir::create(&path, SMALL, record(1, "")).unwrap();
    assert!(Manifest::read(place.path()).unwrap_err().to_string().contains("run.json cannot be read: No such file"));
    fs::write(path.join("run.json"), "{}").unwrap();
    assert!(Manifest::read(&path).unwrap_err().to_string().contains("run.json: missing field"));
}

#[test]
fn of_many_that_want_one_folder_one_wins() {
    for _ in 0..20 {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("run");
        let start = std::sync::Barrier::new(8);
        let made: Vec<_> = std::thread::scope(|scope| {
            let begin = || {
                start.wait();
                RunDir::create(&path, SMALL, record(1, ""))
            };
            let all: Vec<_> = (0..8).map(|_| scope.spawn(begin)).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let (won, lost): (Vec<_>, Vec<_>) = made.into_iter().partition(Result::is_ok);
        assert_eq!((won.len(), lost.len()), (1, 7));
        assert!(lost.into_iter().all(|lost| matches!(lost, Err(RunDirFault::InUse { .. }))));
        assert_eq!(fs::read_to_string(path.join("model.gem")).unwrap(), SMALL);
    }
}

#[test]
fn a_record_of_before_states_were_kept_is_read() {
    let place = tempfile::tempdir().unwrap();
    let mut object = serde_json::to_value(record(1, "34")).unwrap();
    let fields = object.as_object_mut().unwrap();
    for newer in ["state", "chance", "error", "warnings", "missing"] {
        fields.remove(newer);
    }
    fields["versions"].as_object_mut().unwrap().remove("commit");
    for (field, value) in [("best_accuracy", "[0.5]"), ("best_step", "[20]"), ("mean", "0.5"), ("sd", "0.0")] {
        fields[field] = serde_json::from_str(value).unwrap();
    }
    (fields["ms_per_step"], fields["stopped"]) = (serde_json::json!(1.5), "length".into());
    fs::write(place.path().join("run.json"), object.to_string()).unwrap();
    let outcome = Manifest::read(place.path()).unwrap().outcome;
    assert_eq!((outcome.state, outcome.best_accuracy, outcome.sd), (None, vec![Some(0.5)], Some(0.0)));
}
