//! The pages people read, taken apart: headings, snippets, and the rest as text.

use std::fs;
use std::path::{Path, PathBuf};

/// One page.
pub(crate) struct Page {
    /// Its path from the repository's root.
    pub(crate) name: String,
    /// All of it.
    pub(crate) text: String,
}

/// One fenced block.
pub(crate) struct Snippet {
    /// The heading that it stands below.
    pub(crate) heading: String,
    /// The line on which it opens, from 1.
    pub(crate) line: usize,
    /// What stands behind the fence.
    pub(crate) info: String,
    /// What is in it.
    pub(crate) text: String,
}

/// Returns a path of the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Returns the pages at the root, in `docs/` and below it, and that of the tests.
pub(crate) fn pages() -> Vec<Page> {
    let mut found = Vec::new();
    let folder = |path: &str| fs::read_dir(repository(path)).unwrap().map(|entry| entry.unwrap().path());
    found.extend(folder("."));
    found.push(repository("tests/README.md"));
    let mut open: Vec<PathBuf> = folder("docs").collect();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            found.push(path);
        }
    }
    found.retain(|path| path.extension().is_some_and(|end| end == "md"));
    found.sort();
    let read = |path: PathBuf| Page {
        name: path.strip_prefix(repository("")).unwrap().display().to_string(),
        text: fs::read_to_string(&path).unwrap(),
    };
    found.into_iter().map(read).collect()
}

impl Page {
    /// Returns its second-level headings.
    pub(crate) fn headings(&self) -> Vec<String> {
        let mut fenced = false;
        let mut heading = |line: &str| {
            fenced ^= line.trim_start().starts_with("```");
            line.strip_prefix("## ").filter(|_| !fenced).map(str::to_owned)
        };
        self.text.lines().filter_map(&mut heading).collect()
    }

    /// Returns its fenced blocks.
    pub(crate) fn snippets(&self) -> Vec<Snippet> {
        let (mut found, mut heading, mut open) = (Vec::new(), String::new(), None::<Snippet>);
        for (index, line) in self.text.lines().enumerate() {
            match (open.take(), line.strip_prefix("```")) {
                (Some(snippet), Some(_)) => found.push(snippet),
                (Some(mut snippet), None) => {
                    snippet.text += line;
                    snippet.text += "\n";
                    open = Some(snippet);
                }
                (None, Some(info)) => {
                    let (heading, info) = (heading.clone(), info.trim().to_owned());
                    open = Some(Snippet { heading, line: index + 1, info, text: String::new() });
                }
                (None, None) => heading = line.strip_prefix("## ").map_or(heading, str::to_owned),
            }
        }
        assert!(open.is_none(), "{}: a block is never closed", self.name);
        found
    }
}
