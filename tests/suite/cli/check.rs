//! `gemc check`: all faults of all files, whatever the files are.

use std::fs;

use super::{assert_shown, folder, repository, run, run_in};

#[test]
fn counts_what_it_found() {
    let said = run(&["check", "good.gem"]);
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (0, "", "1 file, no faults\n"));
    let said = run(&["check", "good.gem", "bad.gem", "good.gem"]);
    assert_eq!(said.code, 1);
    assert!(said.err.ends_with("3 files, 1 error\n"), "{}", said.err);
}

#[test]
fn what_cannot_be_read_hides_nothing() {
    let folder = folder();
    fs::write(folder.path().join("latin.gem"), b"model m {\n  // caf\xe9\n}\n").unwrap();
    fs::write(folder.path().join("picture.gem"), b"\x89PNG\0\x1b[31m").unwrap();
    fs::create_dir(folder.path().join("models")).unwrap();
    let said =
        run_in(folder.path(), &["check", "gone.gem", "models", "latin.gem", "picture.gem", "god.gem", "bad.gem"]);
    assert_shown("check_unreadable", &said.shown(&[]));
    assert!(!said.err.contains('\x1b'), "no terminal obeys what a file holds");
}

#[test]
fn object_keeps_its_fields() {
    let folder = folder();
    fs::write(folder.path().join("latin.gem"), b"model m {\n  // caf\xe9\n}\n").unwrap();
    let said = run_in(folder.path(), &["check", "--format", "json", "bad.gem", "good.gem", "gone.gem", "latin.gem"]);
    assert_eq!((said.code, said.err.as_str()), (1, ""));
    let files = said.object()["files"].clone();
    let paths: Vec<&str> = files.as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["bad.gem", "good.gem", "gone.gem", "latin.gem"]);
    let first = &files[0]["diagnostics"][0];
    let fields: Vec<&String> = first.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["code", "severity", "message", "line", "column", "length", "help", "fix"]);
    let fix = first["fix"].as_object().unwrap();
    assert_eq!(fix.keys().collect::<Vec<_>>(), ["line", "column", "length", "replacement"]);
    assert_eq!((first["severity"].as_str(), first["line"].as_u64()), (Some("error"), Some(5)));
    assert_eq!(files[1]["diagnostics"].as_array().unwrap().len(), 0);
    assert_eq!(files[2]["diagnostics"][0]["code"], "gem::unreadable_file");
    let latin = &files[3]["diagnostics"][0];
    assert_eq!(latin["code"], "gem::not_utf8");
    assert_eq!((latin["line"].as_u64(), latin["column"].as_u64()), (Some(2), Some(9)));
}

#[test]
fn a_warning_is_no_error() {
    let folder = folder();
    fs::write(folder.path().join("idle.gem"), super::GOOD.replace("    input a", "    let idle = 3\n    input a"))
        .unwrap();
    let said = run_in(folder.path(), &["check", "idle.gem"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.ends_with("1 file, 1 warning\n"), "{}", said.err);
    assert_eq!(run_in(folder.path(), &["compile", "idle.gem"]).code, 0);
}

#[test]
fn every_bad_case_is_bad() {
    for entry in fs::read_dir(repository("tests/cases/bad")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "gem") {
            let text = fs::read_to_string(&path).unwrap_or_default();
            let asked = |start| text.lines().find_map(|line| line.strip_prefix(start));
            let mut line = vec!["check", path.to_str().unwrap()];
            if let Some(data) = asked("// data: ") {
                line[0] = "compile";
                line.extend(["--data", data]);
            }
            if let Some(ways) = asked("// few-shot: ") {
                line[0] = "compile";
                line.extend(["--few-shot", "--ways", ways]);
            }
            line.extend(asked("// set: ").into_iter().flat_map(|setting| ["--set", setting]));
            let said = run(&line);
            assert!(said.code == 1 || said.err.contains("warning"), "{}: {}", path.display(), said.err);
        }
    }
}
