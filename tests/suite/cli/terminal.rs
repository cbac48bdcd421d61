//! What a terminal sees: colours unless `NO_COLOR` is set, and lines that fit. Needs the program `script`.

use std::process::Command;

use super::folder;
use crate::skips::{Lack, lacking};

/// Runs `gemc` on a terminal; returns nothing where this machine cannot make one.
fn on_a_terminal(arguments: &str, environment: &[(&str, &str)]) -> Option<String> {
    let folder = folder();
    let line = format!("stty rows 24 cols 60; {} {arguments}", assert_cmd::cargo::cargo_bin!("gemc").display());
    let mut script = Command::new("script");
    script.args(["-qec", &line, "/dev/null"]).current_dir(folder.path()).env_remove("NO_COLOR").env("TERM", "xterm");
    let done = script.envs(environment.iter().copied()).output();
    if done.is_err() {
        lacking(Lack::Script);
    }
    done.ok().map(|done| String::from_utf8(done.stdout).unwrap())
}

#[test]
fn colours_unless_unwanted() {
    for arguments in ["check bad.gem", "compile good.gem", "explain", "data list"] {
        let Some(coloured) = on_a_terminal(arguments, &[]) else { return };
        assert_eq!(coloured.contains('\x1b'), arguments != "explain", "{arguments}: {coloured}");
        for unwanted in [("NO_COLOR", "1"), ("TERM", "dumb")] {
            let plain = on_a_terminal(arguments, &[unwanted]).unwrap();
            assert!(!plain.contains('\x1b'), "{arguments}: {plain}");
        }
    }
}

#[test]
fn reports_and_stories_fit_a_narrow_terminal() {
    for arguments in ["check bad.gem gone.gem", "explain", "explain no_engine"] {
        let Some(text) = on_a_terminal(arguments, &[("NO_COLOR", "1")]) else { return };
        let long: Vec<&str> = text.lines().map(str::trim_end).filter(|line| line.chars().count() > 60).collect();
        assert!(long.iter().all(|line| line.starts_with("    ")), "{arguments}: {long:#?}");
    }
}
