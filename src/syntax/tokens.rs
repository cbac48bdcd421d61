//! Text → words, numbers, signs and comments with their places, whether or not the text parses: for rooms that need a text as it
//! is written. Invariant: tokens do not overlap, and between them stand only blanks.

use super::grammar::is_letter;
use crate::span::Span;

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'t> {
    /// What it is.
    pub kind: TokenKind,
    /// What is written.
    pub text: &'t str,
    /// Where it stands.
    pub span: Span,
}

/// What a piece of a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A name or a keyword.
    Word,
    /// A number.
    Number,
    /// A bracket, a comma, an operator, or a character that no text may have.
    Sign,
    /// A comment; a `/*` without an end goes on to the end of the text.
    Comment,
}

impl<'t> Token<'t> {
    /// Returns the tokens of a text in its order.
    pub fn all(text: &'t str) -> Vec<Self> {
        let mut found = Vec::new();
        let mut at = text.len() - text.trim_start_matches('\u{feff}').len();
        loop {
            at += text[at..].len() - text[at..].trim_start().len();
            let Some((kind, length)) = first(&text[at..]) else { return found };
            found.push(Self { kind, text: &text[at..at + length], span: Span::new(at, at + length) });
            at += length;
        }
    }
}

/// Returns the kind and the length of the token that `text` begins with.
fn first(text: &str) -> Option<(TokenKind, usize)> {
    let character = text.chars().next()?;
    let bytes = text.as_bytes();
    let letters = bytes.iter().take_while(|byte| is_letter(**byte)).count();
    Some(if text.starts_with("//") {
        (TokenKind::Comment, text.find('\n').unwrap_or(text.len()))
    } else if let Some(inside) = text.strip_prefix("/*") {
        (TokenKind::Comment, inside.find("*/").map_or(text.len(), |end| end + 4))
    } else if character.is_ascii_digit() {
        (TokenKind::Number, number(bytes))
    } else if letters > 0 {
        (TokenKind::Word, letters)
    } else if text.starts_with("->") {
        (TokenKind::Sign, 2)
    } else {
        (TokenKind::Sign, character.len_utf8())
    })
}

/// Measures the number that `bytes` begin with: `784`, `0.3`, `2.5e-4`.
fn number(bytes: &[u8]) -> usize {
    let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut end = digits(0);
    if bytes.get(end) == Some(&b'.') && is_digit(end + 1) {
        end += 1 + digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        if is_digit(end + 1 + sign) {
            end += 1 + sign + digits(end + 1 + sign);
        }
    }
    end
}
