//! A source text as reports show it: what a terminal would obey is spelt out, and of two distant places only the lines around
//! each are read.

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::escape::{in_line, is_hidden};

/// Lines that are shown from the first place of an excerpt to the last.
const LONGEST: usize = 12;

/// Lines between two excerpts that are rather shown than left out.
const SPARE: usize = 2;

/// A text under its name, and where each of its lines begins.
#[derive(Debug)]
pub(super) struct Excerpt {
    name: String,
    /// As it is.
    pub(super) raw: String,
    /// As it is shown, where that is another text.
    spelt: Option<String>,
    lines: Vec<usize>,
    /// Places in the raw text behind a character that is spelt out, and how many bytes have been added up to there.
    moved: Vec<(usize, usize)>,
}

impl Excerpt {
    /// Takes a text and the name under which it is shown.
    pub(super) fn new(name: &str, raw: &str) -> Self {
        let mut moved = Vec::new();
        let spelt = spelt(raw, &mut moved);
        let text = spelt.as_deref().unwrap_or(raw);
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { name: in_line(name).into_owned(), raw: raw.to_owned(), spelt, lines, moved }
    }

    fn text(&self) -> &str {
        self.spelt.as_deref().unwrap_or(&self.raw)
    }

    /// Returns a label of the raw text where it stands in what is shown; of one over very many lines the first is marked.
    pub(super) fn label(&self, label: &LabeledSpan, words: Option<String>) -> LabeledSpan {
        let (start, mut end) = (self.place(label.offset()), self.place(label.offset() + label.len()));
        let first = self.line(start);
        if self.line(end) - first >= LONGEST {
            end = self.lines.get(first + 1).map_or(end, |next| next - 1);
        }
        let span = SourceSpan::from((start, end - start));
        if label.primary() {
            LabeledSpan::new_primary_with_span(words, span)
        } else {
            LabeledSpan::new_with_span(words, span)
        }
    }

    fn place(&self, raw: usize) -> usize {
        let before = self.moved.partition_point(|(behind, _)| *behind <= raw);
        raw + before.checked_sub(1).map_or(0, |last| self.moved[last].1)
    }

    /// Returns the line of a place, from 0.
    fn line(&self, at: usize) -> usize {
        self.lines.partition_point(|start| *start <= at).saturating_sub(1)
    }
}

/// Spells out what a terminal would obey, a carriage return before a line end aside.
fn spelt(raw: &str, moved: &mut Vec<(usize, usize)>) -> Option<String> {
    if !raw.chars().any(is_hidden) {
        return None;
    }
    let (mut text, mut added) = (String::with_capacity(raw.len() + 64), 0);
    for (at, character) in raw.char_indices() {
        if !is_hidden(character) || (character == '\r' && raw[at + 1..].starts_with('\n')) {
            text.push(character);
            continue;
        }
        let before = text.len();
        text.extend(character.escape_unicode());
        added += text.len() - before - character.len_utf8();
        moved.push((at + character.len_utf8(), added));
    }
    Some(text)
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (first, last) = (self.line(span.offset()), self.line((span.offset() + span.len()).saturating_sub(1)));
        if last.saturating_sub(first) > LONGEST {
            return Err(MietteError::OutOfBounds);
        }
        let from = first.saturating_sub(before);
        let start = self.lines[from];
        let end = self.lines.get(last + after + 2).map_or(self.text().len(), |next| *next);
        let near = SourceSpan::from((span.offset() - start, span.len()));
        let read = self.text().as_bytes()[start..end].read_span(&near, before, after)?;
        let data = &self.text().as_bytes()[start + read.span().offset()..][..read.span().len()];
        let (at, line) = (SourceSpan::from((start + read.span().offset(), read.span().len())), from + read.line());
        // this is only asked for whether two excerpts meet: with a few lines to spare near places are shown with what is between
        let lines = self.line(at.offset() + at.len()) - line + SPARE;
        Ok(Box::new(MietteSpanContents::new_named(self.name.clone(), data, at, line, read.column(), lines)))
    }
}
