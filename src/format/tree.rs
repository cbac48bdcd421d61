//! Tokens → lines of a text: comments by themselves, and statements with their lists of arguments and attributes. A comment in
//! a list belongs to the entry on whose line it stands, or to the one below it.

use std::iter::Peekable;
use std::vec::IntoIter;

use super::lexer::{Comment, Lexeme, Token};

/// A line as it will be written; a statement that is broken takes several.
#[derive(Debug)]
pub(super) struct Line<'t> {
    /// How deep it is indented.
    pub(super) depth: usize,
    /// Whether an empty line stands before it.
    pub(super) after_blank: bool,
    /// What stands on it, nothing where only a comment does.
    pub(super) pieces: Vec<Piece<'t>>,
    /// The comment at its end.
    pub(super) comment: Option<Comment>,
}

/// A part of a statement.
#[derive(Debug)]
pub(super) enum Piece<'t> {
    /// A word or a number.
    Word(&'t str),
    /// A sign that opens no list.
    Sign(&'t str),
    /// A comment between two others.
    Comment(Comment),
    /// Arguments or attributes.
    List(List<'t>),
}

/// Entries in brackets, with commas between them.
#[derive(Debug)]
pub(super) struct List<'t> {
    /// Whether the brackets are braces.
    pub(super) braces: bool,
    /// The comment on the line of the opening bracket.
    pub(super) opening: Option<Comment>,
    /// What stands between the brackets.
    pub(super) entries: Vec<Entry<'t>>,
    /// Comments on lines of their own below the last entry.
    pub(super) tail: Vec<Comment>,
}

/// An entry of a list.
#[derive(Debug, Default)]
pub(super) struct Entry<'t> {
    /// Comments on lines of their own above it.
    pub(super) above: Vec<Comment>,
    /// What it says.
    pub(super) pieces: Vec<Piece<'t>>,
    /// The comment behind its comma.
    pub(super) behind: Option<Comment>,
}

impl Entry<'_> {
    /// Tells whether it says more than comments.
    fn says_something(&self) -> bool {
        self.pieces.iter().any(|piece| !matches!(piece, Piece::Comment(_)))
    }
}

/// Reads all lines of a text.
pub(super) fn read(lexemes: Vec<Lexeme<'_>>) -> Vec<Line<'_>> {
    let mut reader = Reader { rest: lexemes.into_iter().peekable() };
    let mut lines: Vec<Line<'_>> = Vec::new();
    let mut place = Place::Above;
    while let Some(next) = reader.rest.peek() {
        let closes = place == Place::Inside && next.is("}");
        let first = lines.last().is_none_or(Line::opens_model);
        let after_blank = next.line_ends > 1 && !first && !closes;
        let depth = usize::from(place == Place::Inside && !closes);
        let mut pieces = Vec::new();
        if closes {
            pieces.extend(reader.rest.next().map(|_| Piece::Sign("}")));
            place = Place::Below;
        } else if reader.statement(place, &mut pieces) {
            place = Place::Inside;
        }
        let comment = match pieces.pop_if(|piece| matches!(piece, Piece::Comment(_))) {
            Some(Piece::Comment(last)) => Some(last),
            _ => reader.comment_behind(),
        };
        lines.push(Line { depth, after_blank, pieces, comment });
    }
    lines
}

impl Line<'_> {
    /// Tells whether the model's brace opens at its end.
    fn opens_model(&self) -> bool {
        matches!(self.pieces.last(), Some(Piece::Sign("{")))
    }
}

/// Where in the text one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In the model's head or above it, where line ends are blanks.
    Above,
    /// Between the model's braces.
    Inside,
    /// Below the model.
    Below,
}

/// The tokens that have not been read yet.
struct Reader<'t> {
    rest: Peekable<IntoIter<Lexeme<'t>>>,
}

