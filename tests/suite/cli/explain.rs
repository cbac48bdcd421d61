//! `gemc explain`, and that every fault the shell can tell has its story.

use std::collections::BTreeSet;
use std::fs;

use super::{assert_shown, repository, run};

#[test]
fn tells_a_story_by_either_name() {
    let long = run(&["explain", "gem::not_utf8"]);
    assert_shown("explain", &long.shown(&[]));
    assert_eq!(run(&["explain", "not_utf8"]).out, long.out);
    let object = run(&["explain", "not_utf8", "--format", "json"]).object();
    assert_eq!(object["code"], "gem::not_utf8");
    assert!(object["text"].as_str().unwrap().contains("UTF-16"));
}

#[test]
fn tells_what_an_attribute_may_be_set_to() {
    let told = run(&["explain", "rate"]);
    assert_shown("explain_rate", &told.shown(&[]));
    let object = run(&["explain", "sigma", "--format", "json"]).object();
    assert_eq!((&object["of"][0]["owner"], &object["of"][0]["default"]), (&"`gaussian`".into(), &"0.3".into()));
    assert!(run(&["explain", "sigmo"]).err.contains("did you mean `sigma`?"));
}

#[test]
fn an_unknown_code_is_one_and_says_what_is_near() {
    let said = run(&["explain", "not_utf9"]);
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    assert!(said.err.contains("did you mean `not_utf8`?"), "{}", said.err);
}

#[test]
fn a_short_code_must_mean_one_fault() {
    let said = run(&["explain", "unwritable"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("`data::unwritable` or `cli::unwritable`"), "{}", said.err);
    assert_eq!(run(&["explain", "cli::unwritable"]).code, 0);
}

#[test]
fn lists_all_in_the_width_of_a_page() {
    let said = run(&["explain"]);
    assert_eq!(said.code, 0);
    assert!(said.out.lines().all(|line| line.chars().count() <= 100), "{}", said.out);
    let object = run(&["explain", "--format", "json"]).object();
    assert_eq!(object["codes"].as_array().unwrap().len(), said.out.lines().count());
}

#[test]
fn every_fault_of_the_shell_has_a_story() {
    let mut codes = BTreeSet::new();
    let rooms = ["src/cli", "src/cli/torch"].map(|room| fs::read_dir(repository(room)).unwrap());
    let files = rooms.into_iter().flatten().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    for text in files.map(|path| fs::read_to_string(path).unwrap()) {
        let found = text.match_indices("code(").map(|(at, head)| &text[at + head.len()..]);
        codes.extend(found.filter_map(|rest| rest.split_once(')')).map(|(code, _)| code.to_owned()));
    }
    let told = run(&["explain", "--format", "json"]).object();
    let told: BTreeSet<String> =
        told["codes"].as_array().unwrap().iter().map(|row| row["code"].as_str().unwrap().to_owned()).collect();
    let silent: Vec<&String> = codes.iter().filter(|code| code.contains("::") && !told.contains(*code)).collect();
    assert_eq!(silent, Vec::<&String>::new(), "faults without a story in docs/errors.md");
}
