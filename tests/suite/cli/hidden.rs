//! What stands in a text, in a file's name or on the command line and would be obeyed by a terminal is shown spelt out.

use std::fs;
use std::path::Path;

use super::{folder, gemc_in};

/// Clears the screen, hides, rings, turns writing round, and begins a sequence in one character.
const HOSTILE: &str = "\u{1b}[2J\u{1b}[31m\u{7}\u{202e}\u{9b}2J";

fn hidden(text: &str) -> Option<char> {
    text.chars().find(|letter| (letter.is_control() && !"\n\t".contains(*letter)) || *letter == '\u{202e}')
}

/// Runs `gemc` there and returns all that it has said.
fn said(folder: &Path, arguments: &[&str]) -> String {
    let done = gemc_in(folder).args(arguments).output().unwrap();
    [done.stdout, done.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat()
}

#[test]
fn texts_and_names_of_files_are_spelt_out() {
    let folder = folder();
    let good = fs::read_to_string(folder.path().join("good.gem")).unwrap();
    let name = format!("{HOSTILE}.gem");
    let text = format!("// {HOSTILE}\rmodel\n{}", good.replacen("input", &format!("input {HOSTILE}"), 1));
    fs::write(folder.path().join(&name), text).unwrap();
    fs::write(folder.path().join(format!("good{HOSTILE}.gem")), &good).unwrap();
    let (other, gone) = (format!("good{HOSTILE}.gem"), format!("gone{HOSTILE}.gem"));
    let set = format!("genes={HOSTILE}");
    let unknown = format!("{HOSTILE}=1");
    let out = format!("no{HOSTILE}/place.txt");
    for arguments in [
        &["check", name.as_str()][..],
        &["check", &other, &name, &gone],
        &["check", "--format", "json", &name, &gone],
        &["compile", &name],
        &["compile", &other],
        &["compile", &gone],
        &["compile", "--format", "json", &other],
        &["compile", &other, "--emit", "ast"],
        &["compile", &other, "--set", &set],
        &["compile", &other, "--set", &unknown],
        &["compile", &other, "--data", HOSTILE],
        &["compile", &other, "--emit", "plan", "--out", &out],
        &["snapshot", &other],
        &["explain", HOSTILE],
        &[HOSTILE],
        &["check", &format!("--{HOSTILE}")],
    ] {
        let said = said(folder.path(), arguments);
        assert!(!said.is_empty(), "{arguments:?}");
        assert_eq!(hidden(&said), None, "{arguments:?}: {said}");
    }
    let report = said(folder.path(), &["check", &name]);
    assert!(report.contains("\\u{1b}[2J\\u{1b}[31m\\u{7}\\u{202e}\\u{9b}2J"), "{report}");
}
