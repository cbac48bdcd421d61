//! The one list that rules push faults to. A rule returns nothing: it pushes and goes on, so that one run finds all.

use indexmap::IndexMap;
use miette::{Diagnostic, Severity};
use rustc_hash::FxBuildHasher;

use super::fix::Fix;

/// One fault or warning.
pub type Problem = Box<dyn Diagnostic + Send + Sync + 'static>;

/// Faults of one kind that are kept; further ones are counted.
pub(super) const KEPT: usize = 100;

/// Faults and warnings found so far, in the order they were found. Of each kind the first hundred are kept, all are counted.
#[derive(Debug, Default)]
pub struct Problems {
    found: Vec<Found>,
    kinds: Kinds,
}

/// One fault or warning, and what mends it.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) problem: Problem,
    pub(super) fix: Option<Fix>,
}

/// How many there are of each code.
pub(super) type Kinds = IndexMap<String, usize, FxBuildHasher>;

impl Problems {
    /// Makes an empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, problem: impl Diagnostic + Send + Sync + 'static) {
        self.push_with(problem, None);
    }

    /// Adds one with what mends it, where that is known.
    pub fn push_with(&mut self, problem: impl Diagnostic + Send + Sync + 'static, fix: Option<Fix>) {
        self.add(code(&problem), Found { problem: Box::new(problem), fix });
    }

    /// Adds those of another list.
    pub fn append(&mut self, mut other: Self) {
        for found in other.found {
            let code = code(found.problem.as_ref());
            if let Some(left) = other.kinds.get_mut(&code) {
                *left -= 1;
            }
            self.add(code, found);
        }
        for (code, counted) in other.kinds.into_iter().filter(|(_, counted)| *counted > 0) {
            *self.kinds.entry(code).or_default() += counted;
        }
    }

    fn add(&mut self, code: String, found: Found) {
        let count = self.kinds.entry(code).or_default();
        *count += 1;
        if *count <= KEPT {
            self.found.push(found);
        }
    }

    /// Tells whether there are too many for suggestions to be worth their time.
    pub fn many(&self) -> bool {
        self.found.len() >= KEPT
    }

    /// Tells whether any of them is an error rather than a warning.
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|found| is_error(found.problem.as_ref()))
    }

    /// Returns those that are kept in the order of the text, what has no place first, and how many there are of each kind.
    pub(super) fn sorted(mut self) -> (Vec<Found>, Kinds) {
        self.found.sort_by_cached_key(|found| place(found.problem.as_ref()));
        (self.found, self.kinds)
    }
}

/// Returns the stable code, such as `gem::unknown_name`.
pub(super) fn code(problem: &dyn Diagnostic) -> String {
    problem.code().map(|code| code.to_string()).unwrap_or_default()
}

/// Tells whether `problem` stops the compiler.
pub(super) fn is_error(problem: &dyn Diagnostic) -> bool {
    matches!(problem.severity(), None | Some(Severity::Error))
}

/// Returns the first byte of the primary label, or of the first label.
fn place(problem: &dyn Diagnostic) -> Option<usize> {
    let labels: Vec<_> = problem.labels()?.collect();
    let primary = labels.iter().find(|label| label.primary());
    primary.or(labels.first()).map(miette::LabeledSpan::offset)
}
