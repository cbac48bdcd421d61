//! The interface that is promised to stay: what the documentation shows without the feature `unstable`.

use std::fs;
use std::path::PathBuf;

use crate::pages::repository;

/// Public items at most.
const MOST: usize = 200;

/// Returns the lines of a source that begin with `pub`, those aside that an attribute hides.
fn shown(text: &str) -> Vec<&str> {
    let mut hidden = false;
    let mut shown = Vec::new();
    for line in text.lines() {
        if line.starts_with("#[") {
            hidden |= line.contains("doc(hidden)");
            continue;
        }
        if line.starts_with("pub ") && !hidden {
            shown.push(line);
        }
        hidden = false;
    }
    shown
}

/// Returns the file of a module below a folder.
fn file(folder: &str, module: &str) -> PathBuf {
    let root = repository(folder);
    let folder = root.join(module).join("mod.rs");
    if folder.exists() { folder } else { root.join(format!("{module}.rs")) }
}

/// Returns the names of the items that a module shows; `pub use` of several lines is joined first.
fn items(folder: &str, module: &str) -> Vec<String> {
    let text = fs::read_to_string(file(folder, module)).unwrap();
    let joined = text.replace("{\n    ", "{").replace(",\n    ", ", ").replace(",\n}", "}");
    let mut names = Vec::new();
    for line in shown(&joined) {
        let words: Vec<&str> = line.trim_end_matches([';', '{']).split_whitespace().collect();
        match words[1] {
            "use" => {
                let listed = line.rsplit_once('{').or_else(|| line.rsplit_once("::")).unwrap().1;
                names.extend(listed.trim_end_matches(['}', ';']).split(", ").map(str::to_owned));
            }
            "mod" => names.extend(items(&format!("{folder}/{module}"), words[2])),
            _ => names.push(words[2].split(['(', '<', ':']).next().unwrap().to_owned()),
        }
    }
    names
}

#[test]
fn few_items_are_promised() {
    let root = fs::read_to_string(repository("src/lib.rs")).unwrap();
    let rooms = shown(&root).into_iter().filter_map(|line| line.strip_prefix("pub mod "));
    let names: Vec<String> = rooms.flat_map(|room| items("src", room.trim_end_matches(';'))).collect();
    for name in ["compile", "Options", "Plan", "Report", "TrainConfig", "Dataset", "TrainState"] {
        assert!(names.iter().any(|item| item == name), "{name} in {names:?}");
    }
    assert!(!names.iter().any(|item| item == "Ast" || item == "Net" || item == "Wiring"), "{names:?}");
    assert!(names.len() <= MOST, "{} public items: {names:?}", names.len());
}
