//! Places in a source text. Everything that came from the text carries one; nothing here knows what a place means.

use std::fmt;

use compact_str::CompactString;

/// A stretch of the source text, in bytes; `end` is one past the last byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// Makes the stretch from `start` up to, not including, `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end: end.max(start) }
    }

    /// Returns the smallest stretch that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }
}

impl From<Span> for miette::SourceSpan {
    fn from(span: Span) -> Self {
        (span.start, span.end - span.start).into()
    }
}

/// A name as the text has it, with its place. Two names are equal when their letters are.
#[derive(Debug, Clone)]
pub struct Name {
    /// The letters.
    pub text: CompactString,
    /// Where they stand.
    pub span: Span,
}

impl Name {
    /// Makes a name that stands at `span`.
    pub fn new(text: impl Into<CompactString>, span: Span) -> Self {
        Self { text: text.into(), span }
    }

    /// Returns the letters.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
