//! Places of a text in bytes ↔ lines and columns as an editor counts them, in UTF-8, UTF-16 or UTF-32.

use gen_lsp_types::{Position, PositionEncodingKind, Range};

use crate::span::Span;

/// In which units an editor counts columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PositionEncoding {
    /// Bytes.
    Utf8,
    /// Units of UTF-16: what holds where nothing else was agreed on.
    #[default]
    Utf16,
    /// Characters.
    Utf32,
}

impl PositionEncoding {
    /// Chooses among those that an editor offers, which is UTF-16 where it offers none.
    pub fn chosen(offered: &[PositionEncodingKind]) -> Self {
        let known = |kind: &PositionEncodingKind| match kind {
            PositionEncodingKind::UTF8 => Some(Self::Utf8),
            PositionEncodingKind::UTF16 => Some(Self::Utf16),
            PositionEncodingKind::UTF32 => Some(Self::Utf32),
            PositionEncodingKind::Custom(_) => None,
        };
        offered.iter().find_map(known).unwrap_or_default()
    }

    /// Returns its name in the protocol.
    pub fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
            Self::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn units(self, character: char) -> usize {
        match self {
            Self::Utf8 => character.len_utf8(),
            Self::Utf16 => character.len_utf16(),
            Self::Utf32 => 1,
        }
    }
}

/// Where the lines of a text begin, and how columns are counted.
#[derive(Debug, Clone)]
pub struct TextLines {
    starts: Vec<usize>,
    encoding: PositionEncoding,
}

impl TextLines {
    /// Finds the lines of a text; they end with `\n`, `\r\n` or `\r`.
    pub fn new(text: &str, encoding: PositionEncoding) -> Self {
        let bytes = text.as_bytes();
        let ends = |at: &usize| bytes[*at] == b'\n' || (bytes[*at] == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
        let starts = std::iter::once(0).chain((0..bytes.len()).filter(ends).map(|at| at + 1)).collect();
        Self { starts, encoding }
    }

    /// Returns line and column of a byte of `text`.
    pub fn position(&self, text: &str, offset: usize) -> Position {
        let boundary = |at: &usize| text.is_char_boundary(*at);
        let offset = (0..=offset.min(text.len())).rev().find(boundary).unwrap_or(0);
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        let column: usize =
            text[self.starts[line]..offset].chars().map(|character| self.encoding.units(character)).sum();
        Position { line: u32::try_from(line).unwrap_or(u32::MAX), character: u32::try_from(column).unwrap_or(u32::MAX) }
    }

    /// Returns the byte of `text` at a line and column; a place behind a line's end is its end, one below the text the text's end.
    pub fn offset(&self, text: &str, position: Position) -> usize {
        let Some(start) = self.starts.get(position.line as usize).copied() else { return text.len() };
        let end = self.starts.get(position.line as usize + 1).copied().unwrap_or(text.len());
        let line = text[start..end].trim_end_matches(['\n', '\r']);
        let (mut column, mut offset) = (0, start);
        for character in line.chars() {
            let next = column + self.encoding.units(character);
            if next > position.character as usize {
                break;
            }
            (column, offset) = (next, offset + character.len_utf8());
        }
        offset
    }

    /// Returns a stretch of `text` in lines and columns.
    pub fn range(&self, text: &str, span: Span) -> Range {
        Range { start: self.position(text, span.start), end: self.position(text, span.end) }
    }

    /// Returns the stretch of `text` that a range means; one that ends before it begins is empty.
    pub fn span(&self, text: &str, range: Range) -> Span {
        Span::new(self.offset(text, range.start), self.offset(text, range.end))
    }

    /// Counts the units of a piece of text without line ends.
    pub fn width(&self, piece: &str) -> u32 {
        let width: usize = piece.chars().map(|character| self.encoding.units(character)).sum();
        u32::try_from(width).unwrap_or(u32::MAX)
    }
}
