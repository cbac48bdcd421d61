//! Paths → the models they mean, and the snapshots that no model stands beside; in the order of the paths, folders sorted.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The end of a model's file name.
const MODEL: &str = "gem";
/// The end of a snapshot's file name.
pub(super) const SNAPSHOT: &str = "snap";

/// What a run's folder holds, and no other.
const RECORD: &str = "run.json";

/// What was found.
#[derive(Debug, Default)]
pub(super) struct FoundModels {
    /// Models, each once.
    pub(super) models: Vec<PathBuf>,
    /// Snapshots without a model; whether they are ours is not yet known.
    pub(super) alone: Vec<PathBuf>,
    /// Folders that cannot be read, and why.
    pub(super) unreadable: Vec<(PathBuf, io::Error)>,
    /// Folders that were named and hold no model.
    pub(super) empty: Vec<PathBuf>,
    /// Texts that were named and belong to a run.
    pub(super) kept: Vec<PathBuf>,
}

/// Looks for models. A path that is no folder means a model, whether or not it is there; a snapshot means its model. A run's
/// folder is left alone: its text is the run's.
pub(super) fn find_models(paths: &[PathBuf]) -> FoundModels {
    let mut found = FoundModels::default();
    for path in paths {
        let path = &plain(path);
        if path.is_dir() {
            let before = found.models.len();
            found.folder(path);
            let inside = |model: &PathBuf| path == Path::new(".") || model.starts_with(path);
            if found.models.len() == before && !found.models.iter().any(inside) {
                found.empty.push(path.clone());
            }
        } else if is_kept(path) {
            found.kept.push(path.clone());
        } else {
            found.file(path);
        }
    }
    found
}

impl FoundModels {
    fn folder(&mut self, folder: &Path) {
        let mut entries: Vec<PathBuf> = match fs::read_dir(folder) {
            Ok(entries) => entries.flatten().map(|entry| plain(&entry.path())).collect(),
            Err(why) => {
                self.unreadable.push((folder.to_path_buf(), why));
                return;
            }
        };
        entries.sort();
        for entry in entries {
            let hidden = entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            // links are not followed: they could lead in circles
            if entry.is_dir() && !entry.is_symlink() && !hidden {
                self.folder(&entry);
            } else if (ends_with(&entry, MODEL) || ends_with(&entry, SNAPSHOT)) && !is_kept(&entry) {
                self.file(&entry);
            }
        }
    }

    fn file(&mut self, path: &Path) {
        let model = path.with_extension(MODEL);
        let (list, path) = match ends_with(path, SNAPSHOT) {
            true if !model.exists() => (&mut self.alone, path.to_path_buf()),
            true => (&mut self.models, model),
            false => (&mut self.models, path.to_path_buf()),
        };
        // a long list holds few doubles, and they stand close together
        if !list.contains(&path) {
            list.push(path);
        }
    }
}

/// Tells whether a file lies in a run's folder.
pub(super) fn is_kept(path: &Path) -> bool {
    path.with_file_name(RECORD).is_file()
}

/// Drops a leading `./`, so that a file has one name.
fn plain(path: &Path) -> PathBuf {
    path.strip_prefix(".").map_or(path, |rest| if rest.as_os_str().is_empty() { path } else { rest }).to_path_buf()
}

fn ends_with(path: &Path, end: &str) -> bool {
    path.extension().is_some_and(|found| found == end)
}
