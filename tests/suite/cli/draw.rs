//! `draw` from outside: the page of a run, and what is said of a folder that is none.

use std::fs;
use std::path::Path;

use roxmltree::Document;
use serde_json::{Value, json};

use super::{assert_shown, folder, run_in};

const MODEL: &str = "model small(genes = 6) {
    genome g(genes) { interaction: symmetric }
    population pixels = grid(28, 28, 1) { g: gaussian }
    population near   = grid(14, 14, 2) { g: split(gaussian), activation: relu }
    population pooled = average_pool(near, 2)
    population digits = units(10) { g: random }
    connect pixels -> near via g { window: 4, stride: 2, padding: 1 }
    connect pooled -> digits via direct
    connect pixels -> digits via g
    input pixels
    output digits
}
";

/// Trains two runs into `runs/small-1`.
fn train(folder: &Path) {
    fs::write(folder.join("small.gem"), MODEL).unwrap();
    let train = ["compile", "small.gem", "--train", "glyphs", "--threads", "1", "--steps", "4", "--batch", "16"];
    let said = run_in(folder, &[&train[..], &["--runs", "2", "--set", "genes=5"]].concat());
    assert_eq!(said.code, 0, "{}", said.err);
}

#[test]
fn a_run_becomes_a_page() {
    let folder = folder();
    train(folder.path());
    let said = run_in(folder.path(), &["draw", "runs/small-1", "--which", "1"]);
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (0, "", "wrote runs/small-1/picture.svg\n"));
    let page = fs::read_to_string(folder.path().join("runs/small-1/picture.svg")).unwrap();
    assert!(page.contains("run 1 of 2, seed 1:"));
    assert_eq!(Document::parse(&page).unwrap().root_element().tag_name().name(), "svg");

    let again = ["draw", "runs/small-1", "--which", "1", "--out", "a.svg", "--format", "json"];
    let said = run_in(folder.path(), &again);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert_eq!(fs::read_to_string(folder.path().join("a.svg")).unwrap(), page, "the same run, the same bytes");
    let mut object = said.object();
    assert_eq!((&object["picture"], &object["which"]), (&json!("a.svg"), &json!(1)));
    for panel in object["panels"].as_array_mut().unwrap() {
        // how far a scale reaches is learned
        assert_eq!(panel["limit"].is_null(), panel["section"].as_str().unwrap().starts_with("X:"), "{panel}");
        panel["limit"] = Value::Null;
        panel["notes"].as_array_mut().unwrap().retain(|note| !note.as_str().unwrap().contains("beyond"));
    }
    assert_shown("draw", &format!("{MODEL}----\n{:#}\n", object["panels"]));
}

#[test]
fn what_is_no_run_is_said_to_be_none() {
    let folder = folder();
    let said = run_in(folder.path(), &["draw", "."]);
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    assert!(said.err.contains("run::cannot_read") && said.err.contains("run.json"), "{}", said.err);

    train(folder.path());
    let said = run_in(folder.path(), &["draw", "runs/small-1", "--which", "2", "--format", "json"]);
    assert_eq!((said.code, said.object()["error"]["code"].as_str()), (1, Some("run::no_such_run")));

    let genome = folder.path().join("runs/small-1/genome.safetensors");
    let bytes = fs::read(&genome).unwrap();
    fs::write(&genome, &bytes[..bytes.len() - 9]).unwrap();
    let said = run_in(folder.path(), &["draw", "runs/small-1"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("run::damaged") && said.err.contains("genome.safetensors"), "{}", said.err);
    assert!(!folder.path().join("runs/small-1/picture.svg").exists());

    fs::write(&genome, &bytes).unwrap();
    let said = run_in(folder.path(), &["draw", "runs/small-1", "--out", "nowhere/a.svg"]);
    assert_eq!(said.code, 3);
    assert!(said.err.contains("cli::unwritable"), "{}", said.err);
}
