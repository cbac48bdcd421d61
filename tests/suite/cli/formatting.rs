//! `gemc fmt`: files are written in one style, those at fault are left as they are, and none hides another.

use std::fs;

use super::{GOOD, Said, folder, gemc_in, run_in};

const UNTIDY: &str =
    "model m{ // why\n population a=units(2)\n population b=units(2)\n connect a->b via direct\n input a\n output b\n}";
const TIDY: &str = "model m { // why\n    population a = units(2)\n    population b = units(2)\n    connect a -> b via direct\n    input a\n    output b\n}\n";

#[test]
fn files_are_written_in_place() {
    let folder = folder();
    let path = folder.path().join("untidy.gem");
    fs::write(&path, UNTIDY).unwrap();
    let said = run_in(folder.path(), &["fmt", "--check", "untidy.gem", "good.gem"]);
    assert_eq!((said.code, said.out.as_str()), (1, "untidy.gem\n"));
    assert_eq!(said.err, "2 files, 1 not formatted\n");
    assert_eq!(fs::read_to_string(&path).unwrap(), UNTIDY);
    let said = run_in(folder.path(), &["fmt", "untidy.gem", "good.gem"]);
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (0, "", "2 files, 1 formatted\n"));
    assert_eq!(fs::read_to_string(&path).unwrap(), TIDY);
    assert_eq!(fs::read_to_string(folder.path().join("good.gem")).unwrap(), GOOD);
    let said = run_in(folder.path(), &["fmt", "--check", "untidy.gem"]);
    assert_eq!((said.code, said.err.as_str()), (0, "1 file, nothing to format\n"));
}

#[test]
fn what_is_at_fault_is_left_as_it_is() {
    let folder = folder();
    let broken = UNTIDY.replace("units(2)", "units(2");
    fs::write(folder.path().join("broken.gem"), &broken).unwrap();
    fs::write(folder.path().join("latin.gem"), b"model m {\n  // caf\xe9\n}\n").unwrap();
    fs::write(folder.path().join("untidy.gem"), UNTIDY).unwrap();
    fs::create_dir(folder.path().join("models")).unwrap();
    let line = ["fmt", "broken.gem", "latin.gem", "models", "gone.gem", "bad.gem", "untidy.gem"];
    let said = run_in(folder.path(), &line);
    assert_eq!(said.code, 1);
    for code in ["gem::unexpected_token", "gem::not_utf8", "gem::unreadable_file"] {
        assert!(said.err.contains(code), "{code}\n{}", said.err);
    }
    // a name that nothing declares is no fault of form
    assert!(!said.err.contains("gem::unknown_name"), "{}", said.err);
    assert!(said.err.ends_with("6 files, 1 formatted, 4 left as they are\n"), "{}", said.err);
    assert_eq!(fs::read_to_string(folder.path().join("broken.gem")).unwrap(), broken);
    assert_eq!(fs::read_to_string(folder.path().join("untidy.gem")).unwrap(), TIDY);
}

#[test]
fn what_may_not_be_changed_is_not() {
    let folder = folder();
    let path = folder.path().join("fixed.gem");
    fs::write(&path, UNTIDY).unwrap();
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    let said = run_in(folder.path(), &["fmt", "fixed.gem"]);
    assert!(said.code == 3 && said.err.contains("cli::unwritable"), "{}", said.err);
    let run = folder.path().join("run");
    fs::create_dir(&run).unwrap();
    fs::write(run.join("run.json"), "{}").unwrap();
    fs::write(run.join("model.gem"), UNTIDY).unwrap();
    let said = run_in(folder.path(), &["fmt", "run/model.gem"]);
    assert!(said.code == 1 && said.err.contains("cli::kept_text"), "{}", said.err);
    assert_eq!(fs::read_to_string(run.join("model.gem")).unwrap(), UNTIDY);
    assert_eq!(fs::read_to_string(path).unwrap(), UNTIDY);
}

#[test]
fn standard_input_is_printed_byte_for_byte() {
    let folder = folder();
    let of_input = |arguments: &[&str], text: &[u8]| {
        Said::of(gemc_in(folder.path()).args(arguments).write_stdin(text).output().unwrap())
    };
    let hidden = UNTIDY.replace("why", "zero\u{200b}width");
    let said = of_input(&["fmt", "--stdin"], hidden.as_bytes());
    assert_eq!((said.code, said.out), (0, TIDY.replace("why", "zero\u{200b}width")));
    let said = of_input(&["fmt", "--stdin", "--check"], UNTIDY.as_bytes());
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    let said = of_input(&["fmt", "--stdin"], b"model m {");
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    assert!(said.err.contains("gem::missing_end"), "{}", said.err);
    let said = of_input(&["fmt", "--stdin"], b"\xff");
    assert!(said.code == 3 && said.err.contains("cli::input"), "{}", said.err);
    let object = of_input(&["fmt", "--stdin", "--format", "json"], UNTIDY.as_bytes()).object();
    assert_eq!((object["text"].as_str(), object["status"].as_str()), (Some(TIDY), Some("differs")));
}

#[test]
fn scripts_read_how_each_file_stands() {
    let folder = folder();
    fs::write(folder.path().join("untidy.gem"), UNTIDY).unwrap();
    let said = run_in(folder.path(), &["fmt", "--check", "--format", "json", "untidy.gem", "good.gem", "gone.gem"]);
    assert_eq!((said.code, said.err.as_str()), (1, ""));
    let files = said.object()["files"].clone();
    let standings: Vec<&str> = (0..3).map(|index| files[index]["status"].as_str().unwrap()).collect();
    assert_eq!(standings, ["differs", "formatted", "faulty"]);
    assert_eq!(files[2]["diagnostics"][0]["code"], "gem::unreadable_file");
}
