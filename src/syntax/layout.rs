//! Raw text → text of the same byte length whose line ends all end statements: those inside brackets, and the comments,
//! are spaces. Then brackets nest at most 64 deep, so the grammar may recurse on them, and one unclosed bracket does
//! not swallow the statements after it.

use super::characters::{Cleaned, clean};
use super::grammar::{first_word, is_keyword, is_letter};
use crate::diag::Problems;
use crate::span::Span;

/// How deep brackets may nest.
const LIMIT: usize = 64;

/// Brackets nest too deep.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[error("brackets stand inside one another more than {LIMIT} deep")]
#[diagnostic(code(gem::too_deep), help("give a part of it a name with `let`, and use the name"))]
struct TooDeep {
    #[label(primary, "number {} opens here", LIMIT + 1)]
    at: Span,
}

/// A text made ready for the grammar.
pub(super) struct Layout {
    /// ASCII, byte for byte as long as the raw text.
    pub text: String,
    /// The model's head with its brace; without a brace, all that comes before the first statement.
    pub head: Span,
    /// What stands between the line ends that are left below the head, without the blanks around it.
    pub statements: Vec<Span>,
    /// The brace that closes the model.
    pub end: Option<Span>,
    /// Places that have been reported already, in ascending order.
    pub blamed: Vec<usize>,
    /// Where a comment without an end begins.
    pub cut: Option<usize>,
}

/// Lays `text` out for the grammar, and reports what the grammar must not see.
pub(super) fn lay_out(text: &str, problems: &mut Problems) -> Layout {
    let Cleaned { bytes, mut blamed, cut } = clean(text, problems);
    let mut scan = Scan::new(bytes);
    scan.run();
    for &at in &scan.deep {
        problems.push(TooDeep { at: Span::new(at, at + 1) });
    }
    blamed.extend(&scan.deep);
    blamed.sort_unstable();
    let head = Span::new(0, scan.body.unwrap_or(text.len()));
    // it is ASCII, so nothing is lost
    let text = String::from_utf8(scan.bytes).unwrap_or_default();
    Layout { text, head, statements: scan.statements, end: scan.end, blamed, cut }
}

/// One pass over the bytes.
struct Scan {
    bytes: Vec<u8>,
    /// Where the head is over.
    body: Option<usize>,
    /// The brace that closes the model.
    end: Option<Span>,
    statements: Vec<Span>,
    /// Where the statement begins that is not over yet, and its last byte.
    statement: Option<(usize, usize)>,
    /// Brackets that are open, without the model's brace.
    open: Vec<u8>,
    /// The last line end, if it was turned into a space.
    hidden: Option<usize>,
    /// Whether nothing but blanks has been seen on this line.
    fresh: bool,
    /// Whether the brackets now open have been reported.
    reported: bool,
    /// The brackets that were one too many.
    deep: Vec<usize>,
}

impl Scan {
    fn new(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            body: None,
            end: None,
            statements: Vec::new(),
            statement: None,
            open: Vec::new(),
            hidden: None,
            fresh: true,
            reported: false,
            deep: Vec::new(),
        }
    }

    fn run(&mut self) {
        for at in 0..self.bytes.len() {
            match self.bytes[at] {
                b'\n' => self.line_end(at),
                b' ' | b'\t' | b'\r' => {}
                byte => {
                    if self.fresh && self.begins_statement(at) {
                        self.start_over(at);
                    }
                    self.fresh = false;
                    self.sign(at, byte);
                }
            }
        }
        self.end_statement();
    }

    fn line_end(&mut self, at: usize) {
        self.fresh = true;
        let inside = self.body.is_none() || !self.open.is_empty();
        self.hidden = inside.then_some(at);
        if inside {
            self.bytes[at] = b' ';
        } else {
            self.end_statement();
        }
    }

    fn end_statement(&mut self) {
        self.statements.extend(self.statement.take().map(|(start, last)| Span::new(start, last + 1)));
    }

    /// Tells whether a keyword and another word stand at `at`, which no line inside brackets begins with.
    fn begins_statement(&self, at: usize) -> bool {
        if self.body.is_some() && self.open.is_empty() {
            return false;
        }
        let line = &self.bytes[at..];
        let line = &line[..line.len().min(80)];
        let line = std::str::from_utf8(line).unwrap_or_default();
        let word = first_word(line);
        let rest = line[word.len()..].trim_start_matches([' ', '\t']);
        is_keyword(word) && rest.len() + word.len() < line.len() && rest.bytes().next().is_some_and(is_letter)
    }

    /// Begins a statement at `at`, whatever is open.
    fn start_over(&mut self, at: usize) {
        self.body.get_or_insert(at);
        self.close(0);
        self.end_statement();
        if let Some(hidden) = self.hidden.take() {
            self.bytes[hidden] = b'\n';
        }
    }

    fn sign(&mut self, at: usize, byte: u8) {
        match byte {
            b'{' if self.body.is_none() => {
                self.body = Some(at + 1);
                return self.close(0);
            }
            b'}' if self.closes_model() => return self.close_model(at),
            b'(' | b'{' => self.open(at, byte),
            b')' if self.open.last() == Some(&b'(') => {
                self.hide_if_deep(at);
                self.close(self.open.len() - 1);
            }
            b'}' if self.body.is_some() => self.close_brace(at),
            _ => {}
        }
        if self.body.is_some() {
            self.statement = Some((self.statement.map_or(at, |(start, _)| start), at));
        }
    }

    fn open(&mut self, at: usize, byte: u8) {
        self.open.push(byte);
        self.hide_if_deep(at);
        if self.open.len() > LIMIT && !self.reported {
            self.reported = true;
            self.deep.push(at);
        }
    }

    fn close_brace(&mut self, at: usize) {
        if let Some(brace) = self.open.iter().rposition(|&byte| byte == b'{') {
            self.close(brace + 1);
            self.hide_if_deep(at);
            self.close(brace);
        }
    }

    /// Tells whether a `}` here has no attribute brace to close.
    fn closes_model(&self) -> bool {
        self.body.is_some() && !self.open.iter().rev().any(|&byte| byte == b'{')
    }

    /// Ends the statement and, the first time, the model.
    fn close_model(&mut self, at: usize) {
        self.close(0);
        self.end_statement();
        self.end.get_or_insert(Span::new(at, at + 1));
    }

    /// Turns a bracket that is open too deep into a space.
    fn hide_if_deep(&mut self, at: usize) {
        if self.open.len() > LIMIT {
            self.bytes[at] = b' ';
        }
    }

    /// Closes all brackets but `left`.
    fn close(&mut self, left: usize) {
        self.open.truncate(left);
        self.reported &= left > 0;
    }
}