impl<'t> Reader<'t> {
    /// Reads a statement, or a comment with nothing else on its line; tells whether it is the model's head, which its brace ends.
    fn statement(&mut self, place: Place, pieces: &mut Vec<Piece<'t>>) -> bool {
        let mut groups = 0_usize;
        let over = |next: &Lexeme<'_>, pieces: &[Piece<'_>], groups: usize| match place {
            Place::Above => matches!(pieces, [Piece::Comment(alone)] if alone.starts_line && alone.ends_line),
            Place::Inside => !pieces.is_empty() && (next.is("}") || (next.line_ends > 0 && groups == 0)),
            Place::Below => !pieces.is_empty() && next.line_ends > 0,
        };
        while let Some(next) = self.rest.next_if(|next| !over(next, pieces, groups)) {
            if next.is("{") && place == Place::Above {
                pieces.push(Piece::Sign("{"));
                return true;
            }
            groups = groups_behind(groups, &next, pieces);
            self.piece(next, pieces);
        }
        false
    }

    /// Appends what `next` is or begins.
    fn piece(&mut self, next: Lexeme<'t>, pieces: &mut Vec<Piece<'t>>) {
        let piece = match next.token {
            Token::Comment(comment) => Piece::Comment(comment),
            Token::Word(word) => Piece::Word(word),
            Token::Sign("{") => match self.list(true) {
                // braces around nothing say nothing
                list if list.is_empty() => return,
                list => Piece::List(list),
            },
            Token::Sign("(") if is_called(pieces) => Piece::List(self.list(false)),
            Token::Sign(sign) => Piece::Sign(sign),
        };
        pieces.push(piece);
    }

    /// Reads entries up to the closing bracket.
    fn list(&mut self, braces: bool) -> List<'t> {
        let close = if braces { "}" } else { ")" };
        let mut list = List { braces, opening: None, entries: Vec::new(), tail: Vec::new() };
        let (mut entry, mut groups) = (Entry::default(), 0_usize);
        while let Some(next) = self.rest.next() {
            if next.is(close) && groups == 0 {
                break;
            }
            if next.is(",") && groups == 0 {
                entry = list.end(entry);
                continue;
            }
            if let Token::Comment(comment) = &next.token
                && !entry.says_something()
            {
                list.comment_before(&mut entry, comment.clone());
                continue;
            }
            groups = groups_behind(groups, &next, &entry.pieces);
            self.piece(next, &mut entry.pieces);
        }
        list.close(entry);
        list
    }

    /// Takes the comment that ends the line.
    fn comment_behind(&mut self) -> Option<Comment> {
        let behind =
            |token: &Token<'_>| matches!(token, Token::Comment(found) if !found.starts_line && found.ends_line);
        match self.rest.next_if(|next| behind(&next.token))?.token {
            Token::Comment(comment) => Some(comment),
            Token::Word(_) | Token::Sign(_) => None,
        }
    }
}

/// Counts the parentheses around expressions that are open behind `next`.
fn groups_behind(groups: usize, next: &Lexeme<'_>, pieces: &[Piece<'_>]) -> usize {
    let opens = next.is("(") && !is_called(pieces);
    (groups + usize::from(opens)).saturating_sub(usize::from(next.is(")")))
}

/// Tells whether a parenthesis behind `pieces` holds arguments rather than an expression.
fn is_called(pieces: &[Piece<'_>]) -> bool {
    let said: Vec<&Piece<'_>> =
        pieces.iter().rev().filter(|piece| !matches!(piece, Piece::Comment(_))).take(2).collect();
    match said[..] {
        // the word begins a statement, and its value may stand in parentheses
        [Piece::Word(word)] => *word != "unroll",
        [Piece::Word(_), _] => true,
        _ => false,
    }
}

impl<'t> List<'t> {
    /// Tells whether nothing stands between its brackets.
    fn is_empty(&self) -> bool {
        self.opening.is_none() && self.entries.is_empty() && self.tail.is_empty()
    }

    /// Places a comment before which its entry says nothing yet.
    fn comment_before(&mut self, entry: &mut Entry<'t>, comment: Comment) {
        let of_line_above = comment.ends_line && !comment.starts_line;
        let free = match self.entries.last_mut() {
            Some(last) => &mut last.behind,
            None => &mut self.opening,
        };
        if of_line_above && free.is_none() && entry.above.is_empty() {
            *free = Some(comment);
        } else if comment.ends_line {
            entry.above.push(comment);
        } else {
            entry.pieces.push(Piece::Comment(comment));
        }
    }

    /// Ends an entry at its comma; returns the next one, with the comments that stand above it already.
    fn end(&mut self, mut entry: Entry<'t>) -> Entry<'t> {
        let mut next = Entry::default();
        while let Some(Piece::Comment(last)) = entry.pieces.pop_if(|piece| matches!(piece, Piece::Comment(_))) {
            if last.starts_line {
                next.above.insert(0, last);
                continue;
            }
            if last.ends_line {
                entry.behind = Some(last);
            } else {
                entry.pieces.push(Piece::Comment(last));
            }
            break;
        }
        self.entries.push(entry);
        next
    }

    /// Ends the last entry, which may say nothing, at the closing bracket.
    fn close(&mut self, entry: Entry<'t>) {
        if entry.says_something() {
            let below = self.end(entry);
            self.tail.extend(below.above);
            return;
        }
        self.tail.extend(entry.above);
        for piece in entry.pieces {
            match (piece, self.entries.last_mut()) {
                (Piece::Comment(inline), Some(last)) if !inline.starts_line => last.pieces.push(Piece::Comment(inline)),
                (Piece::Comment(inline), _) => self.tail.push(inline),
                _ => {}
            }
        }
    }
}
