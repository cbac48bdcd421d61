//! Clients that others wrote, where this machine has them: Neovim, configured as the page says, and pytest-lsp.

use std::process::Command;

use crate::pages::repository;
use crate::skips::{Lack, lacking};

/// Runs a command in the repository's root, and returns what it printed.
fn run(command: &mut Command) -> Option<String> {
    let done = command.current_dir(repository("")).output().ok()?;
    let said = [done.stdout, done.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
    done.status.success().then_some(said.clone()).or_else(|| {
        println!("{said}");
        None
    })
}

/// Tells whether Neovim is there and new enough.
fn has_neovim() -> bool {
    let told = run(Command::new("nvim").arg("--version")).unwrap_or_default();
    let version = told.strip_prefix("NVIM v0.").and_then(|rest| rest.split('.').next()?.parse::<u32>().ok());
    version.is_some_and(|minor| minor >= 11)
}

#[test]
fn neovim_shows_every_answer() {
    if !has_neovim() {
        return lacking(Lack::Neovim);
    }
    let gemc = assert_cmd::cargo::cargo_bin!("gemc");
    let told = run(Command::new("python3").arg("tests/editors/neovim.py").arg(gemc));
    assert!(told.is_some_and(|told| told.contains("as expected")));
}

#[test]
fn pytest_lsp_takes_every_answer() {
    if run(Command::new("python3").args(["-c", "import pytest_lsp"])).is_none() {
        return lacking(Lack::PytestLsp);
    }
    let gemc = assert_cmd::cargo::cargo_bin!("gemc");
    let options = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/editors/test_lsp.py"];
    let told = run(Command::new("python3").args(options).env("GEMC", gemc));
    assert!(told.is_some_and(|told| told.contains("2 passed")));
}
