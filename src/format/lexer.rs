//! Text → words, numbers, signs and comments, and where lines end between them. Comments that only blanks part are one.

use crate::syntax::{self, TokenKind};

/// What a piece of text is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token<'t> {
    /// A word or a number.
    Word(&'t str),
    /// A bracket, a comma, an operator.
    Sign(&'t str),
    /// One comment, or several on one line.
    Comment(Comment),
}

/// One comment, or several that stand on one line without anything between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Comment {
    /// What is written.
    pub(super) text: String,
    /// Whether it ends with its line: `// …`.
    pub(super) to_line_end: bool,
    /// Whether nothing but blanks stands before it on its line.
    pub(super) starts_line: bool,
    /// Whether nothing but blanks stands behind it on its line.
    pub(super) ends_line: bool,
}

/// A token with the line ends before it.
#[derive(Debug)]
pub(super) struct Lexeme<'t> {
    /// What it is.
    pub(super) token: Token<'t>,
    /// How many lines end between the token before and this one.
    pub(super) line_ends: usize,
}

impl Lexeme<'_> {
    /// Tells whether this is `sign`.
    pub(super) fn is(&self, sign: &str) -> bool {
        matches!(self.token, Token::Sign(found) if found == sign)
    }
}

/// Takes a text apart; blanks are dropped.
pub(super) fn lex(text: &str) -> Vec<Lexeme<'_>> {
    let mut found: Vec<Lexeme<'_>> = Vec::new();
    let mut end = 0;
    for written in syntax::Token::all(text) {
        let line_ends = text[end..written.span.start].matches('\n').count();
        let first = found.is_empty();
        end = written.span.end;
        let before = match found.last_mut() {
            Some(Lexeme { token: Token::Comment(before), .. }) => Some(before),
            _ => None,
        };
        match (written.kind, before) {
            (TokenKind::Comment, Some(before)) if line_ends == 0 => {
                before.text.extend([" ", written.text.trim_end()]);
                before.to_line_end = written.text.starts_with("//");
                continue;
            }
            (_, Some(before)) => before.ends_line = line_ends > 0,
            (_, None) => {}
        }
        let token = match written.kind {
            TokenKind::Word | TokenKind::Number => Token::Word(written.text),
            TokenKind::Sign => Token::Sign(written.text),
            TokenKind::Comment => Token::Comment(Comment {
                text: written.text.trim_end().to_owned(),
                to_line_end: written.text.starts_with("//"),
                starts_line: line_ends > 0 || first,
                // until a token behind it says otherwise
                ends_line: true,
            }),
        };
        found.push(Lexeme { token, line_ends });
    }
    found
}
