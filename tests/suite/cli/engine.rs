//! The two programs: `gemc` is linked to no libtorch, and hands what needs tensors to the engine.

#[cfg(all(unix, feature = "torch"))]
use std::path::Path;

#[cfg(all(unix, feature = "torch"))]
use super::folder;
use crate::skips::{Lack, lacking};

#[cfg(not(feature = "torch"))]
#[test]
fn without_libtorch_it_says_so() {
    for arguments in [
        &["compile", "good.gem", "--train", "glyphs"][..],
        &["eval", "run", "--data", "glyphs"],
        &["bench", "good.gem"],
    ] {
        let said = super::run(arguments);
        assert_eq!((said.code, said.out.as_str()), (3, ""), "{arguments:?}");
        assert!(said.err.contains("cli::no_torch"), "{}", said.err);
    }
    let object = super::run(&["bench", "good.gem", "--format", "json"]).object();
    assert_eq!(object["error"]["code"], "cli::no_torch");
}

/// Runs a copy of `gemc` beside which no engine lies, with `engine` in its environment.
#[cfg(all(unix, feature = "torch"))]
fn run_copy(folder: &Path, engine: &Path, arguments: &[&str]) -> std::process::Output {
    std::process::Command::new(super::program_in(folder))
        .args(arguments)
        .current_dir(folder)
        .env("GEMC_ENGINE", engine)
        .output()
        .unwrap()
}

#[cfg(all(unix, feature = "torch"))]
#[test]
fn the_engine_gets_the_command_line() {
    let folder = folder();
    let done = run_copy(folder.path(), Path::new("/bin/echo"), &["bench", "good.gem", "--set", "genes= 4"]);
    assert_eq!(done.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&done.stdout), "bench good.gem --set genes= 4\n");
}

#[cfg(all(unix, feature = "torch"))]
#[test]
fn a_wrong_engine_is_three() {
    let folder = folder();
    let done = run_copy(folder.path(), &folder.path().join("good.gem"), &["bench", "good.gem"]);
    assert_eq!(done.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&done.stderr).contains("cli::broken_engine"));
    let done = run_copy(folder.path(), &folder.path().join("gemc"), &["bench", "good.gem"]);
    assert_eq!(done.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&done.stderr).contains("cli::wrong_engine"));
}

#[test]
fn gemc_is_linked_to_no_libtorch() {
    let program = assert_cmd::cargo::cargo_bin!("gemc");
    let Ok(done) = std::process::Command::new("readelf").arg("-d").arg(program).output() else {
        return lacking(Lack::Readelf);
    };
    let linked = String::from_utf8_lossy(&done.stdout);
    let wrong =
        linked.lines().filter(|line| line.contains("NEEDED") && (line.contains("torch") || line.contains("c10")));
    assert_eq!(wrong.collect::<Vec<_>>(), Vec::<&str>::new());
}

#[cfg(feature = "torch")]
#[test]
fn an_engine_of_another_build_refuses() {
    let engine = assert_cmd::cargo::cargo_bin!("gemc-torch");
    let run = |build: &str| {
        let mut command = std::process::Command::new(engine);
        super::Said::of(command.args(["explain", "gem::cycle"]).env("GEMC_CALLED_BY_FRONT", build).output().unwrap())
    };
    let said = run("0.0.9 (0123456789ab)");
    assert_eq!((said.code, said.out.as_str()), (3, ""));
    assert!(said.err.contains("cli::other_engine") && said.err.contains("0123456789ab"), "{}", said.err);
}
