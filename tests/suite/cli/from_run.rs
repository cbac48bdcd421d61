//! Runs that start from a genome that was trained before, whole or in part, and rows that are frozen.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use safetensors::SafeTensors;
use serde_json::{Value, json};

use super::{Said, assert_shown, folder, run_in};

const USUAL: &[&str] = &["--data", "glyphs", "--threads", "1", "--quiet"];
/// A step that changes no number of single precision.
const STILL: &[&str] = &["--steps", "1", "--lr", "1e-30"];

fn train(folder: &Path, run: &str, more: &[&str]) -> Said {
    run_in(folder, &[&["train"], more, USUAL, &["--run-dir", run]].concat())
}

fn trained(folder: &Path, run: &str, more: &[&str]) -> Value {
    let said = train(folder, run, more);
    assert_eq!(said.code, 0, "{}", said.err);
    record(folder, run)
}

fn record(folder: &Path, run: &str) -> Value {
    serde_json::from_slice(&fs::read(folder.join(run).join("run.json")).unwrap()).unwrap()
}

/// The bytes of every row of a genome, run by run.
fn rows(folder: &Path, run: &str) -> BTreeMap<String, Vec<Vec<u8>>> {
    let bytes = fs::read(folder.join(run).join("genome.safetensors")).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let row = |(name, view): (&str, safetensors::tensor::TensorView<'_>)| {
        let each = view.data().len() / view.shape()[0];
        (name.to_owned(), view.data().chunks(each).map(<[u8]>::to_vec).collect())
    };
    file.iter().map(row).collect()
}

#[test]
fn a_genome_that_is_taken_whole_answers_as_before() {
    let folder = folder();
    let source = trained(folder.path(), "a", &["sgem_slp.gem", "--steps", "60", "--eval-every", "20", "--runs", "3"]);
    let wanted = rows(folder.path(), "a");
    // another seed: nothing is drawn
    let again =
        trained(folder.path(), "b", &[&["sgem_slp.gem", "--from", "a", "--runs", "3", "--seed", "50"], STILL].concat());
    assert_eq!(again["best_accuracy"], source["best_accuracy"]);
    assert_eq!(rows(folder.path(), "b"), wanted);
    let from = &again["from"];
    assert!(Path::new(from["run"].as_str().unwrap()).is_absolute() && from["which"].is_null(), "{from}");
    assert_eq!(from["rows"].as_array().unwrap().len(), wanted.len());

    let said = run_in(
        folder.path(),
        &[&["train", "sgem_slp.gem", "--from", "a", "--runs", "2", "--data", "glyphs", "--run-dir", "c"], STILL]
            .concat(),
    );
    let best = source["best_accuracy"].as_array().unwrap();
    let most = best.iter().map(|best| best.as_f64().unwrap()).fold(0.0, f64::max);
    let which = best.iter().position(|best| best.as_f64() == Some(most)).unwrap();
    assert!(said.err.contains(&format!("of its best run, {which}, for 2 runs")), "{}", said.err);
    assert_eq!(record(folder.path(), "c")["best_accuracy"], json!([most, most]));
    for (name, row) in rows(folder.path(), "c") {
        assert!(row.iter().all(|row| *row == wanted[&name][which]), "{name}");
    }
    let measured = run_in(folder.path(), &["eval", "c", "--format", "json"]).object();
    assert_eq!(measured["accuracy"], json!([most, most]));
}

#[test]
fn rows_are_taken_by_name() {
    let folder = folder();
    let genes = ["--set", "genes=6"];
    trained(folder.path(), "a", &[&["sgem_slp.gem", "--steps", "40", "--runs", "2"], &genes[..]].concat());
    let (source, part) = (rows(folder.path(), "a"), [&["sgem_mlp.gem", "--runs", "2"], &genes[..], STILL].concat());
    trained(folder.path(), "drawn", &part);
    let drawn = rows(folder.path(), "drawn");
    for (run, from) in [("b", "a:g.O"), ("c", "a:g.O,pixels.g")] {
        let record = trained(folder.path(), run, &[&part[..], &["--from", from]].concat());
        let taken = record["from"]["rows"].as_array().unwrap().clone();
        for (name, row) in rows(folder.path(), run) {
            if taken.contains(&json!(name)) {
                assert_eq!(row, source[&name], "{name}");
            } else if name.rsplit_once('.').is_some_and(|(_, part)| part == "c") {
                assert_ne!(row, drawn[&name], "{name} is calibrated for what is not there");
            } else {
                assert_eq!(row, drawn[&name], "{name}");
            }
        }
    }
    assert_eq!(record(folder.path(), "b")["from"]["rows"], json!(["g.O"]));
    assert_eq!(record(folder.path(), "c")["from"]["rows"], json!(["pixels.g.mu", "pixels.g.sigma", "g.O"]));
}

