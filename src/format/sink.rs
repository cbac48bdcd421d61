//! A text while it is written, with the widest of its lines as far as code goes.

use super::STEP;
use super::lexer::Comment;

/// Written text.
#[derive(Debug, Default)]
pub(super) struct Sink {
    /// What has been written.
    pub(super) text: String,
    /// Columns written since the line began.
    column: usize,
    /// The most columns that a line has up to the end of its code.
    pub(super) widest: usize,
}

impl Sink {
    /// Begins with `column` columns written.
    pub(super) fn at(column: usize) -> Self {
        Self { column, ..Self::default() }
    }

    /// Writes code.
    pub(super) fn code(&mut self, text: &str) {
        self.write(text);
        self.widest = self.widest.max(self.column);
    }

    /// Writes a comment.
    pub(super) fn comment(&mut self, comment: &Comment) {
        self.write(&comment.text);
    }

    /// Writes blanks.
    pub(super) fn blanks(&mut self, count: usize) {
        self.text.extend(std::iter::repeat_n(' ', count));
        self.column += count;
    }

    /// Begins a line that is indented `depth` times.
    pub(super) fn line(&mut self, depth: usize) {
        self.text.push('\n');
        self.column = 0;
        self.blanks(depth * STEP);
    }

    fn write(&mut self, text: &str) {
        self.text.push_str(text);
        match text.rsplit_once('\n') {
            Some((_, last)) => self.column = last.chars().count(),
            None => self.column += text.chars().count(),
        }
    }
}
