//! Raw text → text of the same byte length in ASCII, comments turned into spaces. Characters that no `.gem` file may
//! hold are reported here, and replaced by what their author most likely meant.

use std::collections::HashMap;

use crate::diag::{self, Problems};
use crate::span::Span;

/// Characters that have no place in a `.gem` file, or none outside comments.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[error("{character} cannot stand here{more}")]
#[diagnostic(code(gem::bad_character), help("{hint}"))]
struct BadCharacter {
    character: String,
    more: String,
    hint: String,
    #[label(collection, "here")]
    at: Vec<Span>,
}

/// A `/*` that no `*/` follows.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[error("this comment has no end")]
#[diagnostic(code(gem::unterminated_comment), help("write `*/` where it ends; all that follows is left unread"))]
struct UnterminatedComment {
    #[label(primary, "begins here")]
    at: Span,
}

/// A text without comments and without strange characters.
pub(super) struct Cleaned {
    /// ASCII, byte for byte as long as the raw text.
    pub bytes: Vec<u8>,
    /// Where characters were replaced, in ascending order.
    pub blamed: Vec<usize>,
    /// Where a comment without an end begins.
    pub cut: Option<usize>,
}

/// Labels that one fault shows at most.
const PLACES: usize = 8;

/// Replaces comments by spaces and reports characters that do not belong.
pub(super) fn clean(text: &str, problems: &mut Problems) -> Cleaned {
    let mut out = Cleaned { bytes: Vec::with_capacity(text.len()), blamed: Vec::new(), cut: None };
    let mut strange = Strange::default();
    let mut at = 0;
    if text.starts_with('\u{feff}') {
        at = '\u{feff}'.len_utf8();
        blank(&mut out.bytes, at);
    }
    while at < text.len() {
        let plain = plain(&text.as_bytes()[at..]);
        out.bytes.extend_from_slice(&text.as_bytes()[at..at + plain]);
        at += plain;
        let Some(first) = text[at..].chars().next() else { break };
        let length = match comment(&text[at..]) {
            Some(Comment { length, ended }) => {
                if !ended {
                    problems.push(UnterminatedComment { at: Span::new(at, at + 2) });
                    out.cut = Some(at);
                }
                strange.find(&text[at..at + length], at);
                blank(&mut out.bytes, length);
                length
            }
            None if first == '/' => {
                out.bytes.push(b'/');
                1
            }
            None => {
                strange.note(first, at);
                out.blamed.push(at);
                replace(&mut out.bytes, first);
                first.len_utf8()
            }
        };
        at += length;
    }
    strange.report(problems);
    out
}

/// Counts the bytes before the first that is neither ASCII to be kept nor sure to begin no comment.
fn plain(bytes: &[u8]) -> usize {
    let stops = |byte: &u8| !byte.is_ascii() || *byte == b'/' || is_hidden(char::from(*byte));
    bytes.iter().position(stops).unwrap_or(bytes.len())
}

/// A comment: its bytes, and whether it has an end.
struct Comment {
    length: usize,
    ended: bool,
}

/// Measures the comment that `text` begins with.
fn comment(text: &str) -> Option<Comment> {
    if text.starts_with("//") {
        return Some(Comment { length: text.find('\n').unwrap_or(text.len()), ended: true });
    }
    let end = text.strip_prefix("/*")?.find("*/");
    Some(Comment { length: end.map_or(text.len(), |end| end + 4), ended: end.is_some() })
}

/// Tells whether `character` is one that moves the cursor or the direction of writing rather than being seen.
fn is_hidden(character: char) -> bool {
    let allowed = matches!(character, '\t' | '\r' | '\n');
    (character.is_control() && !allowed)
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Writes as many spaces as there are bytes.
fn blank(bytes: &mut Vec<u8>, count: usize) {
    bytes.resize(bytes.len() + count, b' ');
}

/// Writes what `strange` stands for, in as many bytes.
fn replace(bytes: &mut Vec<u8>, strange: char) {
    let end = bytes.len() + strange.len_utf8();
    if strange.is_alphanumeric() {
        bytes.resize(end, b'_');
    }
    bytes.extend(meant(strange).unwrap_or_default().bytes());
    bytes.resize(end, b' ');
}

/// Returns the sign of the language that looks like `strange`; never one of more bytes.
fn meant(strange: char) -> Option<&'static str> {
    match strange {
        '→' | '⟶' | '➔' | '⇒' => Some("->"),
        '−' | '–' | '—' => Some("-"),
        '×' | '·' | '⋅' => Some("*"),
        '÷' => Some("/"),
        '\u{a0}' | '\u{2009}' | '\u{202f}' | '\u{3000}' => Some(" "),
        _ => None,
    }
}

/// Strange characters in the order of their first places, each with all its places.
#[derive(Default)]
struct Strange {
    found: Vec<(char, Vec<Span>)>,
    index: HashMap<char, usize>,
}

impl Strange {
    fn find(&mut self, comment: &str, start: usize) {
        for (offset, character) in comment.char_indices().filter(|(_, character)| is_hidden(*character)) {
            self.note(character, start + offset);
        }
    }

    fn note(&mut self, character: char, at: usize) {
        let next = self.found.len();
        let index = *self.index.entry(character).or_insert(next);
        if index == next {
            self.found.push((character, Vec::new()));
        }
        self.found[index].1.push(Span::new(at, at + character.len_utf8()));
    }

    fn report(self, problems: &mut Problems) {
        for (character, mut at) in self.found {
            let more = if at.len() > 1 { format!(", nor in {} other places", at.len() - 1) } else { String::new() };
            at.truncate(PLACES);
            let shown = if diag::is_hidden(character) || is_hidden(character) || character.is_whitespace() {
                format!("the character U+{:04X}", u32::from(character))
            } else {
                format!("`{character}`")
            };
            problems.push(BadCharacter { character: shown, more, hint: hint(character), at });
        }
    }
}

/// Says what to write in place of `strange`.
fn hint(strange: char) -> String {
    match meant(strange) {
        Some(" ") => "write an ordinary space".to_owned(),
        Some(sign) => format!("write `{sign}`"),
        None if strange.is_alphanumeric() => {
            "names are made of the letters a to z and A to Z, digits and `_`".to_owned()
        }
        None if is_hidden(strange) => "remove it; a `.gem` file is plain text".to_owned(),
        None => "outside comments a `.gem` file is plain ASCII".to_owned(),
    }
}
