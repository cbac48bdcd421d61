//! The one list that rules push faults to. A rule returns nothing: it pushes and goes on, so that one run finds all.

use miette::{Diagnostic, Severity};

/// One fault or warning.
pub type Problem = Box<dyn Diagnostic + Send + Sync + 'static>;

/// Faults and warnings found so far, in the order they were found.
#[derive(Debug, Default)]
pub struct Problems {
    found: Vec<Problem>,
}

impl Problems {
    /// Makes an empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, problem: impl Diagnostic + Send + Sync + 'static) {
        self.found.push(Box::new(problem));
    }

    /// Adds those of another list.
    pub fn append(&mut self, mut other: Self) {
        self.found.append(&mut other.found);
    }

    /// Tells whether there are so many that suggestions for further ones are no longer worth their time.
    pub fn many(&self) -> bool {
        self.found.len() >= 100
    }

    /// Tells whether any of them is an error rather than a warning.
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|problem| is_error(problem.as_ref()))
    }

    /// Returns them in the order of the text; what has no place comes first.
    pub fn sorted(mut self) -> Vec<Problem> {
        self.found.sort_by_cached_key(|problem| place(problem.as_ref()));
        self.found
    }
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
