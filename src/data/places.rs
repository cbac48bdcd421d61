//! Where one kind of fault was found: the first few places, and how often in all. Hundreds of one kind are one report.

use miette::LabeledSpan;

use crate::diag::grouped;
use crate::span::Span;

/// Places that are shown.
const SHOWN: usize = 4;

/// The first places of a kind of fault, what was found there, and how many there are.
#[derive(Debug)]
pub(super) struct Places<T> {
    first: Vec<(Span, T)>,
    count: u64,
}

impl<T> Default for Places<T> {
    fn default() -> Self {
        Self { first: Vec::new(), count: 0 }
    }
}

impl<T> Places<T> {
    /// Adds a place.
    pub(super) fn add(&mut self, at: Span, what: T) {
        self.count += 1;
        if self.first.len() < SHOWN {
            self.first.push((at, what));
        }
    }

    /// Returns what was found at the first place, and in how many there is something; nothing where there is none.
    pub(super) fn first(&self) -> Option<(&T, u64)> {
        self.first.first().map(|(_, what)| (what, self.count))
    }

    /// Returns the places that are shown, the first one primary, each with what `told` says of it.
    pub(super) fn labels(&self, told: impl Fn(&T) -> String) -> Vec<LabeledSpan> {
        let mut labels = Vec::with_capacity(self.first.len());
        for (at, what) in &self.first {
            let said = Some(told(what));
            let label = if labels.is_empty() { LabeledSpan::new_primary_with_span } else { LabeledSpan::new_with_span };
            labels.push(label(said, *at));
        }
        labels
    }

    /// Returns what was found, as people list it: `a`, `b` and 57 more.
    pub(super) fn listed(&self, told: impl Fn(&T) -> &str) -> String {
        let names: Vec<String> = self.first.iter().map(|(_, what)| format!("`{}`", told(what))).collect();
        match self.count.saturating_sub(names.len() as u64) {
            0 => names.join(", "),
            more => format!("{} and {} more", names.join(", "), grouped(more)),
        }
    }
}
