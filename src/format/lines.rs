//! Lines of a text → the text. A statement stands on one line where it fits; else its last list, or if that is not enough every
//! list, is broken: an entry a line, a comma behind each.

use super::align::{Padding, paddings};
use super::sink::Sink;
use super::tree::{Line, List, Piece};
use super::{STEP, WIDTH};

/// Writes all lines.
pub(super) fn write(lines: &[Line<'_>]) -> String {
    let mut text = String::new();
    for (line, padding) in lines.iter().zip(paddings(lines)) {
        if line.after_blank {
            text.push('\n');
        }
        text.extend(std::iter::repeat_n(' ', line.depth * STEP));
        text.push_str(&statement(&line.pieces, line.depth, padding).text);
        if let Some(comment) = &line.comment {
            text.push_str(if line.pieces.is_empty() { "" } else { " " });
            text.push_str(&comment.text);
        }
        text.push('\n');
    }
    text
}

/// Which lists of a statement are broken, besides those that comments break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Breaks {
    None,
    Last,
    All,
}

/// Whether what is inside a broken list is written, or left out: then only the rest is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    Written,
    LeftOut,
}

/// Returns a statement on one line, without its indentation; nothing where comments or its length break it.
pub(super) fn flat(pieces: &[Piece<'_>], depth: usize, padding: Padding) -> Option<Sink> {
    let sink = attempt(pieces, depth, padding, (Breaks::None, Inside::LeftOut));
    (sink.widest <= WIDTH && !sink.text.contains('\n')).then_some(sink)
}

/// Writes a statement or an entry that begins behind its indentation.
fn statement(pieces: &[Piece<'_>], depth: usize, padding: Padding) -> Sink {
    // only what was chosen is written with all that is inside: brackets that nest deep are not written again and again
    let fits = |breaks: &Breaks| attempt(pieces, depth, padding, (*breaks, Inside::LeftOut)).widest <= WIDTH;
    let breaks = [Breaks::None, Breaks::Last].into_iter().find(fits).unwrap_or(Breaks::All);
    attempt(pieces, depth, padding, (breaks, Inside::Written))
}

fn attempt(pieces: &[Piece<'_>], depth: usize, padding: Padding, how: (Breaks, Inside)) -> Sink {
    let mut sink = Sink::at(depth * STEP);
    put(&mut sink, pieces, depth, padding, how);
    sink
}

fn put(sink: &mut Sink, pieces: &[Piece<'_>], depth: usize, padding: Padding, (breaks, inside): (Breaks, Inside)) {
    let last_list = pieces.iter().rposition(|piece| matches!(piece, Piece::List(_)));
    let mut behind_comment = false;
    for (index, piece) in pieces.iter().enumerate() {
        if behind_comment {
            sink.line(depth + 1);
        } else if index > 0 && is_apart(pieces, index) {
            sink.blanks(1 + padding.before(index));
        }
        behind_comment = false;
        match piece {
            Piece::Word(text) | Piece::Sign(text) => sink.code(text),
            Piece::Comment(comment) => {
                sink.code(&comment.text);
                behind_comment = comment.to_line_end;
            }
            Piece::List(list) => {
                let wanted = breaks == Breaks::All || (breaks == Breaks::Last && last_list == Some(index));
                if list.is_broken() || (wanted && !list.entries.is_empty()) {
                    broken(sink, list, depth, inside);
                } else {
                    joined(sink, list, depth);
                }
            }
        }
    }
}

/// Writes a list that no comment breaks on one line.
fn joined(sink: &mut Sink, list: &List<'_>, depth: usize) {
    let (open, close) = if list.braces { ("{ ", " }") } else { ("(", ")") };
    sink.code(open);
    for (index, entry) in list.entries.iter().enumerate() {
        sink.code(if index == 0 { "" } else { ", " });
        put(sink, &entry.pieces, depth, Padding::NONE, (Breaks::None, Inside::LeftOut));
    }
    sink.code(close);
}

/// Writes a list an entry a line.
fn broken(sink: &mut Sink, list: &List<'_>, depth: usize, inside: Inside) {
    sink.code(if list.braces { "{" } else { "(" });
    if let Some(comment) = &list.opening {
        sink.blanks(1);
        sink.comment(comment);
    }
    for entry in list.entries.iter().filter(|_| inside == Inside::Written) {
        for comment in &entry.above {
            sink.line(depth + 1);
            sink.comment(comment);
        }
        sink.line(depth + 1);
        sink.text.push_str(&statement(&entry.pieces, depth + 1, Padding::NONE).text);
        sink.text.push(',');
        if let Some(comment) = &entry.behind {
            sink.blanks(1);
            sink.comment(comment);
        }
    }
    for comment in &list.tail {
        sink.line(depth + 1);
        sink.comment(comment);
    }
    sink.line(depth);
    sink.code(if list.braces { "}" } else { ")" });
}

impl List<'_> {
    /// Tells whether comments break it.
    fn is_broken(&self) -> bool {
        let breaks = |piece: &Piece<'_>| match piece {
            Piece::Comment(comment) => comment.to_line_end || comment.text.contains('\n'),
            Piece::List(list) => list.is_broken(),
            Piece::Word(_) | Piece::Sign(_) => false,
        };
        self.opening.is_some()
            || !self.tail.is_empty()
            || self
                .entries
                .iter()
                .any(|entry| !entry.above.is_empty() || entry.behind.is_some() || entry.pieces.iter().any(breaks))
    }
}

/// Tells whether a blank parts a piece from the one before it.
fn is_apart(pieces: &[Piece<'_>], index: usize) -> bool {
    let tight = match &pieces[index] {
        Piece::Sign(sign) => matches!(*sign, "," | ":" | ")"),
        Piece::List(list) => !list.braces,
        Piece::Word(_) | Piece::Comment(_) => false,
    };
    let before = match &pieces[index - 1] {
        Piece::Sign("(") => !matches!(&pieces[index], Piece::Comment(comment) if comment.to_line_end),
        Piece::Sign("-") => is_unary(&pieces[..index - 1]),
        Piece::Word(_) | Piece::Sign(_) | Piece::Comment(_) | Piece::List(_) => false,
    };
    !tight && !before
}

/// Tells whether a minus sign behind `pieces` stands before a value rather than between two.
fn is_unary(pieces: &[Piece<'_>]) -> bool {
    match pieces.iter().rev().find(|piece| !matches!(piece, Piece::Comment(_))) {
        Some(Piece::Sign(sign)) => *sign != ")",
        Some(Piece::Word(word)) => *word == "unroll",
        Some(Piece::List(_) | Piece::Comment(_)) => false,
        None => true,
    }
}
