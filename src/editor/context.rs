//! A text and a place → what stands around the place: the statement, the brackets, what was written before. Only tokens are looked
//! at, so that a text at fault is no obstacle.

use crate::check::Owner;
use crate::span::Span;
use crate::syntax::ast::Item;
use crate::syntax::{Token, TokenKind};

/// What stands around a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Context<'t> {
    /// Where one is.
    pub(super) place: Place<'t>,
    /// The word at the place, or the place itself where there is none.
    pub(super) word: Span,
}

/// Where in a text one is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place<'t> {
    /// In a comment, or where nothing is to be said.
    Nowhere,
    /// Above the model.
    Above,
    /// In a statement, or in the head: the words and signs before the place, none where it begins.
    Statement(Vec<&'t str>),
    /// In the braces of a statement that begins with this word: behind a key's colon, or where a key is written.
    Attribute(&'t str, Option<&'t str>),
    /// In the parentheses of a call: behind an argument's colon, or where one begins.
    Argument(&'t str, Option<&'t str>),
}

/// A bracket that is open.
struct Open<'t> {
    brace: bool,
    /// What is called, or the word that the statement begins with.
    owner: &'t str,
    /// The key before the last colon.
    key: Option<&'t str>,
}

/// What has been read up to a place.
#[derive(Default)]
struct Scan<'t> {
    inside: bool,
    below: bool,
    open: Vec<Open<'t>>,
    statement: Vec<&'t str>,
    last: &'t str,
}

impl<'t> Context<'t> {
    /// Looks at what stands before a byte of `text`.
    pub(super) fn at(text: &'t str, tokens: &[Token<'t>], offset: usize) -> Self {
        let mut scan = Scan::default();
        let mut end = 0;
        let empty = Span::new(offset, offset);
        for (index, token) in tokens.iter().enumerate() {
            let is_word = matches!(token.kind, TokenKind::Word | TokenKind::Number);
            let reached = token.span.start >= offset || (is_word && token.span.end >= offset);
            let over_line = text[end..token.span.start.min(offset).max(end)].contains('\n');
            if over_line {
                scan.line(reached || !begins(tokens, index));
            }
            if reached {
                let here = is_word && token.span.start <= offset;
                let place = if here && token.kind == TokenKind::Number { Place::Nowhere } else { scan.place() };
                return Self { place, word: if here { token.span } else { empty } };
            }
            end = token.span.end;
            if token.kind != TokenKind::Comment {
                scan.take(token);
            } else if end > offset || (end == offset && token.text.starts_with("//")) {
                return Self { place: Place::Nowhere, word: empty };
            }
        }
        if text[end..offset.max(end)].contains('\n') {
            scan.line(true);
        }
        Self { place: scan.place(), word: empty }
    }
}

/// Tells whether a statement begins at a token: a keyword, and another word behind it.
fn begins(tokens: &[Token<'_>], index: usize) -> bool {
    let is_keyword = Item::FORMS.iter().any(|(word, _)| *word == tokens[index].text);
    is_keyword && tokens.get(index + 1).is_some_and(|next| next.kind == TokenKind::Word)
}

impl<'t> Scan<'t> {
    /// Goes on to another line, which may go on with what is open.
    fn line(&mut self, goes_on: bool) {
        if self.inside && (self.open.is_empty() || !goes_on) {
            self.open.clear();
            self.statement.clear();
            self.last = "";
        }
    }

    fn take(&mut self, token: &Token<'t>) {
        match token.text {
            "{" if !self.inside => {
                *self = Self { inside: true, ..Self::default() };
                return;
            }
            "(" | "{" => {
                let brace = token.text == "{";
                let called = if self.last.ends_with(|letter: char| letter.is_ascii_alphanumeric() || letter == '_') {
                    self.last
                } else {
                    ""
                };
                let owner = if brace { self.statement.first().copied().unwrap_or_default() } else { called };
                self.open.push(Open { brace, owner, key: None });
            }
            ")" => {
                self.open.pop_if(|open| !open.brace);
            }
            "}" if self.open.is_empty() => self.below = true,
            "}" => while self.open.pop().is_some_and(|open| !open.brace) {},
            "," => self.open.iter_mut().last().into_iter().for_each(|open| open.key = None),
            ":" => self.open.iter_mut().last().into_iter().for_each(|open| open.key = Some(self.last)),
            word if self.open.is_empty() => self.statement.push(word),
            _ => {}
        }
        self.last = token.text;
    }

    fn place(mut self) -> Place<'t> {
        match self.open.pop() {
            _ if self.below => Place::Nowhere,
            Some(Open { brace: true, owner, key }) => Place::Attribute(owner, key),
            Some(Open { owner, key, .. }) => Place::Argument(owner, key),
            None if !self.inside && self.statement.is_empty() => Place::Above,
            None => Place::Statement(self.statement),
        }
    }
}

/// Returns who has the attributes of a statement, or the named arguments of a call.
pub(super) fn having(place: &Place<'_>) -> Vec<Owner> {
    match place {
        Place::Attribute("genome" | "interaction", _) => vec![Owner::Genome],
        Place::Attribute("population", _) => vec![Owner::Population],
        Place::Attribute("connect", _) => vec![Owner::Connection, Owner::Mask, Owner::Window],
        Place::Attribute("input", _) => vec![Owner::Input],
        Place::Argument(call, _) => {
            Owner::CALLS.iter().copied().filter(|owner| owner.noun().trim_matches('`') == *call).collect()
        }
        Place::Attribute(..) | Place::Nowhere | Place::Above | Place::Statement(_) => Vec::new(),
    }
}
