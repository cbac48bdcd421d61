//! Text → words, numbers, signs and comments, and where lines end between them. Comments that only blanks part are one.

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
    let mut rest = text;
    loop {
        let next = rest.trim_start();
        let line_ends = rest[..rest.len() - next.len()].matches('\n').count();
        let first = found.is_empty();
        if let Some(Lexeme { token: Token::Comment(before), .. }) = found.last_mut() {
            before.ends_line = line_ends > 0 || next.is_empty();
        }
        if next.is_empty() {
            return found;
        }
        let length = length(next);
        let token = &next[..length];
        rest = &next[length..];
        if !is_comment(token) {
            let is_word = token.starts_with(|letter: char| letter.is_alphanumeric() || letter == '_');
            let token = if is_word { Token::Word(token) } else { Token::Sign(token) };
            found.push(Lexeme { token, line_ends });
            continue;
        }
        let (text, to_line_end) = (token.trim_end(), token.starts_with("//"));
        match found.last_mut() {
            Some(Lexeme { token: Token::Comment(before), .. }) if line_ends == 0 => {
                before.text.extend([" ", text]);
                before.to_line_end = to_line_end;
            }
            _ => {
                let starts_line = line_ends > 0 || first;
                let comment = Comment { text: text.to_owned(), to_line_end, starts_line, ends_line: false };
                found.push(Lexeme { token: Token::Comment(comment), line_ends });
            }
        }
    }
}

fn is_comment(token: &str) -> bool {
    token.starts_with("//") || token.starts_with("/*")
}

/// Measures the token that `text` begins with, at least a character.
fn length(text: &str) -> usize {
    if text.starts_with("//") {
        return text.find('\n').unwrap_or(text.len());
    }
    if let Some(inside) = text.strip_prefix("/*") {
        return inside.find("*/").map_or(text.len(), |end| end + 4);
    }
    if text.starts_with("->") {
        return 2;
    }
    let bytes = text.as_bytes();
    let letters = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_');
    let end = letters(0).count();
    match bytes[0] {
        first if first.is_ascii_digit() => number(bytes),
        _ if end > 0 => end,
        _ => text.chars().next().map_or(0, char::len_utf8),
    }
}

/// Measures the number that `bytes` begin with, a digit: `784`, `0.3`, `2.5e-4`.
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