#[test]
fn frozen_rows_stay_as_they_start() {
    let folder = folder();
    let model = ["sgem_slp.gem", "--freeze", "g.O"];
    let usual = trained(folder.path(), "usual", &[&["sgem_slp.gem"], STILL].concat());
    let frozen = trained(folder.path(), "a", &[&model[..], &["--steps", "60"]].concat());
    let (start, rows_then) = (rows(folder.path(), "usual"), rows(folder.path(), "a"));
    assert_eq!(rows_then["g.O"], start["g.O"]);
    assert_ne!(rows_then["pixels.g.mu"], start["pixels.g.mu"]);
    assert_eq!((&usual["parameters"], &frozen["parameters"]), (&json!(270), &json!(45)));
    assert_eq!((&frozen["freeze"], usual.get("freeze"), usual.get("from")), (&json!(["g.O"]), None, None));
    let measured = run_in(folder.path(), &["eval", "a", "--format", "json"]);
    assert_eq!((measured.object()["accuracy"].clone(), measured.err.as_str()), (frozen["best_accuracy"].clone(), ""));

    // a taken row is frozen as it was taken
    trained(
        folder.path(),
        "b",
        &["sgem_slp.gem", "--seed", "9", "--from", "a", "--freeze", "pixels.g", "--steps", "40"],
    );
    let (then, now) = (rows(folder.path(), "a"), rows(folder.path(), "b"));
    assert!(then["pixels.g.mu"] == now["pixels.g.mu"] && then["pixels.g.sigma"] == now["pixels.g.sigma"]);
    assert!(then["g.O"] != now["g.O"] && then["pixels->digits.g.c"] == now["pixels->digits.g.c"]);
    let said = run_in(folder.path(), &[&["train", "--data", "glyphs", "--run-dir", "c"], &model[..], STILL].concat());
    assert!(said.err.contains("frozen: g.O; parameters that are learned: 45"), "{}", said.err);
}

#[test]
fn a_run_that_begins_again_begins_with_what_it_began_with() {
    let folder = folder();
    trained(folder.path(), "a", &["sgem_slp.gem", "--steps", "40"]);
    let more = ["sgem_slp.gem", "--from", "a:g", "--freeze", "pixels.g.mu", "--steps", "40", "--seed", "3"];
    trained(folder.path(), "b", &more);
    let wanted = rows(folder.path(), "b");
    // as after a kill before the first checkpoint
    let killed = || {
        let file = folder.path().join("b/run.json");
        let mut record = record(folder.path(), "b");
        record["state"] = "running".into();
        fs::write(file, record.to_string()).unwrap();
        let _ = fs::remove_file(folder.path().join("b/genome.safetensors"));
    };
    killed();
    let said = run_in(folder.path(), &["resume", "b", "--quiet"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(rows(folder.path(), "b"), wanted);
    killed();
    fs::remove_dir_all(folder.path().join("a")).unwrap();
    trained(folder.path(), "a", &["sgem_slp.gem", "--steps", "41"]);
    let said = run_in(folder.path(), &["resume", "b", "--quiet"]);
    assert!(said.code == 1 && said.err.contains("run::other_genome"), "{}", said.err);
}

#[test]
fn what_cannot_be_taken_or_frozen_is_told() {
    let folder = folder();
    trained(folder.path(), "a", &["sgem_slp.gem", "--steps", "2", "--set", "genes=5"]);
    for (more, words) in [
        (
            &["sgem_slp.gem", "--freeze", "g.o,pixel.g.mu"][..],
            &["run::no_such_row", "did you mean `g.O`?", "did you mean `pixels.g.mu`?"][..],
        ),
        (&["sgem_slp.gem", "--freeze", "h"], &["run::no_such_row", "`h` is no row and no genome of sgem_slp"]),
        (
            &["sgem_slp.gem", "--from", "a"],
            &["run::row_misfit", "`g.O` is 5 × 5 in the genome of a, 15 × 15 in this model"],
        ),
        (&["sgem_slp.gem", "--from", "a:g.P"], &["run::no_such_row", "did you mean `g.O`?"]),
        (&["sgem_slp.gem", "--from", "a:"], &["run::no_such_row", "`` is no row"]),
        (&["sgem_mlp.gem", "--from", "a:hidden.g"], &["run::no_such_row", "the genome of a"]),
        (&["slp.gem", "--from", "a"], &["run::nothing_taken", "has no row of slp"]),
        (&["sgem_slp.gem", "--from", "nowhere"], &["run::cannot_read"]),
        (&["sgem_slp.gem", "--sweep", "genes=5,6", "--from", "a"], &["run::row_misfit", "6 × 6 in this model"]),
    ] {
        let said = train(folder.path(), "b", &[more, STILL].concat());
        assert_eq!((said.code, said.out.as_str()), (1, ""), "{more:?}\n{}", said.err);
        let err = said.err.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
        assert!(words.iter().all(|word| err.contains(word)), "{more:?}\n{}", said.err);
        assert!(!folder.path().join("b").exists());
    }
}

#[test]
fn what_leaves_nothing_to_train_is_refused() {
    let folder = folder();
    for frozen in [&["--freeze", "g"][..], &["--freeze", "pixels.g,digits.g", "--freeze", "g.O"]] {
        let said = train(folder.path(), "b", &[&["sgem_slp.gem"], frozen, STILL].concat());
        assert!(said.code == 1 && said.err.contains("run::nothing_learned"), "{}", said.err);
        assert!(!folder.path().join("b").exists());
    }
    let sweep = ["train", "sgem_slp.gem", "--freeze", "g", "--sweep", "genes=5,6", "--data", "glyphs"];
    let said = run_in(folder.path(), &sweep);
    assert!(said.code == 1 && said.err.contains("run::nothing_learned"), "{}", said.err);
    assert!(!folder.path().join("runs").exists());
    let all = train(folder.path(), "b", &["sgem_slp.gem", "--freeze", "pixels.g,g.O"]);
    assert_shown("freeze_all", &all.shown(&[]));
}
