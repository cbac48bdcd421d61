//! Folders → the runs below them, and the recipes that some belong to; each real folder once, however many links lead to it.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::exit::Failure;
use super::faults::Blame;
use crate::run_dir::{Kept, Manifest, RECIPE, RECORD, RESULTS, RunDirFault, State};

/// Folders within folders that are looked into: a sweep's runs lie one deeper than others.
const DEEPEST: usize = 5;

/// What lies below some folders.
#[derive(Debug, Default)]
pub(super) struct FoundRuns {
    /// Folders that hold a record, in natural order.
    pub(super) runs: Vec<PathBuf>,
    /// Folders of recipes.
    pub(super) recipes: Vec<PathBuf>,
    /// How deep each real folder lay when it was looked into.
    seen: HashMap<PathBuf, usize>,
}

impl FoundRuns {
    /// Finds all runs below `folders`. What cannot be read below them is left out.
    pub(super) fn below<'a>(folders: impl IntoIterator<Item = &'a PathBuf>) -> Result<Self, Failure> {
        let mut found = Self::default();
        for folder in folders {
            found
                .find(folder, 0)
                .map_err(|why| RunDirFault::Read { path: folder.clone(), reason: why.to_string() }.failure())?;
        }
        Ok(found)
    }

    fn find(&mut self, folder: &Path, depth: usize) -> io::Result<()> {
        let mut below: Vec<PathBuf> = fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
        let real = fs::canonicalize(folder)?;
        let before = self.seen.get(&real).copied();
        // what was looked into from further up was looked into as deep as it goes
        if before.is_some_and(|before| before <= depth) {
            return Ok(());
        }
        self.seen.insert(real, depth);
        let holds = |name: &str| below.iter().any(|path| path.file_name().is_some_and(|file| file == name));
        if holds(RECORD) {
            self.runs.extend(before.is_none().then(|| folder.to_path_buf()));
            return Ok(());
        }
        if before.is_none() && (holds(RESULTS) || holds(RECIPE)) {
            self.recipes.push(folder.to_path_buf());
        }
        below.retain(|path| depth < DEEPEST && path.is_dir());
        below.sort_by_cached_key(|path| natural(&path.display().to_string()));
        for path in below {
            // who may not read a folder has no runs there
            let _ = self.find(&path, depth + 1);
        }
        Ok(())
    }
}

/// Says how a run stands.
pub(super) fn standing(folder: &Path, record: &Manifest) -> &'static str {
    match record.outcome.state {
        Some(State::Running) if !Kept::is_held(folder) => "killed",
        Some(State::Running) => "running",
        Some(State::Interrupted) => "interrupted",
        Some(State::Failed) => "failed",
        Some(State::Diverged) => "diverged",
        Some(State::Finished) | None => "finished",
    }
}

/// Returns a key by which `mlp-10` comes after `mlp-9`.
pub(super) fn natural(text: &str) -> Vec<(u128, String)> {
    let mut key: Vec<(u128, String)> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let words = rest.find(|letter: char| letter.is_ascii_digit()).unwrap_or(rest.len());
        let digits = rest[words..].find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len() - words);
        key.push((0, rest[..words].to_owned()));
        // numbers of more digits than fit are names
        let number = &rest[words..words + digits];
        key.push(number.parse::<u128>().map_or((0, number.to_owned()), |number| (number, String::new())));
        rest = &rest[words + digits..];
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_count() {
        let mut names =
            ["run-10", "run-9", "run-1-b", "run-1", "a=0.5", "a=0.25", "run-99999999999999999999999999999999999999999"];
        names.sort_by_cached_key(|name| natural(name));
        assert_eq!(
            names[..6],
            ["a=0.5", "a=0.25", "run-99999999999999999999999999999999999999999", "run-1", "run-1-b", "run-9"]
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_run_is_found_once_and_loops_end() {
        use std::os::unix::fs::symlink;

        let folder = tempfile::tempdir().unwrap();
        let at = |path: &str| folder.path().join(path);
        for path in ["store/b", "store/c", "fig"] {
            fs::create_dir_all(at(path)).unwrap();
        }
        for path in ["store/b/run.json", "store/c/run.json", "fig/recipe.yaml"] {
            fs::write(at(path), "").unwrap();
        }
        symlink("../store/b", at("fig/001")).unwrap();
        symlink("..", at("store/loop")).unwrap();
        symlink("../fig", at("fig/self")).unwrap();
        let found = FoundRuns::below([&folder.path().to_path_buf()]).unwrap();
        assert_eq!(found.runs, [at("fig/001"), at("store/c")]);
        assert_eq!(found.recipes, [at("fig")]);
    }
}
