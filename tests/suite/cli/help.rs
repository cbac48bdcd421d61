//! Help, version, completions, and what a wrong command line is told.

use super::{assert_shown, run};

#[test]
fn every_verb_has_help() {
    let verbs = [
        "compile",
        "check",
        "fmt",
        "lsp",
        "snapshot",
        "eval",
        "draw",
        "export",
        "predict",
        "bench",
        "fit",
        "data",
        "doctor",
        "explain",
        "completions",
        "report",
    ];
    let mut text = run(&["--help"]).out;
    for verb in verbs {
        let said = run(&[verb, "--help"]);
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{verb}");
        text.extend(["\n==== gemc ", verb, " --help\n", &said.out]);
    }
    assert_shown("help", &text);
}

#[test]
fn version_is_the_package_and_its_commit() {
    let said = run(&["--version"]);
    let rest = said.out.strip_prefix(concat!("gemc ", env!("CARGO_PKG_VERSION"), " (")).expect(&said.out);
    let build = rest.strip_suffix(")\n").expect(&said.out);
    let commit = build.trim_end_matches("-dirty");
    let is_hash = commit.len() >= 12 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    assert!(is_hash || build.starts_with("commit unknown"), "{build}");
    assert_eq!(said.code, 0);
    let doctor = run(&["doctor", "--format", "json"]).object();
    assert_eq!(doctor["gemc"], env!("CARGO_PKG_VERSION"));
    assert_eq!(doctor["commit"].as_str(), is_hash.then_some(build));
}

#[test]
fn wrong_usage_is_two() {
    let wrong: &[&[&str]] = &[
        &[],
        &["grow"],
        &["compile"],
        &["compile", "good.gem", "--set", "genes"],
        &["compile", "good.gem", "--set", "=4"],
        &["compile", "good.gem", "--set", "genes="],
        &["compile", "good.gem", "--emit", "poem"],
        &["compile", "good.gem", "--out", "x"],
        &["compile", "good.gem", "--steps", "5"],
        &["compile", "good.gem", "--quiet"],
        &["compile", "good.gem", "--train", "glyphs", "--emit", "plan"],
        &["compile", "good.gem", "--train", "glyphs", "--steps", "5", "--epochs", "1"],
        &["compile", "good.gem", "--train", "glyphs", "--lr", "-1"],
        &["compile", "good.gem", "--train", "glyphs", "--lr", "nan"],
        &["compile", "good.gem", "--train", "glyphs", "--batch", "0"],
        &["compile", "good.gem", "--train", "glyphs", "--device", "tpu"],
        &["compile", "good.gem", "--memory-limit", "0"],
        &["check"],
        &["fmt"],
        &["fmt", "good.gem", "--stdin"],
        &["snapshot"],
        &["eval"],
        &["fit", "edges.csv"],
        &["fit", "edges.csv", "--genes", "0"],
        &["fit", "edges.csv", "--genes", "4", "--expression", "x.csv"],
        &["fit", "edges.csv", "--genes", "4", "--validation", "1"],
        &["fit", "edges.csv", "--genes", "4", "--hold-out", "1"],
        &["completions", "edlin"],
        &["check", "good.gem", "--format", "xml"],
    ];
    for arguments in wrong {
        let said = run(arguments);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{arguments:?}\n{}", said.err);
        assert!(!said.err.is_empty(), "{arguments:?}");
    }
}

#[test]
fn shells_are_completed() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let said = run(&["completions", shell]);
        assert_eq!(said.code, 0);
        assert!(said.out.contains("snapshot"), "{shell}");
    }
    let object = run(&["completions", "fish", "--format", "json"]).object();
    assert_eq!(object["shell"], "fish");
    assert!(object["script"].as_str().unwrap().contains("gemc"));
}
