//! Names of tensors → names of variables in Python.

use std::collections::HashSet;

/// Words that no variable may be, and names that the file itself uses.
const TAKEN: &[&str] = &[
    "False",
    "None",
    "True",
    "and",
    "as",
    "assert",
    "async",
    "await",
    "break",
    "class",
    "continue",
    "def",
    "del",
    "elif",
    "else",
    "except",
    "finally",
    "for",
    "from",
    "global",
    "if",
    "import",
    "in",
    "is",
    "lambda",
    "nonlocal",
    "not",
    "or",
    "pass",
    "raise",
    "return",
    "try",
    "while",
    "with",
    "yield",
    "match",
    "case",
    "type",
    "self",
    "samples",
    "torch",
    "math",
    "nn",
    "F",
    "Step",
    "seen",
    "pool",
    "symmetric",
    "Network",
    "TENSORS",
    "load",
    "load_file",
    "Path",
];

/// Names that are given.
#[derive(Debug)]
pub(super) struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// Begins with what no variable may be called.
    pub(super) fn new() -> Self {
        Self { taken: TAKEN.iter().map(|name| (*name).to_owned()).collect() }
    }

    /// Returns a variable's name after a tensor's: `pixels_to_hidden_1` for `pixels->hidden.1`.
    pub(super) fn variable(&mut self, name: &str) -> String {
        let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '_' };
        let mut base: String = name.replace("->", "_to_").chars().map(plain).collect();
        base = base.trim_end_matches('_').to_owned();
        if base.is_empty() || base.starts_with(|letter: char| letter.is_ascii_digit()) {
            base.insert(0, 't');
        }
        let mut free = base.clone();
        let mut count = 1_usize;
        while !self.taken.insert(free.clone()) {
            count += 1;
            free = format!("{base}_{count}");
        }
        free
    }
}
